/* SPDX-License-Identifier: MIT */
/* sample.h -- what `compare` and reports say of raw values, as the tools that
 * people know say it: NumPy's quantiles, SciPy's Wasserstein, Evidently's PSI.
 *
 * A sample is sorted and finite; sample_sort() makes one. Where a result is not
 * defined (an empty side) it is NaN. */
#ifndef STATS_SAMPLE_H
#define STATS_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sample {
    double *v; /* ascending, no NaN, no infinity, no -0.0 */
    size_t n;
};

/* Sorts in place and makes -0.0 0.0. O(n log n). */
void sample_sort(struct sample s);

/* Number of values below x. O(log n). */
size_t sample_below(struct sample s, double x);

/* Number of different values. O(n). */
size_t sample_distinct(struct sample s);

/* Standard deviation, ddof 0; scaled, so that no square overflows. O(n). */
double sample_sd(struct sample s);

/* The quantile at q in 0..1 as numpy.quantile(method="linear"). */
double sample_quantile(struct sample s, double q);

/* Wasserstein-1 as scipy.stats.wasserstein_distance: the integral of |F - G|.
 * O(n + m). */
double sample_wasserstein(struct sample ref, struct sample cur);

/* The textbook PSI: edges are the unique quantiles 0.1, ..., 0.9 of ref, a value
 * is in the bin numbered by the edges <= it, an empty share counts as 0.0001. */
double sample_psi_quantile10(struct sample ref, struct sample cur);

/* PSI as Evidently 0.7.23 has it. Up to 20 distinct values in ref: a bin for each
 * value of either; else NumPy's Sturges histogram over both together, the last
 * bin closed. Empty shares as psi_evidently_counts(). ST_FATAL: memory. */
MUST_USE enum status sample_psi_evidently(struct sample ref, struct sample cur, double *psi,
                                          struct err *err);

/* The same for counts of categories. Each side's empty shares become 0.0001, or
 * a millionth of that side's least share where that one is <= 0.0001. */
double psi_evidently_counts(const uint64_t *ref, const uint64_t *cur, size_t bins);

/* How often each value of either sample is in each: room for ref.n + cur.n
 * counts on both sides; returns the number of values. O(n + m). */
size_t sample_value_counts(struct sample ref, struct sample cur, uint64_t *in_ref,
                           uint64_t *in_cur);

#endif
