/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "support/check.h"
#include "support/prop.h"

static void writes_follow_each_other(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_str(&b, "a");
    buf_byte(&b, '\0');
    buf_add(&b, "bc", 2);
    buf_slice_add(&b, slice_str("d"));
    buf_fmt(&b, "%d-%s", 42, "x");
    assert_false(buf_failed(&b));
    assert_int_equal(buf_slice(&b).n, 9);
    assert_memory_equal(buf_slice(&b).p, "a\0bcd42-x", 9);
    buf_truncate(&b, 4);
    assert_memory_equal(buf_slice(&b).p, "a\0bc", 4);
    assert_int_equal(buf_slice(&b).n, 4);
    buf_release(&b);
}

static void nothing_has_a_probability_of_0(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    buf_chance(&b, "p", 0.0123);
    buf_chance(&b, ", q", 1e-300);
    buf_chance(&b, ", p", 0);
    assert_true(slice_is(buf_slice(&b), "p 0.012, q 1e-300, p < 1e-300"));
    buf_release(&b);
}

static void a_write_past_the_maximum_changes_nothing_and_sticks(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 5);
    buf_str(&b, "abcd");
    buf_str(&b, "ef");
    assert_true(buf_failed(&b));
    buf_str(&b, "e"); /* would fit, but there is a hole before it */
    assert_true(slice_is(buf_slice(&b), "abcd"));
    buf_clear(&b);
    assert_false(buf_failed(&b));
    buf_str(&b, "12345");
    assert_false(buf_failed(&b));
    assert_true(slice_is(buf_slice(&b), "12345"));
    buf_release(&b);
}

static void a_long_format_grows_the_buffer(void **state)
{
    struct buf b;
    char line[3000];

    (void)state;
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 1] = '\0';
    buf_init(&b, 10000);
    for (int i = 0; i < 3; i++)
        buf_fmt(&b, "%s\n", line);
    assert_false(buf_failed(&b));
    assert_int_equal(buf_slice(&b).n, 3 * sizeof(line));
    buf_fmt(&b, "%s%s", line, line);
    assert_true(buf_failed(&b));
    assert_int_equal(buf_slice(&b).n, 3 * sizeof(line));
    buf_release(&b);
}

static void extended_bytes_are_zero(void **state)
{
    static const char zero[64];
    struct buf b;

    (void)state;
    buf_init(&b, 100);
    buf_str(&b, "abc");
    assert_memory_equal(buf_extend(&b, 64), zero, 64);
    assert_null(buf_extend(&b, 64));
    assert_true(buf_failed(&b));
    buf_release(&b);
}

/* Any cut of a text into writes gives the text. */
static void cuts_do_not_matter(void **state)
{
    struct prop p = prop_begin(200);
    char text[2000];

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)prop_u64(&p);
    for (int c = 0; c < p.cases; c++) {
        struct buf b;
        size_t at = 0;

        buf_init(&b, sizeof(text));
        while (at < sizeof(text)) {
            size_t n = (size_t)prop_below(&p, 100);

            n = n > sizeof(text) - at ? sizeof(text) - at : n;
            buf_add(&b, text + at, n);
            at += n;
        }
        assert_false(buf_failed(&b));
        assert_true(b.cap <= b.max);
        assert_memory_equal(b.p, text, sizeof(text));
        buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_follow_each_other),
        cmocka_unit_test(nothing_has_a_probability_of_0),
        cmocka_unit_test(a_write_past_the_maximum_changes_nothing_and_sticks),
        cmocka_unit_test(a_long_format_grows_the_buffer),
        cmocka_unit_test(extended_bytes_are_zero),
        cmocka_unit_test(cuts_do_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
