/* SPDX-License-Identifier: MIT */
/* axis.h -- KS and Wasserstein against a reference that stays, of many windows.
 *
 * The same bits as dist_ks_cells() and dist_wasserstein_cells() (stats/distance.h, held together by
 * prop/together), sooner: what follows from the reference alone is kept, what both need of a window
 * is computed once, cells go side by side (stats/wide.h) a block at a time, and windows of several
 * axes too, since the terms of the area can only be added in their order:
 *
 *     cells where the reference  ->  shares, means, gaps, terms  ->  the terms of eight axes,
 *     holds something, one by one        of cells side by side           one by one, side by side
 *
 * The terms of the area between the two distributions go from point to point of the axis, which are
 * the means of the cells on both sides. They ascend from cell to cell when every mean lies within
 * its cell; where they do not, or the window holds something where the reference holds nothing,
 * dist_wasserstein_cells() has the answer. Of a cell that is but one value (an atom) the means are
 * the same, and nothing is between them. */
#ifndef STATS_AXIS_H
#define STATS_AXIS_H

#include <stddef.h>
#include <stdint.h>

struct axis; /* immutable */

/* From a reference's counts and sums by cell, which are borrowed and must outlive it. 26 bytes a
 * cell that holds something. NULL: out of memory. O(cells). */
struct axis *axis_new(const uint64_t *counts, const int64_t *sums, size_t cells);

/* NULL is fine. */
void axis_free(struct axis *a);

/* A histogram on its axis. NaN when a side is empty. */
struct axis_window {
    const struct axis *axis;
    const uint64_t *counts;
    const int64_t *sums;
    const uint64_t *below; /* counts, cells_cumulate()d */
    double ks;             /* out */
    double wasserstein;    /* out */
};

/* Measures each of n. O(cells). */
void axis_measure(struct axis_window *w, size_t n);

#endif
