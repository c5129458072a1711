/* SPDX-License-Identifier: MIT */
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "stats/special_inner.h"
#include "stats/xmath.h"

static const double half_ln_two_pi = 0x1.d67f1c864beb5p-1;

/* The Bernoulli series from 16 on; below it, by definition. */
double special_stirling_rest(double x)
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

    if (!(x > 0.0))
        return (double)NAN;
    if (isinf(x))
        return x;
    while (x < 17.0) {
        shift *= x;
        x += 1.0;
    }
    x -= 1.0; /* ln Gamma(x + 1) from here */
    return (x + 0.5) * xlog(x) - x + half_ln_two_pi + special_stirling_rest(x) - xlog(shift);
}

/* By its series where the two are close. (Loader's bd0.) */
double special_deviance(double x, double m)
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

/* Lentz's fractions may pass through 0 and go on. */
static double nonzero(double x)
{
    return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

struct lentz lentz_begin(double b0)
{
    double f = nonzero(b0);

    return (struct lentz){ .c = f, .d = 0.0, .f = f };
}

int lentz_step(struct lentz *l, double a, double b)
{
    l->d = 1.0 / nonzero(b + a * l->d);
    l->c = nonzero(b + a / l->c);
    l->f *= l->c * l->d;
    return fabs(l->c * l->d - 1.0) <= DBL_EPSILON;
}

double special_binomial(double k, double n, double p)
{
    const double q = 1.0 - p;

    if (p <= 0.0)
        return k == 0.0 ? 1.0 : 0.0;
    if (q <= 0.0)
        return k == n ? 1.0 : 0.0;
    if (k == 0.0)
        return xexp(-special_deviance(n, n * q) - n * p);
    if (k == n)
        return xexp(-special_deviance(n, n * p) - n * q);
    double rest =
        special_stirling_rest(n) - special_stirling_rest(k) - special_stirling_rest(n - k);
    double far = special_deviance(k, n * p) + special_deviance(n - k, n * q);

    return xexp(rest - far) * sqrt(n / (SPECIAL_TWO_PI * k * (n - k)));
}
