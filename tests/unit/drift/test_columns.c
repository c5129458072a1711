/* SPDX-License-Identifier: MIT */
/* The columns that a baseline is made of. */
#include "support/check.h"

#include <string.h>

#include "base/time.h"
#include "cli/columns.h"

/* Days are counted from the first to the last: what came at no time is not among them. */
static void test_only_at_a_time(void **state)
{
    static const struct {
        int64_t ms;
        enum status st;
    } came[] = {
        { INT64_MIN, ST_REJECT }, { TIME_MIN_MS - 1, ST_REJECT },
        { TIME_MIN_MS, ST_OK },   { -1, ST_OK },
        { TIME_MAX_MS, ST_OK },   { TIME_MAX_MS + 1, ST_REJECT },
        { INT64_MAX, ST_REJECT },
    };
    double x[1] = { 0.5 };
    struct score s = { .features = { x, 1 }, .comment_id = slice_str("c") };
    struct columns c;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(columns_init(&c, 0, 1, &err), ST_OK);
    for (size_t i = 0; i < sizeof(came) / sizeof(came[0]); i++) {
        s.origin.arrival_ms = came[i].ms;
        assert_int_equal(columns_add(&c, &s, &err), came[i].st);
    }
    assert_int_equal(c.rows, 3);
    assert_non_null(strstr(err.msg, "is no time"));
    columns_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
