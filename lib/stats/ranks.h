/* SPDX-License-Identifier: MIT */
/* ranks.h -- the cells of a baseline as ranks: smooth moments and even groups.
 *
 * A value's rank is the share of the baseline below its cell, and half of the
 * cell: u in 0..1. Two small summaries of a histogram follow from it.
 *
 * Moments. The means of the first four normalised Legendre polynomials of u
 * (Neyman 1937, Smooth test for goodness of fit): where the values lie, how wide,
 * how skew, how heavy at both ends. Were u uniform they would have mean 0 and
 * covariance 1; a baseline with atoms has neither, so both are taken from its
 * own cells. A feature of two values has a covariance of rank 1.
 *
 * Groups. Neighbouring cells, cut where the rank passes sixteenths, then merged
 * until each holds at least 1/32 of the baseline: the classes of Pearson's
 * chi-square, none too thin for it. */
#ifndef STATS_RANKS_H
#define STATS_RANKS_H

#include <stddef.h>
#include <stdint.h>

#include "stats/cells.h"

enum { RANK_MOMENTS = 4, RANK_GROUPS_MAX = 16, RANK_GROUP_SHARE = 32 };

struct ranks {
    size_t cells;
    size_t groups;                               /* 0: the baseline is empty                   */
    double moment[CELLS_MAX][RANK_MOMENTS];      /* of each cell, less the baseline's mean      */
    uint8_t group[CELLS_MAX];                    /* of each cell                               */
    struct cell_run run[RANK_GROUPS_MAX];        /* the same                                   */
    double share[RANK_GROUPS_MAX];               /* of the baseline in each group              */
    double cov[RANK_MOMENTS * RANK_MOMENTS];     /* of the moments                             */
    double cross[RANK_MOMENTS][RANK_GROUPS_MAX]; /* of a moment and membership in a group    */
};

/* From a baseline's counts. O(cells). */
void ranks_init(struct ranks *r, const uint64_t *counts, size_t cells);

/* Legendre's polynomials 1..4 on 0..1, normalised: integral of the square 1.
 * (DLMF 18.3, 18.7.10.) */
void ranks_legendre(double u, double out[RANK_MOMENTS]);

/* A histogram with n > 0 values, of which: */
struct ranks_window {
    const struct ranks *ranks;
    const uint64_t *counts;
    const uint64_t *below; /* the same, cells_cumulate()d */
    double n;
    double moment[RANK_MOMENTS];   /* out: means of the moments                */
    double group[RANK_GROUPS_MAX]; /* out: shares in the groups less the baseline's */
};

/* Measures each of up to RANKS_TOGETHER of them. O(cells). */
enum { RANKS_TOGETHER = 32 };
void ranks_measure(struct ranks_window *w, size_t count);

/* Covariance of memberships: share_i (i == j) - share_i share_j; groups^2. */
void ranks_group_cov(const struct ranks *r, double *out);

#endif
