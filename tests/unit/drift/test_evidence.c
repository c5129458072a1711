/* SPDX-License-Identifier: MIT */
/* Evidence against what it should say, and how often it is wrong. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/evidence.h"
#include "drift/scan_weigh.h"
#include "stats/special.h"
#include "support/drift/trial.h"

static struct evidence *even_baseline(size_t cells, uint64_t each)
{
    const struct spread none = { .known = true };
    uint64_t counts[CELLS_MAX];

    for (size_t i = 0; i < cells; i++)
        counts[i] = each;
    struct evidence *e =
        evidence_new(&(struct evidence_counts){ counts, cells, false, false }, &none, 1);
    assert_non_null(e);
    return e;
}

static struct outcome outcome_of(const struct evidence *e, const uint64_t *counts, size_t cells,
                                 int64_t n, double b)
{
    uint64_t below[CELLS_MAX + 1];
    struct outcome found;

    cells_cumulate(counts, cells, below);
    evidence_test(&(struct evidence_case){ e, counts, below, n, b }, 1, &found);
    return found;
}

/* Without videos and time the second test is Pearson's, with the factor of a
 * finite baseline, held against F. */
static void test_groups_are_chi_square(void **state)
{
    struct evidence *e = even_baseline(16, 1000);
    uint64_t now[16];
    double chi2 = 0;
    double n = 16 * 60 + 40;
    struct outcome found;

    (void)state;
    for (size_t i = 0; i < 16; i++)
        now[i] = i == 7 ? 100 : 60; /* one class in the middle: no smooth moment sees it best */
    for (size_t i = 0; i < 16; i++) {
        double d = (double)now[i] / n - 1.0 / 16;

        chi2 += d * d * 16 / (1 / n + 1.0 / 16000);
    }
    found = outcome_of(e, now, 16, (int64_t)n, 1);
    assert_int_equal(found.test, EVIDENCE_GROUPS);
    assert_true(found.df == 15 && found.df_videos == 3 * n);
    assert_true(fabs(found.statistic / chi2 - 1) < 1e-9);
    assert_true(fabs(found.p / (2 * special_f_sf(chi2 / 15, 15, 3 * n)) - 1) < 1e-9);
    evidence_free(e);
}

static void moments_of(const struct evidence *e, const uint64_t *counts, int64_t n, double *out)
{
    uint64_t below[CELLS_MAX + 1];

    cells_cumulate(counts, 256, below);
    evidence_moments(&(struct evidence_case){ e, counts, below, n, 1 }, out);
}

/* The named moment is the one that moved. */
static void test_moments_are_named(void **state)
{
    struct evidence *e = even_baseline(256, 100);
    uint64_t up[256];
    uint64_t wide[256];
    double moment[RANK_MOMENTS];

    (void)state;
    for (size_t i = 0; i < 256; i++) {
        up[i] = i / 32;
        wide[i] = i < 64 || i >= 192 ? 8 : 4;
    }
    assert_int_equal(outcome_of(e, up, 256, 896, 1).test, EVIDENCE_NEYMAN);
    moments_of(e, up, 896, moment);
    assert_true(moment[0] > 5 && fabs(moment[1]) < 1);
    moments_of(e, wide, 1536, moment);
    assert_true(moment[1] > 5 && fabs(moment[0]) < 1);
    evidence_free(e);
}

/* A value that was never seen is evidence, also where nothing else can be tested. */
static void test_unseen(void **state)
{
    const struct spread none = { .known = true };
    const uint64_t constant[] = { 0, 1000, 0 };
    const uint64_t same[] = { 0, 100, 0 };
    const uint64_t other[] = { 0, 90, 10 };
    struct evidence *e =
        evidence_new(&(struct evidence_counts){ constant, 3, false, false }, &none, 1);
    struct outcome found;
    double p = 1;

    (void)state;
    for (int i = 0; i < 10; i++)
        p *= (100.0 - i) / (1100.0 - i);
    found = outcome_of(e, same, 3, 100, 1);
    assert_true(found.test == EVIDENCE_UNSEEN && found.p == 1);
    found = outcome_of(e, other, 3, 100, 1);
    assert_true(found.test == EVIDENCE_UNSEEN && found.p == p);
    assert_true(fabs(found.effect - 0.1) < 1e-15);
    found = outcome_of(e, other, 3, 100, 50); /* of two videos */
    assert_true(found.p == 1);
    evidence_free(e);
}

static void test_nothing_to_test(void **state)
{
    const struct spread none = { 0 };
    const uint64_t empty[] = { 0, 0 };
    const uint64_t some[] = { 3, 4 };
    struct evidence *e =
        evidence_new(&(struct evidence_counts){ empty, 2, false, false }, &none, 1);
    struct outcome found;

    (void)state;
    found = outcome_of(e, some, 2, 7, 1);
    assert_true(found.test == EVIDENCE_NONE && isnan(found.p));
    evidence_free(e);
    e = evidence_new(&(struct evidence_counts){ some, 2, false, false }, &none, 1);
    found = outcome_of(e, empty, 2, 0, 1);
    assert_true(found.test == EVIDENCE_NONE && isnan(found.p));
    evidence_free(e);
}

