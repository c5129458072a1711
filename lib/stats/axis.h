/* SPDX-License-Identifier: MIT */
/* axis.h -- KS and Wasserstein against a reference that stays, of many windows.
 *
 * The same bits as dist_ks_cells() and dist_wasserstein_cells() (stats/distance.h, held together by
 * prop/wide), sooner: what follows from the reference alone is kept, what both need of a window is
 * computed once, and cells go side by side (stats/wide.h), a block at a time:
 *
 *     cells that hold something  ->  shares, means, gaps, terms  ->  the terms, added in their
 * order one by one                     side by side                    one by one
 *
 * The terms of the area between the two distributions go from point to point of the axis, which are
 * the means of the cells on both sides. They ascend from cell to cell when every mean lies within
 * its cell; where they do not, dist_wasserstein_cells() has the answer. */
#ifndef STATS_AXIS_H
#define STATS_AXIS_H

#include <stddef.h>
#include <stdint.h>

struct axis; /* immutable */

/* From a reference's counts and sums by cell, which are borrowed and must outlive it. 16 bytes a
 * cell. NULL: out of memory. O(cells). */
struct axis *axis_new(const uint64_t *counts, const int64_t *sums, size_t cells);

/* NULL is fine. */
void axis_free(struct axis *a);

struct axis_distances {
    double ks;
    double wasserstein;
};

/* Of a window with these counts and sums. NaN when a side is empty. O(cells). */
struct axis_distances axis_measure(const struct axis *a, const uint64_t *counts,
                                   const int64_t *sums);

#endif
