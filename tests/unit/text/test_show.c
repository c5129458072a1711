/* SPDX-License-Identifier: MIT */
/* Histograms as blocks, and text that cannot act. */
#include "support/check.h"

#include <math.h>

#include "text/spark.h"
#include "text/visible.h"

static void levels(void **state)
{
    (void)state;
    assert_int_equal(spark_level(0, 1), 0);
    assert_int_equal(spark_level(1e-9, 1), 1); /* never as if it were empty */
    assert_int_equal(spark_level(0.125, 1), 1);
    assert_int_equal(spark_level(0.126, 1), 2);
    assert_int_equal(spark_level(1, 1), 8);
    assert_int_equal(spark_level(5, 1), 8);
    assert_int_equal(spark_level(-1, 1), 0);
    assert_int_equal(spark_level(1, 0), 0);
    assert_int_equal(spark_level((double)NAN, 1), 0);
    assert_int_equal(spark_level((double)INFINITY, 1), 8);
}

static void shares(void **state)
{
    const int64_t counts[] = { 1, 2, 3, 4, 100, -7 };
    const int32_t bin[] = { 0, 0, 3, 1, 64, 1 };
    double v[SPARK_BINS_MAX];

    (void)state;
    assert_int_equal(spark_shares(counts, bin, 6, v), 4);
    assert_float_equal(v[0], 0.3, 1e-12);
    assert_float_equal(v[1], 0.4, 1e-12);
    assert_float_equal(v[2], 0, 0);
    assert_float_equal(v[3], 0.3, 1e-12);
    assert_float_equal(spark_top(v, 4), 0.4, 1e-12);
    assert_int_equal(spark_shares(counts, bin, 0, v), 0);
    assert_float_equal(spark_top(v, 0), 0, 0);
}

static void line(void **state)
{
    const double v[] = { 0, 0.05, 0.2, 0.4 };
    struct buf out;

    (void)state;
    buf_init(&out, 100);
    spark_add(v, 4, 0.4, &out);
    assert_true(slice_is(buf_slice(&out), "·▁▄█"));
    buf_release(&out);
}

static void expect(struct slice in, const char *want)
{
    struct buf out;

    buf_init(&out, 1000);
    visible_add(in, &out);
    buf_byte(&out, 0);
    assert_string_equal(out.p, want);
    buf_release(&out);
}

static void harmless(void **state)
{
    (void)state;
    expect(slice_str("plain, ü, 日本, 👨‍👩‍👧, \\ and \"quotes\""),
           "plain, ü, 日本, 👨‍👩‍👧, \\ and \"quotes\"");
    expect(slice_str("\x1b[2J\x1b]0;title\x07"), "\\u001b[2J\\u001b]0;title\\u0007");
    expect(slice_str("a\r\nlevel=error\tb"), "a\\r\\nlevel=error\\tb");
    expect((struct slice){ "a\0b\x7f", 4 }, "a\\u0000b\\u007f");
    expect(slice_str("\xc2\x9b"
                     "31m"),
           "\\u009b31m"); /* CSI in one character */
    expect(slice_str("\u202egnp.exe\u202c\u2066x\u2069\u200f\u061c"),
           "\\u202egnp.exe\\u202c\\u2066x\\u2069\\u200f\\u061c");
    expect(slice_str("a\u2028b\u2029c"), "a\\u2028b\\u2029c");
    expect(slice_str("\xff ok \xe2\x82 \ufffd"), "\\xff ok \\xe2\\x82 \ufffd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(shares),
        cmocka_unit_test(line),
        cmocka_unit_test(harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
