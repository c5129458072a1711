/* SPDX-License-Identifier: MIT */
/* minilm.c -- the texts as MiniLM embeds them. */
#include <string.h>

#include "producers/train/train.h"

static enum status embed(struct training *t, size_t from, size_t n, struct err *err)
{
    struct slice texts[MINILM_BATCH_MAX];
    size_t dim = t->minilm.dim;

    for (size_t i = 0; i < n; i++)
        texts[i] = t->data.v[from + i].text;
    const float *embeddings = minilm_embed(t->tables.minilm, texts, n, err);
    if (!embeddings)
        return ST_FATAL;
    memcpy(t->minilm.v + from * dim, embeddings, n * dim * sizeof(*embeddings));
    return ST_OK;
}

enum status train_minilm(struct training *t, struct err *err)
{
    enum status st;

    if (t->manifest.kind < KIND_MINILM)
        return ST_OK;
    t->tables.precision = t->conf->precision;
    st = train_take(t, t->conf->minilm, TABLE_GRAPH, err);
    if (st == ST_OK)
        st = train_take(t, t->conf->minilm, TABLE_WEIGHTS, err);
    if (st != ST_OK)
        return st;
    t->minilm.dim = minilm_dim(t->tables.minilm);
    t->minilm.v = arena_array(t->arena, t->data.n * t->minilm.dim, sizeof(float));
    if (!t->minilm.v)
        return err_set(err, ST_FATAL, "out of memory for training");
    for (size_t at = 0; st == ST_OK && at < t->data.n; at += MINILM_BATCH_MAX) {
        size_t left = t->data.n - at;

        st = embed(t, at, left < MINILM_BATCH_MAX ? left : (size_t)MINILM_BATCH_MAX, err);
    }
    return st;
}
