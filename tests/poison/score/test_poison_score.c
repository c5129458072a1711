/* SPDX-License-Identifier: MIT */
/* Each record is fed between two good comments: it must have its outcome, and they
 * must be scored as if it were not there. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "consumers/score/stage.h"
#include "record/comment.h"
#include "record/score.h"
#include "support/prop.h"

enum { RAW = 3, ID_RENAMED = 1001, ID_DOWN = 1002, ID_HOSTILE = 1003, BIG = 1 << 20 };
enum { HEADERS = 1000, LARGE_SCHEMA = 5 << 20, DEEP_SCHEMA = 10000, HOSTILE_MAX = 99, ROUNDS = 40 };

#ifdef __SANITIZE_ADDRESS__
enum { FREED_IS_FREE = 0 }; /* it keeps what was freed for a while, to see who touches it */
#else
enum { FREED_IS_FREE = 1 };
#endif

#define COMMENT_OF(fields)                                                                         \
    "{\"type\":\"record\",\"namespace\":\"absa\",\"name\":\"comment\",\"fields\":[" fields "]}"

struct rig {
    struct topology topo;
    struct wire *wire;
    struct bundle *bundle;
    struct buf good;      /* a comment, framed */
    struct buf bad;       /* the case at hand  */
    char *renamed;        /* a schema whose comment has no comment_id */
    struct slice hostile; /* a schema */
};

static enum status by_id(void *ctx, int32_t id, struct slice *text, struct err *err)
{
    const struct rig *r = ctx;

    if (id == ID_DOWN)
        return err_set(err, ST_RETRY, "the registry is down");
    if (id >= ID_HOSTILE && id < ID_HOSTILE + HOSTILE_MAX) {
        *text = r->hostile;
        return ST_OK;
    }
    if (id != ID_RENAMED)
        return err_set(err, ST_REJECT, "no schema %d", (int)id);
    *text = slice_str(r->renamed);
    return ST_OK;
}

static struct comment comment(int32_t src)
{
    return (struct comment){ .comment_id = slice_str("7460149384726974465"),
                             .video_id = slice_str("7226101187500723498"),
                             .text = slice_str("love it, but the price is too high"),
                             .shape = slice_str("test"),
                             .origin = { .src = src, .src_wm_ms = WM_NONE } };
}

static void frame(struct rig *r, enum record_kind kind, const void *rec, struct buf *out)
{
    struct err err = { 0 };

    buf_clear(out);
    assert_int_equal(wire_encode(r->wire, kind, rec, out, &err), ST_OK);
}

/* Another id in the frame of a good comment. */
static struct slice good_as(struct rig *r, uint32_t id)
{
    buf_clear(&r->bad);
    buf_slice_add(&r->bad, buf_slice(&r->good));
    for (int i = 0; i < 4; i++)
        r->bad.p[1 + i] = (char)(id >> (24 - 8 * i));
    return buf_slice(&r->bad);
}

/* What the stage makes of good, rec, good; out and stage are the caller's. */
static enum status feed(struct rig *r, struct stage *stage, const struct stage_rec *rec,
                        struct out *out)
{
    const struct score_conf conf = { "", 1000, 100 };
    struct stage_rec in[3] = {
        { .topic = TOPIC_COMMENTS, .offset = 7, .key = rec->key, .value = buf_slice(&r->good) },
        *rec,
        { .topic = TOPIC_COMMENTS, .offset = 9, .key = rec->key, .value = buf_slice(&r->good) },
    };
    struct stage_resume resume = { .offset = -1 };
    struct err err = { 0 };
    size_t used = 0;

    assert_int_equal(score_stage_new(&conf, r->wire, &r->topo, r->bundle, stage, &err), ST_OK);
    in[1].topic = TOPIC_COMMENTS;
    in[1].offset = 8;
    assert_int_equal(stage->ops->assign(stage->ctx, 0, &resume, out, &err), ST_OK);
    enum status st = stage->ops->process(stage->ctx, 0, in, 3, &used, out, &err);
    if (st == ST_OK)
        assert_int_equal(used, 3);
    return st;
}

