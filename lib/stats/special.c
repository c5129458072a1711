/* SPDX-License-Identifier: MIT */
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "stats/special_inner.h"
#include "stats/wide.h"
#include "stats/xmath.h"

static const double half_ln_two_pi = 0x1.d67f1c864beb5p-1;

/* By definition. */
static double stirling_rest_small(double x)
{
    return special_lgamma(x + 1.0) - ((x + 0.5) * xlog(x) - x + half_ln_two_pi);
}

/* Below the series' least x halves, which degrees of freedom are, from a table. */
double special_stirling_rest(double x)
{
    /* stirling_rest_small() of 1/2, 1, 3/2, ... (as Loader has them) */
    static const double of_halves[] = {
        0x1.3a37a020b8aecp-3, 0x1.4c071bcda0958p-4, 0x1.c1098b28dcbfp-5, 0x1.52a9b923ea35p-5,
        0x1.0fab9626b424p-5,  0x1.c579a268d7c8p-6,  0x1.850ea113ca98p-6, 0x1.54a2662fd748p-6,
        0x1.2eea2e990eb8p-6,  0x1.10b4e513fc7p-6,   0x1.eff15b81c92p-7,  0x1.c6b167bebd2p-7,
        0x1.a3c5f8a1e6ep-7,   0x1.85d4d612e44p-7,   0x1.6bdfcc7fbd4p-7,  0x1.552805e7b2cp-7,
        0x1.411b75e40f4p-7,   0x1.2f4871b129cp-7,   0x1.1f553026fb4p-7,  0x1.10f9d4c0734p-7,
        0x1.03fc2d49c8p-7,    0x1.f0593087ffp-8,    0x1.dac773cc5ap-8,   0x1.c7018733a9p-8,
        0x1.b4d04a0672p-8,    0x1.a40514700ep-8,    0x1.947826547dp-8,   0x1.86076c002bp-8,
        0x1.789583ffc4p-8,    0x1.6c08f6f193p-8,    0x1.604b960af5p-8
    };
    const size_t at = x < STIRLING_MIN ? (size_t)(2.0 * x) : 0;

    if (!(x < STIRLING_MIN))
        return stirling_series(x);
    return at > 0 && 2.0 * x == (double)at ? of_halves[at - 1] : stirling_rest_small(x);
}

void special_stirling_rests(const double *x, size_t n, double *out)
{
    wide()->stirling(x, n, out);
    for (size_t i = 0; i < n; i++)
        if (x[i] < STIRLING_MIN)
            out[i] = special_stirling_rest(x[i]);
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

/* Those that the loop has no answer for once more. */
void special_deviances(const double *x, const double *m, size_t n, double *out)
{
    wide()->deviance(x, m, n, out);
    for (size_t i = 0; i < n; i++)
        if (!isnormal(x[i] / m[i]))
            out[i] = special_deviance(x[i], m[i]);
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
