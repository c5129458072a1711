/* SPDX-License-Identifier: MIT */
/* distance.h -- how far two histograms over the same bins or cells are apart; one
 * file each (dist_*.c).
 *
 * ref is the baseline, cur the window; counts, not shares. A distance that is
 * not defined (a side is empty) is NaN, and the caller writes null and why.
 * Logarithms are natural and by our own xlog() (stats/xmath.h), since the C
 * library's differ in the last bit from CPU to CPU. Sums run from bin 0 up, so
 * that the same counts give the same bits. All are O(bins). The counts of a side
 * add up to less than 2^63 (a tally that would hold more is refused). */
#ifndef STATS_DISTANCE_H
#define STATS_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

/* Population stability index: share = (count + 0.5) / (n + B/2),
 * sum (q - p) ln(q / p) over B bins. NaN when a side is empty. */
double dist_psi(const uint64_t *ref, const uint64_t *cur, size_t bins);

/* What PSI is on average between two samples of n and m of the same
 * distribution, by their sizes alone: (B - 1)(1/n + 1/m). (Yurdakul and
 * Naranjo, Statistical properties of the population stability index, 2020.) */
double dist_psi_noise(double n, double m, size_t bins);

/* Smoothed share of bin i as dist_psi() uses it, and its term of the sum. */
double dist_share(const uint64_t *counts, size_t bins, size_t i);
double dist_psi_part(const uint64_t *ref, const uint64_t *cur, size_t bins, size_t i);

/* Kullback-Leibler divergence of cur from ref, on smoothed shares:
 * sum q ln(q / p). */
double dist_kl(const uint64_t *ref, const uint64_t *cur, size_t bins);

/* Hellinger distance on smoothed shares: sqrt(1/2 sum (sqrt p - sqrt q)^2), in
 * 0..1. The same as sqrt(1 - sum sqrt(p q)), without its cancellation near 0. */
double dist_hellinger(const uint64_t *ref, const uint64_t *cur, size_t bins);

/* Jensen-Shannon distance: the square root of the divergence, base e, on raw
 * shares (as scipy.spatial.distance.jensenshannon). */
double dist_js(const uint64_t *ref, const uint64_t *cur, size_t bins);

/* Two histograms, borrowed, and what dist_psi() and dist_js() say of them, to the bit. */
struct dist_pair {
    const uint64_t *ref;
    const uint64_t *cur;
    size_t bins;
    double psi; /* out */
    double js;  /* out */
};

/* Of n pairs side by side (stats/wide.h): sooner than one by one. */
void dist_pairs(struct dist_pair *pairs, size_t n);

/* Largest difference of raw shares. */
double dist_linf(const uint64_t *ref, const uint64_t *cur, size_t bins);

/* Pearson's chi-square test that both sides share one distribution, on the 2 x K
 * table of the bins that are not empty on both sides, with Yates' correction when
 * K = 2: as scipy.stats.chi2_contingency. With K = 1 the statistic and its K - 1
 * degrees of freedom are 0, and p is 1. */
struct chi2 {
    double stat;
    double dof;
    double p;
};

struct chi2 dist_chi2(const uint64_t *ref, const uint64_t *cur, size_t bins);
double dist_chi2_p(const uint64_t *ref, const uint64_t *cur, size_t bins);

/* Two-sided p of the z-test that two proportions, i of n and j of m, are the same,
 * with their pooled variance and no correction. 1 where nobody or everybody is
 * counted on both sides; NaN when a side is empty. */
double dist_z_p(uint64_t i, uint64_t n, uint64_t j, uint64_t m);

/* Kolmogorov-Smirnov from ordered cells: largest gap of cumulative shares. */
double dist_ks_cells(const uint64_t *ref, const uint64_t *cur, size_t cells);

/* Wasserstein-1 from ordered cells with the sum of the values of each (in the
 * same unit on both sides): each side is a point mass at the mean of each cell.
 * In that unit. The integral of |F - G| (Vallender 1974). */
double dist_wasserstein_cells(const uint64_t *ref, const int64_t *ref_sum, const uint64_t *cur,
                              const int64_t *cur_sum, size_t cells);

/* Two-sided asymptotic p of the two-sample KS distance d with (effective) sizes
 * n and m, as scipy.stats.ks_2samp(method="asymp"): the survival function of
 * Kolmogorov's two-sided statistic at round(n m / (n + m)), at least 1; see
 * stats/ks.h. NaN when d is NaN or a size is not above 0. */
double dist_ks_p(double d, double n, double m);

/* The same, to the bit, of each of count distances. */
struct dist_ks {
    double d, n, m;
};
void dist_ks_ps(const struct dist_ks *ks, size_t count, double *p);

/* Benjamini-Hochberg: q[i] of p[i], n of them; NaN in p stays NaN and is not in
 * the family. p and q do not overlap. (Benjamini and Hochberg 1995.) O(n^2). */
void dist_bh(const double *p, size_t n, double *q);

#endif
