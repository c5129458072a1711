/* SPDX-License-Identifier: MIT */
/* Frames and schemas from strangers: refused with the right reason, quickly and
 * in little memory; and schemas of older and newer writers. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "record/label.h"
#include "record/mark.h"
#include "record/notify.h"
#include "wire/wire.h"

enum { FIRST_ID = 1000, TAKEN = DEAD_N };

/* A registry of one schema, id FIRST_ID. */
struct registry {
    struct slice text;
    enum status status;
};

static enum status by_id(void *ctx, int32_t id, struct slice *text, struct err *err)
{
    const struct registry *r = ctx;

    if (r->status != ST_OK || id != FIRST_ID)
        return err_set(err, r->status != ST_OK ? r->status : ST_REJECT, "no schema %d", id);
    *text = r->text;
    return ST_OK;
}

static struct wire *wire_with(struct registry *r)
{
    struct wire_source src = { r, by_id };
    struct err err = { 0 };
    struct wire *w = NULL;

    assert_int_equal(wire_new(&src, &w, &err), ST_OK);
    return w;
}

/* Bytes of a frame. */
struct frame {
    char p[512];
    size_t n;
};

static void f_byte(struct frame *f, int b)
{
    f->p[f->n++] = (char)(unsigned char)b;
}

static void f_long(struct frame *f, int64_t v)
{
    uint64_t u = ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);

    for (; u >= 0x80; u >>= 7)
        f_byte(f, (int)(u & 0x7F) | 0x80);
    f_byte(f, (int)u);
}

static void f_string(struct frame *f, const char *s)
{
    f_long(f, (int64_t)strlen(s));
    memcpy(f->p + f->n, s, strlen(s));
    f->n += strlen(s);
}

static struct frame f_open(int32_t id)
{
    struct frame f = { .n = 0 };

    f_byte(&f, 0);
    for (int shift = 24; shift >= 0; shift -= 8)
        f_byte(&f, (int)((uint32_t)id >> shift & 0xFF));
    return f;
}

static int reason_of(struct wire *w, enum record_kind kind, struct slice framed)
{
    char rec[1024];
    struct err err = { 0 };
    struct arena *a = arena_new(1 << 20);
    enum status st = wire_decode(w, kind, framed, rec, a, &err);

    assert_int_not_equal(st, ST_FATAL);
    arena_free(a);
    return st == ST_OK ? TAKEN : (int)wire_reason(w);
}

/* ---- frames ---- */

static void frames(void **state)
{
    static const int32_t unknown[] = { 0, -1, 999, INT32_MAX, INT32_MIN };
    struct err err = { 0 };
    struct wire *w = NULL;
    struct frame f = f_open(1);
    enum record_kind kind;

    (void)state;
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    for (size_t n = 0; n < WIRE_FRAME_LEN; n++)
        assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, n }), DEAD_SCHEMA);
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ NULL, 0 }), DEAD_SCHEMA);
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        f = f_open(unknown[i]);
        assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }), DEAD_SCHEMA);
        assert_int_equal(wire_peek(w, (struct slice){ f.p, f.n }, &kind, &err), ST_REJECT);
        assert_int_equal(wire_reason(w), DEAD_SCHEMA);
    }
    f = f_open(wire_schema_id(RECORD_SCORE));
    assert_int_equal(wire_peek(w, (struct slice){ f.p, f.n }, &kind, &err), ST_OK);
    assert_int_equal(kind, RECORD_SCORE);
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }), DEAD_SCHEMA);
    f.p[0] = 1;
    assert_int_equal(reason_of(w, RECORD_SCORE, (struct slice){ f.p, f.n }), DEAD_SCHEMA);
    wire_free(w);
}

/* ---- bodies: a notify record whose last field is bent ---- */

static struct frame notify_upto_alerts(void)
{
    struct frame f = f_open(wire_schema_id(RECORD_NOTIFY));

    f_string(&f, "mail"); /* receiver, group, epoch, repeat, dedupe_key */
    f_string(&f, "g");
    f_long(&f, 1);
    f_long(&f, 2);
    f_string(&f, "k");
    f_long(&f, 1); /* state, due_ms, attempts */
    f_long(&f, INT64_MIN);
    f_long(&f, 3);
    f_byte(&f, 0); /* changed, now, sending */
    f_long(&f, 0);
    f_long(&f, 0);
    return f;
}

static void check_tail(int64_t count, int64_t size, int64_t length, const char *tail, int want)
{
    struct err err = { 0 };
    struct wire *w = NULL;
    struct frame f = notify_upto_alerts();

    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    f_long(&f, count);
    if (count < 0)
        f_long(&f, size);
    f_long(&f, length);
    for (const char *p = tail; *p; p++)
        f_byte(&f, *p == '0' ? 0 : *p);
    assert_int_equal(reason_of(w, RECORD_NOTIFY, (struct slice){ f.p, f.n }), want);
    wire_free(w);
}

