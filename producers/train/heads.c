/* SPDX-License-Identifier: MIT */
/* heads.c -- what vectors say of the labels, as features. */
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "file/file.h"
#include "producers/train/ridge.h"
#include "producers/train/train.h"
#include "score/feature.h"

#define TABLE_MAX ((size_t)1 << 20)

/* A head is known by the number of its output. */
_Static_assert((int)HEAD_SENTIMENT == OUTPUT_SENTIMENT &&
                   (int)HEAD_ENGAGEMENT == OUTPUT_ENGAGEMENT &&
                   (int)HEAD_IMPLICITNESS == OUTPUT_IMPLICITNESS,
               "heads and outputs in the same order");

/* The lines of one output: of all folds but one, and at [TEST_FOLD] of all but the
 * test. */
struct lines {
    double weight[FOLDS][LINEAR_DIM_MAX];
    double bias[FOLDS];
};

/* Vectors, the features that lines through them are, and the table that keeps the lines. */
struct source {
    const struct embedded *texts;
    const char *features[HEAD_N];
    enum bundle_table table;
};

static void sum_rows(const struct training *t, const struct embedded *texts, enum head h,
                     struct gram folds[FOLDS])
{
    for (size_t i = 0; i < t->data.n; i++) {
        int fold = t->data.v[i].fold;
        double y = (double)t->y[h][i];

        if (fold != TEST_FOLD && !isnan(y))
            gram_row(&folds[fold], texts->v + i * texts->dim, y);
    }
}

/* A line without each fold in turn; without the test, which has no sums, at last. */
static enum status fit_lines(const struct gram folds[FOLDS], struct lines *out, struct err *err)
{
    enum status st = ST_OK;

    for (int left = 0; st == ST_OK && left < FOLDS; left++) {
        struct gram sum;

        st = gram_init(&sum, folds[0].f, err);
        for (int k = 1; st == ST_OK && k < FOLDS; k++) {
            if (k != left)
                gram_add(&sum, &folds[k]);
        }
        if (st == ST_OK)
            st = ridge_solve(&sum, out->weight[left], &out->bias[left], err);
        gram_release(&sum);
    }
    return st;
}

static enum status fit_head(const struct training *t, const struct embedded *texts, enum head h,
                            struct lines *out, struct err *err)
{
    struct gram folds[FOLDS] = { { 0 } };
    enum status st = ST_OK;

    for (int k = 0; st == ST_OK && k < FOLDS; k++)
        st = gram_init(&folds[k], texts->dim, err);
    if (st == ST_OK) {
        sum_rows(t, texts, h, folds);
        st = fit_lines(folds, out, err);
    }
    for (int k = 0; k < FOLDS; k++)
        gram_release(&folds[k]);
    return st;
}

/* Each row's feature, by the line that has not seen it. */
static void fill_feature(const struct training *t, const struct source *s, enum head h,
                         const struct lines *l, double *all)
{
    const struct feature *f = feature_find(slice_str(s->features[h]));
    size_t column = (size_t)(f - feature_table);

    for (size_t i = 0; i < t->data.n; i++) {
        const float *x = s->texts->v + i * s->texts->dim;
        int fold = t->data.v[i].fold;
        double v = l->bias[fold];

        for (size_t k = 0; k < s->texts->dim; k++)
            v += (double)x[k] * l->weight[fold][k];
        all[i * feature_n + column] = fmin(f->max, fmax(f->min, v));
    }
}

static void write_head(enum head h, const struct lines *l, size_t dim, struct buf *out)
{
    buf_fmt(out, "%s\tbias\t%.17g\n", head_names[h], l->bias[TEST_FOLD]);
    for (size_t k = 0; k < dim; k++)
        buf_fmt(out, "%s\t%zu\t%.17g\n", head_names[h], k, l->weight[TEST_FOLD][k]);
}

static enum status learn_lines(struct training *t, const struct source *s, struct lines *l,
                               double *all, struct err *err)
{
    enum status st = ST_OK;
    struct buf text;

    buf_init(&text, TABLE_MAX);
    buf_str(&text, "# output, dimension of the vector (or bias), weight: learnt by absa train\n");
    for (enum head h = 0; st == ST_OK && h < HEAD_N; h++) {
        st = fit_head(t, s->texts, h, l, err);
        if (st != ST_OK)
            break;
        fill_feature(t, s, h, l, all);
        write_head(h, l, s->texts->dim, &text);
    }
    if (st == ST_OK)
        st = train_table(t, s->table, buf_slice(&text), err);
    buf_release(&text);
    return st;
}

enum status train_heads(struct training *t, double *all, struct err *err)
{
    const struct source sources[] = {
        { &t->vectors,
          { "vector_sentiment", "vector_engagement", "vector_implicitness" },
          TABLE_HEADS },
        { &t->minilm,
          { "minilm_sentiment", "minilm_engagement", "minilm_implicitness" },
          TABLE_LINES },
    };
    struct lines *l = calloc(1, sizeof(*l));
    enum status st = l ? ST_OK : err_set(err, ST_FATAL, "out of memory for training");

    for (size_t i = 0; st == ST_OK && i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (sources[i].texts->dim > 0)
            st = learn_lines(t, &sources[i], l, all, err);
    }
    free(l);
    return st;
}
