/* SPDX-License-Identifier: MIT */
#include "score/heads.h"

#include <stdlib.h>

_Static_assert((int)VECTORS_DIM_MAX <= (int)LINEAR_DIM_MAX, "lines for every dimension");

struct heads {
    struct linear lines;
    struct says *pieces;
};

static enum status ask_pieces(struct heads *h, const struct vectors *v, struct err *err)
{
    size_t n = vectors_n(v);
    double vector[VECTORS_DIM_MAX];

    h->pieces = calloc(n, sizeof(*h->pieces));
    if (!h->pieces)
        return err_set(err, ST_FATAL, "out of memory for heads");
    for (size_t i = 0; i < n; i++) {
        int32_t piece = (int32_t)i;

        vectors_mean(v, &piece, 1, vector);
        h->pieces[i] = linear_say(&h->lines, vector, vectors_dim(v));
    }
    return ST_OK;
}

enum status heads_new(struct slice tsv, const struct vectors *v, struct heads **out,
                      struct err *err)
{
    struct heads *h = calloc(1, sizeof(*h));
    enum status st;

    *out = NULL;
    if (!h)
        return err_set(err, ST_FATAL, "out of memory for heads");
    st = linear_read(tsv, vectors_dim(v), &h->lines, err);
    if (st == ST_OK)
        st = ask_pieces(h, v, err);
    if (st != ST_OK) {
        heads_free(h);
        return st;
    }
    *out = h;
    return ST_OK;
}

void heads_free(struct heads *h)
{
    if (!h)
        return;
    free(h->pieces);
    free(h);
}

void heads_apply(const struct heads *h, const int32_t *pieces, size_t n, double out[HEAD_N])
{
    struct says sum = { { 0 } };

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < HEAD_N; k++)
            sum.of[k] += h->pieces[pieces[i]].of[k];
    }
    for (size_t k = 0; k < HEAD_N; k++)
        out[k] = h->lines.bias.of[k] + (n > 0 ? sum.of[k] / (double)n : 0.0);
}