static void blocks_and_lengths(void **state)
{
    (void)state;
    /* one item "ab", the end of the array, reason "" */
    check_tail(1, 0, 2, "ab00", TAKEN);
    check_tail(-1, 3, 2, "ab00", TAKEN);
    check_tail(1, 0, 2, "ab00x", DEAD_AVRO);
    check_tail(1, 0, 2, "ab0", DEAD_AVRO);
    check_tail(-1, 2, 2, "ab00", DEAD_AVRO);
    check_tail(-1, 4, 2, "ab00", DEAD_AVRO);
    check_tail(-1, -3, 2, "ab00", DEAD_AVRO);
    check_tail(-1, INT64_MAX, 2, "ab00", DEAD_AVRO);
    check_tail(INT64_MIN, 3, 2, "ab00", DEAD_AVRO);
    check_tail(INT64_MIN + 1, 3, 2, "ab00", DEAD_AVRO);
    check_tail(INT64_C(1) << 40, 0, 2, "ab00", DEAD_AVRO);
    check_tail(INT64_MAX, 0, 2, "ab00", DEAD_AVRO);
    check_tail(1, 0, INT64_C(1) << 62, "ab00", DEAD_AVRO);
    check_tail(1, 0, INT64_MAX, "ab00", DEAD_AVRO);
    check_tail(1, 0, -1, "ab00", DEAD_AVRO);
    check_tail(1, 0, INT64_MIN, "ab00", DEAD_AVRO);
    check_tail(1, 0, 2,
               "\xFF\xFE"
               "00",
               DEAD_AVRO); /* not UTF-8 */
}

static void varints(void **state)
{
    struct err err = { 0 };
    struct wire *w = NULL;
    struct frame f;

    (void)state;
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    f = f_open(1); /* mark.src: an int of 33 bits */
    f_long(&f, INT64_C(1) << 32);
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }), DEAD_AVRO);
    f = f_open(1); /* 11 bytes */
    for (int i = 0; i < 10; i++)
        f_byte(&f, 0x80);
    f_byte(&f, 1);
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }), DEAD_AVRO);
    for (int last = 1; last <= 3; last += 2) { /* next_offset: 10 bytes, 64 or 65 bits */
        f = f_open(1);
        for (int i = 0; i < 3; i++)
            f_long(&f, 0);
        for (int i = 0; i < 9; i++)
            f_byte(&f, 0xFF);
        f_byte(&f, last);
        for (int i = 0; i < 5; i++)
            f_long(&f, 0);
        assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }),
                         last == 1 ? TAKEN : DEAD_AVRO);
    }
    wire_free(w);
}

/* ---- schemas ---- */

#define RECORD(name, fields)                                                                       \
    "{\"type\":\"record\",\"namespace\":\"absa\",\"name\":\"" name "\",\"fields\":[" fields "]}"
#define FIELD(name, type) "{\"name\":\"" name "\",\"type\":" type "}"
#define LONG(name)        FIELD(name, "\"long\"")
#define INT(name)         FIELD(name, "\"int\"")
#define KIND(symbols)                                                                              \
    FIELD("kind", "{\"type\":\"enum\",\"name\":\"mark_kind\",\"symbols\":" symbols "}")
#define MARK_HEAD INT("src") "," INT("src_count") "," INT("src_epoch")

static int reason_with(const char *schema, enum record_kind kind, const struct frame *f)
{
    struct registry r = { slice_str(schema), ST_OK };
    struct wire *w = wire_with(&r);
    int first = reason_of(w, kind, (struct slice){ f->p, f->n });

    assert_int_equal(reason_of(w, kind, (struct slice){ f->p, f->n }), first);
    wire_free(w);
    return first;
}

