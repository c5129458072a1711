/* SPDX-License-Identifier: MIT */
/* sample.h -- what `compare` and reports say of raw values, as the tools that
 * people know say it: NumPy's quantiles, SciPy's Wasserstein, the textbook's PSI.
 *
 * A sample is sorted and, but where it says otherwise, finite; sample_sort() and
 * sample_finite() make one. Where a result is not defined (an empty side) it is NaN. */
#ifndef STATS_SAMPLE_H
#define STATS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sample {
    double *v; /* ascending, no NaN, no -0.0 */
    size_t n;
};

/* Sorts in place and makes -0.0 0.0. O(n log n). */
void sample_sort(struct sample s);

/* What is finite of a sorted sample that may hold infinities. Borrowed. O(log n). */
struct sample sample_finite(struct sample s);

/* Number of values below x. O(log n). */
size_t sample_below(struct sample s, double x);

/* Number of different values. O(n). */
size_t sample_distinct(struct sample s);

/* Standard deviation, ddof 0; scaled, so that no square overflows. O(n). */
double sample_sd(struct sample s);

/* The quantile at q in 0..1 as numpy.quantile(method="linear"). */
double sample_quantile(struct sample s, double q);

/* Walks over the different values of two samples in order; begins with the two
 * alone set. False when there is no further value. */
struct sample_walk {
    struct sample ref;
    struct sample cur;
    size_t i; /* values of ref before this one */
    size_t j;
    size_t a; /* of ref equal to this one      */
    size_t b;
    double x; /* this one                      */
};

bool sample_next(struct sample_walk *w);

/* Wasserstein-1 as scipy.stats.wasserstein_distance: the integral of |F - G|.
 * O(n + m). */
double sample_wasserstein(struct sample ref, struct sample cur);

/* The textbook PSI: edges are the unique quantiles 1/bins, 2/bins, ... of ref, a
 * value is in the bin numbered by the edges <= it, an empty share counts as 0.0001. */
double sample_psi_quantile(struct sample ref, struct sample cur, int bins);

/* How often each value of either sample is in each: room for ref.n + cur.n
 * counts on both sides; returns the number of values. O(n + m). */
size_t sample_value_counts(struct sample ref, struct sample cur, uint64_t *in_ref,
                           uint64_t *in_cur);

/* Number of different values of both together. O(n + m). */
size_t sample_distinct_both(struct sample ref, struct sample cur);

#endif
