/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <float.h>
#include <math.h>

#include "stats/cells.h"

static struct cells *must_build(const double *v, size_t n)
{
    struct err err = { 0 };
    struct cells *c = NULL;

    assert_int_equal(cells_build(v, n, &c, &err), ST_OK);
    assert_non_null(c);
    return c;
}

static void test_nothing_is_one_cell(void **state)
{
    (void)state;
    struct cells *c = must_build(NULL, 0);
    uint64_t counts[1] = { 0 };
    int32_t bin[1] = { -7 };

    assert_int_equal(cells_n(c), 1);
    assert_int_equal(cells_find(c, 3.0), 0);
    assert_false(cells_is_atom(c, 0));
    assert_int_equal(cells_psi_bins(c, counts, bin), 1);
    assert_int_equal(bin[0], 0);
    cells_free(c);
    cells_free(NULL);
}

static void test_a_constant_is_an_atom(void **state)
{
    (void)state;
    const double v[3] = { 3.5, 3.5, 3.5 };
    const uint64_t counts[3] = { 0, 3, 0 };
    int32_t bin[3];
    struct cells *c = must_build(v, 3);

    assert_int_equal(cells_n(c), 3);
    assert_true(cells_is_atom(c, 1));
    assert_false(cells_is_atom(c, 0));
    assert_false(cells_is_atom(c, 2));
    assert_int_equal(cells_find(c, nextafter(3.5, 0)), 0);
    assert_int_equal(cells_find(c, 3.5), 1);
    assert_int_equal(cells_find(c, nextafter(3.5, 9)), 2);
    /* What was never seen, below or above, is one bin. */
    assert_int_equal(cells_psi_bins(c, counts, bin), 2);
    assert_int_equal(bin[0], 0);
    assert_int_equal(bin[1], 1);
    assert_int_equal(bin[2], 0);
    cells_free(c);
}

static void test_zeros_of_both_signs_are_one_value(void **state)
{
    (void)state;
    const double v[4] = { -0.0, 0.0, -0.0, 0.0 };
    struct cells *c = must_build(v, 4);

    assert_int_equal(cells_n(c), 3);
    assert_false(signbit(cells_edges(c)[0]));
    assert_int_equal(cells_find(c, -0.0), 1);
    assert_int_equal(cells_find(c, 0.0), 1);
    assert_int_equal(cells_find(c, DBL_TRUE_MIN), 2);
    assert_int_equal(cells_find(c, -DBL_TRUE_MIN), 0);
    cells_free(c);
}

static void test_the_ends_of_the_line(void **state)
{
    (void)state;
    const double v[2] = { -DBL_MAX, DBL_MAX };
    const double x[5] = { (double)NAN, (double)INFINITY, (double)-INFINITY, DBL_MAX, -DBL_MAX };
    int32_t cell[5];
    struct cells *c = must_build(v, 2);

    assert_int_equal(cells_n(c), 4);
    assert_true(cells_is_atom(c, 1));
    assert_true(cells_is_atom(c, 3)); /* nothing above DBL_MAX */
    cells_find_many(c, x, 5, cell);
    assert_int_equal(cell[0], -1);
    assert_int_equal(cell[1], -1);
    assert_int_equal(cell[2], -1);
    assert_int_equal(cell[3], 3);
    assert_int_equal(cell[4], 1);
    cells_free(c);
}

static void test_edges_are_checked(void **state)
{
    (void)state;
    static const double many[CELLS_EDGES_MAX + 1] = { 0 };
    const double equal[2] = { 1, 1 };
    const double down[2] = { 2, 1 };
    const double nan[1] = { (double)NAN };
    const double inf[1] = { (double)INFINITY };
    struct err err = { 0 };
    struct cells *c;

    assert_int_equal(cells_from_edges(equal, 2, &c, &err), ST_REJECT);
    assert_null(c);
    assert_int_equal(cells_from_edges(down, 2, &c, &err), ST_REJECT);
    assert_string_equal(err.msg, "edge 1 (1) is not above 2");
    assert_int_equal(cells_from_edges(nan, 1, &c, &err), ST_REJECT);
    assert_int_equal(cells_from_edges(inf, 1, &c, &err), ST_REJECT);
    assert_int_equal(cells_from_edges(many, CELLS_EDGES_MAX + 1, &c, &err), ST_REJECT);
    assert_int_equal(cells_build(inf, 1, &c, &err), ST_REJECT);
}

