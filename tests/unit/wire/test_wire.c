/* SPDX-License-Identifier: MIT */
/* Our own records: schemas and tables agree, avro-c reads and writes the same
 * bytes, and every cut and every changed byte is taken or refused in peace. */
#include "support/check.h"

#include <avro.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/mark.h"
#include "record/score.h"
#include "support/record_gen.h"
#include "wire/builtin.h"
#include "wire/wire.h"

union any {
    max_align_t align;
    char bytes[1024];
};

struct fixture {
    struct wire *w;
    struct arena *a;
    struct prop p;
    struct buf bytes;
    struct buf more;
};

static int set_up(void **state)
{
    static struct fixture f;
    struct err err = { 0 };

    f.p = prop_begin(20);
    f.a = arena_new(64 << 20);
    buf_init(&f.bytes, WIRE_RECORD_MAX);
    buf_init(&f.more, WIRE_RECORD_MAX);
    *state = &f;
    return wire_new(NULL, &f.w, &err) == ST_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    wire_free(f->w);
    arena_free(f->a);
    buf_release(&f->bytes);
    buf_release(&f->more);
    return 0;
}

/* A random record of kind, encoded into f->bytes. */
static void encode_random(struct fixture *f, enum record_kind kind, size_t items, union any *rec)
{
    struct record_gen g = { &f->p, f->a, items, true };
    struct err err = { 0 };

    record_gen(&g, wire_tables[kind], rec);
    buf_clear(&f->bytes);
    assert_int_equal(wire_encode(f->w, kind, rec, &f->bytes, &err), ST_OK);
}

/* ---- schemas ---- */

static void check_docs(const json_t *type, const char *where)
{
    const json_t *fields = json_object_get(type, "fields");
    json_t *item;
    size_t i;

    json_array_foreach(type, i, item)
    {
        check_docs(item, where);
    }
    if (json_object_get(type, "items"))
        check_docs(json_object_get(type, "items"), where);
    if (json_object_get(type, "name") && !json_object_get(type, "doc"))
        fail_msg("a type of %s has no doc", where);
    json_array_foreach(fields, i, item)
    {
        if (json_string_length(json_object_get(item, "doc")) == 0)
            fail_msg("field %s of %s has no doc", json_string_value(json_object_get(item, "name")),
                     where);
        check_docs(json_object_get(item, "type"), where);
    }
}

/* wire_new() refuses a table that differs from its schema; here: that each
 * record has an id of its own and each field a doc. */
static void schemas(void **state)
{
    (void)state;
    for (int k = 0; k < RECORD_N; k++) {
        struct slice text = wire_schema_text((enum record_kind)k);
        json_t *schema = json_loadb(text.p, text.n, 0, NULL);

        assert_true(wire_schema_id((enum record_kind)k) > 0);
        for (int j = 0; j < k; j++)
            assert_int_not_equal(wire_schema_id((enum record_kind)k),
                                 wire_schema_id((enum record_kind)j));
        check_docs(schema, wire_tables[k]->name);
        json_decref(schema);
    }
    for (size_t i = 0; i < wire_builtins_n; i++) {
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(wire_builtins[i].id, wire_builtins[j].id);
    }
}

/* avro-c reads what we write, and writes the same bytes. */
static void avro_c_agrees(void **state)
{
    struct fixture *f = *state;
    static char back[1 << 16];

    for (int k = 0; k < RECORD_N; k++) {
        struct slice text = wire_schema_text((enum record_kind)k);
        avro_schema_t schema;
        avro_value_t value;

        assert_int_equal(avro_schema_from_json_length(text.p, text.n, &schema), 0);
        avro_value_iface_t *iface = avro_generic_class_from_schema(schema);
        assert_int_equal(avro_generic_value_new(iface, &value), 0);
        for (int i = 0; i < f->p.cases; i++) {
            union any rec;

            encode_random(f, (enum record_kind)k, 3, &rec);
            size_t n = f->bytes.n - WIRE_FRAME_LEN;
            avro_reader_t r = avro_reader_memory(f->bytes.p + WIRE_FRAME_LEN, (int64_t)n);
            avro_writer_t w = avro_writer_memory(back, sizeof(back));
            assert_int_equal(avro_value_read(r, &value), 0);
            assert_int_equal(avro_value_write(w, &value), 0);
            assert_int_equal(avro_writer_tell(w), n);
            assert_memory_equal(back, f->bytes.p + WIRE_FRAME_LEN, n);
            avro_value_reset(&value);
            avro_reader_free(r);
            avro_writer_free(w);
            arena_reset(f->a);
        }
        avro_value_decref(&value);
        avro_value_iface_decref(iface);
        avro_schema_decref(schema);
    }
}

