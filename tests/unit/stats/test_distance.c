/* SPDX-License-Identifier: MIT */
/* The expected figures are those of SciPy 1.17.1, unless worked out by hand. */
#include "support/check.h"

#include <math.h>

#include "stats/distance.h"
#include "stats/ks.h"
#include "stats/ks_inner.h"
#include "stats/special.h"

static const uint64_t ref3[3] = { 10, 20, 30 };
static const uint64_t cur3[3] = { 12, 8, 0 };
static const uint64_t none3[3] = { 0, 0, 0 };

static void near(double got, double want, double rel)
{
    if (!(fabs(got - want) <= rel * fabs(want)))
        fail_msg("got %.17g, want %.17g", got, want);
}

static void test_by_hand(void **state)
{
    (void)state;
    const double p[3] = { 10.5 / 61.5, 20.5 / 61.5, 30.5 / 61.5 };
    const double q[3] = { 12.5 / 21.5, 8.5 / 21.5, 0.5 / 21.5 };
    double psi = 0;
    double kl = 0;
    double affinity = 0;

    for (size_t i = 0; i < 3; i++) {
        psi += (q[i] - p[i]) * log(q[i] / p[i]);
        kl += q[i] * log(q[i] / p[i]);
        affinity += sqrt(p[i] * q[i]);
        near(dist_share(ref3, 3, i), p[i], 1e-15);
        near(dist_psi_part(ref3, cur3, 3, i), (q[i] - p[i]) * log(q[i] / p[i]), 1e-13);
    }
    near(dist_psi(ref3, cur3, 3), psi, 1e-14);
    near(dist_kl(ref3, cur3, 3), kl, 1e-14);
    near(dist_hellinger(ref3, cur3, 3), sqrt(1 - affinity), 1e-14);
    near(dist_linf(ref3, cur3, 3), 0.5, 1e-15);
    near(dist_ks_cells(ref3, cur3, 3), 0.5, 1e-15);
    near(dist_psi_noise(200, 50, 11), 0.25, 1e-15);
}

static void test_as_scipy(void **state)
{
    (void)state;
    const uint64_t a[2] = { 30, 10 };
    const uint64_t b[2] = { 20, 25 };
    const uint64_t c[2] = { 10, 11 }; /* nearer than Yates' half to what is expected */
    const uint64_t d[2] = { 19, 21 };

    near(dist_js(ref3, cur3, 3), 0.48969619536064146, 1e-13);
    near(dist_chi2_p(ref3, cur3, 3), 3.656386075440612e-05, 1e-12);
    near(dist_chi2_p(a, b, 2), 0.00838224869725173, 1e-12);
    near(dist_chi2_p(c, d, 2), 1.0, 1e-12);
    near(special_chi2_sf(400, 200), 1.8438936497115418e-15, 1e-11);
    near(special_lgamma(0.5), 0.5723649429247, 1e-13);
    near(special_binomial(3, 10, 0.25), 0.2502822875976561, 1e-13);
    near(ks_exact_p(0.5, 10, 8), 0.1659582247817542, 1e-12);
    near(dist_ks_p(0.1, 20000, 300), 0.004979325541373129, 1e-10);
}

