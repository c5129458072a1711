/* SPDX-License-Identifier: MIT */
/* Every allocation of ours fails once, in turn: each call then says so, leaks
 * nothing, and works when it is asked again. avro-c's are left alone, as it does not
 * promise to survive that, and jansson's where it reads records: it fails an
 * assertion of its own. */
#include "support/check.h"

#include <jansson.h>
#include <stdlib.h>

#include "support/alloc/alloc.h"
#include "support/record_gen.h"
#include "wire/csv.h"
#include "wire/wire.h"

union any {
    max_align_t align;
    char bytes[1024];
};

/* Ends a use that gave st: whether an allocation had to fail. */
static bool end_use(enum status st)
{
    bool failed = alloc_has_failed();

    assert_true(st == ST_OK || (st == ST_FATAL && failed));
    return failed;
}

static bool use_new(void)
{
    struct err err = { 0 };
    struct wire *w = NULL;
    bool failed = end_use(wire_new(NULL, &w, &err));

    wire_free(w);
    return failed;
}

/* wire_new() parses ten schemas, twice: one allocation in 41 will do. */
static void making(void **state)
{
    long n = 0;

    (void)state;
    do
        alloc_fail_at(n += 41);
    while (use_new());
    print_message("%ld allocations\n", n);
    assert_true(n > 1000);
}

static bool use_record(struct wire *w, const union any *rec, enum record_kind kind)
{
    struct err err = { 0 };
    struct arena *a = arena_new(1 << 20);
    struct buf bytes;
    struct buf json;
    union any back;
    enum status st = a ? ST_OK : ST_FATAL;

    buf_init(&bytes, WIRE_RECORD_MAX);
    buf_init(&json, WIRE_RECORD_MAX);
    if (st == ST_OK)
        st = wire_encode(w, kind, rec, &bytes, &err);
    if (st == ST_OK)
        st = wire_decode(w, kind, buf_slice(&bytes), &back, a, &err);
    if (st == ST_OK)
        assert_true(record_equal(wire_tables[kind], rec, &back));
    if (st == ST_OK)
        st = wire_to_json(kind, rec, &json, &err);
    if (st == ST_OK)
        st = wire_from_json(w, kind, buf_slice(&json), &back, a, &err);
    if (st == ST_OK)
        assert_true(record_equal(wire_tables[kind], rec, &back));
    buf_release(&bytes);
    buf_release(&json);
    arena_free(a);
    return end_use(st);
}

static void records(void **state)
{
    static const enum record_kind kinds[] = { RECORD_STATE, RECORD_ALERT, RECORD_DEADLETTER };
    struct prop p = prop_begin(1);
    struct arena *a = arena_new(1 << 20);
    struct record_gen g = { &p, a, 2, true };
    struct err err = { 0 };
    struct wire *w = NULL;

    (void)state;
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    json_set_alloc_funcs(alloc_real, free);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        union any rec;
        long n = 0;

        record_gen(&g, wire_tables[kinds[i]], &rec);
        do
            alloc_fail_at(++n);
        while (use_record(w, &rec, kinds[i]));
        print_message("%s: %ld allocations\n", wire_tables[kinds[i]]->name, n - 1);
        assert_true(n > 3);
    }
    wire_free(w);
    arena_free(a);
}

static bool use_csv(void)
{
    static const char text[] = "a,b\n1,\"x \"\"y\"\"\"\n2,\"open\n3,z\n";
    struct csv *c = csv_new(0);
    struct csv_row row;
    struct err err = { 0 };
    enum csv_rc rc = CSV_NO_MEMORY;

    if (c && csv_feed(c, (struct slice){ text, sizeof(text) - 1 }, &err) == ST_OK) {
        csv_finish(c);
        do
            rc = csv_next(c, &row);
        while (rc == CSV_ROW);
    }
    csv_free(c);
    return end_use(rc == CSV_END ? ST_OK : ST_FATAL);
}

static void csv(void **state)
{
    long n = 0;

    (void)state;
    do
        alloc_fail_at(++n);
    while (use_csv());
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(making), cmocka_unit_test(records),
                                        cmocka_unit_test(csv) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
