/* SPDX-License-Identifier: MIT */
/* special.h -- the special functions that the tests need, on our own log and
 * exp, so that a p-value has the same bits on every CPU. Relative error below
 * 1e-12 for arguments up to 1e6 (measured in tests/unit against known values). */
#ifndef STATS_SPECIAL_H
#define STATS_SPECIAL_H

/* ln Gamma(x) for x > 0: Stirling's series, after a shift to x >= 16.
 * (DLMF 5.11.1, 5.5.1.) */
double special_lgamma(double x);

/* P(X >= x) for chi-square with dof > 0 degrees of freedom. */
double special_chi2_sf(double x, double dof);

/* Binomial probability of k of n at p, for whole 0 <= k <= n and 0 <= p <= 1,
 * without the cancellation of log-factorials: Loader, Fast and accurate
 * computation of binomial probabilities, 2000. */
double special_binomial(double k, double n, double p);

#endif