/* One row for each region of Simard and L'Ecuyer. */
static void test_kolmogorov(void **state)
{
    (void)state;
    static const struct {
        double n, d, want;
    } row[] = {
        { 1, 0.3, 1.0 },
        { 1, 0.75, 0.5 },
        { 20, 0.04, 0.9999999999991517 },
        { 20, 0.02, 1.0 },
        { 500, 0.0015, 1.0 },
        { 20, 0.96, 2.199023255552039e-28 },
        { 20, 0.5, 3.787595240539032e-05 },
        { 20, 0.2, 0.352720173623415 },
        { 140, 0.16, 0.001344016324418744 },
        { 140, 0.3, 1.1370251710737309e-11 },
        { 500, 0.01, 0.9999999991073389 },
        { 500, 0.03, 0.7473166700457021 },
        { 500, 0.04, 0.3902508696049749 },
        { 500, 0.2, 5.256835361945869e-18 },
        { 9000, 0.0028, 0.9999997004434205 },
        { 11000, 0.003, 0.9999652709721065 },
        { 2000000, 0.0005, 0.6991771101944894 },
        { 2000000, 0.0011, 0.015802514902817838 },
        { 200000, 0.05, 0.0 },
        { 50, 1.0, 0.0 },
        { 50, 1.5, 0.0 },
        { 50, 0.0, 1.0 },
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        assert_true(fabs(ks_kolmogorov_sf(row[i].n, row[i].d) - row[i].want) < 1e-11);
}

/* n!/n^n times the middle entry of the matrix, with 40 digits: by its largest eigenvalue, in the
 * last rows by as many steps as there are comments. */
static void test_kolmogorov_by_matrix(void **state)
{
    static const struct {
        double n, t, want;
    } row[] = {
        { 141, 2.375, 1.3781941486485689e-11 },
        { 141, 4.2626953125, 0.0008958543439796058 },
        { 150, 4.396484375, 0.0008810527239142219 },
        { 200, 5.0908203125, 0.0008600316300288027 },
        { 300, 5.1962890625, 1.97111195370832e-05 },
        { 500, 5.58984375, 7.453002568651662e-08 },
        { 1000, 11.3525390625, 0.000625122651761781 },
        { 1000, 6.32421875, 2.1378693760782967e-12 },
        { 2000, 13.416015625, 1.2710884279353438e-05 },
        { 4615, 20.8046875, 1.9301904807248135e-05 },
        { 4615, 12.228515625, 1.0717507704778396e-15 },
        { 10000, 26.900390625, 4.4880348749673415e-07 },
        { 10000, 20.0, 8.239089680198989e-13 },
        { 20, 2.236328125, 0.05972159428093771 },
        { 140, 5.916015625, 0.04511875460471346 },
        { 300, 7.7939453125, 0.015683933234023482 },
        { 1000, 12.3330078125, 0.002345361196431626 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        assert_true(fabs(ks_matrix_cdf(row[i].n, row[i].t) / row[i].want - 1) < 1e-11);
}

static void test_an_empty_side_is_nan(void **state)
{
    (void)state;
    const int64_t sum[3] = { 0 };

    assert_true(isnan(dist_psi(ref3, none3, 3)));
    assert_true(isnan(dist_psi(none3, cur3, 3)));
    assert_true(isnan(dist_kl(none3, cur3, 3)));
    assert_true(isnan(dist_hellinger(none3, cur3, 3)));
    assert_true(isnan(dist_js(none3, cur3, 3)));
    assert_true(isnan(dist_linf(none3, cur3, 3)));
    assert_true(isnan(dist_chi2_p(none3, cur3, 3)));
    assert_true(isnan(dist_ks_cells(ref3, none3, 3)));
    assert_true(isnan(dist_wasserstein_cells(ref3, sum, none3, sum, 3)));
    assert_true(isnan(dist_ks_p((double)NAN, 10, 10)));
    assert_true(isnan(dist_ks_p(0.1, 0, 10)));
    assert_true(isnan(ks_distance(NULL, 0, NULL, 0)));
    assert_true(isnan(ks_exact_p(0.5, 0, 3)));
}

static void test_no_distance_to_itself(void **state)
{
    (void)state;
    const int64_t sum[3] = { 5, 60, 180 };

    assert_true(dist_psi(ref3, ref3, 3) == 0);
    assert_true(dist_kl(ref3, ref3, 3) == 0);
    assert_true(dist_hellinger(ref3, ref3, 3) == 0);
    assert_true(dist_js(ref3, ref3, 3) == 0);
    assert_true(dist_linf(ref3, ref3, 3) == 0);
    assert_true(dist_chi2_p(ref3, ref3, 3) == 1);
    assert_true(dist_wasserstein_cells(ref3, sum, ref3, sum, 3) == 0);
    assert_true(dist_ks_p(0, 10, 10) == 1);
}

/* Cells that overlap in neither order of their means: 1 | 3 against 2 | 5. */
static void test_wasserstein_of_means(void **state)
{
    (void)state;
    const uint64_t one[3] = { 1, 0, 1 };
    const int64_t a[3] = { 1, 0, 3 };
    const int64_t b[3] = { 2, 0, 5 };
    const uint64_t two[3] = { 0, 2, 0 };
    const int64_t c[3] = { 0, 4, 0 };

    near(dist_wasserstein_cells(one, a, one, b, 3), 1.5, 1e-15);
    near(dist_wasserstein_cells(one, b, one, a, 3), 1.5, 1e-15);
    near(dist_wasserstein_cells(one, a, two, c, 3), 1.0, 1e-15);
}

static void test_ks_ties(void **state)
{
    (void)state;
    const double a[5] = { 0, 0, 0, 1, 2 };
    const double b[4] = { -0.0, 1, 1, 3 };

    near(ks_distance(a, 5, b, 4), 0.35, 1e-15);
    near(ks_distance(b, 4, a, 5), 0.35, 1e-15);
}

static void test_benjamini_hochberg(void **state)
{
    (void)state;
    const double p[6] = { 0.03, 0.01, (double)NAN, 0.04, 0.9, 0.01 };
    const double want[6] = { 0.05, 0.025, 0, 0.05, 0.9, 0.025 };
    double q[6];

    dist_bh(p, 6, q);
    for (size_t i = 0; i < 6; i++) {
        if (i == 2)
            assert_true(isnan(q[i]));
        else
            near(q[i], want[i], 1e-15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_as_scipy),
        cmocka_unit_test(test_kolmogorov),
        cmocka_unit_test(test_kolmogorov_by_matrix),
        cmocka_unit_test(test_an_empty_side_is_nan),
        cmocka_unit_test(test_no_distance_to_itself),
        cmocka_unit_test(test_wasserstein_of_means),
        cmocka_unit_test(test_ks_ties),
        cmocka_unit_test(test_benjamini_hochberg),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
