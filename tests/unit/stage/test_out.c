/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stage/stage.h"

static const struct out_limits roomy = { 1000, 1 << 20 };

struct fixture {
    struct topology topo;
    struct wire *wire;
    struct out *out;
};

static struct fixture make(struct out_limits limits)
{
    static struct topology topo;
    struct err err = { 0 };
    struct fixture f = { .topo = topology_make(1, 4, 1) };

    topo = f.topo;
    assert_int_equal(wire_new(NULL, &f.wire, &err), ST_OK);
    f.out = out_new(f.wire, &topo, limits);
    assert_non_null(f.out);
    return f;
}

static void drop(struct fixture *f)
{
    out_free(f->out);
    wire_free(f->wire);
}

static enum out_rc put(struct out *out, const char *value)
{
    return out_put(out, &(struct out_rec){ .topic = TOPIC_SCORES,
                                           .part = 3,
                                           .key = slice_str("k"),
                                           .value = slice_str(value) });
}

static void test_copies(void **state)
{
    (void)state;
    struct fixture f = make(roomy);
    char key[] = "key";
    char value[] = "value";
    char name[] = "name";
    struct hdr h = { slice_str(name), slice_str(value) };
    struct out_rec r = { .topic = TOPIC_COMMENTS,
                         .part = 1,
                         .key = slice_str(key),
                         .value = slice_str(value),
                         .hdr = &h,
                         .nhdr = 1 };

    assert_int_equal(out_put(f.out, &r), OUT_OK);
    memset(key, 'x', 3);
    memset(value, 'x', 5);
    memset(name, 'x', 4);
    assert_int_equal(out_n(f.out), 1);
    assert_int_equal(out_bytes(f.out), 3 + 5 + 4 + 5);
    const struct out_rec *got = out_at(f.out, 0);
    assert_true(slice_is(got->key, "key"));
    assert_true(slice_is(got->value, "value"));
    assert_true(slice_is(got->hdr[0].name, "name"));
    assert_true(slice_is(got->hdr[0].value, "value"));
    drop(&f);
}

static void test_undo_is_exact(void **state)
{
    (void)state;
    struct fixture f = make((struct out_limits){ 3, 1 << 20 });

    out_open(f.out);
    assert_int_equal(put(f.out, "one"), OUT_OK);
    out_count(f.out, COUNTER_SCORED, 1);
    out_open(f.out);
    assert_int_equal(put(f.out, "two"), OUT_OK);
    out_count(f.out, COUNTER_SCORED, 1);
    assert_int_equal(put(f.out, "three"), OUT_OK);
    assert_int_equal(put(f.out, "four"), OUT_FULL);
    out_undo(f.out);

    assert_int_equal(out_n(f.out), 1);
    assert_int_equal(out_bytes(f.out), 4);
    assert_int_equal(out_counter(f.out, COUNTER_SCORED), 1);
    out_clear(f.out);
    assert_int_equal(out_n(f.out), 0);
    assert_int_equal(out_bytes(f.out), 0);
    assert_int_equal(out_counter(f.out, COUNTER_SCORED), 0);
    drop(&f);
}

static void test_first_always_fits(void **state)
{
    (void)state;
    struct fixture f = make((struct out_limits){ 2, 10 });

    out_open(f.out);
    for (int i = 0; i < 5; i++)
        assert_int_equal(put(f.out, "much longer than ten bytes"), OUT_OK);
    out_open(f.out);
    assert_int_equal(put(f.out, "x"), OUT_FULL);
    out_undo(f.out);
    assert_int_equal(out_n(f.out), 5);
    out_clear(f.out);
    assert_int_equal(put(f.out, "again longer than ten bytes"), OUT_OK);
    drop(&f);
}

static bool always(void *ctx)
{
    (*(int *)ctx)++;
    return true;
}

static void test_fault_never_stops_progress(void **state)
{
    (void)state;
    struct fixture f = make(roomy);
    int asked = 0;

    out_set_fault(f.out, always, &asked);
    out_open(f.out);
    assert_int_equal(put(f.out, "one"), OUT_OK);
    assert_int_equal(asked, 0);
    out_open(f.out);
    assert_int_equal(put(f.out, "two"), OUT_FULL);
    assert_int_equal(asked, 1);
    assert_int_equal(out_force_tombstone(f.out, TOPIC_STATE, 0, slice_str("k")), OUT_OK);
    assert_null(out_at(f.out, 1)->value.p);
    drop(&f);
}

static void test_hard_cap_is_an_error(void **state)
{
    (void)state;
    struct fixture f = make((struct out_limits){ SIZE_MAX, SIZE_MAX });
    struct err err = { 0 };
    enum out_rc rc = OUT_OK;

    for (size_t i = 0; i <= OUT_RECORDS_MAX && rc == OUT_OK; i++)
        rc = out_put(f.out, &(struct out_rec){ .topic = TOPIC_DEAD });
    assert_int_equal(rc, OUT_ERROR);
    assert_int_equal(out_n(f.out), OUT_RECORDS_MAX);
    assert_int_equal(out_error(f.out, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "OUT_RECORDS_MAX"));
    drop(&f);
}

