/* SPDX-License-Identifier: MIT */
/* Statistics and bins of SciPy 1.17.1 and NumPy 2.4.6, and what Evidently and
 * NannyML make of them. (tests/golden/compare has the large cases.) */
#include "support/check.h"

#include <math.h>

#include "stats/distance.h"
#include "stats/equal_bins.h"
#include "stats/evidently.h"
#include "stats/nannyml.h"
#include "stats/scipy.h"

enum { LONG = 3000 };

static double v6[] = { 0, 0, 1, 2, 3, 5 };
static double w4[] = { 1, 2, 2, 9 };
static const struct sample v = { v6, 6 };
static const struct sample w = { w4, 4 };
static const struct sample nobody = { NULL, 0 };

static void near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-12 * fabs(want)))
        fail_msg("got %.17g, want %.17g", got, want);
}

static double mann_whitney(struct sample a, struct sample b)
{
    struct err err = { 0 };
    double p;

    assert_int_equal(scipy_mann_whitney_p(a, b, &p, &err), ST_OK);
    return p;
}

static void test_ranks(void **state)
{
    (void)state;
    near(scipy_energy(v, w), 0x1.e2b7dddfefa66p-1);
    near(scipy_cvm(v, w), 0x1.b333333333340p-4);
    near(mann_whitney(v, w), 0x1.0784f03b9f498p-1);
    assert_true(scipy_energy(v, v) == 0 && mann_whitney(v, v) == 1);
    assert_true(isnan(scipy_energy(v, nobody)) && isnan(scipy_cvm((struct sample){ v6, 1 }, w)));
    assert_true(isnan(mann_whitney(nobody, w)));
}

/* Exact up to 8 on a side, however many on the other; normal from 9 on. */
static void test_mann_whitney(void **state)
{
    (void)state;
    double a[] = { 0.5, 1.25, 3, 7, 8.5, 9, 11, 12.5, 20, 21 };
    double b[] = { 2, 4, 6, 30, 31 };
    double c[9];
    double d[11];
    double e[LONG];
    double f[] = { 10.5, 2900.5, 2950.5, 2980.5, 2990.5, 2999.5 };
    double same[] = { 4, 4, 4 };

    for (int i = 0; i < 9; i++)
        c[i] = 2 * i;
    for (int i = 0; i < 11; i++)
        d[i] = 2 * i + 1;
    for (int i = 0; i < LONG; i++)
        e[i] = i;
    near(mann_whitney((struct sample){ a, 10 }, (struct sample){ b, 5 }), 0.7678987678987679);
    near(mann_whitney((struct sample){ b, 5 }, (struct sample){ a, 10 }), 0.7678987678987679);
    near(mann_whitney((struct sample){ c, 9 }, (struct sample){ d, 11 }), 0.32332000913391523);
    near(mann_whitney((struct sample){ e, LONG }, (struct sample){ f, 6 }), 0.0038833814095510515);
    assert_true(mann_whitney((struct sample){ same, 3 }, (struct sample){ same, 2 }) == 1);
}

static void bins_are(struct sample s, double lo, double hi, size_t n)
{
    struct equal_bins b;

    assert_true(equal_bins_doane(s, &b));
    assert_true(b.lo == lo && b.hi == hi && b.n == n);
}

static void test_doane(void **state)
{
    (void)state;
    double lean[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 30 };
    double three[] = { 1, 1, 2 };
    double same[] = { 4, 4, 4, 4 };
    double two[] = { 1, 5 };
    double far[] = { -1.7e308, 1.7e308 };
    double odd[] = { (double)-INFINITY, 1 };
    struct equal_bins b;

    bins_are((struct sample){ lean, 10 }, 1, 30, 7);
    bins_are((struct sample){ three, 3 }, 1, 2, 4);
    bins_are((struct sample){ same, 4 }, 3.5, 4.5, 1);
    bins_are((struct sample){ two, 2 }, 1, 5, 1);
    assert_false(equal_bins_doane((struct sample){ far, 2 }, &b));
    assert_false(equal_bins_doane((struct sample){ odd, 2 }, &b));
    assert_false(equal_bins_doane(nobody, &b));
}