static void hostile_schemas(void **state)
{
    static const char *const schema[] = {
        "",
        "{",
        "\"string\"",
        "{\"type\":\"record\"}",
        RECORD("mark", ""),
        RECORD("mark", FIELD("x", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":-2}")),
        RECORD("mark", FIELD("x", "{\"type\":\"fixed\",\"name\":\"f\",\"size\":1000000}")),
        RECORD("mark", FIELD("next", "[\"null\",\"mark\"]")),
        RECORD("mark", FIELD("x", "[]")),
        RECORD("mark", FIELD("x", "\"nosuch\"")),
        RECORD("mark", INT("src") "," INT("src")),
    };
    struct frame f = f_open(FIRST_ID);
    static char deep[20000];

    (void)state;
    for (size_t i = 0; i < sizeof(schema) / sizeof(schema[0]); i++)
        assert_int_equal(reason_with(schema[i], RECORD_MARK, &f), DEAD_SCHEMA_INCOMPATIBLE);
    memset(deep, '[', sizeof(deep) - 1);
    assert_int_equal(reason_with(deep, RECORD_MARK, &f), DEAD_SCHEMA_INCOMPATIBLE);
    assert_int_equal(reason_with(RECORD("other", INT("src")), RECORD_MARK, &f), DEAD_SCHEMA);

    static char large[WIRE_SCHEMA_MAX + 64];
    snprintf(large, sizeof(large), "%*s", WIRE_SCHEMA_MAX + 1, RECORD("mark", MARK_HEAD));
    assert_int_equal(reason_with(large, RECORD_MARK, &f), DEAD_SCHEMA_INCOMPATIBLE);
}

static void registry_answers(void **state)
{
    struct registry r = { .status = ST_RETRY };
    struct wire *w = wire_with(&r);
    struct frame f = f_open(FIRST_ID);
    char rec[1024];
    struct err err = { 0 };
    struct arena *a = arena_new(1 << 20);

    (void)state;
    assert_int_equal(wire_decode(w, RECORD_MARK, (struct slice){ f.p, f.n }, rec, a, &err),
                     ST_RETRY);
    r.status = ST_REJECT;
    assert_int_equal(wire_decode(w, RECORD_MARK, (struct slice){ f.p, f.n }, rec, a, &err),
                     ST_REJECT);
    assert_int_equal(wire_reason(w), DEAD_SCHEMA);
    arena_free(a);
    wire_free(w);
}

/* A writer of marks: fields in another order, one that we lack (an array of
 * nulls, a map, a union), promoted numbers and symbols that we lack. */
#define NEWER                                                                                                                                 \
    RECORD(                                                                                                                                   \
        "mark",                                                                                                                               \
        FIELD("extra", "{\"type\":\"array\",\"items\":\"null\"}") "," KIND(                                                                   \
            "[\"brandne"                                                                                                                      \
            "w\","                                                                                                                            \
            "\"end\","                                                                                                                        \
            "\"data\"]") "," INT("seq") "," FIELD("more",                                                                                     \
                                                  "{\"type\":\"map\",\"values\":[\"null\","                                                   \
                                                  "\"float\"]}") "," MARK_HEAD                                                                \
                                                                 "," INT("next_offset") "," FIELD("wm_ms", "[\"long\",\"string\"]") "," LONG( \
                                                                     "floor_ms") "," INT("n_"                                                 \
                                                                                         "since_"                                             \
                                                                                         "last"))

static struct frame newer_mark(int64_t nulls, int symbol, int branch)
{
    struct frame f = f_open(FIRST_ID);

    f_long(&f, nulls);
    if (nulls != 0)
        f_long(&f, 0);
    f_long(&f, symbol);
    f_long(&f, -7);
    f_long(&f, 1);
    f_string(&f, "key");
    f_long(&f, 1);
    for (int i = 0; i < 4; i++)
        f_byte(&f, 0x3F);
    f_long(&f, 0);
    for (int i = 0; i < 4; i++)
        f_long(&f, 10 + i);
    f_long(&f, branch);
    if (branch == 0)
        f_long(&f, INT64_MIN);
    else
        f_string(&f, "?");
    f_long(&f, 5);
    f_long(&f, -1);
    return f;
}

static void newer_writer(void **state)
{
    struct registry r = { slice_str(NEWER), ST_OK };
    struct wire *w = wire_with(&r);
    struct frame f = newer_mark(3, 1, 0);
    struct err err = { 0 };
    struct mark m;
    struct arena *a = arena_new(1 << 20);

    (void)state;
    if (wire_decode(w, RECORD_MARK, (struct slice){ f.p, f.n }, &m, a, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(m.kind, MARK_END);
    assert_int_equal(m.seq, -7);
    assert_int_equal(m.src, 10);
    assert_int_equal(m.next_offset, 13);
    assert_true(m.wm_ms == INT64_MIN);
    assert_int_equal(m.floor_ms, 5);
    assert_int_equal(m.n_since_last, -1);
    f = newer_mark(0, 0, 0); /* a symbol that we lack: the default of the enum */
    assert_int_equal(wire_decode(w, RECORD_MARK, (struct slice){ f.p, f.n }, &m, a, &err), ST_OK);
    assert_int_equal(m.kind, MARK_HELLO);
    f = newer_mark(0, 1, 1); /* a branch that we cannot take */
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }),
                     DEAD_SCHEMA_INCOMPATIBLE);
    f = newer_mark(0, 1, 9);
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }), DEAD_AVRO);
    f = newer_mark(0, 3, 0);
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }), DEAD_AVRO);
    f = newer_mark(INT64_C(1) << 31, 1, 0); /* 2^31 nulls take no bytes */
    assert_int_equal(reason_of(w, RECORD_MARK, (struct slice){ f.p, f.n }), DEAD_AVRO);
    arena_free(a);
    wire_free(w);
}

