/* SPDX-License-Identifier: MIT */
/* The incomplete gamma functions, and what is made of them. */
#include <float.h>
#include <math.h>

#include "stats/special.h"
#include "stats/special_inner.h"
#include "stats/xmath.h"

/* x^a e^-x / Gamma(a + 1). */
static double front(double a, double x)
{
    return xexp(-special_stirling_rest(a) - special_deviance(a, x)) / sqrt(SPECIAL_TWO_PI * a);
}

/* P(a, x) = x^a e^-x / Gamma(a + 1) (1 + x/(a+1) + x^2/((a+1)(a+2)) + ...). */
static double p_series(double a, double x)
{
    double term = 1.0;
    double sum = 1.0;

    for (int i = 1; i < SPECIAL_STEPS_MAX && term > sum * DBL_EPSILON / 4; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return front(a, x) * sum;
}

/* Q(a, x) = x^a e^-x / Gamma(a) 1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- ...))). */
static double q_fraction(double a, double x)
{
    struct lentz l = lentz_begin(x + 1.0 - a);

    for (int i = 1; i < SPECIAL_STEPS_MAX; i++)
        if (lentz_step(&l, -i * (i - a), x + (2 * i + 1) - a))
            break;
    return front(a, x) * a / l.f;
}

/* Which of the two is small enough to be computed, or known without. */
static int is_below(double a, double x)
{
    return x < a + 1.0;
}

double special_gamma_p(double a, double x)
{
    if (!(a > 0.0) || !(x >= 0.0) || isinf(a))
        return (double)NAN;
    if (x == 0.0 || isinf(x))
        return x == 0.0 ? 0.0 : 1.0;
    return is_below(a, x) ? p_series(a, x) : 1.0 - q_fraction(a, x);
}

double special_gamma_q(double a, double x)
{
    if (!(a > 0.0) || !(x >= 0.0) || isinf(a))
        return (double)NAN;
    if (x == 0.0 || isinf(x))
        return x == 0.0 ? 1.0 : 0.0;
    return is_below(a, x) ? 1.0 - p_series(a, x) : q_fraction(a, x);
}

double special_chi2_sf(double x, double dof)
{
    return x < 0.0 ? 1.0 : special_gamma_q(dof / 2.0, x / 2.0);
}

/* Q(1/2, s x^2) for x >= 0, s a power of two. What x^2 loses by its rounding is
 * given back: far out, Q falls as exp(-s x^2). */
static double half_q(double x, double s)
{
    double square = x * x;

    if (!(square < DBL_MAX))
        return isnan(x) ? x : 0.0;
    return special_gamma_q(0.5, s * square) * (1.0 - s * fma(x, x, -square));
}

double special_erfc(double x)
{
    return x < 0.0 ? 2.0 - half_q(-x, 1.0) : half_q(x, 1.0);
}

double special_normal_sf(double x)
{
    return x < 0.0 ? 1.0 - 0.5 * half_q(-x, 0.5) : 0.5 * half_q(x, 0.5);
}

double special_normal_cdf(double x)
{
    return special_normal_sf(-x);
}

/* The z >= 0 with P(Z >= z) = p, 0 < p <= 1/2. Halley's steps: the error is cubed. */
static double upper_quantile(double p)
{
    const double root = sqrt(SPECIAL_TWO_PI);
    const double t = sqrt(-2.0 * xlog(p));
    double z = t - (2.30753 + 0.27061 * t) / (1.0 + t * (0.99229 + t * 0.04481));

    for (int i = 0; i < 3; i++) {
        double e = (special_normal_sf(z) - p) * root * xexp(0.5 * z * z);

        z += e / (1.0 - 0.5 * z * e);
    }
    return z;
}

double special_normal_quantile(double p)
{
    if (!(p >= 0.0 && p <= 1.0))
        return (double)NAN;
    if (p == 0.0 || p == 1.0)
        return p == 0.0 ? (double)-INFINITY : (double)INFINITY;
    return p < 0.5 ? -upper_quantile(p) : upper_quantile(1.0 - p);
}