/* ---- broken bytes ---- */

static long resident_kb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    char line[128] = "";
    char *end = line;

    if (file) {
        assert_non_null(fgets(line, sizeof(line), file));
        fclose(file);
    }
    (void)strtol(line, &end, 10); /* all pages, then those in memory */
    return strtol(end, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
}

static void truncated_anywhere(void **state)
{
    struct fixture *f = *state;
    struct err err = { 0 };

    for (int k = 0; k < RECORD_N; k++) {
        union any rec;

        encode_random(f, (enum record_kind)k, 3, &rec);
        for (size_t n = 0; n < f->bytes.n; n++) {
            struct slice cut = { f->bytes.p, n };

            assert_int_equal(wire_decode(f->w, (enum record_kind)k, cut, &rec, f->a, &err),
                             ST_REJECT);
            assert_int_equal(wire_reason(f->w), n < WIRE_FRAME_LEN ? DEAD_SCHEMA : DEAD_AVRO);
        }
        arena_reset(f->a);
    }
}

/* Every byte of a record replaced by every other: taken and then encodable, or
 * refused; the arena bounds what is taken. */
static void mutate(struct fixture *f, enum record_kind kind)
{
    struct err err = { 0 };
    union any rec;

    encode_random(f, kind, 2, &rec);
    arena_reset(f->a);
    for (size_t i = 0; i < f->bytes.n; i++) {
        char was = f->bytes.p[i];

        for (int v = 1; v < 256; v++) {
            f->bytes.p[i] = (char)(unsigned char)((unsigned char)was ^ (unsigned)v);
            enum status st = wire_decode(f->w, kind, buf_slice(&f->bytes), &rec, f->a, &err);
            assert_true(st == ST_OK || st == ST_REJECT);
            buf_clear(&f->more);
            if (st == ST_OK)
                assert_int_equal(wire_encode(f->w, kind, &rec, &f->more, &err), ST_OK);
            arena_reset(f->a);
        }
        f->bytes.p[i] = was;
    }
}

static void any_byte_changed(void **state)
{
    long before = resident_kb();

    for (int k = 0; k < RECORD_N; k++)
        mutate(*state, (enum record_kind)k);
#if !defined(__SANITIZE_ADDRESS__)
    assert_true(resident_kb() - before < 8192);
#else
    (void)before;
#endif
}

/* ---- our own mistakes ---- */

static void failed_writes_leave_no_trace(void **state)
{
    struct fixture *f = *state;
    struct mark m = { .kind = (enum mark_kind)9 };
    struct err err = { 0 };
    struct buf small;

    buf_init(&small, 20);
    buf_str(&small, "kept");
    assert_int_equal(wire_encode(f->w, RECORD_MARK, &m, &small, &err), ST_FATAL);
    assert_true(slice_is(buf_slice(&small), "kept"));
    m.kind = MARK_DATA;
    m.wm_ms = WM_END;
    m.floor_ms = WM_NONE;
    assert_int_equal(wire_encode(f->w, RECORD_MARK, &m, &small, &err), ST_FATAL);
    assert_int_equal(wire_to_json(RECORD_MARK, &m, &small, &err), ST_FATAL);
    assert_true(slice_is(buf_slice(&small), "kept"));
    buf_byte(&small, '!');
    assert_false(buf_failed(&small));
    buf_release(&small);
}

/* ---- JSON ---- */

static enum status from_text(struct fixture *f, enum record_kind kind, const char *json, void *rec)
{
    struct err err = { 0 };

    return wire_from_json(f->w, kind, slice_str(json), rec, f->a, &err);
}

