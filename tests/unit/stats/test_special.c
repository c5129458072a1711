/* SPDX-License-Identifier: MIT */
/* The special functions against SciPy's, over their range and deep in the tails. */
#include "support/check.h"

#include <math.h>

#include "stats/special.h"
#include "stats/xmath.h"
#include "support/prop.h"

enum fn {
    LGAMMA,
    GAMMA_P,
    GAMMA_Q,
    CHI2_SF,
    BETA,
    F_SF,
    T_SF,
    ERFC,
    NORMAL_CDF,
    NORMAL_SF,
    NORMAL_QUANTILE,
    FUNCTIONS
};

static const struct row {
    enum fn fn;
    double x[3];
    double want;
} rows[] = {
#include "special_table.inc"
};

static double call(enum fn fn, const double *x)
{
    switch (fn) {
    case LGAMMA:
        return special_lgamma(x[0]);
    case GAMMA_P:
        return special_gamma_p(x[0], x[1]);
    case GAMMA_Q:
        return special_gamma_q(x[0], x[1]);
    case CHI2_SF:
        return special_chi2_sf(x[0], x[1]);
    case BETA:
        return special_beta(x[0], x[1], x[2]);
    case F_SF:
        return special_f_sf(x[0], x[1], x[2]);
    case T_SF:
        return special_t_sf(x[0], x[1]);
    case ERFC:
        return special_erfc(x[0]);
    case NORMAL_CDF:
        return special_normal_cdf(x[0]);
    case NORMAL_SF:
        return special_normal_sf(x[0]);
    case NORMAL_QUANTILE:
        return special_normal_quantile(x[0]);
    case FUNCTIONS:
        break;
    }
    return (double)NAN;
}

/* What special.h promises: by the largest parameter. */
static double bound(const struct row *r)
{
    double most = fmax(r->x[0], fmax(r->x[1], r->x[2]));

    if (r->fn == LGAMMA) /* its zeros are at 1 and 2 */
        return 1e-14 * fmax(1.0, fabs(r->want));
    return (most > 20000 ? 1e-10 : most > 1000 ? 1e-11 : 1e-12) * fabs(r->want);
}

static void test_as_scipy(void **state)
{
    (void)state;
    size_t n[FUNCTIONS] = { 0 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *r = &rows[i];
        double got = call(r->fn, r->x);

        if (!(fabs(got - r->want) <= bound(r)))
            fail_msg("function %d at (%.17g, %.17g, %.17g): got %.17g, want %.17g", (int)r->fn,
                     r->x[0], r->x[1], r->x[2], got, r->want);
        n[r->fn]++;
    }
    for (size_t i = 0; i < FUNCTIONS; i++)
        assert_true(n[i] >= 10);
}

static void test_the_ends(void **state)
{
    (void)state;
    const double inf = (double)INFINITY;

    assert_true(special_gamma_p(2, 0) == 0 && special_gamma_q(2, 0) == 1);
    assert_true(special_gamma_p(2, inf) == 1 && special_gamma_q(2, inf) == 0);
    assert_true(special_gamma_q(1, 800) == 0 && special_gamma_p(1, 800) == 1);
    assert_true(special_chi2_sf(-1, 3) == 1 && special_chi2_sf(0, 3) == 1);
    assert_true(special_beta(2, 3, 0) == 0 && special_beta(2, 3, 1) == 1);
    assert_true(special_f_sf(-1, 2, 3) == 1 && special_f_sf(0, 2, 3) == 1);
    assert_true(special_f_sf(inf, 2, 3) == 0 && special_f_sf(5e-324, 2, 3) == 1);
    assert_true(special_f_sf(2.5, 4, inf) == special_chi2_sf(10, 4));
    assert_true(special_t_sf(0, 5) == 0.5 && special_t_sf(inf, 5) == 0);
    assert_true(special_t_sf(-inf, 5) == 1);
    assert_true(special_erfc(inf) == 0 && special_erfc(-inf) == 2 && special_erfc(1e200) == 0);
    assert_true(special_normal_sf(inf) == 0 && special_normal_cdf(inf) == 1);
    assert_true(special_normal_cdf(-1e200) == 0);
    assert_true(isinf(special_normal_quantile(0)) && special_normal_quantile(0) < 0);
    assert_true(isinf(special_normal_quantile(1)) && special_normal_quantile(1) > 0);
    assert_true(fabs(special_normal_quantile(0.5)) < 1e-16);
    assert_true(isinf(special_lgamma(inf)));
}

static void test_no_meaning_is_nan(void **state)
{
    (void)state;
    static const double bad[] = { (double)NAN, -1.0 };

    for (size_t i = 0; i < 2; i++) {
        assert_true(isnan(special_gamma_p(bad[i], 1)) && isnan(special_gamma_p(1, bad[i])));
        assert_true(isnan(special_gamma_q(bad[i], 1)) && isnan(special_gamma_q(1, bad[i])));
        assert_true(isnan(special_beta(bad[i], 1, 0.5)) && isnan(special_beta(1, bad[i], 0.5)));
        assert_true(isnan(special_beta(1, 1, bad[i])));
        assert_true(isnan(special_f_sf(1, bad[i], 2)) && isnan(special_f_sf(1, 2, bad[i])));
        assert_true(isnan(special_t_sf(1, bad[i])) && isnan(special_chi2_sf(1, bad[i])));
        assert_true(isnan(special_lgamma(bad[i])));
        assert_true(isnan(special_normal_quantile(bad[i])));
    }
    assert_true(isnan(special_chi2_sf((double)NAN, 2)) && isnan(special_f_sf((double)NAN, 2, 2)));
    assert_true(isnan(special_t_sf((double)NAN, 2)) && isnan(special_erfc((double)NAN)));
    assert_true(isnan(special_normal_cdf((double)NAN)) && isnan(special_normal_sf((double)NAN)));
    assert_true(isnan(special_gamma_q((double)INFINITY, 1)));
    assert_true(isnan(special_beta(1, (double)INFINITY, 0.5)));
    assert_true(isnan(special_normal_quantile(1.5)) && isnan(special_beta(1, 1, 1.5)));
}

/* What is true of them whatever the numbers, away from the table's points. */
static void test_identities(void **state)
{
    (void)state;
    struct prop p = prop_begin(2000);

    for (int i = 0; i < p.cases; i++) {
        double a = xexp(prop_double(&p, -0.7, 9));
        double b = xexp(prop_double(&p, -0.7, 9));
        double x = prop_double(&p, 0, 1);
        double z = prop_double(&p, -8, 8);

        assert_true(fabs(special_beta(a, b, x) + special_beta(b, a, 1 - x) - 1) < 1e-11);
        assert_true(fabs(special_gamma_p(a, a * x) + special_gamma_q(a, a * x) - 1) < 1e-14);
        assert_true(special_chi2_sf(a, 2) - xexp(-a / 2) <= 1e-12 * xexp(-a / 2));
        assert_true(special_f_sf(b, a, a) - special_f_sf(b * 1.01, a, a) > -1e-14);
        assert_true(fabs(special_normal_quantile(special_normal_cdf(z)) - z) <
                    1e-13 / special_normal_sf(fabs(z)));
        assert_true(fabs(special_t_sf(z, a) + special_t_sf(-z, a) - 1) < 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_scipy),
        cmocka_unit_test(test_the_ends),
        cmocka_unit_test(test_no_meaning_is_nan),
        cmocka_unit_test(test_identities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
