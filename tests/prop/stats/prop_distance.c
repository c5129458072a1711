/* SPDX-License-Identifier: MIT */
/* What must hold of every distance, whatever the numbers. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "stats/compare.h"
#include "stats/distance.h"
#include "stats/ks.h"
#include "stats/sample.h"
#include "support/prop.h"

enum { BINS_MAX = 30, VALUES_MAX = 60 };

static size_t histogram(struct prop *p, uint64_t *ref, uint64_t *cur)
{
    size_t bins = 1 + prop_below(p, BINS_MAX);

    for (size_t i = 0; i < bins; i++) {
        ref[i] = prop_below(p, 3) == 0 ? 0 : prop_below(p, 500);
        cur[i] = prop_below(p, 3) == 0 ? 0 : prop_below(p, 100);
    }
    ref[0]++;
    cur[0]++;
    return bins;
}

static bool close(double a, double b)
{
    return fabs(a - b) <= 1e-12 * (1 + fabs(a));
}

static void test_of_counts(void **state)
{
    (void)state;
    struct prop p = prop_begin(5000);
    uint64_t a[BINS_MAX + 1] = { 0 };
    uint64_t b[BINS_MAX + 1] = { 0 };

    for (int i = 0; i < p.cases; i++) {
        size_t n = histogram(&p, a, b);
        double psi = 0;

        /* None is negative; most are symmetric; some are bounded. */
        assert_true(dist_kl(a, b, n) >= 0);
        assert_true(close(dist_psi(a, b, n), dist_psi(b, a, n)));
        assert_true(close(dist_psi(a, b, n), dist_kl(a, b, n) + dist_kl(b, a, n)));
        assert_true(close(dist_hellinger(a, b, n), dist_hellinger(b, a, n)));
        assert_true(dist_hellinger(a, b, n) <= 1);
        assert_true(close(dist_js(a, b, n), dist_js(b, a, n)));
        assert_true(dist_js(a, b, n) <= sqrt(log(2)) + 1e-12);
        assert_true(dist_linf(a, b, n) <= 1);
        assert_true(dist_ks_cells(a, b, n) <= 1 + 1e-12);
        assert_true(dist_chi2_p(a, b, n) >= 0 && dist_chi2_p(a, b, n) <= 1);
        assert_true(close(dist_chi2_p(a, b, n), dist_chi2_p(b, a, n)));
        for (size_t j = 0; j < n; j++)
            psi += dist_psi_part(a, b, n, j);
        assert_true(close(psi, dist_psi(a, b, n)));
        /* The order of the bins does not matter. */
        for (size_t j = 0; j < n / 2; j++) {
            uint64_t t = a[j];

            a[j] = a[n - 1 - j];
            a[n - 1 - j] = t;
            t = b[j];
            b[j] = b[n - 1 - j];
            b[n - 1 - j] = t;
        }
        assert_true(close(psi, dist_psi(a, b, n)));
    }
}

/* A side of up to 2^63 - 1: nothing wraps, and every figure stays in its range. */
static void test_of_huge_counts(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);
    uint64_t a[BINS_MAX + 1];
    uint64_t b[BINS_MAX + 1];

    for (int i = 0; i < p.cases; i++) {
        size_t n = 2 + prop_below(&p, BINS_MAX - 1);
        uint64_t left = INT64_MAX;

        for (size_t j = 0; j < n; j++) {
            a[j] = j + 1 < n ? prop_below(&p, left) : left;
            left -= a[j];
            b[n - 1 - j] = a[j];
        }
        assert_true(dist_psi(a, b, n) >= 0 && isfinite(dist_psi(a, b, n)));
        assert_true(dist_kl(a, b, n) >= 0 && isfinite(dist_kl(a, b, n)));
        assert_true(dist_js(a, b, n) >= 0 && dist_js(a, b, n) <= sqrt(log(2)) + 1e-12);
        assert_true(dist_hellinger(a, b, n) >= 0 && dist_hellinger(a, b, n) <= 1);
        assert_true(dist_linf(a, b, n) >= 0 && dist_linf(a, b, n) <= 1);
        assert_true(dist_ks_cells(a, b, n) >= 0 && dist_ks_cells(a, b, n) <= 1);
        assert_true(dist_chi2_p(a, b, n) >= 0 && dist_chi2_p(a, a, n) == 1);
    }
}

