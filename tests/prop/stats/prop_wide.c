/* SPDX-License-Identifier: MIT */
/* Loops as vectors, of any CPU and of AVX2, beside the functions of one number: bit by bit. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "stats/cells_inner.h"
#include "stats/special.h"
#include "stats/wide.h"
#include "stats/xmath.h"
#include "support/prop.h"

enum { MOST = 150, SUMS = 11 };

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

/* Sums of many vectors, of few, of none. */
static void test_combinations(void **state)
{
    (void)state;
    struct prop p = prop_begin(300);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        static double v[SUMS][MOST][WIDE_FOUR];
        static uint64_t times[SUMS][MOST];
        const size_t sums = (size_t)prop_below(&p, SUMS + 1);
        struct wide_combination c[SUMS] = { { 0 } };
        double want[SUMS][WIDE_FOUR] = { { 0 } };

        for (size_t s = 0; s < sums; s++) {
            c[s] = (struct wide_combination){ .v = v[s],
                                              .times = times[s],
                                              .n = (size_t)prop_below(&p, MOST + 1) };
            for (size_t k = 0; k < c[s].n; k++) {
                times[s][k] = prop_u64(&p) >> (1 + prop_below(&p, 63));
                for (size_t j = 0; j < WIDE_FOUR; j++) {
                    v[s][k][j] = prop_double(&p, -1, 1);
                    want[s][j] += (double)times[s][k] * v[s][k][j];
                }
            }
        }
        for (size_t w = 0; w < n_wides; w++) {
            wides[w]->combine(c, sums);
            for (size_t s = 0; s < sums; s++)
                assert_memory_equal(c[s].sum, want[s], sizeof(want[s]));
        }
    }
}

/* A difference in up to sixteen directions. */
struct directed {
    double t[WIDE_SIXTEEN][WIDE_SIXTEEN];
    double lambda[WIDE_SIXTEEN];
    double least[WIDE_SIXTEEN];
    double d[WIDE_SIXTEEN];
    struct wide_directions w;
};

static void any_directions(struct prop *p, struct directed *o)
{
    *o = (struct directed){ .w = { .n = (size_t)prop_below(p, WIDE_SIXTEEN + 1),
                                   .k = (size_t)prop_below(p, WIDE_SIXTEEN + 1),
                                   .there = prop_double(p, 0, 1000),
                                   .more = prop_double(p, 0, 10),
                                   .a = prop_double(p, 0, 1),
                                   .b = prop_double(p, 0, 1) } };
    for (size_t i = 0; i < WIDE_SIXTEEN; i++) {
        o->least[i] = i < o->w.k && prop_below(p, 8) ? prop_double(p, 0, 500) : (double)INFINITY;
        o->lambda[i] = i < o->w.k ? prop_double(p, 0, 1) : 0;
        o->d[i] = prop_double(p, -1, 1);
        for (size_t k = 0; k < WIDE_SIXTEEN; k++)
            o->t[i][k] = k < o->w.k ? prop_double(p, -1, 1) : 0;
    }
    o->w.t = (const double(*)[WIDE_SIXTEEN])o->t;
    o->w.lambda = o->lambda;
    o->w.least = o->least;
}

/* One by one. */
static struct wide_directions sum_directions(const struct directed *o, double *z)
{
    struct wide_directions w = o->w;

    for (size_t i = 0; i < w.k; i++) {
        const double var = w.a + w.b * w.lambda[i];

        z[i] = 0;
        for (size_t j = 0; j < w.n; j++)
            z[i] += o->t[j][i] * o->d[j];
        if (w.there / (1 + w.lambda[i] * w.more) < w.least[i])
            continue;
        w.taken++;
        w.statistic += z[i] * z[i] / var;
        w.excess += z[i] * z[i] - var;
    }
    return w;
}

static void test_directions(void **state)
{
    (void)state;
    struct prop p = prop_begin(3000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        struct directed o;
        double z[WIDE_SIXTEEN];

        any_directions(&p, &o);
        const struct wide_directions want = sum_directions(&o, z);
        for (size_t w = 0; w < n_wides; w++) {
            double got[WIDE_SIXTEEN];

            wides[w]->project(o.w.t, o.d, o.w.n, o.w.k, got);
            assert_memory_equal(got, z, o.w.k * sizeof(*z));
            wides[w]->directions(&o.w, o.d);
            assert_int_equal(o.w.taken, want.taken);
            assert_true(o.w.statistic == want.statistic && o.w.excess == want.excess);
        }
    }
}

static void test_sums(void **state)
{
    (void)state;
    struct prop p = prop_begin(1000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        static double term[WIDE_SUMS][WIDE_TERMS];
        const size_t most = WIDE_TERMS / WIDE_FOUR;
        const size_t n[2] = { WIDE_FOUR * (size_t)prop_below(&p, most + 1),
                              WIDE_FOUR * (size_t)prop_below(&p, most + 1) };
        double want[WIDE_SUMS] = { 0 };

        for (size_t k = 0; k < WIDE_SUMS; k++)
            for (size_t j = 0; j < WIDE_TERMS; j++) {
                term[k][j] = prop_double(&p, -1, 1);
                want[k] += j < n[k / WIDE_FOUR] ? term[k][j] : 0;
            }
        for (size_t w = 0; w < n_wides; w++) {
            double got[WIDE_SUMS] = { 0 };

            wides[w]->add((const double(*)[WIDE_TERMS])term, n, got);
            assert_memory_equal(got, want, sizeof(got));
        }
    }
}

/* Blocks of cells, whatever is in them, by both. */
static void test_sweeps(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);
    const struct wide *wides[2];
    const size_t n_wides = kinds(wides);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = WIDE_FOUR * (1 + (size_t)prop_below(&p, WIDE_BLOCK / WIDE_FOUR));
        double f[WIDE_BLOCK + 1];
        double x[WIDE_BLOCK + 1];
        uint64_t counts[2][WIDE_BLOCK];
        int64_t sum[WIDE_BLOCK];
        const struct wide_cells c = { .m = (double)(1 + prop_below(&p, 1000)),
                                      .f = f + 1,
                                      .x = x + 1,
                                      .below = counts[0],
                                      .count = counts[1],
                                      .sum = sum };
        struct wide_sweep s[2][2] = { { { .high = -1e3 } } };
        double term[2][2][WIDE_TERMS] = { { { 0 } } };

        for (size_t k = 0; k <= n; k++) {
            f[k] = prop_double(&p, 0, 1);
            x[k] = (double)k + prop_double(&p, -1, 1);
            if (k == n)
                break;
            counts[0][k] = prop_below(&p, 1000);
            counts[1][k] = prop_below(&p, 3);
            sum[k] = (int64_t)prop_below(&p, 2000) - 1000;
        }
        s[1][0] = s[0][1] = s[1][1] = s[0][0];
        for (size_t w = 0; w < n_wides; w++) {
            wides[w]->sweep(&c, &s[w][0], n, term[w][0]);
            wides[w]->sweep_points(&c, &s[w][1], n, term[w][1]);
        }
        if (n_wides < 2)
            continue;
        assert_memory_equal(s[0], s[1], sizeof(s[0]));
        assert_memory_equal(term[0], term[1], sizeof(term[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions),  cmocka_unit_test(test_binomials),
        cmocka_unit_test(test_matrices),   cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_directions), cmocka_unit_test(test_sums),
        cmocka_unit_test(test_sweeps),
    };

    if (!cells_have_avx2())
        print_message("# no AVX2 here: the portable loops alone\n");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
