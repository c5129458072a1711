/* SPDX-License-Identifier: MIT */
/* A bundle that is not what it says is refused, with the reason. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "consumers/score/stage.h"
#include "file/file.h"
#include "model/bundle.h"
#include "model/manifest.h"
#include "record/comment.h"
#include "support/check.h"

static const char *const files[] = { "manifest.json", "lexicon.tsv",    "emoji.tsv",
                                     "words.tsv",     "cues.tsv",       "taxonomy.tsv",
                                     "sentiment.ubj", "engagement.ubj", "implicitness.ubj",
                                     "error.ubj",     "vocab.txt",      "static.bin",
                                     "heads.tsv" };

enum { N_FILES = sizeof(files) / sizeof(files[0]) };

static char dir[64]; /* a copy of the default bundle, to be spoilt */

static void read_in(const char *from, const char *name, struct buf *out)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    buf_init(out, BUNDLE_FILE_MAX);
    assert_int_equal(file_path(from, slice_str(name), path, &err), ST_OK);
    if (file_read(path, out, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static void write_out(const char *name, struct slice bytes)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    assert_int_equal(file_path(dir, slice_str(name), path, &err), ST_OK);
    assert_int_equal(file_write(path, bytes, &err), ST_OK);
}

static int copy_bundle(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/absa-bundle-XXXXXX");
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < N_FILES; i++) {
        struct buf b;

        read_in("models/default", files[i], &b);
        write_out(files[i], buf_slice(&b));
        buf_release(&b);
    }
    return 0;
}

static int remove_copy(void **state)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < N_FILES; i++) {
        if (file_path(dir, slice_str(files[i]), path, &err) == ST_OK)
            unlink(path);
    }
    return rmdir(dir);
}

static json_t *manifest(void)
{
    struct buf b;
    json_t *doc;

    read_in(dir, "manifest.json", &b);
    doc = json_loadb(b.p, b.n, 0, NULL);
    buf_release(&b);
    assert_non_null(doc);
    return doc;
}

/* Takes doc. */
static void put_manifest(json_t *doc)
{
    char *text = json_dumps(doc, JSON_REAL_PRECISION(17));

    assert_non_null(text);
    write_out("manifest.json", slice_str(text));
    free(text);
    json_decref(doc);
}

/* Writes a file and makes the manifest agree with it. */
static void replace(const char *name, struct slice bytes)
{
    json_t *doc = manifest();
    char hex[SHA256_HEX_LEN + 1];

    write_out(name, bytes);
    hash_sha256_hex(bytes, hex);
    json_object_set_new(json_object_get(doc, "files"), name, json_string(hex));
    put_manifest(doc);
}

static void refused(const char *why)
{
    struct bundle *b;
    struct err err = { 0 };

    assert_int_equal(bundle_load(dir, &b, &err), ST_FATAL);
    assert_null(b);
    if (!strstr(err.msg, why) || strncmp(err.msg, "config: bundle ", 15) != 0)
        fail_msg("\"%s\" does not say \"%s\"", err.msg, why);
}

