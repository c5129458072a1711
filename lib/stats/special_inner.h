/* SPDX-License-Identifier: MIT */
/* special_inner.h -- what gamma, beta and binomial have in common: their powers
 * and factorials, kept apart so that nothing large cancels (Loader 2000). */
#ifndef STATS_SPECIAL_INNER_H
#define STATS_SPECIAL_INNER_H

#define SPECIAL_TWO_PI 0x1.921fb54442d18p+2

/* A continued fraction or series that has not converged by then never will. */
enum { SPECIAL_STEPS_MAX = 1000000 };

/* ln Gamma(x + 1) - (x + 1/2) ln x + x - ln sqrt(2 pi), x > 0: what Stirling's
 * formula leaves. */
double special_stirling_rest(double x);

/* x ln(x / m) + m - x for x, m > 0: how far a count x is from its mean m, >= 0. */
double special_deviance(double x, double m);

/* A step of Lentz's method (as modified by Thompson and Barnett 1986) for the
 * fraction b0 + a1/(b1 + a2/(b2 + ...)). The value so far is f. */
struct lentz {
    double c, d, f;
};

struct lentz lentz_begin(double b0);

/* Takes a_i and b_i; true when the value no longer moves. */
int lentz_step(struct lentz *l, double a, double b);

#endif
