/* SPDX-License-Identifier: MIT */
/* heads.h -- what a text's vector says of each output: a straight line through its
 * dimensions, learnt by absa train. The result is a feature like any other, so that
 * boosted trees see a few numbers and not hundreds.
 *
 * A line through a mean is the mean of the line: what it says of each piece is worked
 * out once, when it is read, and a text costs an addition a piece. The table is that of
 * score/linear.h. */
#ifndef SCORE_HEADS_H
#define SCORE_HEADS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "score/linear.h"
#include "score/vectors.h"

struct heads;

/* Reads a table for these vectors; what it does not name is 0. ST_FATAL: a line that
 * is not so ("line 3: ..."), or memory. O(vectors). */
MUST_USE enum status heads_new(struct slice tsv, const struct vectors *v, struct heads **out,
                               struct err *err);
void heads_free(struct heads *h);

/* What each head says of the n pieces of a text: its bias without any. */
void heads_apply(const struct heads *h, const int32_t *pieces, size_t n, double out[HEAD_N]);

#endif
