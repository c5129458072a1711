/* SPDX-License-Identifier: MIT */
/* What evidence is made of: eigenvalues, ranks, families of tests. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "stats/distance.h"
#include "stats/eigen.h"
#include "stats/family.h"
#include "stats/ranks.h"
#include "support/prop.h"

static void assert_near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within))
        fail_msg("%.17g, not %.17g", a, b);
}

/* A covariance of rank at most k. */
static void random_psd(struct prop *p, double *a, size_t n, size_t k)
{
    memset(a, 0, n * n * sizeof(*a));
    for (size_t r = 0; r < k; r++) {
        double x[EIGEN_MAX];

        for (size_t i = 0; i < n; i++)
            x[i] = prop_double(p, -1, 1);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                a[i * n + j] += x[i] * x[j];
    }
}

static void test_eigen(void **state)
{
    struct prop p = prop_begin(20);

    (void)state;
    for (size_t n = 1; n <= EIGEN_MAX; n++) {
        double a[EIGEN_MAX * EIGEN_MAX];
        double work[EIGEN_MAX * EIGEN_MAX];
        double v[EIGEN_MAX * EIGEN_MAX];
        double values[EIGEN_MAX];

        random_psd(&p, a, n, n);
        memcpy(work, a, sizeof(work));
        eigen_symmetric(work, n, values, v);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                double sum = 0;
                double dot = 0;

                for (size_t k = 0; k < n; k++) {
                    sum += v[i * n + k] * values[k] * v[j * n + k];
                    dot += v[k * n + i] * v[k * n + j];
                }
                assert_near(sum, a[i * n + j], 1e-12);
                assert_near(dot, i == j ? 1 : 0, 1e-12);
            }
        }
    }
}

static void test_psd_keeps_what_is_and_cuts_the_rest(void **state)
{
    double good[4] = { 2, 1, 1, 2 };
    double bad[4] = { 1, 2, 2, 1 }; /* eigenvalues 3 and -1 */

    (void)state;
    eigen_make_psd(good, 2);
    assert_near(good[0], 2, 1e-15);
    assert_near(good[1], 1, 1e-15);
    eigen_make_psd(bad, 2);
    for (size_t i = 0; i < 4; i++)
        assert_near(bad[i], 1.5, 1e-15); /* 3 (1,1)(1,1)'/2 */
}

/* In the new coordinates both covariances are diagonal; lost directions are those
 * without variance. */
static void test_pencil(void **state)
{
    struct prop p = prop_begin(20);

    (void)state;
    for (size_t rank = 1; rank <= 6; rank++) {
        double a[36];
        double b[36];
        struct pencil pencil;

        random_psd(&p, a, 6, rank);
        for (size_t i = 0; i < 36; i++)
            b[i] = a[i] * 0.25;
        pencil_init(&pencil, a, b, 6);
        assert_int_equal(pencil.k, rank);
        for (size_t i = 0; i < rank; i++) {
            double ta[6];
            double z[EIGEN_MAX];

            assert_near(pencil.lambda[i], 0.25, 1e-9);
            for (size_t j = 0; j < 6; j++) {
                ta[j] = 0;
                for (size_t k = 0; k < 6; k++)
                    ta[j] += pencil.t[k][i] * a[k * 6 + j];
            }
            pencil_project(&pencil, ta, z);
            for (size_t j = 0; j < rank; j++)
                assert_near(z[j], i == j ? 1 : 0, 1e-9);
        }
    }
}

