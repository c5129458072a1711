/* SPDX-License-Identifier: MIT */
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "stats/special_inner.h"
#include "stats/wide.h"
#include "stats/xmath.h"

static const double half_ln_two_pi = 0x1.d67f1c864beb5p-1;

/* Below the series' least x by definition. */
double special_stirling_rest(double x)
{
    if (x < STIRLING_MIN)
        return special_lgamma(x + 1.0) - ((x + 0.5) * xlog(x) - x + half_ln_two_pi);
    return stirling_series(x);
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

double special_deviance(double x, double m)
{
    if (deviance_is_large(x, m))
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

/* Those at the ends, which the loop has no answer for, once more. */
void special_binomials(double n, const double *k, const double *p, size_t count, double *out)
{
    wide()->binomial(n, k, p, count, out);
    for (size_t i = 0; i < count; i++) {
        const bool inside = fmin(k[i], n - k[i]) >= WIDE_BINOMIAL_MIN && p[i] > 0.0 && p[i] < 1.0;

        if (!inside)
            out[i] = special_binomial(k[i], n, p[i]);
    }
}
