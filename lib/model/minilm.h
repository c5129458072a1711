/* SPDX-License-Identifier: MIT */
/* minilm.h -- what MiniLM says of a text: its embedding (model/encoder.h), and a straight
 * line through it an output (score/linear.h). */
#ifndef MODEL_MINILM_H
#define MODEL_MINILM_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/encoder.h"
#include "score/linear.h"
#include "score/vectors.h"

enum { MINILM_BATCH_MAX = 256 };

struct minilm;

/* Makes one of a graph and its weights, which are copied; vectors (borrowed) cut texts into
 * pieces. It says nothing before minilm_learn(). As encoder_new(). */
MUST_USE enum status minilm_new(struct slice graph, struct slice weights, enum precision precision,
                                const struct vectors *vectors, struct minilm **out,
                                struct err *err);
void minilm_free(struct minilm *m);

size_t minilm_dim(const struct minilm *m);

/* Takes a table of lines, as linear_read(). */
MUST_USE enum status minilm_learn(struct minilm *m, struct slice tsv, struct err *err);

/* The embeddings of n <= MINILM_BATCH_MAX texts, minilm_dim() floats each; what is behind
 * ENCODER_PIECES_MAX pieces of a text is not looked at. They live until the next call. NULL
 * and *err: the library. */
const float *minilm_embed(struct minilm *m, const struct slice *texts, size_t n, struct err *err);

/* What the lines say of an embedding. */
struct says minilm_say(const struct minilm *m, const float *embedding);

#endif
