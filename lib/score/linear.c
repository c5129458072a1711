/* SPDX-License-Identifier: MIT */
#include "score/linear.h"

#include <string.h>

#include "score/tsv.h"

const char *const head_names[HEAD_N] = { "sentiment", "engagement", "implicitness" };

/* The head of a name; HEAD_N: there is none. */
static enum head head_find(struct slice name)
{
    enum head h = 0;

    while (h < HEAD_N && !slice_is(name, head_names[h]))
        h++;
    return h;
}

enum status linear_read(struct slice tsv, size_t dim, struct linear *out, struct err *err)
{
    struct tsv t = tsv_over(tsv);

    memset(out, 0, sizeof(*out));
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

struct says linear_say(const struct linear *l, const double *vector, size_t dim)
{
    struct says sum = { { 0 } };

    for (size_t i = 0; i < dim; i++) {
        for (size_t k = 0; k < HEAD_N; k++)
            sum.of[k] += vector[i] * l->weight[i].of[k];
    }
    return sum;
}
