/* SPDX-License-Identifier: MIT */
/* spread.h -- how much more the comments of a stream vary than independent draws.
 *
 * Two causes, both learnt from the baseline, feature by feature:
 *
 * Videos. The comments of one video resemble each other. By analysis of variance
 * the covariance of the moments and groups of stats/ranks.h is split into within
 * and between videos, C = W + B, each a matrix (Searle, Casella and McCulloch
 * 1992, Variance Components, 3.6 and 11.7; negative parts cut off). The mean of n
 * comments, n_v of each video, has covariance (C + B (b - 1)) / n with
 * b = sum n_v^2 / n.
 *
 * Time. What comes together resembles each other beyond that. The sum of each
 * stretch of comments in arrival order is compared with what C and B let expect;
 * its excess is the long-run factor of each moment (batch means: Glynn and
 * Whitt 1991), counted only when it stands out of its own noise by two standard
 * errors, and then with one more on top.
 *
 * Where videos cannot be told apart B is C, the cautious answer: then a video is
 * worth one comment. */
#ifndef DRIFT_SPREAD_H
#define DRIFT_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/ranks.h"

enum {
    SPREAD_MOMENTS = RANK_MOMENTS * (RANK_MOMENTS + 1) / 2,
    SPREAD_GROUPS_MAX = RANK_GROUPS_MAX * (RANK_GROUPS_MAX + 1) / 2,
    SPREAD_BATCH_MAX = 64, /* comments of a stretch */
};

struct spread {
    bool known;                       /* whether videos could be told apart              */
    double moments[SPREAD_MOMENTS];   /* B of the moments: lower triangle, row by row     */
    double groups[SPREAD_GROUPS_MAX]; /* B of the groups, the same                        */
    double long_run[RANK_MOMENTS];    /* excess variance of each moment, 0 for none       */
};

/* Rows of a baseline in the order of arrival. All borrowed. */
struct spread_rows {
    const int32_t *cell;    /* of each row, -1: missing or infinite                  */
    const uint64_t *video;  /* of each row; NULL: not known                          */
    const size_t *by_video; /* the rows sorted by video; unused without video        */
    size_t n;
};

/* O(n SPREAD_BATCH_MAX) and O(videos groups^2). */
void spread_learn(const struct ranks *r, const struct spread_rows *rows, struct spread *out);

/* The spread of a part of the comments, of which too few videos are known to learn it: as much
 * of its variance (r: of its own ranks) lies between videos as does of the whole, icc. */
void spread_carry(const struct spread *of, double icc, const struct ranks *r, struct spread *out);

/* 1 + the largest long-run excess: so many comments are worth one. */
double spread_long_run(const struct spread *s);

/* Full matrices from what was learnt, of RANK_MOMENTS^2 and r->groups^2: a, the
 * long-run covariance of one comment, and b, that between videos. */
void spread_moments(const struct spread *s, const struct ranks *r, double *a, double *b);
void spread_groups(const struct spread *s, const struct ranks *r, double *a, double *b);

#endif