static struct sample sample(struct prop *p, double *v)
{
    struct sample s = { v, 1 + prop_below(p, VALUES_MAX) };
    double round = prop_below(p, 2) ? 4.0 : 1e6;

    for (size_t i = 0; i < s.n; i++)
        v[i] = floor(prop_double(p, -2, 2) * round) / round;
    sample_sort(s);
    return s;
}

/* The largest gap at any value, from the definition. */
static double slow_ks(struct sample a, struct sample b)
{
    double most = 0;

    for (size_t k = 0; k < a.n + b.n; k++) {
        double x = k < a.n ? a.v[k] : b.v[k - a.n];
        double i = 0;
        double j = 0;

        for (size_t l = 0; l < a.n; l++)
            i += a.v[l] <= x;
        for (size_t l = 0; l < b.n; l++)
            j += b.v[l] <= x;
        most = fmax(most, fabs(i / (double)a.n - j / (double)b.n));
    }
    return most;
}

/* For equal sizes Wasserstein is the mean gap of the sorted values. */
static void check_equal_sizes(struct sample a, struct sample b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    double sum = 0;

    a.n = b.n = n;
    for (size_t i = 0; i < n; i++)
        sum += fabs(a.v[i] - b.v[i]);
    assert_true(close(sample_wasserstein(a, b), sum / (double)n));
}

static void test_of_values(void **state)
{
    (void)state;
    struct prop p = prop_begin(3000);
    double v[VALUES_MAX];
    double w[VALUES_MAX];

    for (int i = 0; i < p.cases; i++) {
        struct sample a = sample(&p, v);
        struct sample b = sample(&p, w);
        double ks = ks_distance(a.v, a.n, b.v, b.n);
        double p1 = ks_exact_p(ks, a.n, b.n);

        assert_true(close(ks, slow_ks(a, b)));
        assert_true(p1 >= 0 && p1 <= 1 + 1e-12);
        assert_true(close(p1, ks_exact_p(ks, b.n, a.n)));
        assert_true(sample_psi_quantile(a, b, 10) >= 0);
        assert_true(close(sample_wasserstein(a, b), sample_wasserstein(b, a)));
        check_equal_sizes(a, b);
        /* A shift by 8, beyond the range, is a Wasserstein distance of 8. */
        memcpy(w, v, sizeof(v));
        b.n = a.n;
        for (size_t j = 0; j < b.n; j++)
            b.v[j] += 8;
        assert_true(close(sample_wasserstein(a, b), 8));
        assert_true(close(ks_distance(a.v, a.n, b.v, b.n), 1));
    }
}

/* Scaling by a power of two, where nothing rounds, changes only Wasserstein. */
static void test_units_do_not_matter(void **state)
{
    (void)state;
    struct prop p = prop_begin(500);
    double v[VALUES_MAX];
    double w[VALUES_MAX];

    for (int i = 0; i < p.cases; i++) {
        struct sample a = sample(&p, v);
        struct sample b = sample(&p, w);
        struct comparison one;
        struct comparison two;
        struct err err = { 0 };

        assert_int_equal(compare_numbers(a, b, &one, &err), ST_OK);
        for (size_t j = 0; j < a.n; j++)
            a.v[j] *= 1024;
        for (size_t j = 0; j < b.n; j++)
            b.v[j] *= 1024;
        assert_int_equal(compare_numbers(a, b, &two, &err), ST_OK);
        assert_true(one.psi == two.psi && one.psi_quantile10 == two.psi_quantile10);
        assert_true(one.evidently.psi == two.evidently.psi && one.ks_p == two.ks_p);
        assert_true(one.chi2.p == two.chi2.p && one.js == two.js && one.linf == two.linf);
        assert_true(one.wasserstein * 1024 == two.wasserstein);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_counts),
        cmocka_unit_test(test_of_huge_counts),
        cmocka_unit_test(test_of_values),
        cmocka_unit_test(test_units_do_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
