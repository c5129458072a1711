/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cells_inner.h"
#include "stats/distance.h"
#include "stats/ks.h"
#include "support/prop.h"

enum { VALUES_MAX = 3000 };

/* Values of many shapes: smooth, rounded, with atoms, huge, tiny, constant. */
static size_t values(struct prop *p, double *v)
{
    size_t n = prop_below(p, VALUES_MAX);
    unsigned shape = (unsigned)prop_below(p, 6);

    if (prop_below(p, 4) == 0)
        n = prop_below(p, 20);
    for (size_t i = 0; i < n; i++) {
        double x = prop_double(p, -1, 1);

        v[i] = x;
        if (shape == 1)
            v[i] = floor(x * 5);
        else if (shape == 2)
            v[i] = x < 0.6 ? 0.0 : x;
        else if (shape == 3)
            v[i] = x * DBL_MAX;
        else if (shape == 4)
            v[i] = x < 0 ? -0.0 : DBL_TRUE_MIN * floor(x * 9);
        else if (shape == 5)
            v[i] = 42;
    }
    return n;
}

static size_t linear(const struct cells *c, double x)
{
    size_t n = 0;

    while (n < cells_n(c) - 1 && cells_edges(c)[n] <= x)
        n++;
    return n;
}

/* A value, an edge, a neighbour of an edge, or anything else. */
static double probe(struct prop *p, const struct cells *c, const double *v, size_t n)
{
    size_t edges = cells_n(c) - 1;
    uint64_t kind = prop_below(p, 4);

    if (kind == 0 && n > 0)
        return v[prop_below(p, n)];
    if (kind == 1 && edges > 0)
        return cells_edges(c)[prop_below(p, edges)];
    if (kind == 2 && edges > 0)
        return nextafter(cells_edges(c)[prop_below(p, edges)], -DBL_MAX);
    return prop_double(p, -2, 2);
}

static struct cells *build(const double *v, size_t n)
{
    struct err err = { 0 };
    struct cells *c;

    assert_int_equal(cells_build(v, n, &c, &err), ST_OK);
    return c;
}

static void test_find_is_a_linear_scan(void **state)
{
    (void)state;
    static double v[VALUES_MAX];
    struct prop p = prop_begin(400);

    for (int i = 0; i < p.cases; i++) {
        size_t n = values(&p, v);
        struct cells *c = build(v, n);
        double x[37];
        int32_t cell[37];

        for (size_t j = 0; j < 37; j++)
            x[j] = prop_below(&p, 9) == 0 ? (double)NAN : probe(&p, c, v, n);
        x[5] = (double)-INFINITY;
        x[36] = (double)INFINITY;
        cells_find_many(c, x, 37, cell);
        for (size_t j = 0; j < 37; j++) {
            int32_t want = isfinite(x[j]) ? (int32_t)linear(c, x[j]) : -1;

            assert_int_equal(cell[j], want);
            if (want >= 0)
                assert_int_equal(cells_find(c, x[j]), want);
        }
        cells_free(c);
    }
}

/* Edges of any number, near each other or far apart; some are denormal or huge. */
static struct cells *any_cells(struct prop *p)
{
    double edges[CELLS_EDGES_MAX];
    size_t n = prop_below(p, prop_below(p, 2) ? 40 : CELLS_EDGES_MAX + 1);
    double step = prop_below(p, 2) ? 0.5 : DBL_TRUE_MIN;
    double at = prop_below(p, 4) == 0 ? -DBL_MAX / 2 : -step * floor((double)n / 2);
    struct err err = { 0 };
    struct cells *c;

    for (size_t i = 0; i < n; i++) {
        edges[i] = at;
        at = fmax(at + step * (double)prop_below(p, 3), nextafter(at, (double)INFINITY));
        at = i + 2 == n && prop_below(p, 4) == 0 ? DBL_MAX : at;
    }
    assert_int_equal(cells_from_edges(edges, n, &c, &err), ST_OK);
    return c;
}

static double any_value(struct prop *p, const struct cells *c)
{
    static const double odd[] = {
        (double)NAN,   (double)INFINITY, (double)-INFINITY, -0.0,     0.0, DBL_TRUE_MIN,
        -DBL_TRUE_MIN, DBL_MIN,          DBL_MAX,           -DBL_MAX, 1.0, -1.0
    };
    double x;

    if (prop_below(p, 4) == 0)
        return odd[prop_below(p, sizeof(odd) / sizeof(odd[0]))];
    if (prop_below(p, 4) == 0) {
        uint64_t bits = prop_u64(p);

        memcpy(&x, &bits, sizeof(x));
        return x;
    }
    return probe(p, c, NULL, 0);
}

/* The two searches, by column and by row, are one; and a linear scan. */
static void test_kernels_are_the_same(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);
    const struct cells *row[9];
    double x[9];
    int32_t got[4][9];

    if (!cells_have_avx2())
        print_message("# no AVX2 here: the portable search alone\n");
    for (int i = 0; i < p.cases; i++) {
        struct cells *two[2] = { any_cells(&p), any_cells(&p) };
        size_t n = prop_below(&p, 10);

        for (size_t j = 0; j < n; j++) {
            row[j] = two[j % 2];
            x[j] = any_value(&p, row[j]);
        }
        cells_portable_many(two[0], x, n, got[0]);
        cells_portable_row(row, x, n, got[1]);
        cells_find_many(two[0], x, n, got[2]);
        cells_find_row(row, x, n, got[3]);
        for (size_t j = 0; j < n; j++) {
            assert_int_equal(got[0][j], isfinite(x[j]) ? (int32_t)linear(two[0], x[j]) : -1);
            assert_int_equal(got[1][j], isfinite(x[j]) ? (int32_t)linear(row[j], x[j]) : -1);
            assert_int_equal(got[2][j], got[0][j]);
            assert_int_equal(got[3][j], got[1][j]);
        }
        cells_free(two[0]);
        cells_free(two[1]);
    }
}

