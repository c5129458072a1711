/* SPDX-License-Identifier: MIT */
/* What is done of many side by side, beside what it is one by one: bit by bit. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "stats/axis.h"
#include "stats/cells.h"
#include "stats/distance.h"
#include "stats/ks.h"
#include "stats/special.h"
#include "stats/special_inner.h"
#include "stats/wide.h"
#include "support/prop.h"

enum { MANY = 150, CELLS = 200, WINDOWS = 20 };

static void same(double got, double want)
{
    assert_memory_equal(&got, &want, sizeof(got));
}

static double any_end(struct prop *p)
{
    static const double ends[] = { 0, -1, (double)INFINITY, (double)NAN, 5e-324, 1e-308, 1.7e308 };

    return ends[prop_below(p, sizeof(ends) / sizeof(ends[0]))];
}

/* From 1e-308 to 1e308, and what is no number there. */
static double any_size(struct prop *p)
{
    if (prop_below(p, 8) == 0)
        return any_end(p);
    return ldexp(prop_double(p, 0.5, 1), (int)prop_below(p, 2040) - 1020);
}

/* Degrees of freedom as they come from comments and videos, or none. */
static double any_dof(struct prop *p, double most)
{
    if (prop_below(p, 64) == 0)
        return any_end(p);
    return prop_below(p, 2) ? (double)(1 + prop_below(p, 40)) : prop_double(p, 0.1, most);
}

static void test_tails_of_f(void **state)
{
    (void)state;
    struct prop p = prop_begin(100);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = (size_t)prop_below(&p, MANY + 1);
        struct special_f f[MANY];
        double got[MANY];

        for (size_t k = 0; k < n; k++)
            f[k] =
                (struct special_f){ .x = prop_below(&p, 8) ? prop_double(&p, 0, 5) : any_size(&p),
                                    .dof1 = any_dof(&p, 40),
                                    .dof2 = any_dof(&p, 1e5) };
        special_f_sfs(f, n, got);
        for (size_t k = 0; k < n; k++) {
            const double want = special_f_sf(f[k].x, f[k].dof1, f[k].dof2);

            assert_true(isnan(want) ? isnan(got[k]) : got[k] == want);
        }
    }
}

static void test_parts_of_tails(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = (size_t)prop_below(&p, WIDE_BLOCK + 1);
        double x[WIDE_BLOCK];
        double m[WIDE_BLOCK];
        double got[2][WIDE_BLOCK];

        for (size_t k = 0; k < n; k++) {
            x[k] = (double)(1 + prop_below(&p, 100)) / (prop_below(&p, 2) ? 2 : 3);
            m[k] = prop_below(&p, 2) ? x[k] * prop_double(&p, 0.7, 1.4) : fabs(any_size(&p));
        }
        special_stirling_rests(x, n, got[0]);
        special_deviances(x, m, n, got[1]);
        for (size_t k = 0; k < n; k++) {
            const double far = special_deviance(x[k], m[k]);

            same(got[0][k], special_stirling_rest(x[k]));
            assert_true(isnan(far) ? isnan(got[1][k]) : got[1][k] == far);
        }
    }
}

static void test_p_of_ks(void **state)
{
    (void)state;
    struct prop p = prop_begin(30);

    for (int i = 0; i < p.cases; i++) {
        const size_t n = (size_t)prop_below(&p, MANY + 1);
        struct dist_ks ks[MANY];
        double got[MANY];

        for (size_t k = 0; k < n; k++) {
            ks[k].n = (double)prop_below(&p, UINT64_C(1) << prop_below(&p, 20));
            ks[k].m = (double)(1 + prop_below(&p, 30000));
            ks[k].d = prop_double(&p, 0.2, 2) / sqrt(fmin(ks[k].n, ks[k].m));
        }
        dist_ks_ps(ks, n, got);
        for (size_t k = 0; k < n; k++) {
            const double want = dist_ks_p(ks[k].d, ks[k].n, ks[k].m);

            assert_true(isnan(want) ? isnan(got[k]) : got[k] == want);
        }
    }
}

