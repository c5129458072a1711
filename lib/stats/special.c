/* SPDX-License-Identifier: MIT */
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "stats/xmath.h"

static const double two_pi = 0x1.921fb54442d18p+2;
static const double half_ln_two_pi = 0x1.d67f1c864beb5p-1;

/* ln Gamma(x + 1) - (x + 1/2) ln x + x - ln sqrt(2 pi), x > 0: what Stirling's
 * formula leaves. The Bernoulli series from 16 on; below it, by definition. */
static double stirling_rest(double x)
{
    static const double series[] = { 1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                     1.0 / 1188, -691.0 / 360360, 1.0 / 156 };
    double z = 1.0 / (x * x);
    double sum = 0.0;

    if (x < 16.0)
        return special_lgamma(x + 1.0) - ((x + 0.5) * xlog(x) - x + half_ln_two_pi);
    for (size_t i = sizeof(series) / sizeof(series[0]); i > 0; i--)
        sum = sum * z + series[i - 1];
    return sum / x;
}

double special_lgamma(double x)
{
    double shift = 1.0;

    while (x < 17.0) {
        shift *= x;
        x += 1.0;
    }
    x -= 1.0; /* ln Gamma(x + 1) from here */
    return (x + 0.5) * xlog(x) - x + half_ln_two_pi + stirling_rest(x) - xlog(shift);
}

/* x ln(x / m) + m - x: how far a count x is from its mean m, >= 0; by its series
 * where the two are close. (Loader's bd0.) */
static double deviance(double x, double m)
{
    if (fabs(x - m) >= 0.1 * (x + m))
        return x * xlog(x / m) + m - x;
    double v = (x - m) / (x + m);
    double s = (x - m) * v;
    double term = 2.0 * x * v;

    for (int j = 1; j < 1000; j++) {
        term *= v * v;
        double next = s + term / (2 * j + 1);

        if (next == s)
            break;
        s = next;
    }
    return s;
}

/* x^a e^-x / Gamma(a + 1). */
static double gamma_front(double a, double x)
{
    return xexp(-stirling_rest(a) - deviance(a, x)) / sqrt(two_pi * a);
}

enum { STEPS_MAX = 1000000 };

/* P(a, x) = x^a e^-x / Gamma(a + 1) (1 + x/(a+1) + x^2/((a+1)(a+2)) + ...). */
static double gamma_p_series(double a, double x)
{
    double term = 1.0;
    double sum = 1.0;

    for (int i = 1; i < STEPS_MAX && term > sum * DBL_EPSILON / 4; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return gamma_front(a, x) * sum;
}

/* Q(a, x) = x^a e^-x / Gamma(a) 1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- ...))),
 * by the modified Lentz method. */
static double gamma_q_fraction(double a, double x)
{
    double b = x + 1.0 - a;
    double c = 1.0 / DBL_MIN;
    double d = 1.0 / b;
    double h = d;

    for (int i = 1; i < STEPS_MAX; i++) {
        double an = -i * (i - a);

        b += 2.0;
        d = an * d + b;
        d = fabs(d) < DBL_MIN ? 1.0 / DBL_MIN : 1.0 / d;
        c = b + an / c;
        c = fabs(c) < DBL_MIN ? DBL_MIN : c;
        h *= d * c;
        if (fabs(d * c - 1.0) <= DBL_EPSILON)
            break;
    }
    return gamma_front(a, x) * a * h;
}

/* Regularised upper incomplete gamma Q(a, x), a > 0, x >= 0: the power series
 * below a + 1, Lentz's continued fraction above. (DLMF 8.11.4, 8.9.2.)
 * O(sqrt a) steps. */
static double gamma_q(double a, double x)
{
    if (isnan(x) || !(a > 0.0) || x < 0.0)
        return (double)NAN;
    if (x == 0.0)
        return 1.0;
    if (isinf(x))
        return 0.0;
    return x < a + 1.0 ? 1.0 - gamma_p_series(a, x) : gamma_q_fraction(a, x);
}

double special_chi2_sf(double x, double dof)
{
    return gamma_q(dof / 2.0, x / 2.0);
}

double special_binomial(double k, double n, double p)
{
    const double q = 1.0 - p;

    if (p <= 0.0)
        return k == 0.0 ? 1.0 : 0.0;
    if (q <= 0.0)
        return k == n ? 1.0 : 0.0;
    if (k == 0.0)
        return xexp(-deviance(n, n * q) - n * p);
    if (k == n)
        return xexp(-deviance(n, n * p) - n * q);
    double rest = stirling_rest(n) - stirling_rest(k) - stirling_rest(n - k);
    double far = deviance(k, n * p) + deviance(n - k, n * q);

    return xexp(rest - far) * sqrt(n / (two_pi * k * (n - k)));
}
