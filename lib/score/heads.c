/* SPDX-License-Identifier: MIT */
#include "score/heads.h"

#include <stdlib.h>
#include <string.h>

#include "score/tsv.h"

const char *const head_names[HEAD_N] = { "sentiment", "engagement", "implicitness" };

/* What each head says of one piece. */
struct says {
    double of[HEAD_N];
};

struct heads {
    struct says bias;
    struct says weight[VECTORS_DIM_MAX];
    struct says *pieces;
};

/* The head of a name; HEAD_N: there is none. */
static enum head head_find(struct slice name)
{
    enum head h = 0;

    while (h < HEAD_N && !slice_is(name, head_names[h]))
        h++;
    return h;
}

static enum status read_lines(struct heads *out, struct slice tsv, size_t dim, struct err *err)
{
    struct tsv t = tsv_over(tsv);

    while (tsv_next(&t)) {
        enum head h = t.n == 3 ? head_find(t.field[0]) : HEAD_N;
        int64_t at = 0;
        double weight;

        if (h == HEAD_N || !tsv_number(t.field[2], &weight))
            return err_set(err, ST_FATAL, "line %zu: not an output, a dimension and a weight",
                           t.line);
        if (slice_is(t.field[1], "bias")) {
            out->bias.of[h] = weight;
            continue;
        }
        if (!slice_to_int64(t.field[1], &at) || at < 0 || (size_t)at >= dim)
            return err_set(err, ST_FATAL, "line %zu: not bias or a dimension below %zu", t.line,
                           dim);
        out->weight[at].of[h] = weight;
    }
    return ST_OK;
}

static struct says line_of(const struct heads *h, const double *vector, size_t dim)
{
    struct says sum = { { 0 } };

    for (size_t i = 0; i < dim; i++) {
        for (size_t k = 0; k < HEAD_N; k++)
            sum.of[k] += vector[i] * h->weight[i].of[k];
    }
    return sum;
}

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
        h->pieces[i] = line_of(h, vector, vectors_dim(v));
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
    st = read_lines(h, tsv, vectors_dim(v), err);
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
        out[k] = h->bias.of[k] + (n > 0 ? sum.of[k] / (double)n : 0.0);
}
