/* SPDX-License-Identifier: MIT */
/* The original author's model as a bundle: it agrees with its 3,521 rows, and what it was
 * taught with is found out. Its files stay where they are: the bundle is made in /tmp. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "file/file.h"
#include "model/booster.h"
#include "model/bundle.h"
#include "model/manifest.h"
#include "support/check.h"

enum { FEATURES = 8, OUTPUTS = 3, ROWS = 3521 };

static const char *const names[OUTPUTS] = { "sentiment", "engagement", "implicitness" };

/* In the order of the boosters. */
static const char *const features[FEATURES] = {
    "shannon_entropy", "mutual_information_score",
    "surprisal",       "perplexity",
    "is_reply",        "has_replies",
    "reply_count",     "digg_count",
};

/* What may be taught with; stands in for what is refused. */
static const char *const fit[FEATURES] = { "chars", "words",    "upper_share", "digit_share",
                                           "urls",  "mentions", "hashtags",    "emoji" };

static char dir[] = "/tmp/absa-seed-XXXXXX";

static bool shared_path(const char *name, char out[512])
{
    const char *shared = getenv("ABSA_SHARED");

    snprintf(out, 512, "%s/data/seed-model/%s", shared ? shared : "", name);
    return access(out, R_OK) == 0;
}

static void write_out(const char *name, struct slice bytes)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    assert_int_equal(file_path(dir, slice_str(name), path, &err), ST_OK);
    assert_int_equal(file_write(path, bytes, &err), ST_OK);
}

/* Copies a booster; its hash as JSON. */
static json_t *copy_booster(const char *name)
{
    char path[512];
    char hex[SHA256_HEX_LEN + 1];
    struct buf bytes;
    struct err err = { 0 };

    buf_init(&bytes, BUNDLE_FILE_MAX);
    assert_true(shared_path(name, path));
    assert_int_equal(file_read(path, &bytes, &err), ST_OK);
    hash_sha256_hex(buf_slice(&bytes), hex);
    write_out(name, buf_slice(&bytes));
    buf_release(&bytes);
    return json_string(hex);
}

/* A manifest with these features. */
static void write_manifest(const char *const list[FEATURES], json_t *files)
{
    json_t *outputs = json_object();
    json_t *order = json_array();
    char file[64];

    for (size_t i = 0; i < FEATURES; i++)
        json_array_append_new(order, json_string(list[i]));
    for (enum output o = 0; o < OUTPUT_N; o++) {
        snprintf(file, sizeof(file), "absa_%s.ubj", names[o == OUTPUT_CONFIDENCE ? 0 : o]);
        json_object_set_new(outputs, output_table[o].name,
                            json_pack("{s:s, s:s}", "booster", file, "transform", "identity"));
    }
    json_t *doc = json_pack("{s:i, s:s, s:s, s:s, s:o, s:[s], s:o, s:{}, s:[], s:O, s:[]}",
                            "format", MANIFEST_FORMAT, "name", "seed", "version", "3", "encoder",
                            "none", "features", order, "monitored", "chars", "outputs", outputs,
                            "tables", "licences", "files", files, "golden");
    char *text = json_dumps(doc, 0);

    assert_non_null(text);
    write_out("manifest.json", slice_str(text));
    free(text);
    json_decref(doc);
}

static json_t *make_folder(void)
{
    json_t *files = json_object();
    char path[512];
    char file[64];

    if (!shared_path("golden_predictions.csv", path)) {
        print_message("skipped: no shared test data (%s)\n", path);
        json_decref(files);
        skip();
    }
    if (access(dir, W_OK) != 0)
        assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < OUTPUTS; i++) {
        snprintf(file, sizeof(file), "absa_%s.ubj", names[i]);
        json_object_set_new(files, file, copy_booster(file));
    }
    return files;
}

static int remove_folder(void **state)
{
    static const char *const all[] = { "absa_sentiment.ubj", "absa_engagement.ubj",
                                       "absa_implicitness.ubj", "manifest.json" };
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (file_path(dir, slice_str(all[i]), path, &err) == ST_OK)
            (void)unlink(path);
    }
    (void)rmdir(dir);
    return 0;
}