/* The good ones: first and last of what was scored, the same but for their sighting. */
static void check_good(struct rig *r, const struct out *out, size_t scores)
{
    const struct out_rec *first = NULL;
    const struct out_rec *last = NULL;
    struct arena *a = arena_new(1 << 20);
    struct score x;
    struct score y;
    struct err err = { 0 };
    size_t n = 0;

    assert_non_null(a);
    for (size_t i = 0; i < out_n(out); i++) {
        if (out_at(out, i)->topic != TOPIC_SCORES)
            continue;
        n++;
        first = first ? first : out_at(out, i);
        last = out_at(out, i);
    }
    assert_int_equal(n, scores);
    if (!first || !last)
        fail_msg("nothing was scored");
    assert_int_equal(wire_decode(r->wire, RECORD_SCORE, first->value, &x, a, &err), ST_OK);
    assert_int_equal(wire_decode(r->wire, RECORD_SCORE, last->value, &y, a, &err), ST_OK);
    assert_int_equal(x.sighting, SIGHTING_FIRST);
    assert_int_equal(y.sighting, SIGHTING_UPDATE);
    assert_true(x.sentiment_score == y.sentiment_score);
    assert_int_equal(x.features.n, y.features.n);
    assert_memory_equal(x.features.v, y.features.v, x.features.n * sizeof(*x.features.v));
    arena_free(a);
}

/* reason NULL: it is scored or passed on, no dead letter. */
static void expect_rec(struct rig *r, const struct stage_rec *rec, const char *reason)
{
    struct out *out = out_new(r->wire, &r->topo, (struct out_limits){ 100, 16 << 20 });
    struct arena *a = arena_new(8 << 20);
    struct stage stage = { NULL, NULL };
    struct deadletter d = { .reason = { "", 0 } };
    struct err err = { 0 };
    size_t dead = 0;

    assert_non_null(a);
    assert_non_null(out);
    assert_int_equal(feed(r, &stage, rec, out), ST_OK);
    for (size_t i = 0; i < out_n(out); i++) {
        const struct out_rec *o = out_at(out, i);

        if (o->topic != TOPIC_DEAD)
            continue;
        dead++;
        assert_int_equal(wire_decode(r->wire, RECORD_DEADLETTER, o->value, &d, a, &err), ST_OK);
    }
    assert_int_equal(dead, reason != NULL);
    check_good(r, out, reason ? 2 : 3);
    if (reason) {
        if (!slice_is(d.reason, reason))
            fail_msg("%.*s (%.*s), want %s", SLICE_ARG(d.reason), SLICE_ARG(d.why), reason);
        assert_true(slice_is(d.stage, "score"));
        assert_int_equal(d.offset, 8);
        assert_int_equal(d.value_length, rec->value.n);
        assert_true(rec->value.n == 0 || slice_eq(d.value, rec->value));
    }
    stage_close(&stage);
    out_free(out);
    arena_free(a);
}

static void expect(struct rig *r, struct slice value, const char *reason)
{
    expect_rec(r, &(struct stage_rec){ .key = slice_str("video"), .value = value }, reason);
}

static void what_is_no_frame_or_no_comment(void **state)
{
    struct rig *r = *state;
    static const uint32_t ids[] = { 0, UINT32_MAX, 77, INT32_MAX, 0x80000000 };
    const struct score score = { .comment_id = slice_str("1"), .model = slice_str("m") };

    expect(r, (struct slice){ NULL, 0 }, "null");
    for (size_t n = 0; n < WIRE_FRAME_LEN; n++)
        expect(r, (struct slice){ r->good.p, n }, "schema");
    (void)good_as(r, (uint32_t)wire_schema_id(RECORD_COMMENT));
    r->bad.p[0] = 1;
    expect(r, buf_slice(&r->bad), "schema");
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        expect(r, good_as(r, ids[i]), "schema");
    frame(r, RECORD_SCORE, &score, &r->bad);
    expect(r, buf_slice(&r->bad), "schema");
    expect(r, good_as(r, ID_RENAMED), "schema_incompatible");
}

static void what_is_not_what_its_schema_says(void **state)
{
    struct rig *r = *state;
    static const struct slice lengths[] = {
        { "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10 },     /* 2^62                  */
        { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10 },     /* INT64_MIN             */
        { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 }, /* over 64 bits      */
        { "\x01", 1 },                                          /* -1                */
    };

    for (size_t n = WIRE_FRAME_LEN; n < r->good.n; n++)
        expect(r, (struct slice){ r->good.p, n }, "avro");
    (void)good_as(r, (uint32_t)wire_schema_id(RECORD_COMMENT));
    buf_byte(&r->bad, 0);
    expect(r, buf_slice(&r->bad), "avro");
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        (void)good_as(r, (uint32_t)wire_schema_id(RECORD_COMMENT));
        buf_truncate(&r->bad, WIRE_FRAME_LEN);
        buf_slice_add(&r->bad, lengths[i]); /* of comment_id, the first field */
        buf_str(&r->bad, "and some bytes that are far fewer");
        expect(r, buf_slice(&r->bad), "avro");
    }
}