static void the_copy_itself_loads(void **state)
{
    struct bundle *b;
    struct err err = { 0 };

    (void)state;
    if (bundle_load(dir, &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_true(slice_is(bundle_info(b)->name, "absa-default"));
    assert_int_equal(bundle_info(b)->sha256.n, SHA256_HEX_LEN);
    assert_true(bundle_info(b)->monitored.n <= BUNDLE_MONITORED_MAX);
    bundle_free(b);
}

static void a_changed_file_is_refused(void **state)
{
    struct buf b;

    (void)state;
    read_in(dir, "lexicon.tsv", &b);
    b.p[b.n - 2] ^= 1;
    write_out("lexicon.tsv", buf_slice(&b));
    buf_release(&b);
    refused("lexicon.tsv: its SHA-256 is");
}

static void a_missing_file_is_refused(void **state)
{
    char path[FILE_PATH_MAX];
    struct err err = { 0 };

    (void)state;
    assert_int_equal(file_path(dir, slice_str("error.ubj"), path, &err), ST_OK);
    assert_int_equal(unlink(path), 0);
    refused("error.ubj: No such file");
}

static void a_model_cut_short_is_refused_at_any_length(void **state)
{
    struct buf b;

    (void)state;
    read_in(dir, "sentiment.ubj", &b);
    for (size_t n = 0; n < b.n; n += 1 + b.n / 23) {
        replace("sentiment.ubj", (struct slice){ b.p, n });
        refused("sentiment.ubj: ");
    }
    /* Cut where it happens to end in a brace. */
    for (size_t n = b.n - 1, tries = 0; n > 0 && tries < 8; n--) {
        if (b.p[n - 1] != '}')
            continue;
        tries++;
        replace("sentiment.ubj", (struct slice){ b.p, n });
        refused("sentiment.ubj: ");
    }
    buf_release(&b);
}

static void what_is_no_model_is_refused_by_name(void **state)
{
    (void)state;
    replace("sentiment.ubj", slice_str("PK\x03\x04 and so on"));
    refused("is a zip archive");
    replace("sentiment.ubj", slice_str("\x80\x04\x95 and so on"));
    refused("is a Python pickle");
    replace("sentiment.ubj", slice_str("binf"));
    refused("is not an XGBoost model");
    replace("sentiment.ubj", slice_str("{}"));
    refused("sentiment.ubj: ");
}

static void another_number_of_features_is_refused(void **state)
{
    json_t *doc = manifest();

    (void)state;
    json_array_remove(json_object_get(doc, "features"), 0);
    put_manifest(doc);
    refused("takes 33 features, the manifest names 32");
}

static void features_in_another_order_are_refused_by_the_golden_rows(void **state)
{
    json_t *doc = manifest();
    json_t *features = json_object_get(doc, "features");
    json_t *first = json_incref(json_array_get(features, 0));

    (void)state;
    json_array_remove(features, 0);
    json_array_append_new(features, first);
    put_manifest(doc);
    refused("golden row 0 is not reproduced: sentiment_score is");
}

static void a_golden_row_that_differs_is_refused(void **state)
{
    json_t *doc = manifest();
    json_t *row = json_array_get(json_object_get(doc, "golden"), 3);
    json_t *scores = json_object_get(row, "scores");
    double v = json_number_value(json_array_get(scores, 1));

    (void)state;
    json_array_set_new(scores, 1, json_real(v + 1e-5));
    put_manifest(doc);
    refused("golden row 3 is not reproduced: engagement_score is");
}

static void a_bundle_without_golden_rows_is_refused(void **state)
{
    json_t *doc = manifest();

    (void)state;
    json_array_clear(json_object_get(doc, "golden"));
    put_manifest(doc);
    refused("no golden rows");
}

static void a_manifest_that_is_wrong_is_refused(void **state)
{
    static const struct {
        const char *name, *json, *why;
    } rows[] = {
        { "format", "2", "format is not 1" },
        { "encoder", "\"elmo\"", "no encoder elmo" },
        { "encoder", "\"minilm\"", "minilm: no precision that is known" },
        { "features", "[\"minilm_sentiment\"]", "minilm_sentiment without an encoder" },
        { "monitored", "[\"minilm_sentiment\"]", "minilm_sentiment cannot be monitored" },
        { "encoder", "\"none\"", "encoder none, and a table vocabulary" },
        { "tables", "{}", "encoder static, and no table vocabulary" },
        { "features", "[\"colour\"]", "there is no feature colour" },
        { "features", "[\"digg_count\"]", "digg_count: likes grow after" },
        { "features", "[\"chars\",\"has_replies\"]", "has_replies: replies come after" },
        { "features", "[\"surprisal\"]", "surprisal: implicitness is computed from it" },
        { "monitored", "[\"perplexity\"]", "monitored: perplexity: it is counted" },
        { "features", "[\"chars\",\"chars\"]", "chars stands there twice" },
        { "files", "{\"../x\":\"0\"}", "is not a name and a SHA-256" },
        { "files", "{}", "that \"files\" does not list" },
        { "tables", "{\"stopwords\":\"x\"}", "there is no table stopwords" },
        { "outputs", "{}", "sentiment_score is not a text" },
        { "version", "1", "version is not a text" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        json_t *doc = manifest();
        json_t *keep = json_deep_copy(doc);

        json_object_set_new(doc, rows[i].name, json_loads(rows[i].json, JSON_DECODE_ANY, NULL));
        put_manifest(doc);
        refused(rows[i].why);
        put_manifest(keep);
    }
    write_out("manifest.json", slice_str("{\"a\":1,\"a\":2}"));
    refused("has a key twice");
    write_out("manifest.json", slice_str("{\"a\":1"));
    refused("is not JSON");
    write_out("manifest.json", slice_str("7"));
    refused("not a JSON object");
    write_out("manifest.json", slice_str("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                                         "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"));
    refused("is nested too deep");
}

static void a_feature_of_vectors_without_an_encoder_is_refused(void **state)
{
    json_t *doc = manifest();

    (void)state;
    json_object_set_new(doc, "encoder", json_string("none"));
    json_object_set_new(doc, "tables", json_object());
    put_manifest(doc);
    refused("feature vector_sentiment without an encoder");
}

static void vectors_of_another_vocabulary_are_refused(void **state)
{
    struct buf b;

    (void)state;
    read_in(dir, "vocab.txt", &b);
    buf_str(&b, "onemore\n");
    replace("vocab.txt", buf_slice(&b));
    refused("table vectors: 30522 vectors for a vocabulary of 30523 pieces");
    buf_release(&b);
}

static void a_manifest_reads_back_as_it_was_written(void **state)
{
    struct arena *a = arena_new(1 << 22);
    struct manifest m;
    struct buf was;
    struct buf is;
    struct err err = { 0 };

    (void)state;
    assert_non_null(a);
    read_in(dir, "manifest.json", &was);
    buf_init(&is, MANIFEST_MAX);
    assert_int_equal(manifest_read(buf_slice(&was), a, &m, &err), ST_OK);
    assert_int_equal(manifest_write(&m, &is, &err), ST_OK);
    assert_true(slice_eq(buf_slice(&was), buf_slice(&is)));
    buf_release(&was);
    buf_release(&is);
    arena_free(a);
}

/* Gives an output a transform of two points. */
static void set_points(enum output o, double y0, double y1)
{
    json_t *doc = manifest();
    json_t *out = json_object_get(json_object_get(doc, "outputs"), output_table[o].name);

    json_object_set_new(out, "transform", json_string("table"));
    json_object_set_new(out, "points", json_pack("[[f,f],[f,f]]", -5.0, y0, 5.0, y1));
    put_manifest(doc);
}

static struct bundle *load_unproven(void)
{
    struct bundle *b;
    struct err err = { 0 };

    if (bundle_load_unproven(dir, &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return b;
}

static void a_score_out_of_range_is_clamped_and_counted(void **state)
{
    struct facts facts = { slice_str("so good"), false };
    struct arena *a = arena_new(1 << 20);
    struct err err = { 0 };
    struct bundle *b;
    struct scored s;

    (void)state;
    set_points(OUTPUT_ENGAGEMENT, 5.0, 6.0);
    set_points(OUTPUT_SENTIMENT, -7.0, -6.0);
    b = load_unproven();
    assert_int_equal(bundle_score(b, &facts, 1, a, &s, &err), ST_OK);
    assert_int_equal(s.clamped, 2);
    assert_false(s.bad);
    assert_true(s.output[OUTPUT_ENGAGEMENT] == 1.0);
    assert_true(s.output[OUTPUT_SENTIMENT] == -1.0);
    bundle_free(b);
    arena_free(a);
}

/* Runs one comment through the stage; its output is the caller's. */
static struct out *run_stage(struct bundle *b, struct wire *w, const struct topology *topo)
{
    const struct score_conf conf = { "", 1000, 10 };
    const struct comment c = { .comment_id = slice_str("1"), .text = slice_str("so good") };
    struct stage_resume fresh = { .offset = -1 };
    struct stage stage = { NULL, NULL };
    struct out *out = out_new(w, topo, (struct out_limits){ 100, 1 << 20 });
    struct err err = { 0 };
    struct buf value;
    size_t used;

    assert_non_null(out);
    buf_init(&value, 1 << 16);
    assert_int_equal(wire_encode(w, RECORD_COMMENT, &c, &value, &err), ST_OK);
    const struct stage_rec rec = { .topic = TOPIC_COMMENTS, .value = buf_slice(&value) };

    assert_int_equal(score_stage_new(&conf, w, topo, b, &stage, &err), ST_OK);
    assert_int_equal(stage.ops->assign(stage.ctx, 0, &fresh, out, &err), ST_OK);
    assert_int_equal(stage.ops->process(stage.ctx, 0, &rec, 1, &used, out, &err), ST_OK);
    assert_int_equal(used, 1);
    stage_close(&stage);
    buf_release(&value);
    return out;
}

/* Every text has an engagement of 5 or more, and says so in its golden rows. */
static void a_model_whose_answers_are_no_scores_is_refused(void **state)
{
    json_t *doc;
    json_t *rows;

    (void)state;
    set_points(OUTPUT_ENGAGEMENT, 5.0, 6.0);
    doc = manifest();
    rows = json_object_get(doc, "golden");
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_array_set_new(json_object_get(json_array_get(rows, i), "scores"), OUTPUT_ENGAGEMENT,
                           json_real(1.0));
    put_manifest(doc);
    refused("20 of 20 golden rows have a score out of its range");
}

static void a_score_that_is_not_finite_is_a_dead_letter(void **state)
{
    const struct topology topo = topology_make(1, 1, 1);
    struct wire *w = NULL;
    struct err err = { 0 };
    struct bundle *b;
    struct out *out;

    (void)state;
    set_points(OUTPUT_SENTIMENT, -1.7e308, 1.7e308); /* their difference overflows */
    b = load_unproven();
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    out = run_stage(b, w, &topo);
    assert_int_equal(out_n(out), 1);
    assert_int_equal(out_at(out, 0)->topic, TOPIC_DEAD);
    assert_int_equal(out_dead_count(out, DEAD_SCORE), 1);
    assert_int_equal(out_counter(out, COUNTER_SCORED), 0);
    out_free(out);
    wire_free(w);
    bundle_free(b);
}

#define SPOILT(f) cmocka_unit_test_setup_teardown(f, copy_bundle, remove_copy)

static void words_near_the_taxonomy_are_part_of_the_bundle(void **state)
{
    const struct facts facts = { slice_str("two sandwiches"), false };
    struct arena *a = arena_new(1 << 20);
    struct bundle *b = NULL;
    struct scored scored;
    struct err err = { 0 };
    json_t *doc;

    (void)state;
    assert_int_equal(bundle_load(dir, &b, &err), ST_OK);
    assert_int_equal(bundle_score(b, &facts, 1, a, &scored, &err), ST_OK);
    assert_int_equal(scored.aspects.n, 1);
    assert_true(slice_is(scored.aspects.v[0].category, "food"));
    bundle_free(b);
    arena_free(a);
    doc = manifest();
    json_object_del(doc, "kindred");
    put_manifest(doc);
    refused("golden row 6 is not reproduced");
    doc = manifest();
    json_object_set_new(doc, "kindred", json_real(1.5));
    put_manifest(doc);
    refused("kindred is not a number in 0..1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SPOILT(the_copy_itself_loads),
        SPOILT(a_changed_file_is_refused),
        SPOILT(a_missing_file_is_refused),
        SPOILT(a_model_cut_short_is_refused_at_any_length),
        SPOILT(what_is_no_model_is_refused_by_name),
        SPOILT(another_number_of_features_is_refused),
        SPOILT(features_in_another_order_are_refused_by_the_golden_rows),
        SPOILT(a_golden_row_that_differs_is_refused),
        SPOILT(a_bundle_without_golden_rows_is_refused),
        SPOILT(a_manifest_that_is_wrong_is_refused),
        SPOILT(a_feature_of_vectors_without_an_encoder_is_refused),
        SPOILT(vectors_of_another_vocabulary_are_refused),
        SPOILT(a_manifest_reads_back_as_it_was_written),
        SPOILT(a_score_out_of_range_is_clamped_and_counted),
        SPOILT(a_score_that_is_not_finite_is_a_dead_letter),
        SPOILT(a_model_whose_answers_are_no_scores_is_refused),
        SPOILT(words_near_the_taxonomy_are_part_of_the_bundle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
