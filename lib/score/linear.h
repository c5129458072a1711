/* SPDX-License-Identifier: MIT */
/* linear.h -- straight lines through the dimensions of a vector, one an output, learnt
 * by absa train.
 *
 * A table has lines of "output TAB dimension TAB weight", the dimension from 0, or
 * "bias". */
#ifndef SCORE_LINEAR_H
#define SCORE_LINEAR_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

enum head {
    HEAD_SENTIMENT,
    HEAD_ENGAGEMENT,
    HEAD_IMPLICITNESS,
    HEAD_N,
};

/* As in the table: "sentiment", ... */
extern const char *const head_names[HEAD_N];

enum { LINEAR_DIM_MAX = 384 };

/* A number for each head. */
struct says {
    double of[HEAD_N];
};

struct linear {
    struct says bias;
    struct says weight[LINEAR_DIM_MAX];
};

/* Reads a table for vectors of dim dimensions; what it does not name is 0. ST_FATAL: a
 * line that is not so ("line 3: ..."). */
MUST_USE enum status linear_read(struct slice tsv, size_t dim, struct linear *out, struct err *err);

/* What the lines say of a vector, in the order of its dimensions, without their bias. */
struct says linear_say(const struct linear *l, const double *vector, size_t dim);

#endif