/* Whatever a registry may hold under an id; each is asked for once and remembered. */
static void schemas_from_strangers(void **state)
{
    struct rig *r = *state;
    static const char *const texts[] = {
        "",
        "{",
        "\"string\"",
        COMMENT_OF(""),
        COMMENT_OF("{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"f\",\"size\":-2}}"),
        COMMENT_OF("{\"name\":\"x\",\"type\":[\"null\",\"comment\"]}"),
        COMMENT_OF("{\"name\":\"x\",\"type\":\"nosuch\"}"),
        COMMENT_OF("{\"name\":\"comment_id\",\"type\":\"long\"}"),
    };
    const size_t n = sizeof(texts) / sizeof(texts[0]);
    char *large = malloc(LARGE_SCHEMA);

    assert_non_null(large);
    for (size_t i = 0; i < n; i++) {
        r->hostile = slice_str(texts[i]);
        expect(r, good_as(r, ID_HOSTILE + (uint32_t)i), "schema_incompatible");
    }
    memset(large, ' ', LARGE_SCHEMA);
    r->hostile = (struct slice){ large, LARGE_SCHEMA };
    expect(r, good_as(r, ID_HOSTILE + (uint32_t)n), "schema_incompatible");
    memset(large, '[', DEEP_SCHEMA);
    r->hostile = (struct slice){ large, DEEP_SCHEMA };
    expect(r, good_as(r, ID_HOSTILE + (uint32_t)n + 1), "schema_incompatible");
    free(large);
}

