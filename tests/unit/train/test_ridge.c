/* SPDX-License-Identifier: MIT */
/* A line is found again through the noise that was added to it, and sums of parts are
 * the sum. */
#include "support/check.h"

#include <math.h>

#include "producers/train/ridge.h"
#include "support/prop.h"

enum { F = 6, ROWS = 20000 };

/* y = 3 x0 - 2 x1 + 5; x2 is x0 again, x3 never changes, x4 and x5 say nothing. */
static double row(struct prop *p, float x[F])
{
    for (size_t k = 0; k < F; k++)
        x[k] = (float)(prop_below(p, 2001)) / 1000.0F - 1.0F;
    x[2] = x[0];
    x[3] = 7.0F;
    return 3.0 * (double)x[0] - 2.0 * (double)x[1] + 5.0;
}

static void fill(struct gram *g, uint64_t seed, int rows)
{
    struct prop p = { .state = seed };
    float x[F];

    for (int i = 0; i < rows; i++) {
        double y = row(&p, x);

        gram_row(g, x, y);
    }
}

static void a_line_is_found_again(void **state)
{
    struct gram g;
    struct err err = { 0 };
    double w[F];
    double bias;

    (void)state;
    assert_int_equal(gram_init(&g, F, &err), ST_OK);
    fill(&g, 1, ROWS);
    assert_int_equal(ridge_solve(&g, w, &bias, &err), ST_OK);
    assert_true(fabs(w[0] + w[2] - 3.0) < 0.1 && fabs(w[0] - w[2]) < 1e-6);
    assert_true(fabs(w[1] + 2.0) < 0.1);
    assert_true(w[3] == 0.0 && fabs(w[4]) < 0.05 && fabs(w[5]) < 0.05);
    assert_true(fabs(bias - 5.0) < 0.05);
    gram_release(&g);
}

static void sums_of_parts_are_the_sum(void **state)
{
    struct gram whole;
    struct gram part;
    struct err err = { 0 };
    double w[2][F];
    double bias[2];

    (void)state;
    assert_int_equal(gram_init(&whole, F, &err), ST_OK);
    assert_int_equal(gram_init(&part, F, &err), ST_OK);
    fill(&whole, 1, 300);
    fill(&part, 2, 200);
    gram_add(&part, &whole);
    fill(&whole, 2, 200);
    assert_int_equal(ridge_solve(&whole, w[0], &bias[0], &err), ST_OK);
    assert_int_equal(ridge_solve(&part, w[1], &bias[1], &err), ST_OK);
    assert_true(fabs(bias[0] - bias[1]) < 1e-9);
    for (size_t k = 0; k < F; k++)
        assert_true(fabs(w[0][k] - w[1][k]) < 1e-9);
    gram_release(&whole);
    gram_release(&part);
}

static void without_rows_it_says_nothing(void **state)
{
    struct gram g;
    struct err err = { 0 };
    double w[F];
    double bias;

    (void)state;
    assert_int_equal(gram_init(&g, F, &err), ST_OK);
    assert_int_equal(ridge_solve(&g, w, &bias, &err), ST_OK);
    for (size_t k = 0; k < F; k++)
        assert_true(w[k] == 0.0);
    assert_true(bias == 0.0);
    gram_release(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_found_again),
        cmocka_unit_test(sums_of_parts_are_the_sum),
        cmocka_unit_test(without_rows_it_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