static void test_as_many_edges_as_there_can_be(void **state)
{
    (void)state;
    double edges[CELLS_EDGES_MAX];
    struct err err = { 0 };
    struct cells *c;

    for (size_t i = 0; i < CELLS_EDGES_MAX; i++)
        edges[i] = (double)i;
    assert_int_equal(cells_from_edges(edges, CELLS_EDGES_MAX, &c, &err), ST_OK);
    assert_int_equal(cells_n(c), CELLS_MAX);
    for (size_t i = 0; i < CELLS_EDGES_MAX; i++)
        assert_int_equal(cells_find(c, (double)i), i + 1);
    assert_int_equal(cells_find(c, -1), 0);
    assert_int_equal(cells_find(c, 1e9), CELLS_EDGES_MAX);
    cells_free(c);
}

/* 80 % zeros and 1, 2, ..., 1000: the zero is a bin, the rest ten bins. */
static void test_zero_inflated(void **state)
{
    (void)state;
    static double v[5000];
    uint64_t counts[CELLS_MAX] = { 0 };
    uint64_t bins[PSI_BINS_MAX];
    int32_t bin[CELLS_MAX];
    struct cell_run runs[CELLS_MAX];
    uint64_t below[CELLS_MAX + 1];

    for (size_t i = 0; i < 1000; i++)
        v[i] = (double)(i + 1);
    struct cells *c = must_build(v, 5000);
    for (size_t i = 0; i < 5000; i++)
        counts[cells_find(c, v[i])]++;
    size_t n = cells_psi_bins(c, counts, bin);
    assert_int_equal(n, 11);
    cells_cumulate(counts, cells_n(c), below);
    cells_to_bins(below, runs, cells_runs(bin, cells_n(c), runs), n, bins);
    assert_int_equal(bin[cells_find(c, 0.0)], 1); /* below zero comes first */
    assert_int_equal(bins[1], 4000);
    for (size_t i = 0; i < n; i++)
        if (i != 1)
            assert_in_range(bins[i], 80, 120);
    /* Between the zero and 1 nothing was ever seen: it joins the least values. */
    assert_int_equal(bin[cells_find(c, 0.5)], bin[cells_find(c, 1.0)]);
    assert_int_equal(bin[cells_find(c, -1.0)], bin[cells_find(c, 1.0)]);
    cells_free(c);
}

/* Ten values of a tenth each leave no mass to the rest. */
static void test_ten_atoms_of_a_tenth(void **state)
{
    (void)state;
    double v[100];
    uint64_t counts[CELLS_MAX] = { 0 };
    int32_t bin[CELLS_MAX];

    for (size_t i = 0; i < 100; i++)
        v[i] = (double)(i % 10);
    struct cells *c = must_build(v, 100);
    for (size_t i = 0; i < 100; i++)
        counts[cells_find(c, v[i])]++;
    assert_int_equal(cells_psi_bins(c, counts, bin), 11);
    assert_int_equal(bin[cells_find(c, 0.5)], bin[cells_find(c, -1)]);
    assert_int_equal(bin[cells_find(c, 0.5)], bin[cells_find(c, 99)]);
    cells_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_one_cell),
        cmocka_unit_test(test_a_constant_is_an_atom),
        cmocka_unit_test(test_zeros_of_both_signs_are_one_value),
        cmocka_unit_test(test_the_ends_of_the_line),
        cmocka_unit_test(test_edges_are_checked),
        cmocka_unit_test(test_as_many_edges_as_there_can_be),
        cmocka_unit_test(test_zero_inflated),
        cmocka_unit_test(test_ten_atoms_of_a_tenth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
