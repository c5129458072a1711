/* SPDX-License-Identifier: MIT */
/* special_inner.h -- what gamma, beta and binomial have in common: their powers
 * and factorials, kept apart so that nothing large cancels (Loader 2000). */
#ifndef STATS_SPECIAL_INNER_H
#define STATS_SPECIAL_INNER_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define SPECIAL_TWO_PI 0x1.921fb54442d18p+2

/* A continued fraction or series that has not converged by then never will. */
enum { SPECIAL_STEPS_MAX = 1000000 };

/* ln Gamma(x + 1) - (x + 1/2) ln x + x - ln sqrt(2 pi), x > 0: what Stirling's
 * formula leaves. */
double special_stirling_rest(double x);

/* The same, to the bit, of each of n. */
void special_stirling_rests(const double *x, size_t n, double *out);

/* The Bernoulli series of it, from STIRLING_MIN on. */
#define STIRLING_MIN 16.0

static inline double stirling_series(double x)
{
    static const double series[] = { 1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                     1.0 / 1188, -691.0 / 360360, 1.0 / 156 };
    const double z = 1.0 / (x * x);
    double sum = 0.0;

    for (size_t i = sizeof(series) / sizeof(series[0]); i > 0; i--)
        sum = sum * z + series[i - 1];
    return sum / x;
}

/* x ln(x / m) + m - x for x, m > 0: how far a count x is from its mean m, >= 0. */
double special_deviance(double x, double m);

/* The same, to the bit, of each of n, at most WIDE_BLOCK of stats/wide.h; out is none of both. */
void special_deviances(const double *x, const double *m, size_t n, double *out);

/* Whether it is so far that it is computed as it stands, else by its series where the two are
 * close. (Loader's bd0.) */
static inline bool deviance_is_large(double x, double m)
{
    return fabs(x - m) >= 0.1 * (x + m);
}

/* A step of Lentz's method (as modified by Thompson and Barnett 1986) for the
 * fraction b0 + a1/(b1 + a2/(b2 + ...)). The value so far is f. */
struct lentz {
    double c, d, f;
};

struct lentz lentz_begin(double b0);

/* Takes a_i and b_i; true when the value no longer moves. */
int lentz_step(struct lentz *l, double a, double b);

#endif