/* Both ends are in, what is beyond them is in no bin. */
static void test_ends_of_bins(void **state)
{
    (void)state;
    double x[] = { (double)-INFINITY, -1, 0, 1, 2, 3, 4, 4.5, (double)INFINITY };
    struct equal_bins b = { 0, 4, 2 };
    uint64_t counts[2];

    equal_bins_count(&b, (struct sample){ x, 9 }, counts);
    assert_int_equal(counts[0], 2);
    assert_int_equal(counts[1], 3);
}

static void test_z(void **state)
{
    (void)state;
    near(dist_z_p(30, 100, 45, 100), 0.02845973691631055);
    assert_true(dist_z_p(0, 5, 0, 9) == 1 && dist_z_p(5, 5, 9, 9) == 1);
    assert_true(isnan(dist_z_p(0, 0, 1, 2)) && isnan(dist_z_p(1, 2, 0, 0)));
    assert_true(dist_z_p(INT64_MAX, INT64_MAX, 0, INT64_MAX) == 0);
}

/* The test that Evidently picks: by kind, number of values, size of the reference. */
static void test_evidently_picks(void **state)
{
    (void)state;
    const uint64_t big[3] = { 600, 500, 100 };
    const uint64_t small[3] = { 60, 50, 10 };
    struct evidently_known known = { .wasserstein_norm = 0.1, .ks_p = 0.05 };
    struct evidently e;
    struct err err = { 0 };
    double x[1001];

    evidently_categories(big, small, 3, &e);
    assert_string_equal(e.test, "jensenshannon");
    assert_true(e.score == 0 && !e.drift);
    evidently_categories(small, big, 3, &e);
    assert_string_equal(e.test, "chisquare");
    evidently_categories(small, big, 2, &e);
    assert_string_equal(e.test, "z");
    for (int i = 0; i < 1001; i++)
        x[i] = i;
    assert_int_equal(evidently_numbers((struct sample){ x, 1000 }, v, known, &e, &err), ST_OK);
    assert_string_equal(e.test, "ks");
    assert_true(e.score == 0.05 && !e.drift && isnan(e.chi2_p) && isnan(e.z_p));
    assert_int_equal(evidently_numbers((struct sample){ x, 1001 }, v, known, &e, &err), ST_OK);
    assert_string_equal(e.test, "wasserstein");
    assert_true(e.score == 0.1 && e.drift);
    assert_int_equal(evidently_numbers(nobody, v, known, &e, &err), ST_OK);
    assert_true(!e.test && isnan(e.psi) && isnan(e.score));
}

/* A value that the reference does not have cannot fit it. */
static void test_evidently_new_category(void **state)
{
    (void)state;
    const uint64_t ref[3] = { 5, 5, 0 };
    const uint64_t cur[3] = { 5, 5, 1 };
    struct evidently e;

    evidently_categories(ref, cur, 3, &e);
    assert_true(e.chi2_p == 0 && isnan(e.z_p) && e.drift);
}

static void test_nannyml(void **state)
{
    (void)state;
    double with[] = { (double)-INFINITY, 0, 1, 2 };
    const uint64_t ref[3] = { 4, 4, 0 };
    const uint64_t cur[3] = { 0, 0, 7 };
    struct nannyml n = nannyml_numbers((struct sample){ with, 4 }, v);

    assert_true(isnan(n.js) && isnan(n.hellinger));
    near(n.ks, 0.3333333333333333);
    n = nannyml_categories(ref, cur, 3);
    near(n.js, 1);
    near(n.hellinger, 1);
    assert_true(isnan(n.ks) && isnan(nannyml_numbers(v, nobody).ks));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_mann_whitney),
        cmocka_unit_test(test_doane),
        cmocka_unit_test(test_ends_of_bins),
        cmocka_unit_test(test_z),
        cmocka_unit_test(test_evidently_picks),
        cmocka_unit_test(test_evidently_new_category),
        cmocka_unit_test(test_nannyml),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
