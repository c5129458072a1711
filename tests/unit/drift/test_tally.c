/* SPDX-License-Identifier: MIT */
/* What a tally makes of bad input: nothing that is not defined, nothing that wraps. */
#include "support/check.h"

#include <math.h>

#include "drift/estimate.h"
#include "drift/tally.h"
#include "support/drift/stream.h"

static struct baseline *base;
static struct sighting_values *values;
static struct tally *tally;

static int setup(void **state)
{
    (void)state;
    base = stream_baseline(500);
    values = sighting_values_new(base);
    tally = tally_new(base);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tally_free(tally);
    sighting_values_free(values);
    baseline_free(base);
    return 0;
}

/* One comment with x as every value. */
static enum status count(double x)
{
    double features[STREAM_FEATURES - 4] = { x, x };
    struct score s = { .comment_id = slice_str("c"),
                       .sentiment_score = x,
                       .engagement_score = x,
                       .implicitness_degree = x,
                       .confidence = x,
                       .features = { features, STREAM_FEATURES - 4 } };
    struct err err = { { 0 } };

    assert_int_equal(sighting_values_fill(values, base, &s, &err), ST_OK);
    return tally_add(tally, values, &err);
}

static void test_no_numbers(void **state)
{
    (void)state;
    assert_int_equal(count((double)NAN), ST_OK);
    assert_int_equal(count((double)INFINITY), ST_OK);
    assert_int_equal(count((double)-INFINITY), ST_OK);
    for (size_t i = 0; i < base->n; i++) {
        assert_int_equal(tally->hists[i].n, 0);
        assert_int_equal(tally->hists[i].missing, 1);
        assert_int_equal(tally->hists[i].infinite, 2);
        assert_true(tally->hists[i].min == 0 && tally->hists[i].max == 0);
    }
    assert_int_equal(tally->n, 3);
    assert_int_equal(tally->touched, 0);
}

/* A value at the end of the world is cut in the sum, not in the count. */
static void test_extremes(void **state)
{
    (void)state;
    assert_int_equal(count(1.7e308), ST_OK);
    assert_int_equal(count(-1.7e308), ST_OK);
    for (size_t i = 0; i < base->n; i++) {
        const struct hist *h = &tally->hists[i];
        size_t last = base->features[i].n_cells - 1;

        assert_int_equal(h->n, 2);
        assert_true(h->counts[0] == 1 && h->counts[last] == 1);
        assert_true(h->sums[0] == -(INT64_C(1) << 42) && h->sums[last] == INT64_C(1) << 42);
    }
}

static void test_one_value_for_ever(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(count(i % 2 ? 0.0 : -0.0), ST_OK);
    for (size_t i = 0; i < base->n; i++) {
        size_t cell = cells_find(base->features[i].cells, 0.0);

        assert_int_equal(tally->hists[i].counts[cell], 1000);
        assert_int_equal(tally->hists[i].sums[cell], 0);
    }
    assert_int_equal(tally->touched, base->n);
}

/* Counters stop at 2^63 - 1: the next is refused, and none wraps. */
static void test_near_the_end_of_counters(void **state)
{
    (void)state;
    int64_t *const counters[] = { &tally->n, &tally->hists[0].n, &tally->hists[0].sums[0],
                                  &tally->hists[3].n };

    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
        tally_clear(tally);
        *counters[i] = INT64_MAX - 1;
        if (counters[i] != &tally->hists[0].sums[0])
            assert_int_equal(count(1.0), ST_OK);
        else
            *counters[i] = INT64_MIN + 1;
        assert_int_equal(count(i == 2 ? -1.7e308 : 1.0), ST_FATAL);
    }
    tally_clear(tally);
    tally->hists[1].missing = INT64_MAX;
    assert_int_equal(count((double)NAN), ST_FATAL);
    tally_clear(tally);
    tally->hists[1].infinite = INT64_MAX;
    assert_int_equal(count((double)INFINITY), ST_FATAL);
}

/* The same by deltas: what does not fit is refused on either side of the merge. */
static void test_merge_of_huge_deltas(void **state)
{
    (void)state;
    struct pane_delta half = { .segment = slice_str("all"), .n = INT64_MAX / 2 + 1 };
    struct pane_delta late = { .segment = slice_str("all"), .late = INT64_MAX };
    struct err err = { { 0 } };

    assert_int_equal(tally_merge(tally, &half, &err), ST_OK);
    assert_int_equal(tally_merge(tally, &half, &err), ST_FATAL);
    tally_clear(tally);
    assert_int_equal(tally_merge(tally, &late, &err), ST_OK);
    late.late = 1;
    assert_int_equal(tally_merge(tally, &late, &err), ST_FATAL);
}

/* Of cells whose sums are no more one number of 64 bits there is a mean all the same. */
static void test_an_estimate_of_huge_sums(void **state)
{
    struct window_feature features[STREAM_FEATURES] = { 0 };
    struct window w = { .features = { features, STREAM_FEATURES } };
    struct hist *h = &tally->hists[3]; /* confidence */
    const double unit = base->features[3].unit;

    (void)state;
    for (size_t i = 0; i < STREAM_FEATURES; i++)
        features[i].n_eff = 1;
    h->n = INT64_C(1) << 40;
    h->sums[0] = INT64_MAX;
    h->sums[1] = INT64_MAX;
    estimate_fill(tally, &w);
    assert_true(w.estimated_accuracy.has);
    assert_true(w.estimated_accuracy.v == 0x1p64 * unit / 0x1p40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_extremes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_value_for_ever, setup, teardown),
        cmocka_unit_test_setup_teardown(test_near_the_end_of_counters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_merge_of_huge_deltas, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_estimate_of_huge_sums, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