/* An older writer lacks fields: those with a default get it. */
static void older_writer(void **state)
{
    static const char some[] = RECORD(
        "label",
        FIELD("comment_id", "\"string\"") "," FIELD("annotator", "\"string\"") "," LONG(
            "labelled_ms") "," FIELD("sentiment",
                                     "\"float\"") "," LONG("arrival_ms") "," FIELD("bundle_sha256",
                                                                                   "\"string\""));
    static const char renamed[] =
        RECORD("label", FIELD("id", "\"string\"") "," FIELD("annotator", "\"string\"") "," LONG(
                            "labelled_ms") "," LONG("arrival_ms"));
    struct registry r = { slice_str(some), ST_OK };
    struct wire *w = wire_with(&r);
    struct frame f = f_open(FIRST_ID);
    struct err err = { 0 };
    struct label l;
    struct arena *a = arena_new(1 << 20);

    (void)state;
    f_string(&f, "c1");
    f_string(&f, "me");
    f_long(&f, 7);
    for (int b = 0; b < 4; b++)
        f_byte(&f, b == 3 ? 0x3F : 0); /* 0.5f */
    f_long(&f, 9);
    f_string(&f, "b");
    if (wire_decode(w, RECORD_LABEL, (struct slice){ f.p, f.n }, &l, a, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_true(slice_is(l.comment_id, "c1"));
    assert_true(l.sentiment.has);
    assert_true(l.sentiment.v == 0.5);
    assert_false(l.engagement.has);
    assert_int_equal(l.stage.n, 0);
    assert_true(slice_is(l.bundle_sha256, "b"));
    assert_int_equal(l.arrival_ms, 9);
    arena_free(a);
    wire_free(w);
    assert_int_equal(reason_with(renamed, RECORD_LABEL, &f), DEAD_SCHEMA_INCOMPATIBLE);
}

/* A label as it was before it told of confidence (schema 4), and of its video (schema 19). */
static void labels_of_before(void **state)
{
    static const struct {
        int32_t id;
        int nulls; /* behind the bundle */
    } were[] = { { 4, 0 }, { 19, 2 } };
    struct wire *w = wire_with(NULL);
    struct arena *a = arena_new(1 << 20);
    struct err err = { 0 };
    struct label l;

    (void)state;
    for (size_t k = 0; k < sizeof(were) / sizeof(were[0]); k++) {
        struct frame f = f_open(were[k].id);

        f_string(&f, "c1");
        f_string(&f, "me");
        f_string(&f, "");
        f_long(&f, 7);
        for (int i = 0; i < 6; i++)
            f_long(&f, 0); /* null */
        f_long(&f, 9);
        f_string(&f, "b");
        for (int i = 0; i < were[k].nulls; i++)
            f_long(&f, 0);
        const struct slice framed = { f.p, f.n };
        assert_int_equal(wire_decode(w, RECORD_LABEL, framed, &l, a, &err), ST_OK);
        assert_true(slice_is(l.bundle_sha256, "b"));
        assert_false(l.confidence.has);
        assert_false(l.interval.has);
        assert_int_equal(l.video_id.n, 0);
    }
    assert_int_equal(wire_schema_id(RECORD_LABEL), 22);
    arena_free(a);
    wire_free(w);
}

static void retyped(void **state)
{
    static const char *const schema[] = {
        RECORD("mark", LONG("src") "," INT("src_count") "," INT("src_epoch")),
        RECORD("mark", FIELD("src", "\"string\"")),
        RECORD("mark", FIELD("src", "[\"null\",\"string\"]")),
        RECORD("mark", FIELD("src", "{\"type\":\"array\",\"items\":\"int\"}")),
    };
    struct frame f = f_open(FIRST_ID);

    (void)state;
    for (size_t i = 0; i < sizeof(schema) / sizeof(schema[0]); i++)
        assert_int_equal(reason_with(schema[i], RECORD_MARK, &f), DEAD_SCHEMA_INCOMPATIBLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),           cmocka_unit_test(blocks_and_lengths),
        cmocka_unit_test(varints),          cmocka_unit_test(hostile_schemas),
        cmocka_unit_test(registry_answers), cmocka_unit_test(newer_writer),
        cmocka_unit_test(labels_of_before), cmocka_unit_test(older_writer),
        cmocka_unit_test(retyped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