/* Over ranks that are even the moments are orthonormal; groups are sixteenths. */
static void test_ranks_of_a_smooth_baseline(void **state)
{
    static struct ranks r;
    uint64_t counts[256];
    uint64_t below[257];
    struct ranks_window w = { &r, counts, below, 25600, { 0 }, { 0 } };

    (void)state;
    for (size_t i = 0; i < 256; i++)
        counts[i] = 100;
    ranks_init(&r, counts, 256);
    assert_int_equal(r.groups, 16);
    for (size_t g = 0; g < 16; g++)
        assert_near(r.share[g], 1.0 / 16, 1e-15);
    for (size_t i = 0; i < RANK_MOMENTS; i++)
        for (size_t j = 0; j < RANK_MOMENTS; j++)
            assert_near(r.cov[i * RANK_MOMENTS + j], i == j ? 1 : 0, 5e-4);
    cells_cumulate(counts, 256, below);
    ranks_measure(&w, 1);
    for (size_t k = 0; k < RANK_MOMENTS; k++)
        assert_near(w.moment[k], 0, 1e-12);
    for (size_t i = 0; i < 128; i++) /* all in the upper half: the mean moves up */
        counts[i] = 0;
    cells_cumulate(counts, 256, below);
    w.n = 12800;
    ranks_measure(&w, 1);
    assert_near(w.moment[0], sqrt(3) / 2, 1e-3);
    assert_near(w.moment[1], 0, 1e-3);
    assert_near(w.group[0], -1.0 / 16, 1e-12);
    assert_near(w.group[15], 1.0 / 16, 1e-12);
}

/* A feature of two values has one direction, and thin groups are merged. */
static void test_ranks_of_atoms(void **state)
{
    static struct ranks r;
    const uint64_t two[] = { 0, 700, 0, 300, 0 };
    const uint64_t thin[] = { 10, 960, 10, 20 }; /* a 32nd is 31.25 */
    double values[RANK_MOMENTS];
    double v[RANK_MOMENTS * RANK_MOMENTS];
    size_t rank = 0;

    (void)state;
    ranks_init(&r, two, 5);
    eigen_symmetric(r.cov, RANK_MOMENTS, values, v);
    for (size_t i = 0; i < RANK_MOMENTS; i++)
        rank += values[i] > EIGEN_RANK_MIN ? 1 : 0;
    assert_int_equal(rank, 1);
    assert_int_equal(r.groups, 2);
    assert_near(r.share[0] + r.share[1], 1, 1e-15);
    ranks_init(&r, thin, 4);
    assert_int_equal(r.groups, 1);
    ranks_init(&r, two, 1); /* an empty baseline */
    assert_int_equal(r.groups, 0);
}

static void test_simes_is_the_least_q(void **state)
{
    struct prop p = prop_begin(200);

    (void)state;
    for (int c = 0; c < p.cases; c++) {
        size_t n = 1 + (size_t)prop_below(&p, 12);
        double x[12];
        double q[12];
        double least = (double)NAN;

        for (size_t i = 0; i < n; i++)
            x[i] = prop_below(&p, 5) == 0 ? (double)NAN : prop_double(&p, 0, 0.3);
        dist_bh(x, n, q);
        for (size_t i = 0; i < n; i++)
            least = fmin(least, q[i]);
        if (isnan(least))
            assert_true(isnan(family_simes(x, n)));
        else
            assert_near(family_simes(x, n), least, 1e-15);
    }
}

static void test_levels(void **state)
{
    const double p[] = { 0.01, 0.04, 0.03 };

    (void)state;
    assert_near(family_simes(p, 3), 0.03, 1e-15); /* 3 x 0.01; 3/2 x 0.03; 0.04 */
    assert_near(family_bonferroni(0.3, 5), 1, 0);
    assert_near(family_bonferroni(0.001, 16), 0.016, 1e-15);
    assert_near(family_share(1, 1, 1), 1, 0);
    assert_near(family_share(1, 1, 5) + 4 * family_share(0, 1, 5), 1, 1e-15);
    assert_near(4 * family_share(0, 0, 4), 1, 1e-15);
    assert_near(family_level(1, 60000) * 43200, 1, 1e-12); /* minutes of 30 days */
    assert_near(family_level(1e9, 60000), 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eigen),
        cmocka_unit_test(test_psd_keeps_what_is_and_cuts_the_rest),
        cmocka_unit_test(test_pencil),
        cmocka_unit_test(test_ranks_of_a_smooth_baseline),
        cmocka_unit_test(test_ranks_of_atoms),
        cmocka_unit_test(test_simes_is_the_least_q),
        cmocka_unit_test(test_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
