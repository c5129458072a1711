/* SPDX-License-Identifier: MIT */
/* Random records of every kind come back equal, from Avro and from JSON, and
 * encode to the same bytes twice. */
#include "support/check.h"

#include "support/record_gen.h"
#include "wire/wire.h"

union any {
    max_align_t align;
    char bytes[1024];
};

static void check_record(struct wire *w, const struct record_gen *g, enum record_kind kind)
{
    const struct wire_table *t = wire_tables[kind];
    struct err err = { 0 };
    union any rec;
    union any back;
    struct buf one;
    struct buf two;

    assert_true(t->size <= sizeof(rec));
    buf_init(&one, WIRE_RECORD_MAX);
    buf_init(&two, WIRE_RECORD_MAX);
    record_gen(g, t, &rec);
    assert_int_equal(wire_encode(w, kind, &rec, &one, &err), ST_OK);
    if (wire_decode(w, kind, buf_slice(&one), &back, g->a, &err) != ST_OK)
        fail_msg("%s: %s", t->name, err.msg);
    assert_true(record_equal(t, &rec, &back));
    assert_int_equal(wire_encode(w, kind, &back, &two, &err), ST_OK);
    assert_true(slice_eq(buf_slice(&one), buf_slice(&two)));
    if (g->finite) {
        buf_clear(&two);
        assert_int_equal(wire_to_json(kind, &rec, &two, &err), ST_OK);
        if (wire_from_json(w, kind, buf_slice(&two), &back, g->a, &err) != ST_OK)
            fail_msg("%s: %s\n%.*s", t->name, err.msg, SLICE_ARG(buf_slice(&two)));
        assert_true(record_equal(t, &rec, &back));
    }
    buf_release(&one);
    buf_release(&two);
}

static void round_trips(void **state)
{
    struct prop p = prop_begin(400);
    struct arena *a = arena_new(256 << 20);
    struct err err = { 0 };
    struct wire *w;

    (void)state;
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    for (int i = 0; i < p.cases; i++) {
        struct record_gen g = { &p, a, (size_t)i % 7, i % 2 == 0 };

        for (int kind = 0; kind < RECORD_N; kind++)
            check_record(w, &g, (enum record_kind)kind);
        arena_reset(a);
    }
    wire_free(w);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(round_trips) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