/* In small what bench_detect measures in large. At a level of 1 % a boundary, of
 * 2,000 boundaries 20 at most on average; what hangs together must not alarm more. */
static void test_false_alarms(void **state)
{
    static const struct trial_kind kinds[] = {
        { 0 },
        { .phi = 0.6 },
        { .rho = 0.1, .videos = 20 }, /* R14 */
        { .rho = 0.1, .videos = 12 }, /* as few as are looked at */
        { .zeros = 0.95 },
        { .zeros = 0.99 },
        { .zeros = 0.99, .rho = 0.3, .videos = 20 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        int64_t alarms = 0;

        for (uint64_t seed = 1; seed <= 10; seed++) {
            struct trial t;

            trial_begin(&t, kinds[i], seed, 10000);
            alarms += trial_false_alarms(&t, 20000, 0.01);
            trial_end(&t);
        }
        print_message("kind %zu: %d alarms in 2000 boundaries\n", i, (int)alarms);
        assert_true(alarms <= 32); /* 20 + 2.7 deviations */
    }
}

/* R12: what PSI over 0.2 never sees in 5,000 comments. */
static void test_small_changes_are_seen(void **state)
{
    static const int changes[] = { 0, 1, 4, 7, 11, 12 };

    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct trial t;
        const struct scan_feature *f;
        int64_t seen = 0;

        trial_begin(&t, (struct trial_kind){ .change = changes[i] }, 5, 20000);
        f = &t.scan->features[0];
        for (int64_t k = 0; k < 5000 && !seen; k += TRIAL_PANE) {
            trial_step(&t, k, INT64_MIN);
            seen = f->p <= 1e-4 ? k + TRIAL_PANE : 0;
        }
        print_message("%s: seen after %d\n", trial_changes[changes[i]], (int)seen);
        assert_true(seen > 0);
        trial_end(&t);
    }
}

/* Chi-square of 16 groups on n comments, with the p-value of large numbers. */
static double plain_p(struct prop *p, int n)
{
    int count[16] = { 0 };
    double chi2 = 0;

    for (int i = 0; i < n; i++)
        count[prop_below(p, 16)]++;
    for (int g = 0; g < 16; g++)
        chi2 += (count[g] - n / 16.0) * (count[g] - n / 16.0) * 16 / n;
    return special_chi2_sf(chi2, 15);
}

/* R11: with 3 comments such a p-value is below 5e-5 many times too often; so runs of few are
 * not tested, and at the shortest that are the evidence keeps its level. */
static void test_few_comments_say_nothing(void **state)
{
    enum { DRAWS = 40000, SHORT = SCAN_EFF_MIN };
    struct evidence *e = even_baseline(256, 4000);
    struct prop p = { .state = 11 };
    int naive = 0;
    int found = 0;

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        uint64_t counts[256] = { 0 };
        struct outcome out;

        for (int k = 0; k < SHORT; k++)
            counts[prop_below(&p, 256)]++;
        out = outcome_of(e, counts, 256, SHORT, 1);
        found += out.p <= 1e-3;
        naive += plain_p(&p, 3) <= 1e-3;
    }
    print_message("at 1e-3 of %d: %d of 3 comments, %d of %d\n", DRAWS, naive, found, SHORT);
    assert_true(naive > 3 * DRAWS / 1000);
    assert_true(found <= DRAWS / 1000 + 16); /* 40 + 2.6 deviations */
    evidence_free(e);
}

/* R11: a quiet segment, three comments a pane: nothing is looked at below 64. */
static void test_no_run_below_64(void **state)
{
    struct trial t;

    (void)state;
    trial_begin(&t, (struct trial_kind){ 0 }, 4, 20000);
    for (int i = 0; i < 40; i++) {
        const struct scan_feature *f = &t.scan->features[0];

        trial_step_of(&t, 3, -1, INT64_MIN);
        assert_int_equal(f->runs > 0, (i + 1) * 3 >= 64);
        assert_true(f->runs == 0 || f->n_eff >= 64);
    }
    trial_end(&t);
}

/* R13: a crawl of one video, however it is ordered, is one video. */
static void test_one_video_says_nothing(void **state)
{
    struct trial t;

    (void)state;
    trial_begin(&t, (struct trial_kind){ .rho = 0.5, .videos = 1 }, 3, 4000);
    for (int i = 0; i < 50; i++) {
        trial_step(&t, -1, INT64_MIN);
        assert_int_equal(t.scan->features[0].runs, 0);
    }
    trial_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_are_chi_square),
        cmocka_unit_test(test_moments_are_named),
        cmocka_unit_test(test_unseen),
        cmocka_unit_test(test_nothing_to_test),
        cmocka_unit_test(test_false_alarms),
        cmocka_unit_test(test_small_changes_are_seen),
        cmocka_unit_test(test_few_comments_say_nothing),
        cmocka_unit_test(test_no_run_below_64),
        cmocka_unit_test(test_one_video_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
