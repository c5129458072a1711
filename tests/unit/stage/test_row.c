/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include "record/types.h"
#include "stage/row.h"

static void test_row(void **state)
{
    struct row r = { 0 };

    (void)state;
    assert_int_equal(row_min(&r), WM_NONE);
    assert_true(row_init(&r, 2));
    row_note(&r, 0, 70);
    assert_int_equal(row_min(&r), WM_NONE); /* source 1 was not heard of */
    row_note(&r, 1, WM_NONE);
    assert_int_equal(row_min(&r), WM_NONE);
    row_note(&r, 1, 50);
    assert_int_equal(row_min(&r), 50);
    row_note(&r, 1, 40); /* a hello repeats what was */
    row_note(&r, 2, 10);
    row_note(&r, -1, 10);
    assert_int_equal(row_min(&r), 50);
    row_note(&r, 1, WM_END);
    assert_int_equal(row_min(&r), 70);
    row_note(&r, 0, WM_END);
    assert_int_equal(row_min(&r), WM_END);
    row_release(&r);
    assert_int_equal(row_min(&r), WM_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_row) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