static void test_cells_hold_what_they_promise(void **state)
{
    (void)state;
    static double v[VALUES_MAX];
    struct prop p = prop_begin(400);

    for (int i = 0; i < p.cases; i++) {
        size_t n = values(&p, v);
        struct cells *c = build(v, n);
        uint64_t counts[CELLS_MAX] = { 0 };
        struct cells *again;
        struct err err = { 0 };

        assert_true(cells_n(c) <= CELLS_MAX);
        for (size_t j = 0; j < n; j++)
            counts[cells_find(c, v[j])]++;
        /* Only an atom, or a cell closed by an edge on a tie, may be heavy. */
        for (size_t j = 0; j < cells_n(c); j++)
            if (!cells_is_atom(c, j))
                assert_true((double)counts[j] <= 3.0 * (double)n / CELLS_QUANTILES + 1);
        assert_int_equal(cells_from_edges(cells_edges(c), cells_n(c) - 1, &again, &err), ST_OK);
        assert_memory_equal(cells_edges(c), cells_edges(again), (cells_n(c) - 1) * sizeof(double));
        cells_free(again);
        cells_free(c);
    }
}

/* PSI from cells is PSI from values: bins are cells put together, so counting
 * into cells and adding up is counting into bins. And the bins are as promised. */
static void test_psi_bins(void **state)
{
    (void)state;
    static double v[VALUES_MAX];
    static double w[VALUES_MAX];
    struct prop p = prop_begin(400);

    for (int i = 0; i < p.cases; i++) {
        size_t n = values(&p, v);
        size_t m = values(&p, w);
        struct cells *c = build(v, n);
        uint64_t in_v[CELLS_MAX] = { 0 };
        uint64_t in_w[CELLS_MAX] = { 0 };
        uint64_t bins_v[PSI_BINS_MAX];
        uint64_t bins_w[PSI_BINS_MAX];
        uint64_t direct[PSI_BINS_MAX] = { 0 };
        int32_t bin[CELLS_MAX];
        struct cell_run runs[CELLS_MAX];
        uint64_t below[CELLS_MAX + 1];
        size_t empty = 0;

        for (size_t j = 0; j < n; j++)
            in_v[cells_find(c, v[j])]++;
        size_t bins = cells_psi_bins(c, in_v, bin);
        assert_in_range(bins, 1, PSI_BINS_MAX);
        for (size_t j = 0; j < m; j++) {
            in_w[cells_find(c, w[j])]++;
            direct[bin[linear(c, w[j])]]++;
        }
        size_t n_runs = cells_runs(bin, cells_n(c), runs);
        cells_cumulate(in_v, cells_n(c), below);
        cells_to_bins(below, runs, n_runs, bins, bins_v);
        cells_cumulate(in_w, cells_n(c), below);
        cells_to_bins(below, runs, n_runs, bins, bins_w);
        assert_memory_equal(bins_w, direct, bins * sizeof(direct[0]));
        for (size_t j = 0; j < bins; j++)
            empty += bins_v[j] == 0 ? 1 : 0;
        assert_true(empty <= 1);
        if (n > 0 && m > 0)
            assert_true(dist_psi(bins_v, bins_w, bins) >= 0);
        cells_free(c);
    }
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* KS from cells is never above KS from values, and short of it by no more than one
 * cell holds: the gap can only be missed within a cell that is not one value. */
static void test_ks_from_cells(void **state)
{
    (void)state;
    static double v[VALUES_MAX];
    static double w[VALUES_MAX];
    struct prop p = prop_begin(400);

    for (int i = 0; i < p.cases; i++) {
        size_t n = values(&p, v);
        size_t m = values(&p, w);
        struct cells *c = build(v, n);
        uint64_t in_v[CELLS_MAX] = { 0 };
        uint64_t in_w[CELLS_MAX] = { 0 };
        double within = 0;

        for (size_t j = 0; j < n; j++)
            in_v[cells_find(c, v[j])]++;
        for (size_t j = 0; j < m; j++)
            in_w[cells_find(c, w[j])]++;
        for (size_t j = 0; n > 0 && m > 0 && j < cells_n(c); j++) {
            double most = fmax((double)in_v[j] / (double)n, (double)in_w[j] / (double)m);

            within = cells_is_atom(c, j) ? within : fmax(within, most);
        }
        qsort(v, n, sizeof(*v), by_value);
        qsort(w, m, sizeof(*w), by_value);
        double exact = ks_distance(v, n, w, m);
        double cells = dist_ks_cells(in_v, in_w, cells_n(c));
        assert_int_equal(isnan(exact), isnan(cells));
        if (!isnan(exact)) {
            assert_true(cells <= exact + 1e-12);
            assert_true(exact <= cells + within + 1e-12);
        }
        cells_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_is_a_linear_scan),
        cmocka_unit_test(test_kernels_are_the_same),
        cmocka_unit_test(test_cells_hold_what_they_promise),
        cmocka_unit_test(test_psi_bins),
        cmocka_unit_test(test_ks_from_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
