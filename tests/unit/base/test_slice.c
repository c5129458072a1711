/* SPDX-License-Identifier: MIT */
#include "base/slice.h"
#include "support/check.h"

static void a_null_string_is_the_empty_slice(void **state)
{
    struct slice s = slice_str(NULL);

    (void)state;
    assert_null(s.p);
    assert_int_equal(s.n, 0);
    assert_true(slice_eq(s, slice_str("")));
}

static void equality_is_of_bytes(void **state)
{
    (void)state;
    assert_true(slice_eq((struct slice){ "a\0b", 3 }, (struct slice){ "a\0b", 3 }));
    assert_false(slice_eq((struct slice){ "a\0b", 3 }, (struct slice){ "a\0c", 3 }));
    assert_false(slice_is((struct slice){ "abc", 2 }, "abc"));
    assert_true(slice_is((struct slice){ "abc", 2 }, "ab"));
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void the_order_is_that_of_memcmp_then_of_length(void **state)
{
    static const char *const sorted[] = { "", "a", "aa", "ab", "b", "\x7f", "\xc3\xa4" };
    const int n = sizeof(sorted) / sizeof(sorted[0]);

    (void)state;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
            assert_int_equal(sign(slice_cmp(slice_str(sorted[i]), slice_str(sorted[j]))),
                             sign(i - j));
    }
}

static void trim_cuts_white_space_at_both_ends_only(void **state)
{
    (void)state;
    assert_true(slice_is(slice_trim(slice_str(" \t\r\n\v\fa b\n ")), "a b"));
    assert_int_equal(slice_trim(slice_str(" \t ")).n, 0);
    assert_int_equal(slice_trim((struct slice){ NULL, 0 }).n, 0);
    /* A non-breaking space is text, not ASCII white space. */
    assert_int_equal(slice_trim(slice_str("\xc2\xa0")).n, 2);
}

static void cut_takes_one_piece_after_the_other(void **state)
{
    struct slice s = slice_str("a,,bc,");
    struct slice null = { NULL, 0 };

    (void)state;
    assert_true(slice_is(slice_cut(&s, ','), "a"));
    assert_true(slice_is(slice_cut(&s, ','), ""));
    assert_true(slice_is(s, "bc,"));
    assert_true(slice_is(slice_cut(&s, ';'), "bc,"));
    assert_true(s.p && s.n == 0);
    assert_true(slice_is(slice_cut(&s, ','), ""));
    s = slice_str("bc,");
    assert_true(slice_is(slice_cut(&s, ','), "bc"));
    assert_int_equal(s.n, 0);
    assert_int_equal(slice_cut(&null, ',').n, 0);
    assert_null(null.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_null_string_is_the_empty_slice),
        cmocka_unit_test(equality_is_of_bytes),
        cmocka_unit_test(the_order_is_that_of_memcmp_then_of_length),
        cmocka_unit_test(trim_cuts_white_space_at_both_ends_only),
        cmocka_unit_test(cut_takes_one_piece_after_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
