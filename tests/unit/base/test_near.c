/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/near.h"
#include "support/check.h"
#include "support/prop.h"

static size_t distance(const char *a, const char *b)
{
    return near_distance(slice_str(a), slice_str(b));
}

static void the_distance_counts_slips(void **state)
{
    (void)state;
    assert_int_equal(distance("", ""), 0);
    assert_int_equal(distance("", "abc"), 3);
    assert_int_equal(distance("pane.ms", "pane.ms"), 0);
    assert_int_equal(distance("pane.m", "pane.ms"), 1);
    assert_int_equal(distance("psne.ms", "pane.ms"), 1);
    assert_int_equal(distance("apne.ms", "pane.ms"), 1); /* neighbours swapped */
    assert_int_equal(distance("kitten", "sitting"), 3);
}

static void only_near_words_are_near_enough(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool near;
    } rows[] = {
        { "compre", "compare", true }, { "ingets", "ingest", true },        { "ls", "up", false },
        { "zebra", "topics", false },  { "window.mss", "window.ms", true }, { "x", "y", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(
            near_enough(slice_str(rows[i].a), slice_str(rows[i].b), distance(rows[i].a, rows[i].b)),
            rows[i].near);
}

static void a_long_word_is_near_to_nothing(void **state)
{
    char longer[NEAR_MAX + 2];

    (void)state;
    memset(longer, 'a', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    assert_true(distance(longer, "a") == SIZE_MAX);
    assert_false(near_enough(slice_str(longer), slice_str("a"), SIZE_MAX));
    longer[NEAR_MAX] = '\0';
    assert_int_equal(distance(longer, "a"), NEAR_MAX - 1);
}

static void it_is_symmetric_and_bounded(void **state)
{
    struct prop p = prop_begin(500);

    (void)state;
    for (int c = 0; c < p.cases; c++) {
        char text[2][20];
        struct slice w[2];

        for (int k = 0; k < 2; k++) {
            size_t n = (size_t)prop_below(&p, sizeof(text[k]));

            for (size_t i = 0; i < n; i++)
                text[k][i] = (char)('a' + prop_below(&p, 3));
            w[k] = (struct slice){ text[k], n };
        }
        size_t d = near_distance(w[0], w[1]);
        size_t longer = w[0].n > w[1].n ? w[0].n : w[1].n;

        assert_int_equal(d, near_distance(w[1], w[0]));
        assert_true(d <= longer);
        assert_int_equal(d == 0, slice_eq(w[0], w[1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distance_counts_slips),
        cmocka_unit_test(only_near_words_are_near_enough),
        cmocka_unit_test(a_long_word_is_near_to_nothing),
        cmocka_unit_test(it_is_symmetric_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