static void test_mark_has_its_header(void **state)
{
    (void)state;
    struct fixture f = make(roomy);
    struct mark m = { .src = 0, .src_count = 1, .wm_ms = WM_NONE, .kind = MARK_HELLO };

    assert_int_equal(out_put_mark(f.out, TOPIC_COMMENTS, 2, &m), OUT_OK);
    const struct out_rec *r = out_at(f.out, 0);
    struct stage_rec in = { .hdr = r->hdr, .nhdr = r->nhdr };
    assert_true(slice_is(stage_header(&in, "absa-kind"), "mark"));
    assert_null(stage_header(&in, "absa-row").p);
    assert_null(r->key.p);
    drop(&f);
}

/* Decodes the only record of the out. */
static struct deadletter dead_of(struct fixture *f, struct arena *a)
{
    struct deadletter d;
    struct err err = { 0 };

    assert_int_equal(out_n(f->out), 1);
    assert_int_equal(out_at(f->out, 0)->topic, TOPIC_DEAD);
    assert_int_equal(wire_decode(f->wire, RECORD_DEADLETTER, out_at(f->out, 0)->value, &d, a, &err),
                     ST_OK);
    return d;
}

static void test_dead_letter_keeps_the_bytes(void **state)
{
    (void)state;
    struct fixture f = make(roomy);
    struct arena *a = arena_new(16 << 20);
    const char value[] = "\0\0\0\0\x7"
                         "broken \xff";
    struct stage_rec rec = { .topic = TOPIC_SCORES,
                             .part = 2,
                             .offset = 41,
                             .arrival_ms = -1,
                             .key = slice_str("video"),
                             .value = { value, sizeof(value) - 1 } };

    assert_int_equal(out_dead(f.out, "pane", &rec, -1, DEAD_AVRO, "cut short"), OUT_OK);
    struct deadletter d = dead_of(&f, a);
    assert_true(slice_is(d.stage, "pane"));
    assert_true(slice_is(d.reason, "avro"));
    assert_true(slice_is(d.why, "cut short"));
    assert_true(slice_is(d.topic, "scores"));
    assert_int_equal(d.part, 2);
    assert_int_equal(d.offset, 41);
    assert_int_equal(d.index, -1);
    assert_false(d.arrival_ms.has);
    assert_true(slice_eq(d.value, rec.value));
    assert_int_equal(d.value_length, sizeof(value) - 1);
    assert_true(slice_is(d.key, "video"));
    assert_int_equal(d.schema_id, 7);
    assert_int_equal(out_counter(f.out, COUNTER_DEAD), 1);
    assert_int_equal(out_dead_count(f.out, DEAD_AVRO), 1);
    arena_free(a);
    drop(&f);
}

static void test_dead_letter_of(size_t n, size_t kept)
{
    struct fixture f = make((struct out_limits){ 1000, 4 << 20 });
    struct arena *a = arena_new(16 << 20);
    char *big = calloc(1, n);
    char sha[SHA256_HEX_LEN + 1];

    assert_non_null(big);
    big[n - 1] = 'z';
    struct stage_rec rec = { .topic = TOPIC_RAW, .arrival_ms = 5, .value = { big, n } };
    assert_int_equal(out_dead(f.out, "ingest", &rec, 3, DEAD_TOO_LARGE, "too large"), OUT_OK);
    struct deadletter d = dead_of(&f, a);
    hash_sha256_hex(rec.value, sha);
    assert_int_equal(d.value.n, kept);
    assert_int_equal(d.value_length, n);
    assert_true(slice_is(d.value_sha256, sha));
    assert_int_equal(d.schema_id, -1);
    assert_int_equal(d.index, 3);
    assert_true(d.arrival_ms.has && d.arrival_ms.v == 5);
    free(big);
    arena_free(a);
    drop(&f);
}

static void test_dead_letter_is_cut(void **state)
{
    (void)state;
    test_dead_letter_of(DEAD_VALUE_MAX, DEAD_VALUE_MAX);
    test_dead_letter_of(DEAD_VALUE_MAX + 1, DEAD_HEAD);
}

static void test_tables_are_whole(void **state)
{
    (void)state;
    for (int i = 0; i < DEAD_N; i++)
        assert_non_null(dead_reason_name((enum dead_reason)i));
    for (int i = 0; i < TOPIC_N; i++)
        assert_non_null(topic_table[i].name);
    struct topology t = topology_make(2, 8, 3);
    assert_int_equal(t.parts[TOPIC_RAW], 2);
    assert_int_equal(t.parts[TOPIC_COMMENTS], 8);
    assert_int_equal(t.parts[TOPIC_SCORES], 8);
    assert_int_equal(t.parts[TOPIC_PANES], 1);
    assert_int_equal(t.src_epoch, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_undo_is_exact),
        cmocka_unit_test(test_first_always_fits),
        cmocka_unit_test(test_fault_never_stops_progress),
        cmocka_unit_test(test_hard_cap_is_an_error),
        cmocka_unit_test(test_mark_has_its_header),
        cmocka_unit_test(test_dead_letter_keeps_the_bytes),
        cmocka_unit_test(test_dead_letter_is_cut),
        cmocka_unit_test(test_tables_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