#define SCORE_HEAD "{\"comment_id\":\"c\",\"created_ms\":9007199254740993,\"model\":\"m\","
#define SCORE_TAIL                                                                                 \
    "\"model_version\":\"1\",\"encoder\":\"none\",\"bundle_sha256\":\"\",\"src\":0,"               \
    "\"src_offset\":-9223372036854775808,\"arrival_ms\":1,\"src_wm_ms\":2,"                        \
    "\"sentiment_score\":1,\"engagement_score\":null,\"implicitness_degree\":0.1,"                 \
    "\"confidence\":5e-1}"

static void json_reads(void **state)
{
    struct fixture *f = *state;
    struct score s;

    assert_int_equal(from_text(f, RECORD_SCORE,
                               SCORE_HEAD "\"features\":[1,null,0.5],\"new\":{}," SCORE_TAIL, &s),
                     ST_OK);
    assert_true(s.created_ms == INT64_C(9007199254740993));
    assert_true(s.origin.src_offset == INT64_MIN);
    assert_true(s.sentiment_score == 1.0);
    assert_true(s.engagement_score != s.engagement_score);
    assert_int_equal(s.features.n, 3);
    assert_true(s.features.v[1] != s.features.v[1]);
    assert_false(s.likes.has); /* defaults */
    assert_int_equal(s.sighting, SIGHTING_FIRST);
    assert_int_equal(s.aspects_detected.n, 0);

    assert_int_equal(from_text(f, RECORD_SCORE, SCORE_HEAD "\"src\":1," SCORE_TAIL, &s), ST_REJECT);
    assert_int_equal(from_text(f, RECORD_SCORE, SCORE_HEAD "\"lang\":7," SCORE_TAIL, &s),
                     ST_REJECT);
    assert_int_equal(
        from_text(f, RECORD_SCORE, SCORE_HEAD "\"src_index\":2147483648," SCORE_TAIL, &s),
        ST_REJECT);
    assert_int_equal(
        from_text(f, RECORD_SCORE, SCORE_HEAD "\"sighting\":\"third\"," SCORE_TAIL, &s), ST_REJECT);
    assert_int_equal(from_text(f, RECORD_SCORE, "{" SCORE_TAIL, &s), ST_REJECT);
    assert_int_equal(from_text(f, RECORD_SCORE, "[]", &s), ST_REJECT);
    assert_int_equal(from_text(f, RECORD_SCORE, "", &s), ST_REJECT);
    arena_reset(f->a);
}

static void check_double(double v, const char *want)
{
    struct score s = { .sentiment_score = v };
    struct buf b;
    struct err err = { 0 };

    buf_init(&b, 4096);
    assert_int_equal(wire_to_json(RECORD_SCORE, &s, &b, &err), ST_OK);
    buf_byte(&b, '\0');
    char key[64];
    snprintf(key, sizeof(key), "\"sentiment_score\":%s,", want);
    if (!strstr(b.p, key))
        fail_msg("no %s in %s", key, b.p);
    buf_release(&b);
}

static void json_doubles(void **state)
{
    (void)state;
    check_double(0.1, "0.1");
    check_double(0.1 + 0.2, "0.30000000000000004");
    check_double(5, "5.0");
    check_double(-0.0, "-0.0");
    check_double(1e300, "1e+300");
    check_double(1.0 / 3.0, "0.3333333333333333");
    check_double(0.0 / 0.0, "null");
    check_double(1.0 / 0.0, "null");
}

static void json_strings(void **state)
{
    static const char text[] = "\" \\ \b\f\n\r\t \x01 \x7F \xC3\xA9 \xFF \xE2\x82 <";
    struct score s = { .comment_id = { text, sizeof(text) } };
    struct err err = { 0 };
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    assert_int_equal(wire_to_json(RECORD_SCORE, &s, &b, &err), ST_OK);
    buf_byte(&b, '\0');
    assert_non_null(strstr(b.p, "{\"comment_id\":\"\\\" \\\\ \\b\\f\\n\\r\\t \\u0001 \\u007f "
                                "\xC3\xA9 \xEF\xBF\xBD \xEF\xBF\xBD <\\u0000\","));
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemas),
        cmocka_unit_test(avro_c_agrees),
        cmocka_unit_test(truncated_anywhere),
        cmocka_unit_test(any_byte_changed),
        cmocka_unit_test(failed_writes_leave_no_trace),
        cmocka_unit_test(json_reads),
        cmocka_unit_test(json_doubles),
        cmocka_unit_test(json_strings),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
