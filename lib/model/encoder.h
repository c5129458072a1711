/* SPDX-License-Identifier: MIT */
/* encoder.h -- a transformer as OpenVINO runs it: the pieces of texts to embeddings.
 *
 *     pieces --[start] ... [end], padded--> 8 rows of one length --graph--> 8 embeddings
 *
 * A text's embedding does not depend on its neighbours, on its place among them or on the
 * number of threads: its own length says which of a few lengths it is padded to, a batch is
 * always ENCODER_BATCH rows, filled up with empty ones, and each row of it goes through
 * the same sums (docs/adr/0046). It does depend on the CPU: other vector units round
 * otherwise.
 *
 * A graph takes "input_ids" and "attention_mask" (batch x length, int32) and gives the
 * embeddings (batch x dimensions, float32) as its first output. */
#ifndef MODEL_ENCODER_H
#define MODEL_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum precision {
    PRECISION_F32,
    PRECISION_BF16, /* a CPU that has no bfloat16 refuses */
    PRECISION_INT8, /* what the graph has no bytes for is f32 */
    PRECISION_N,
};

/* "f32", ... */
extern const char *const precision_names[PRECISION_N];

enum { ENCODER_BATCH = 8, ENCODER_LENGTH_MAX = 128, ENCODER_PIECES_MAX = ENCODER_LENGTH_MAX - 2 };

/* A text: start and end are not among its pieces. */
struct pieces {
    int32_t id[ENCODER_PIECES_MAX];
    size_t n;
};

struct encoder_conf {
    enum precision precision;
    int threads;
    int32_t start, end; /* the pieces [CLS] and [SEP] */
};

struct encoder;

/* Reads a graph (XML) and its weights, which are copied, and tries it. ST_FATAL: OpenVINO
 * is not here, or it or the trial refuses: cut short, other inputs, another shape. */
MUST_USE enum status encoder_new(struct slice graph, struct slice weights,
                                 const struct encoder_conf *conf, struct encoder **out,
                                 struct err *err);
void encoder_free(struct encoder *e);

size_t encoder_dim(const struct encoder *e);

/* The embeddings of n texts, encoder_dim() floats each. ST_FATAL: the library. */
MUST_USE enum status encoder_run(struct encoder *e, const struct pieces *texts, size_t n,
                                 float *out, struct err *err);

#endif
