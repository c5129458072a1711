/* SPDX-License-Identifier: MIT */
/* ks.h -- the two-sample Kolmogorov-Smirnov test, as scipy.stats.ks_2samp. */
#ifndef STATS_KS_H
#define STATS_KS_H

#include <stddef.h>

/* Beyond this size on either side ks_2samp's "auto" takes the asymptotic p. */
enum { KS_EXACT_MAX = 10000 };

/* The largest gap of the two empirical distributions. Both samples sorted, no
 * NaN; equal values step together. NaN when a side is empty. O(n + m). */
double ks_distance(const double *ref, size_t n, const double *cur, size_t m);

/* P(D >= d) for two samples of n and m without ties from one distribution, d as
 * ks_distance() gives it: the share of lattice paths from (0, 0) to (n, m) that
 * leave the strip |x/n - y/m| < d. (Hodges 1958; Kim and Jennrich 1973.) NaN when
 * out of memory. O(n m) time at worst, O(min(n, m)) memory. */
double ks_exact_p(double d, size_t n, size_t m);

/* P(D_n >= d) of Kolmogorov's two-sided one-sample statistic, whole n >= 1; the
 * method of Simard and L'Ecuyer (2011), Computing the two-sided Kolmogorov-
 * Smirnov distribution, by regions of n and d as scipy.stats.kstwo has them.
 * 0 for d >= 1. Absolute error below 1e-10 against scipy. */
double ks_kolmogorov_sf(double n, double d);

/* The same, to the bit, of each of count. */
void ks_kolmogorov_sfs(const double *n, const double *d, size_t count, double *sf);

/* p of d as ks_2samp(method="auto"): exact up to KS_EXACT_MAX, else asymptotic. */
double ks_auto_p(double d, size_t n, size_t m);

#endif
