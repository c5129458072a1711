/* SPDX-License-Identifier: MIT */
/* The expected figures are those of NumPy 2.4.6, SciPy 1.17.1 and Evidently 0.7.23. */
#include "support/check.h"

#include <float.h>
#include <math.h>

#include "stats/compare.h"
#include "stats/sample.h"

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-12 * (1 + fabs(want))))
        fail_msg("got %.17g, want %.17g", got, want);
}

static void test_of_one_sample(void **state)
{
    (void)state;
    double v[5] = { 10, -0.0, 2, 0.0, 4 };
    struct sample s = { v, 5 };
    const struct sample none = { NULL, 0 };

    sample_sort(s);
    assert_true(v[0] == 0 && !signbit(v[0]) && v[4] == 10);
    assert_int_equal(sample_distinct(s), 4);
    assert_int_equal(sample_distinct(none), 0);
    assert_int_equal(sample_below(s, 0), 0);
    assert_int_equal(sample_below(s, 4), 3);
    assert_int_equal(sample_below(s, 11), 5);
    near(sample_sd(s), 3.7094473981982814);
    near(sample_quantile(s, 0.3), 0.3999999999999999);
    near(sample_quantile(s, 0.9), 7.6000000000000005);
    near(sample_quantile(s, 1.0), 10);
    assert_true(isnan(sample_sd(none)) && isnan(sample_quantile(none, 0.5)));
}

/* Differences and squares that no double holds. */
static void test_of_huge_values(void **state)
{
    (void)state;
    double v[2] = { -DBL_MAX, DBL_MAX };
    double w[1] = { 1 };
    struct sample s = { v, 2 };
    struct sample t = { w, 1 };
    struct comparison c;
    struct err err = { 0 };

    assert_true(sample_sd(s) == DBL_MAX);
    assert_true(sample_quantile(s, 0.5) == 0);
    assert_true(isfinite(sample_psi_quantile(s, t, 10)));
    assert_int_equal(compare_numbers(s, t, &c, &err), ST_OK);
    assert_int_equal(compare_numbers(t, s, &c, &err), ST_OK);
}

static void test_of_two_samples(void **state)
{
    (void)state;
    double v[6] = { 0, 0, 1, 2, 3, 5 };
    double w[4] = { 1, 2, 2, 9 };
    struct sample s = { v, 6 };
    struct sample t = { w, 4 };
    struct comparison c;
    struct err err = { 0 };

    near(sample_wasserstein(s, t), 1.8333333333333335);
    near(sample_wasserstein(t, s), 1.8333333333333335);
    near(sample_psi_quantile(s, t, 10), 4.372568094902837);
    assert_int_equal(compare_numbers(s, t, &c, &err), ST_OK);
    near(c.evidently.psi, 7.529696726374557);
    near(c.chi2.p, 0.39916638866282805);
    near(c.ks, 0.3333333333333333);
    near(c.ks_p, 0.9238095238095237);
    near(c.wasserstein_norm, 1.034792955221957);
}

static double evidently_psi(struct sample ref, struct sample cur)
{
    struct evidently_known none = { 0, 0 };
    struct evidently e;
    struct err err = { 0 };

    assert_int_equal(evidently_numbers(ref, cur, none, &e, &err), ST_OK);
    return e.psi;
}

/* More than 20 values: Sturges. 32 together, where log2 has to be exact. */
static void test_sturges(void **state)
{
    (void)state;
    double v[24];
    double w[8];

    for (int i = 0; i < 24; i++)
        v[i] = i;
    for (int i = 0; i < 8; i++)
        w[i] = 10 + 3 * i;
    near(evidently_psi((struct sample){ v, 24 }, (struct sample){ w, 8 }), 4.0898359292900475);
}

/* 20 values are counted one by one, 21 are cut into bins. */
static void test_few_values(void **state)
{
    (void)state;
    double v[21];
    double w[6] = { 0, 0, 1, 5, 5.5, 9 };
    struct sample t = { w, 6 };

    for (int i = 0; i < 21; i++)
        v[i] = i;
    near(evidently_psi((struct sample){ v, 20 }, t), 7.1563392087131);
    near(evidently_psi((struct sample){ v, 21 }, t), 4.376309879160994);
}

/* An empty share is a millionth of the least one where that is at most 0.0001. */
static void test_empty_shares(void **state)
{
    (void)state;
    const uint64_t ref[3] = { 9999, 1, 0 };
    const uint64_t cur[3] = { 990, 0, 10 };

    struct evidently e;

    evidently_categories(ref, cur, 3, &e);
    near(e.psi, 0.18430531387290197);
}

static void test_the_decision(void **state)
{
    (void)state;
    const uint64_t ref[2] = { 500, 500 };
    const uint64_t far[2] = { 300, 700 };
    const uint64_t near_by[2] = { 480, 520 };
    const uint64_t none[2] = { 0, 0 };
    struct comparison a;
    struct comparison b;
    struct comparison c;
    struct comparison *all[3] = { &a, &b, &c };
    struct err err = { 0 };
    size_t drifted;

    compare_categories(ref, far, 2, &a);
    compare_categories(ref, near_by, 2, &b);
    compare_categories(ref, none, 2, &c);
    assert_int_equal(comparison_decide(all, 3, &drifted, &err), ST_OK);
    assert_int_equal(drifted, 1);
    assert_true(a.drift && a.decided);
    assert_true(!b.drift && b.decided);
    assert_true(!c.drift && !c.decided && isnan(c.psi));
    near(a.q, 2 * a.p); /* a family of two: the third has no p */
    assert_int_equal(comparison_decide(NULL, 0, &drifted, &err), ST_OK);
    assert_int_equal(drifted, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_one_sample),  cmocka_unit_test(test_of_huge_values),
        cmocka_unit_test(test_of_two_samples), cmocka_unit_test(test_sturges),
        cmocka_unit_test(test_few_values),     cmocka_unit_test(test_empty_shares),
        cmocka_unit_test(test_the_decision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
