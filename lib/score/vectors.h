/* SPDX-License-Identifier: MIT */
/* vectors.h -- what a text is about: the mean of the vectors of its pieces.
 *
 *     text --WordPiece--> pieces --a row each--> sum / n
 *
 * A row holds a byte a dimension, and a dimension's step says what one unit of it is
 * worth. So the sum is one of integers, exact in any order and on any CPU. A text
 * behind VECTORS_PIECES_MAX pieces is not looked at.
 *
 * A table is "ABSAVEC1", the number of pieces and of dimensions (uint32), the steps
 * (float32), then the rows (int8), all little-endian, for a vocabulary of as many
 * pieces (text/wordpiece.h). */
#ifndef SCORE_VECTORS_H
#define SCORE_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "text/wordpiece.h"

/* Dimensions come in blocks. */
enum { VECTORS_DIM_MAX = 256, VECTORS_BLOCK = 16, VECTORS_PIECES_MAX = 256 };

struct vectors;

/* Reads a table for a vocabulary, which is taken, also on failure. ST_FATAL: not such
 * a table, cut short, of another vocabulary, or memory. */
MUST_USE enum status vectors_new(struct slice table, struct wordpiece *vocabulary,
                                 struct vectors **out, struct err *err);
void vectors_free(struct vectors *v);

size_t vectors_dim(const struct vectors *v);

/* Rows: pieces of the vocabulary. */
size_t vectors_n(const struct vectors *v);

/* The text of a piece; borrowed. */
struct slice vectors_text(const struct vectors *v, int32_t piece);

/* The pieces of a text, at most VECTORS_PIECES_MAX, and how many there are. Allocates
 * nothing. */
size_t vectors_pieces(const struct vectors *v, struct slice text, int32_t *pieces);

/* The mean over n pieces (one of them: its vector) into out, vectors_dim() values;
 * zeros when there are none. O(pieces x dimensions). */
void vectors_mean(const struct vectors *v, const int32_t *pieces, size_t n, double *out);

#endif