/* Each feature alone among fit ones: what is refused, and why. */
static void both_leaks_are_found_out(void **state)
{
    static const char *const why[FEATURES] = {
        NULL,
        "mutual_information_score: it is counted over the texts that it scores",
        "surprisal: implicitness is computed from it",
        "perplexity: it is counted over the texts that it scores",
        NULL,
        "has_replies: replies come after a comment has arrived",
        "reply_count: replies come after a comment has arrived",
        "digg_count: likes grow after a comment has arrived, and engagement is made of them",
    };
    json_t *files = make_folder();
    struct bundle *b = NULL;
    struct err err = { 0 };

    (void)state;
    write_manifest(features, files);
    assert_int_equal(bundle_load(dir, &b, &err), ST_FATAL);
    for (size_t i = 0; i < FEATURES; i++) {
        const char *list[FEATURES];

        memcpy(list, fit, sizeof(list));
        list[i] = features[i];
        write_manifest(list, files);
        enum status st = bundle_load_unproven(dir, &b, &err);
        if ((st == ST_OK) != (why[i] == NULL) || (st != ST_OK && !strstr(err.msg, why[i])))
            fail_msg("%s: %s", features[i], st == ST_OK ? "taken" : err.msg);
        bundle_free(b);
    }
    json_decref(files);
}

/* The bundle's boosters and transforms, by its manifest. */
struct parts {
    struct arena *arena;
    struct manifest manifest;
    struct booster *booster[OUTPUTS];
};

static void open_parts(struct parts *p)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };
    struct buf text;

    p->arena = arena_new(1 << 20);
    assert_non_null(p->arena);
    buf_init(&text, MANIFEST_MAX);
    assert_int_equal(file_path(dir, slice_str("manifest.json"), path, &err), ST_OK);
    assert_int_equal(file_read(path, &text, &err), ST_OK);
    if (manifest_read(buf_slice(&text), p->arena, &p->manifest, &err) != ST_OK)
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < OUTPUTS; i++) {
        assert_int_equal(file_path(dir, p->manifest.outputs[i].booster, path, &err), ST_OK);
        if (booster_load(path, FEATURES, &p->booster[i], &err) != ST_OK)
            fail_msg("%s", err.msg);
    }
    buf_release(&text);
}

static void close_parts(struct parts *p)
{
    for (size_t i = 0; i < OUTPUTS; i++)
        booster_free(p->booster[i]);
    arena_free(p->arena);
}

/* comment_id, eight features, three raw answers, three scores; whether engagement is one. */
static bool check_row(const struct parts *p, size_t row, char *line)
{
    char *at = strchr(line, ',');
    float x[FEATURES];
    double engagement = 0.0;

    for (size_t k = 0; k < FEATURES; k++)
        x[k] = strtof(at + 1, &at);
    for (size_t i = 0; i < OUTPUTS; i++) {
        const double want = strtod(at + 1, &at);
        struct err err = { 0 };
        float answer;

        assert_int_equal(booster_predict(p->booster[i], x, 1, &answer, &err), ST_OK);
        double got = transform_apply(&p->manifest.outputs[i], &output_table[i], (double)answer);
        if (fabs(got - want) > 1e-5)
            fail_msg("row %zu: %s is %.9g, want %.9g", row, names[i], got, want);
        engagement = i == (size_t)OUTPUT_ENGAGEMENT ? got : engagement;
    }
    return engagement <= output_table[OUTPUT_ENGAGEMENT].max;
}

static void it_agrees_with_its_rows(void **state)
{
    json_t *files = make_folder();
    struct parts parts = { .arena = NULL };
    char path[512];
    char line[1024];
    size_t rows = 0;
    size_t scores = 0;

    (void)state;
    write_manifest(fit, files); /* the names that lint lets through; the rows bring the values */
    json_decref(files);
    open_parts(&parts);
    assert_true(shared_path("golden_predictions.csv", path));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof(line), f));
    while (fgets(line, sizeof(line), f))
        scores += check_row(&parts, rows++, line);
    (void)fclose(f);
    close_parts(&parts);
    assert_int_equal(rows, ROWS);
    print_message("engagement is within its range in %zu of %zu rows\n", scores, rows);
    assert_true(scores < rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_leaks_are_found_out),
        cmocka_unit_test(it_agrees_with_its_rows),
    };

    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
