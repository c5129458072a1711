/* SPDX-License-Identifier: MIT */
/* The incomplete beta function, and what is made of it. */
#include <float.h>
#include <math.h>

#include "stats/special.h"
#include "stats/special_inner.h"
#include "stats/xmath.h"

/* Both tails, so that the small one is never 1 less the large one. */
struct tails {
    double lower; /* I_x(a, b)     */
    double upper; /* 1 - I_x(a, b) */
};

/* x^a (1-x)^b / B(a, b), 0 < x <= 1/2: with n = a + b
 *
 *     sqrt(a b / (2 pi n)) exp(rest(n) - rest(a) - rest(b) - D(a, n x) - D(b, n y))
 *
 * where y is 1 - x as a double, and lost what it is short of it: that much of y^b
 * is given back. */
static double front(double a, double b, double x)
{
    const double n = a + b;
    const double y = 1.0 - x;
    const double lost = (1.0 - y) - x;
    double rest = special_stirling_rest(n) - special_stirling_rest(a) - special_stirling_rest(b);
    double far = special_deviance(a, n * x) + special_deviance(b, n * y);

    return xexp(rest - far + lost * (b / y - n)) * sqrt(a * (b / n) / SPECIAL_TWO_PI);
}

/* 1 + d1/(1 + d2/(1 + ...)) with
 *
 *     d(2m) = m (b-m) x / ((a+2m-1) (a+2m))
 *     d(2m+1) = -(a+m) (a+b+m) x / ((a+2m) (a+2m+1)) */
static double fraction(double a, double b, double x)
{
    struct lentz l = lentz_begin(1.0);

    for (int m = 0; m < SPECIAL_STEPS_MAX; m++) {
        const double at = a + 2 * m;

        if (m > 0)
            (void)lentz_step(&l, m * (b - m) * x / ((at - 1.0) * at), 1.0);
        if (lentz_step(&l, -(a + m) * (a + b + m) * x / (at * (at + 1.0)), 1.0))
            break;
    }
    return l.f;
}

/* 0 < x <= 1/2. */
static struct tails tails_of(double a, double b, double x)
{
    if (x < (a + 1.0) / (a + b + 2.0)) {
        double lower = front(a, b, x) / (a * fraction(a, b, x));

        return (struct tails){ lower, 1.0 - lower };
    }
    double upper = front(a, b, x) / (b * fraction(b, a, 1.0 - x));

    return (struct tails){ 1.0 - upper, upper };
}

static int are_shapes(double a, double b)
{
    return a > 0.0 && b > 0.0 && isfinite(a) && isfinite(b);
}

double special_beta(double a, double b, double x)
{
    if (!are_shapes(a, b) || !(x >= 0.0 && x <= 1.0))
        return (double)NAN;
    if (x == 0.0 || x == 1.0)
        return x;
    return x <= 0.5 ? tails_of(a, b, x).lower : tails_of(b, a, 1.0 - x).upper;
}

/* 1 - I_x(a, b) at x = u / (u + v), u > 0, v > 0: by the one of x and 1 - x that
 * is small, without the rounding of the other. */
static double upper_at(double a, double b, double u, double v)
{
    return u <= v ? tails_of(a, b, u / (u + v)).upper : tails_of(b, a, v / (u + v)).lower;
}

double special_f_sf(double x, double dof1, double dof2)
{
    if (isnan(x) || !(dof1 > 0.0) || !(dof2 > 0.0) || isinf(dof1))
        return (double)NAN;
    if (isinf(dof2))
        return special_chi2_sf(dof1 * x, dof1);
    if (x <= 0.0 || dof1 * x == 0.0)
        return 1.0;
    if (isinf(dof1 * x) || dof2 / (dof1 * x) == 0.0)
        return 0.0;
    return upper_at(dof1 / 2.0, dof2 / 2.0, dof1 * x, dof2);
}

double special_t_sf(double t, double dof)
{
    if (isnan(t) || !(dof > 0.0))
        return (double)NAN;
    double one_side = 0.5 * special_f_sf(t * t, 1.0, dof);

    return t < 0.0 ? 1.0 - one_side : one_side;
}
