/* SPDX-License-Identifier: MIT */
/* Loops as vectors, of any CPU and of AVX2, beside the functions of one number: bit by bit. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "stats/axis.h"
#include "stats/cells_inner.h"
#include "stats/distance.h"
#include "stats/special.h"
#include "stats/wide.h"
#include "stats/xmath.h"
#include "support/prop.h"

enum { MOST = 150, CELLS = 200 };

/* The loops that this machine can run. */
static size_t kinds(const struct wide *out[2])
{
    out[0] = &wide_portable;
    out[1] = &wide_avx2;
    return cells_have_avx2() ? 2 : 1;
}

static double any_normal(struct prop *p)
{
    const uint64_t u = prop_u64(p) >> 1;
    double x;

    memcpy(&x, &u, sizeof(x));
    return isnormal(x) && prop_below(p, 2) ? x : prop_double(p, 0.5, 2.0);
}

/* Above XEXP_MAX of stats/xmath_inner.h nothing is asked. */
static double any_exponent(struct prop *p)
{
    switch (prop_below(p, 6)) {
    case 0:
        return (double)-INFINITY;
    case 1:
        return -any_normal(p);
    case 2:
        return prop_double(p, -746, -700);
    default:
        return prop_double(p, -20, 709.7);
    }
}

static void test_functions(void **state)
{
    (void)state;
    struct prop p = prop_begin(10000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = (size_t)prop_below(&p, MOST + 1);
        double x[2][MOST];
        double want[2][MOST];
        double got[MOST];

        for (size_t k = 0; k < n; k++) {
            x[0][k] = any_normal(&p);
            x[1][k] = any_exponent(&p);
            want[0][k] = xlog(x[0][k]);
            want[1][k] = xexp(x[1][k]);
        }
        for (size_t w = 0; w < n_wides; w++) {
            memcpy(got, x[0], sizeof(got));
            wides[w]->log(got, n);
            assert_memory_equal(got, want[0], n * sizeof(*got));
            memcpy(got, x[1], sizeof(got));
            wides[w]->exp(got, n);
            assert_memory_equal(got, want[1], n * sizeof(*got));
        }
    }
}

static bool is_inside(double k, double n, double p)
{
    return fmin(k, n - k) >= WIDE_BINOMIAL_MIN && p > 0 && p < 1;
}

/* Where they are asked for, and by special_binomials() everywhere. */
static void test_binomials(void **state)
{
    (void)state;
    struct prop p = prop_begin(1000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        const size_t count = (size_t)prop_below(&p, MOST + 1);
        const double n = (double)(1 + prop_below(&p, UINT64_C(1) << (1 + prop_below(&p, 40))));
        double k[MOST];
        double share[MOST];
        double got[MOST];

        for (size_t j = 0; j < count; j++) {
            k[j] = floor(n * prop_double(&p, 0, 1));
            share[j] = k[j] / n + prop_double(&p, -2, 2) / sqrt(n + 1);
            if (prop_below(&p, 4) == 0 || !isfinite(share[j]))
                share[j] = prop_double(&p, 0, 1);
            share[j] = fmin(fmax(share[j], 0), 1);
        }
        for (size_t w = 0; w < n_wides; w++) {
            wides[w]->binomial(n, k, share, count, got);
            for (size_t j = 0; j < count; j++)
                if (is_inside(k[j], n, share[j]))
                    assert_true(got[j] == special_binomial(k[j], n, share[j]));
        }
        special_binomials(n, k, share, count, got);
        for (size_t j = 0; j < count; j++)
            assert_true(got[j] == special_binomial(k[j], n, share[j]));
    }
}

static void test_matrices(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = (size_t)prop_below(&p, 60);
        double row[MOST];
        double back[MOST] = { 0 };
        double before[MOST];
        double want[MOST];
        double got[MOST];

        for (size_t k = 0; k < n; k++) {
            row[k] = prop_double(&p, 0, 1);
            back[k] = any_normal(&p);
        }
        for (size_t k = 0; k < MOST; k++)
            want[k] = before[k] = prop_double(&p, 0, 1);
        for (size_t j = 0; j < n; j++)
            for (size_t k = j; k < n; k++)
                want[j] += row[k] * back[n - 1 - (k - j)];
        for (size_t w = 0; w < n_wides; w++) {
            memcpy(got, before, sizeof(got));
            wides[w]->toeplitz(row, back, n, got);
            assert_memory_equal(got, want, n * sizeof(*got));
        }
    }
}

