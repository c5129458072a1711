/* SPDX-License-Identifier: MIT */
/* special.h -- the special functions that the tests need, on our own log and
 * exp, so that a p-value has the same bits on every CPU. (The C library's lgamma,
 * tgamma, erf, erfc, pow, expm1, log1p may differ as its log and exp do, and are
 * refused by tests/arch; sqrt, fma and the roundings are exact by IEEE 754.)
 *
 * Against SciPy (tests/unit/stats/special_table.inc) the relative error of every
 * tail, down to 1e-300, is below 1e-12 for parameters and arguments up to 1,000,
 * 1e-11 up to 20,000, 1e-10 up to 1,000,000; a parameter below 0.5 is not tested.
 * An argument without a meaning (NaN, a parameter not above 0) gives NaN.
 */
#ifndef STATS_SPECIAL_H
#define STATS_SPECIAL_H

#include <stddef.h>

/* ln Gamma(x) for x > 0: Stirling's series, after a shift to x >= 16.
 * (DLMF 5.11.1, 5.5.1.) Absolute error below 1e-14 where it is near 0. */
double special_lgamma(double x);

/* Regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P, a > 0,
 * x >= 0: the power series below a + 1 (DLMF 8.11.4), the continued fraction
 * above (DLMF 8.9.2). What is small is computed, what is near 1 is 1 less it.
 * O(sqrt a). */
double special_gamma_p(double a, double x);
double special_gamma_q(double a, double x);

/* Regularised incomplete beta function I_x(a, b), a > 0, b > 0, 0 <= x <= 1: by
 * its continued fraction on the side of the mean where that converges fast (DLMF
 * 8.17.22), the power in front as Loader's binomial. O(sqrt max(a, b)). */
double special_beta(double a, double b, double x);

/* Complementary error function: Q(1/2, x^2) for x >= 0. (DLMF 7.11.2.) */
double special_erfc(double x);

/* P(Z <= x) and P(Z >= x) of the standard normal distribution. */
double special_normal_cdf(double x);
double special_normal_sf(double x);

/* The x with P(Z <= x) = p, 0 <= p <= 1 (0 and 1 give infinities): Hastings'
 * approximation (Abramowitz and Stegun 26.2.22) and three steps of Halley's. */
double special_normal_quantile(double p);

/* P(X >= x) for chi-square with dof > 0 degrees of freedom. */
double special_chi2_sf(double x, double dof);

/* P(X >= x) for Fisher's F with dof1 and dof2 degrees of freedom; dof2 may be
 * infinite (then dof1 X is chi-square). */
double special_f_sf(double x, double dof1, double dof2);

/* The same, to the bit, of n of them side by side (stats/wide.h). */
struct special_f {
    double x, dof1, dof2;
};
void special_f_sfs(const struct special_f *f, size_t n, double *sf);

/* P(T >= t), one side, for Student's t with dof > 0 degrees of freedom. */
double special_t_sf(double t, double dof);

/* Binomial probability of k of n at p, for whole 0 <= k <= n and 0 <= p <= 1,
 * without the cancellation of log-factorials: Loader, Fast and accurate
 * computation of binomial probabilities, 2000. */
double special_binomial(double k, double n, double p);

/* The same, to the bit, of each k of n at its p. O(count). */
void special_binomials(double n, const double *k, const double *p, size_t count, double *out);

#endif