static long resident_kb(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long size = 0;
    long pages = 0;

    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld %ld", &size, &pages), 2);
    fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A frame cut at each byte, and one that claims 2^62: again and again. */
static int refuse_many(struct rig *r, struct arena *a)
{
    struct err err = { 0 };
    struct comment c;
    int n = 0;

    for (size_t cut = 0; cut < r->good.n; cut++, n++) {
        arena_reset(a);
        assert_int_equal(
            wire_decode(r->wire, RECORD_COMMENT, (struct slice){ r->good.p, cut }, &c, a, &err),
            ST_REJECT);
    }
    (void)good_as(r, (uint32_t)wire_schema_id(RECORD_COMMENT));
    buf_truncate(&r->bad, WIRE_FRAME_LEN);
    buf_slice_add(&r->bad, (struct slice){ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 10 });
    arena_reset(a);
    assert_int_equal(wire_decode(r->wire, RECORD_COMMENT, buf_slice(&r->bad), &c, a, &err),
                     ST_REJECT);
    return n + 1;
}

/* avro-c alone leaks what a truncated record declares. */
static void hostile_bytes_cost_neither_memory_nor_time(void **state)
{
    struct rig *r = *state;
    struct arena *a = arena_new(1 << 20);
    int n = 0;

    assert_non_null(a);
    (void)refuse_many(r, a);
    const long before = resident_kb();
    const clock_t began = clock();
    for (int i = 0; i < ROUNDS; i++)
        n += refuse_many(r, a);
    const double ms = (double)(clock() - began) * 1000 / CLOCKS_PER_SEC;
    assert_true(n > 1000);
    assert_true(ms < n); /* 1 ms each, of this process alone */
    if (FREED_IS_FREE)
        assert_true(resident_kb() - before < 1024);
    arena_free(a);
}

/* A record that speaks of a source that does not exist stops nobody. */
static void sources_that_do_not_exist(void **state)
{
    struct rig *r = *state;
    static const int32_t srcs[] = { -1, RAW, INT32_MIN, INT32_MAX };

    for (size_t i = 0; i < sizeof(srcs) / sizeof(srcs[0]); i++) {
        const struct comment c = comment(srcs[i]);
        const struct mark m = { .src = srcs[i], .src_count = RAW, .src_epoch = 1 };

        frame(r, RECORD_COMMENT, &c, &r->bad);
        expect(r, buf_slice(&r->bad), "range");
        frame(r, RECORD_MARK, &m, &r->bad);
        expect(r, buf_slice(&r->bad), "range");
    }
}

static void what_looks_odd_in_kafka_and_is_fine(void **state)
{
    struct rig *r = *state;
    struct hdr *many = calloc(HEADERS, sizeof(*many));
    char *big = malloc(BIG);
    const struct slice value = buf_slice(&r->good);

    assert_non_null(many);
    assert_non_null(big);
    memset(big, 'x', BIG);
    for (size_t i = 0; i < HEADERS; i++)
        many[i] = (struct hdr){ slice_str("h"), { big, i == 0 ? BIG : 3 } };
    expect_rec(r, &(struct stage_rec){ .value = value }, NULL); /* a null key */
    expect_rec(r, &(struct stage_rec){ .value = value, .key = { "", 0 } }, NULL);
    expect_rec(r, &(struct stage_rec){ .value = value, .key = { big, BIG } }, NULL);
    expect_rec(r, &(struct stage_rec){ .value = value, .hdr = many, .nhdr = HEADERS }, NULL);
    expect_rec(r, &(struct stage_rec){ .hdr = many, .nhdr = HEADERS }, "null");
    expect_rec(r, &(struct stage_rec){ .value = slice_str("?"), .key = { big, BIG } }, "schema");
    free(many);
    free(big);
}

/* A registry that cannot be asked is no fault of the record: nothing is written. */
static void a_registry_that_is_down(void **state)
{
    struct rig *r = *state;
    struct out *out = out_new(r->wire, &r->topo, (struct out_limits){ 100, 1 << 20 });
    const struct stage_rec rec = { .value = good_as(r, ID_DOWN) };
    struct stage stage = { NULL, NULL };

    assert_int_equal(feed(r, &stage, &rec, out), ST_RETRY);
    assert_int_equal(out_n(out), 0);
    stage_close(&stage);
    out_free(out);
}

/* Any damage: the good ones do not notice. */
static void any_byte_may_be_anything(void **state)
{
    struct rig *r = *state;
    struct prop p = prop_begin(1500);

    for (int i = 0; i < p.cases; i++) {
        struct out *out = out_new(r->wire, &r->topo, (struct out_limits){ 100, 1 << 20 });
        struct stage stage = { NULL, NULL };
        size_t marks = 0;
        size_t dead = 0;

        (void)good_as(r, (uint32_t)wire_schema_id(i % 3 ? RECORD_COMMENT : RECORD_MARK));
        for (uint64_t k = 1 + prop_below(&p, 3); k > 0; k--)
            r->bad.p[WIRE_FRAME_LEN + prop_below(&p, r->bad.n - WIRE_FRAME_LEN)] =
                (char)prop_below(&p, 256);
        const struct stage_rec rec = { .value = buf_slice(&r->bad) };
        assert_int_equal(feed(r, &stage, &rec, out), ST_OK);
        for (size_t k = 0; k < out_n(out); k++) {
            marks += out_at(out, k)->nhdr > 0 && out_at(out, k)->topic == TOPIC_SCORES;
            dead += out_at(out, k)->topic == TOPIC_DEAD;
        }
        assert_int_equal(out_n(out), 3);
        assert_true(marks + dead <= 1);
        stage_close(&stage);
        out_free(out);
    }
}

static int setup(void **state)
{
    static struct rig r;
    const struct wire_source source = { &r, by_id };
    const struct slice text = wire_schema_text(RECORD_COMMENT);
    const struct comment c = comment(1);
    struct err err = { 0 };

    r.topo = topology_make(RAW, 1, 1);
    r.renamed = strndup(text.p, text.n);
    assert_non_null(r.renamed);
    char *field = strstr(r.renamed, "\"comment_id\"");
    assert_non_null(field);
    field[1] = 'k';
    assert_int_equal(wire_new(&source, &r.wire, &err), ST_OK);
    if (bundle_load("models/default", &r.bundle, &err) != ST_OK)
        fail_msg("%s", err.msg);
    buf_init(&r.good, 1 << 20);
    buf_init(&r.bad, 1 << 20);
    frame(&r, RECORD_COMMENT, &c, &r.good);
    *state = &r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;

    buf_release(&r->good);
    buf_release(&r->bad);
    bundle_free(r->bundle);
    wire_free(r->wire);
    free(r->renamed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_frame_or_no_comment),
        cmocka_unit_test(what_is_not_what_its_schema_says),
        cmocka_unit_test(schemas_from_strangers),
        cmocka_unit_test(hostile_bytes_cost_neither_memory_nor_time),
        cmocka_unit_test(sources_that_do_not_exist),
        cmocka_unit_test(what_looks_odd_in_kafka_and_is_fine),
        cmocka_unit_test(a_registry_that_is_down),
        cmocka_unit_test(any_byte_may_be_anything),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