static void test_combinations(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = (size_t)prop_below(&p, WIDE_SIXTEEN + 1);
        double four[WIDE_SIXTEEN][WIDE_FOUR];
        double sixteen[WIDE_SIXTEEN][WIDE_SIXTEEN];
        uint64_t times[WIDE_SIXTEEN];
        double d[WIDE_SIXTEEN];
        double want[2][WIDE_SIXTEEN] = { { 0 } };

        for (size_t k = 0; k < n; k++) {
            times[k] = prop_u64(&p) >> (1 + prop_below(&p, 63));
            d[k] = prop_double(&p, -1, 1);
            for (size_t c = 0; c < WIDE_SIXTEEN; c++) {
                sixteen[k][c] = prop_double(&p, -1, 1);
                four[k][c % WIDE_FOUR] = sixteen[k][c];
            }
            for (size_t c = 0; c < WIDE_FOUR; c++)
                want[0][c] += (double)times[k] * four[k][c];
            for (size_t c = 0; c < WIDE_SIXTEEN; c++)
                want[1][c] += sixteen[k][c] * d[k];
        }
        for (size_t w = 0; w < n_wides; w++) {
            double got[2][WIDE_SIXTEEN] = { { 0 } };

            wides[w]->combine(four, times, n, got[0]);
            wides[w]->project(sixteen, d, n, got[1]);
            assert_memory_equal(got, want, sizeof(got));
        }
    }
}

/* A histogram in which means need not lie within their cells, nor sums make sense; a few comments,
 * nearly 2^62, in one cell, in none. */
static void any_histogram(struct prop *p, uint64_t *counts, int64_t *sums, size_t cells)
{
    const unsigned shift = (unsigned)(prop_below(p, 8) ? 50 + prop_below(p, 13) : 10);
    const uint64_t sparse = 1 + prop_below(p, 5);
    const bool ordered = prop_below(p, 4) > 0;
    const size_t only = prop_below(p, 6) ? cells : (size_t)prop_below(p, cells + 1);

    for (size_t i = 0; i < cells; i++) {
        const bool held = only == cells ? prop_below(p, sparse) == 0 : i == only;

        counts[i] = held ? prop_u64(p) >> shift : 0;
        sums[i] = ordered ? (int64_t)(counts[i] >> 11) * (int64_t)i : (int64_t)prop_u64(p);
        if (ordered && counts[i] >> 11 == 0)
            sums[i] = (int64_t)(counts[i] * i);
    }
}

static void same(double got, double want)
{
    assert_memory_equal(&got, &want, sizeof(got));
}

static void test_order(void **state)
{
    (void)state;
    struct prop p = prop_begin(5000);

    for (int i = 0; i < p.cases; i++) {
        const size_t cells = 1 + (size_t)prop_below(&p, CELLS);
        uint64_t counts[2][CELLS];
        int64_t sums[2][CELLS];
        struct axis_distances d;
        struct axis *o;

        any_histogram(&p, counts[0], sums[0], cells);
        any_histogram(&p, counts[1], sums[1], cells);
        if (prop_below(&p, 16) == 0)
            memcpy(counts[1], counts[0], sizeof(counts[0]));
        o = axis_new(counts[0], sums[0], cells);
        assert_non_null(o);
        d = axis_measure(o, counts[1], sums[1]);
        same(d.ks, dist_ks_cells(counts[0], counts[1], cells));
        same(d.wasserstein, dist_wasserstein_cells(counts[0], sums[0], counts[1], sums[1], cells));
        axis_free(o);
    }
}

/* The same block by both, whatever is in it. */
static void test_sweeps(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = 1 + (size_t)prop_below(&p, WIDE_BLOCK);
        struct wide_sweep s[2] = { { .m = (double)(1 + prop_below(&p, 1000)) } };

        for (size_t k = 0; k < n; k++) {
            s[0].below[k] = (double)prop_below(&p, 1000);
            s[0].count[k] = (double)prop_below(&p, 3);
            s[0].sum[k] = prop_double(&p, -1e3, 1e3);
            s[0].f[k + 1] = prop_double(&p, 0, 1);
            s[0].x[k + 1] = s[0].count[k] > 0 && prop_below(&p, 2) ? (double)NAN : (double)k;
        }
        s[1] = s[0];
        for (size_t w = 0; w < n_wides; w++)
            wides[w]->sweep(&s[w], n);
        if (n_wides == 2)
            assert_memory_equal(&s[0], &s[1], sizeof(s[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions), cmocka_unit_test(test_binomials),
        cmocka_unit_test(test_matrices),  cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_order),     cmocka_unit_test(test_sweeps),
    };

    if (!cells_have_avx2())
        print_message("# no AVX2 here: the portable loops alone\n");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
