/* SPDX-License-Identifier: MIT */
/* What programs read and keep before and beside their stages: each allocation fails
 * once, in turn. */
#include "support/check.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/buf.h"
#include "conf/conf.h"
#include "drift/baseline.h"
#include "drift/segment.h"
#include "file/file.h"
#include "model/bundle.h"
#include "model/default_dir.h"
#include "model/manifest.h"
#include "score/sightings.h"
#include "support/alloc/alloc.h"
#include "support/drift/stream.h"

enum { POINTS = 200, TEXT_MAX = 8 << 20 };

/* --- configuration ------------------------------------------------------------ */

struct demo {
    const char *name;
    const char *secret;
    int64_t wait_ms;
};

static enum status use_conf(void *ctx, struct err *err)
{
    static const struct conf_prop props[] = {
        { .name = "name",
          .type = CONF_STR,
          .at = offsetof(struct demo, name),
          .dflt = "x",
          .doc = "N." },
        { .name = "secret",
          .type = CONF_SECRET,
          .at = offsetof(struct demo, secret),
          .dflt = "",
          .doc = "S." },
        { .name = "wait.ms",
          .type = CONF_MS,
          .at = offsetof(struct demo, wait_ms),
          .dflt = "1s",
          .min = 1,
          .max = 100000,
          .doc = "W." },
        { .name = NULL },
    };
    static struct demo demo;
    static const struct conf_section sections[] = { { "Demo", props, &demo },
                                                    { NULL, NULL, NULL } };
    static char wait[] = "ABSA_WAIT_MS=2s";
    static char secret[] = "ABSA_SECRET=s3cret";
    static char *const environment[] = { wait, secret, NULL };
    struct conf *c = conf_new(sections, "kafka.");
    struct buf text;

    (void)ctx;
    if (!c)
        return err_set(err, ST_FATAL, "out of memory");
    buf_init(&text, TEXT_MAX);
    conf_read(c, slice_str("name = a longer name\nkafka.linger.ms = 5\n"), "file");
    conf_environment(c, environment);
    conf_option(c, "wait.ms=3s");
    conf_option(c, "kafka.acks=all");
    enum status st = conf_finish(c, err);
    if (st == ST_OK)
        conf_print(c, &text);
    if (st == ST_OK && buf_failed(&text))
        st = err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK) {
        assert_int_equal(demo.wait_ms, 3000);
        assert_string_equal(demo.name, "a longer name");
    }
    buf_release(&text);
    conf_free(c);
    return st;
}

static void configuration(void **state)
{
    (void)state;
    assert_true(alloc_sweep("conf", use_conf, NULL, POINTS) > 3);
}

/* --- baseline --------------------------------------------------------------- */

static enum status use_baseline(void *ctx, struct err *err)
{
    struct baseline *again = NULL;
    struct buf text;
    enum status st;

    buf_init(&text, TEXT_MAX);
    st = baseline_write(ctx, &text, err);
    if (st == ST_OK)
        st = baseline_read(buf_slice(&text), &again, err);
    baseline_free(again);
    buf_release(&text);
    return st;
}

static void baseline_file(void **state)
{
    struct baseline *b = stream_baseline(1000);

    (void)state;
    json_set_alloc_funcs(alloc_real, free);
    assert_true(alloc_sweep("baseline", use_baseline, b, POINTS) > 20);
    baseline_free(b);
}

static enum status use_build(void *ctx, struct err *err)
{
    static double x[400];
    static uint64_t videos[400];
    static const char *const names[] = { "a", "b" };
    const double *const columns[] = { x, x };
    const struct baseline_input in = { .bundle_sha256 = STREAM_BUNDLE,
                                       .names = names,
                                       .columns = columns,
                                       .n = 2,
                                       .videos = videos,
                                       .rows = 400 };
    struct baseline *b = NULL;

    (void)ctx;
    for (int i = 0; i < 400; i++) {
        x[i] = i * 7 % 97;
        videos[i] = (uint64_t)i % 13;
    }
    enum status st = baseline_build(&in, &b, err);
    baseline_free(b);
    return st;
}

static void baseline_of_rows(void **state)
{
    (void)state;
    assert_true(alloc_sweep("baseline, built", use_build, NULL, POINTS) > 10);
}

/* --- bundle ------------------------------------------------------------------- */

static enum status use_manifest(void *ctx, struct err *err)
{
    const struct buf *text = ctx;
    struct arena *a = arena_new(TEXT_MAX);
    struct manifest m;
    struct buf again;
    enum status st = a ? ST_OK : err_set(err, ST_FATAL, "out of memory");

    buf_init(&again, TEXT_MAX);
    if (st == ST_OK)
        st = manifest_read(buf_slice(text), a, &m, err);
    if (st == ST_OK)
        st = manifest_write(&m, &again, err);
    buf_release(&again);
    arena_free(a);
    return st;
}

static void manifest(void **state)
{
    char path[FILE_PATH_MAX];
    struct buf text;
    struct err err = { 0 };

    (void)state;
    buf_init(&text, TEXT_MAX);
    assert_int_equal(file_path(bundle_dir(""), slice_str("manifest.json"), path, &err), ST_OK);
    assert_int_equal(file_read(path, &text, &err), ST_OK);
    json_set_alloc_funcs(alloc_real, free);
    assert_true(alloc_sweep("manifest", use_manifest, &text, POINTS) > 3);
    buf_release(&text);
}

static enum status use_bundle(void *ctx, struct err *err)
{
    struct bundle *b = NULL;
    enum status st = bundle_load(bundle_dir(""), &b, err);

    (void)ctx;
    bundle_free(b);
    return st;
}

static void bundle(void **state)
{
    (void)state;
    json_set_alloc_funcs(alloc_real, free);
    assert_true(alloc_sweep("bundle", use_bundle, NULL, 30) > 20);
}

/* --- what is kept --------------------------------------------------------------- */

static enum status use_sightings(void *ctx, struct err *err)
{
    const struct sightings_conf conf = { 3600000, 3000, 2 };
    struct sightings *s = sightings_new(&conf);
    enum status st = s ? ST_OK : err_set(err, ST_FATAL, "out of memory");

    (void)ctx;
    for (uint64_t i = 0; i < 3000 && st == ST_OK; i++) {
        const struct origin from = { .src = (int32_t)(i % 2), .arrival_ms = (int64_t)i * 1000 };
        struct sighted said;

        st = sightings_look(s, i * UINT64_C(0x9e3779b97f4a7c15), &from, &said, err);
        if (st == ST_OK)
            sightings_keep(s);
    }
    sightings_free(s);
    return st;
}

static void sightings(void **state)
{
    (void)state;
    assert_true(alloc_sweep("sightings", use_sightings, NULL, POINTS) > 2);
}

static enum status use_segments(void *ctx, struct err *err)
{
    struct segments s = { 0 };
    enum status st = segments_parse(&s, "all, lang:de, video:v7, aspect:food", NULL, err);

    (void)ctx;
    segments_release(&s);
    return st;
}

static void segment_list(void **state)
{
    (void)state;
    assert_true(alloc_sweep("segments", use_segments, NULL, POINTS) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configuration),    cmocka_unit_test(baseline_file),
        cmocka_unit_test(baseline_of_rows), cmocka_unit_test(manifest),
        cmocka_unit_test(bundle),           cmocka_unit_test(sightings),
        cmocka_unit_test(segment_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
