/* SPDX-License-Identifier: MIT */
/* equal_bins.h -- NumPy's histograms: bins of equal width, and two of its rules
 * for how many (numpy.histogram_bin_edges). Evidently and NannyML count in them;
 * nothing of our own does. */
#ifndef STATS_EQUAL_BINS_H
#define STATS_EQUAL_BINS_H

#include <stdbool.h>

#include "stats/sample.h"

enum { EQUAL_BINS_MAX = 192 }; /* both rules stay below, whatever fits in memory */

/* n bins from lo to hi. A value is in the last bin whose lower edge is <= it; hi
 * itself is in the last; values outside are in none. */
struct equal_bins {
    double lo;
    double hi;
    size_t n;
};

/* Sturges: 1 + log2 n bins over lo..hi, for n values. One value alone is in a bin
 * of width 1 around it. False when hi - lo overflows. */
bool equal_bins_sturges(double lo, double hi, size_t n, struct equal_bins *out);

/* Doane: Sturges' and more for a sample that leans to one side (Doane 1976). A
 * sample of one or two values, or of equal ones, has one bin. False when s is
 * empty or its range overflows. O(n). */
bool equal_bins_doane(struct sample s, struct equal_bins *out);

/* Counts of s, b->n of them. O(bins log n). */
void equal_bins_count(const struct equal_bins *b, struct sample s, uint64_t *counts);

#endif
