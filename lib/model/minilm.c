/* SPDX-License-Identifier: MIT */
#include "model/minilm.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A score on one core is a score on any number: the stages scale by partitions. */
enum { THREADS = 1 };

_Static_assert((int)ENCODER_PIECES_MAX <= (int)VECTORS_PIECES_MAX, "pieces of one text");

struct minilm {
    const struct vectors *vectors;
    struct encoder *encoder;
    struct linear lines;
    struct pieces pieces[MINILM_BATCH_MAX];
    float embeddings[MINILM_BATCH_MAX * LINEAR_DIM_MAX];
};

static enum status find_piece(const struct vectors *v, const char *name, int32_t *out,
                              struct err *err)
{
    int32_t pieces[VECTORS_PIECES_MAX];

    if (vectors_pieces(v, slice_str(name), pieces) != 1)
        return err_set(err, ST_FATAL, "the vocabulary has no %s", name);
    *out = pieces[0];
    return ST_OK;
}

static enum status load(struct minilm *m, struct slice graph, struct slice weights,
                        enum precision precision, struct err *err)
{
    struct encoder_conf conf = { .precision = precision, .threads = THREADS };
    enum status st = find_piece(m->vectors, "[CLS]", &conf.start, err);

    if (st == ST_OK)
        st = find_piece(m->vectors, "[SEP]", &conf.end, err);
    return st == ST_OK ? encoder_new(graph, weights, &conf, &m->encoder, err) : st;
}

enum status minilm_new(struct slice graph, struct slice weights, enum precision precision,
                       const struct vectors *vectors, struct minilm **out, struct err *err)
{
    struct minilm *m = calloc(1, sizeof(*m));
    enum status st;

    *out = NULL;
    if (!m)
        return err_set(err, ST_FATAL, "out of memory for MiniLM");
    m->vectors = vectors;
    st = load(m, graph, weights, precision, err);
    if (st != ST_OK) {
        minilm_free(m);
        return st;
    }
    *out = m;
    return ST_OK;
}

void minilm_free(struct minilm *m)
{
    if (!m)
        return;
    encoder_free(m->encoder);
    free(m);
}

size_t minilm_dim(const struct minilm *m)
{
    return encoder_dim(m->encoder);
}

enum status minilm_learn(struct minilm *m, struct slice tsv, struct err *err)
{
    return linear_read(tsv, minilm_dim(m), &m->lines, err);
}

static void cut(const struct minilm *m, struct slice text, struct pieces *out)
{
    int32_t pieces[VECTORS_PIECES_MAX];
    size_t n = vectors_pieces(m->vectors, text, pieces);

    out->n = n < ENCODER_PIECES_MAX ? n : ENCODER_PIECES_MAX;
    memcpy(out->id, pieces, out->n * sizeof(*pieces));
}

const float *minilm_embed(struct minilm *m, const struct slice *texts, size_t n, struct err *err)
{
    assert(n <= MINILM_BATCH_MAX);
    for (size_t i = 0; i < n; i++)
        cut(m, texts[i], &m->pieces[i]);
    if (encoder_run(m->encoder, m->pieces, n, m->embeddings, err) != ST_OK)
        return NULL;
    return m->embeddings;
}

struct says minilm_say(const struct minilm *m, const float *embedding)
{
    size_t dim = minilm_dim(m);
    double vector[LINEAR_DIM_MAX];
    struct says says;

    for (size_t i = 0; i < dim; i++)
        vector[i] = (double)embedding[i];
    says = linear_say(&m->lines, vector, dim);
    for (size_t k = 0; k < HEAD_N; k++)
        says.of[k] += m->lines.bias.of[k];
    return says;
}
