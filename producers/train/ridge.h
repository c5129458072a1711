/* SPDX-License-Identifier: MIT */
/* ridge.h -- a straight line through many dimensions (ridge regression; Hoerl and
 * Kennard, 1970), from sums over the rows: sums of folds add up, so each fold can be
 * left out without reading a row again. */
#ifndef TRAIN_RIDGE_H
#define TRAIN_RIDGE_H

#include <stddef.h>

#include "base/err.h"

/* How much a weight costs, on dimensions of deviation 1. */
#define RIDGE_PENALTY 300.0

/* Sums of products of a row's values, 1 and its label, each with each. */
struct gram {
    size_t f;
    double *sum; /* (f + 2) by (f + 2), the lower triangle */
};

/* All zero. ST_FATAL: memory. */
MUST_USE enum status gram_init(struct gram *g, size_t f, struct err *err);
void gram_release(struct gram *g);

/* One more row of f values. O(f^2). */
void gram_row(struct gram *g, const float *x, double y);

/* Adds the sums of another of the same f. */
void gram_add(struct gram *g, const struct gram *other);

/* The line: f weights and a bias. A dimension that does not vary gets 0, and so does
 * all of them without rows. ST_FATAL: memory. O(f^3). */
MUST_USE enum status ridge_solve(const struct gram *g, double *weight, double *bias,
                                 struct err *err);

#endif