static void test_pairs(void **state)
{
    (void)state;
    struct prop p = prop_begin(1000);

    for (int i = 0; i < p.cases; i++) {
        static uint64_t counts[WINDOWS][2][CELLS];
        struct dist_pair pairs[WINDOWS];
        const size_t n = (size_t)prop_below(&p, WINDOWS + 1);

        for (size_t w = 0; w < n; w++) {
            const uint64_t most = prop_below(&p, 100) * prop_below(&p, 100);

            pairs[w] = (struct dist_pair){ .ref = counts[w][0],
                                           .cur = counts[w][1],
                                           .bins = 1 + (size_t)prop_below(&p, CELLS) };
            for (size_t k = 0; k < 2 * CELLS; k++)
                counts[w][k % 2][k / 2] = most > 0 ? prop_below(&p, most) : 0;
        }
        dist_pairs(pairs, n);
        for (size_t w = 0; w < n; w++) {
            const double psi = dist_psi(pairs[w].ref, pairs[w].cur, pairs[w].bins);
            const double js = dist_js(pairs[w].ref, pairs[w].cur, pairs[w].bins);

            assert_true(isnan(psi) ? isnan(pairs[w].psi) : pairs[w].psi == psi);
            assert_true(isnan(js) ? isnan(pairs[w].js) : pairs[w].js == js);
        }
    }
}

/* A histogram in which means need not lie within their cells, nor sums make sense; points first,
 * or not; a few comments, nearly 2^62, in one cell, in none. */
static void any_histogram(struct prop *p, uint64_t *counts, int64_t *sums, size_t cells)
{
    const unsigned shift = (unsigned)(prop_below(p, 8) ? 50 + prop_below(p, 13) : 10);
    const uint64_t sparse = 1 + prop_below(p, 5);
    const bool ordered = prop_below(p, 4) > 0;
    const size_t points = prop_below(p, 2) ? (size_t)prop_below(p, cells + 1) : 0;
    const size_t only = prop_below(p, 6) ? cells : (size_t)prop_below(p, cells + 1);

    for (size_t i = 0; i < cells; i++) {
        const bool held = only == cells ? prop_below(p, sparse) == 0 : i == only;

        counts[i] = held ? prop_u64(p) >> shift : 0;
        sums[i] = ordered ? (int64_t)(counts[i] >> 11) * (int64_t)i : (int64_t)prop_u64(p);
        if (i < points || (ordered && counts[i] >> 11 == 0))
            sums[i] = (int64_t)(counts[i] * i);
    }
}

/* Windows of one reference, some of which hold what it does not, on their axes all at once. */
static void test_axes(void **state)
{
    (void)state;
    struct prop p = prop_begin(1000);

    for (int i = 0; i < p.cases; i++) {
        static uint64_t counts[WINDOWS][2][CELLS];
        static int64_t sums[WINDOWS][2][CELLS];
        static uint64_t below[WINDOWS][CELLS + 1];
        const size_t n = 1 + (size_t)prop_below(&p, WINDOWS);
        struct axis_window w[WINDOWS];
        struct axis *axis[WINDOWS];
        size_t cells[WINDOWS];

        for (size_t k = 0; k < n; k++) {
            cells[k] = 1 + (size_t)prop_below(&p, CELLS);
            any_histogram(&p, counts[k][0], sums[k][0], cells[k]);
            any_histogram(&p, counts[k][1], sums[k][1], cells[k]);
            for (size_t c = 0; c < cells[k] && prop_below(&p, 8); c++) {
                counts[k][1][c] = counts[k][0][c] > 0 ? counts[k][1][c] : 0;
                sums[k][1][c] = counts[k][1][c] > 0 ? sums[k][1][c] : 0;
            }
            cells_cumulate(counts[k][1], cells[k], below[k]);
            axis[k] = axis_new(counts[k][0], sums[k][0], cells[k]);
            assert_non_null(axis[k]);
            w[k] = (struct axis_window){
                .axis = axis[k], .counts = counts[k][1], .sums = sums[k][1], .below = below[k]
            };
        }
        axis_measure(w, n);
        for (size_t k = 0; k < n; k++) {
            same(w[k].ks, dist_ks_cells(counts[k][0], counts[k][1], cells[k]));
            same(w[k].wasserstein, dist_wasserstein_cells(counts[k][0], sums[k][0], counts[k][1],
                                                          sums[k][1], cells[k]));
            axis_free(axis[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tails_of_f), cmocka_unit_test(test_parts_of_tails),
        cmocka_unit_test(test_p_of_ks),    cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_axes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
