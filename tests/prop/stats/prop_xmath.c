/* SPDX-License-Identifier: MIT */
/* Our log and exp against the long double ones of the C library. */
#include "support/check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stats/xmath.h"
#include "support/prop.h"

/* The error of got in units of want's last place. */
static double ulps(double got, long double want)
{
    double near = (double)want;
    double unit = nextafter(fabs(near), (double)INFINITY) - fabs(near);

    return (double)(fabsl((long double)got - want) / (long double)unit);
}

static void within(double (*f)(double), long double (*want)(long double), double x, double *worst)
{
    double u = ulps(f(x), want((long double)x));

    if (!(u < 1.0))
        fail_msg("at %a: %.3f ulp", x, u);
    *worst = fmax(*worst, u);
}

static void test_log_is_within_an_ulp(void **state)
{
    (void)state;
    struct prop p = prop_begin(300000);
    double worst = 0;

    for (int i = 0; i < p.cases; i++) {
        uint64_t u = prop_u64(&p) >> 1; /* any positive double */
        double x;

        memcpy(&x, &u, sizeof(x));
        if (isfinite(x) && x > 0)
            within(xlog, logl, x, &worst);
        within(xlog, logl, prop_double(&p, 0.5, 2.0), &worst);
        within(xlog, logl, 1.0 + prop_double(&p, -1e-6, 1e-6), &worst);
    }
    within(xlog, logl, DBL_TRUE_MIN, &worst);
    within(xlog, logl, DBL_MIN, &worst);
    within(xlog, logl, DBL_MAX, &worst);
    printf("# worst of log: %.3f ulp\n", worst);
}

static void test_exp_is_within_an_ulp(void **state)
{
    (void)state;
    struct prop p = prop_begin(300000);
    double worst = 0;

    for (int i = 0; i < p.cases; i++) {
        within(xexp, expl, prop_double(&p, -708.0, 709.7), &worst);
        within(xexp, expl, prop_double(&p, -745.1, -708.0), &worst);
        within(xexp, expl, prop_double(&p, -1.0, 1.0), &worst);
        within(xexp, expl, prop_double(&p, -1e-8, 1e-8), &worst);
    }
    printf("# worst of exp: %.3f ulp\n", worst);
}

static void test_the_ends(void **state)
{
    (void)state;
    assert_true(isnan(xlog(-1)) && isnan(xlog((double)NAN)) && isnan(xexp((double)NAN)));
    assert_true(isinf(xlog(0.0)) && xlog(0.0) < 0 && isinf(xlog(-0.0)));
    assert_true(isinf(xlog((double)INFINITY)));
    assert_true(xlog(1.0) == 0.0 && xexp(0.0) == 1.0);
    assert_true(isinf(xexp(709.79)) && isfinite(xexp(709.78)));
    assert_true(isinf(xexp((double)INFINITY)));
    assert_true(xexp(-745.2) == 0.0 && xexp((double)-INFINITY) == 0.0);
    assert_true(xexp(-745.13) == DBL_TRUE_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_is_within_an_ulp),
        cmocka_unit_test(test_exp_is_within_an_ulp),
        cmocka_unit_test(test_the_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
