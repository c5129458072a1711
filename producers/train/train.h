/* SPDX-License-Identifier: MIT */
/* train.h -- from labelled texts to a bundle.
 *
 *     texts --features--> rows --4 folds--> sentiment ----------> sentiment.ubj
 *        \--vectors--4 folds--> heads.tsv     | errors off-fold
 *                         |  |                 +--> error.ubj --> confidence (table),
 *                         |  |                      conformal.json
 *                         |  off-fold: features too
 *                         +--> engagement.ubj, implicitness.ubj
 *
 * With MiniLM its embeddings are a second set of vectors, with lines of their own
 * (minilm.tsv). A cascade learns from each text twice, with and without what MiniLM says
 * of it (missing), for it will see both. It asks MiniLM where the error to be expected
 * without it is above what such a share of judged texts is below that the mean comment
 * costs the budget, at MINILM_US a question: a number of the bundle, and no clock.
 *
 * A fifth of the rows (fold 0) is the test and teaches nothing. The other four
 * folds judge each other: the rounds of boosting and the errors that confidence
 * learns from come from rows that a model has not seen. The final models see all
 * four, but for that of the expected error: fold 4 calibrates it, and gives the half widths of
 * split conformal prediction (conformal.h), which speak of the model of the other three. Then the
 * bundle is loaded as any user would load it, and measured.
 *
 * Labels that the data does not have follow rules (weak supervision), and the
 * card says so:
 *
 *     engagement    0.7 x rank of |sentiment| + 0.3 x brevity (1 - characters / 280)
 *     implicitness  0.1 + 0.9 x held x (1 - said), held = |sentiment| / 0.5,
 *                   said = strongest word of the lexicon / 2, each at most 1:
 *                   an opinion that people hear and no word says */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/bundle.h"
#include "model/conformal.h"
#include "model/manifest.h"
#include "model/tables.h"
#include "producers/train/data.h"
#include "producers/train/publish.h"
#include "producers/train/shares.h"

enum { TRAIN_MEMORY_MAX = 1 << 30, MINILM_US = 1500 };

struct train_conf {
    const char *data;          /* labelled texts                          */
    const char *out;           /* folder of the bundle, made when missing */
    const char *tables;        /* folder of the word tables               */
    enum encoder_kind encoder; /* KIND_STATIC: if the tables have vectors */
    const char *minilm;        /* folder of its graph and weights; unused without */
    enum precision precision;  /* of it                                   */
    double budget_us;          /* cascade: what MiniLM may cost a comment */
    const char *name;          /* of the bundle                           */
    const char *version;
    enum split split;
    double apart; /* kindred words of the taxonomy (score/kindred.h); below 0: none */
    struct columns columns;
    const char *categories; /* facets whose shares the baseline has, with commas; NULL: none */
    const struct publish_conf *publish; /* NULL: nobody is told */
};

/* Texts as vectors. */
struct embedded {
    float *v;   /* data.n rows of dim values */
    size_t dim; /* 0: there is no such thing */
};

/* What was learnt, on its way to a bundle. */
struct training {
    const struct train_conf *conf;
    struct arena *arena;
    struct dataset data;
    struct tables tables;
    struct manifest manifest;
    struct shares shares;
    struct conformal conformal; /* of fold 4, which neither booster of confidence has seen */
    struct embedded vectors;
    struct embedded minilm;
    size_t rows;          /* data.n, or twice that: a cascade's without MiniLM first */
    float *x;             /* rows of manifest.features.n values                      */
    float *y[OUTPUT_N];   /* data.n labels; of confidence: of rows, errors off-fold  */
    double *said;         /* strength of the strongest word, 0..1      */
    int rounds[OUTPUT_N]; /* of the final models                       */
    int steps;            /* done, for the progress bar                */
};

/* How well a bundle does on the test rows. */
struct quality {
    size_t n;
    double pearson[OUTPUT_N]; /* confidence: with being near enough */
    double mae[OUTPUT_N];
    double near_enough;               /* share of sentiments within 0.25 of the truth */
    double mean_confidence;           /* which should be that share                   */
    size_t covered[CONFORMAL_LEVELS]; /* truths within the half width of conformal_levels */
    size_t clamped;
    size_t escalated; /* by a cascade, to MiniLM */
};

/* Everything from file to folder; prints what it found on stdout. ST_REJECT:
 * the data is not fit to learn from; ST_FATAL: memory, files, the library. */
MUST_USE enum status train(const struct train_conf *conf, struct err *err);

/* The steps, in this order. Each fills its part of t. */
MUST_USE enum status train_features(struct training *t, struct err *err);
/* A part of the first: takes the graph and the weights of MiniLM and asks it about every
 * text. Nothing without it. */
MUST_USE enum status train_minilm(struct training *t, struct err *err);
/* Another: lines through the vectors, heads.tsv and minilm.tsv, and their columns in the
 * data.n rows of every feature. Nothing without an encoder. */
MUST_USE enum status train_heads(struct training *t, double *all, struct err *err);
MUST_USE enum status train_models(struct training *t, struct err *err);
MUST_USE enum status train_write(struct training *t, struct quality *q, struct err *err);

/* Copies a table of a folder into the bundle, lists it and takes it into use. */
MUST_USE enum status train_take(struct training *t, const char *dir, enum bundle_table which,
                                struct err *err);

/* The same of a table that was made here. */
MUST_USE enum status train_table(struct training *t, enum bundle_table which, struct slice bytes,
                                 struct err *err);

/* Appends card.md. */
void train_card(const struct training *t, const struct quality *q, struct buf *out);

/* One step of the work is done: moves the bar when stderr is a terminal. */
void train_progress(struct training *t, const char *what);

#endif
