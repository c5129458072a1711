/* SPDX-License-Identifier: MIT */
/* models.c -- rows in, four boosters and a calibration out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "file/file.h"
#include "producers/train/calibrate.h"
#include "producers/train/fit.h"
#include "producers/train/train.h"

static const char *const booster_files[OUTPUT_N] = { "sentiment.ubj", "engagement.ubj",
                                                     "implicitness.ubj", "error.ubj" };

/* Which folds a set of rows takes, as bits. */
enum { ALL_BUT_TEST = 0x1E, LAST_FOLD = 4 };

/* Copies the rows of some folds. Their x and y are the caller's to free. */
static enum status pick(const struct training *t, enum output o, unsigned folds, struct rows *out,
                        struct err *err)
{
    size_t f = t->manifest.features.n;

    *out = (struct rows){ .f = f };
    out->x = calloc(t->rows * f, sizeof(float));
    out->y = calloc(t->rows, sizeof(float));
    if (!out->x || !out->y)
        return err_set(err, ST_FATAL, "out of memory for training");
    for (size_t i = 0; i < t->rows; i++) {
        size_t text = i % t->data.n;
        float y = t->y[o][o == OUTPUT_CONFIDENCE ? i : text];

        if (!(folds >> t->data.v[text].fold & 1U) || isnan(y))
            continue;
        for (size_t k = 0; k < f; k++)
            out->x[out->n * f + k] = t->x[i * f + k];
        out->y[out->n++] = y;
    }
    return ST_OK;
}

static void release(struct rows *r)
{
    free(r->x);
    free(r->y);
}

/* A model that is judged by a fold that it has not seen. */
struct trial {
    struct rows train, judge;
    float *predicted; /* of judge */
    int rounds;
};

static void trial_release(struct trial *trial)
{
    release(&trial->train);
    release(&trial->judge);
    free(trial->predicted);
}

static enum status trial_run(const struct training *t, enum output o, int fold, struct trial *trial,
                             struct err *err)
{
    unsigned held = 1U << fold;
    enum status st = pick(t, o, ALL_BUT_TEST & ~held, &trial->train, err);

    trial->judge = (struct rows){ 0 };
    trial->predicted = NULL;
    if (st == ST_OK)
        st = pick(t, o, held, &trial->judge, err);
    if (st == ST_OK && (trial->train.n == 0 || trial->judge.n == 0))
        st = err_set(err, ST_REJECT, "too few labels of %s: a fold has none", output_table[o].name);
    if (st == ST_OK) {
        trial->predicted = calloc(trial->judge.n, sizeof(float));
        st = trial->predicted ? fit_stop_early(&trial->train, &trial->judge, &trial->rounds,
                                               trial->predicted, err)
                              : err_set(err, ST_FATAL, "out of memory for training");
    }
    return st;
}

/* Lists a file that was written in the manifest, as the output's booster. */
static enum status list_booster(struct training *t, enum output o, const char *path,
                                struct err *err)
{
    struct manifest_file *f = &t->manifest.files[t->manifest.n_files++];
    char hex[SHA256_HEX_LEN + 1];
    struct buf bytes;
    enum status st;

    buf_init(&bytes, BUNDLE_FILE_MAX);
    st = file_read(path, &bytes, err);
    hash_sha256_hex(buf_slice(&bytes), hex);
    buf_release(&bytes);
    f->name = slice_str(booster_files[o]);
    f->sha256 = arena_copy(t->arena, slice_str(hex));
    t->manifest.outputs[o].booster = f->name;
    return st == ST_OK && !f->sha256.p ? err_set(err, ST_FATAL, "out of memory") : st;
}

static enum status save(struct training *t, enum output o, const struct rows *rows, struct err *err)
{
    char path[FILE_PATH_MAX];
    enum status st = file_path(t->conf->out, slice_str(booster_files[o]), path, err);

    if (st == ST_OK)
        st = fit_save(rows, t->rounds[o], path, err);
    if (st == ST_OK)
        st = list_booster(t, o, path, err);
    return st;
}

/* The final model of an output: all four folds. */
static enum status save_final(struct training *t, enum output o, struct err *err)
{
    struct rows rows;
    enum status st = pick(t, o, ALL_BUT_TEST, &rows, err);

    if (st == ST_OK)
        st = save(t, o, &rows, err);
    release(&rows);
    return st;
}

/* Puts the errors of one fold where the rows of that fold are. */
static void keep_errors(struct training *t, int fold, const struct trial *trial)
{
    size_t k = 0;

    for (size_t i = 0; i < t->rows; i++) {
        if (t->data.v[i % t->data.n].fold == fold) {
            t->y[OUTPUT_CONFIDENCE][i] = fabsf(trial->predicted[k] - trial->judge.y[k]);
            k++;
        }
    }
}

/* Each fold is predicted by a model of the other three. */
static enum status fit_sentiment(struct training *t, struct err *err)
{
    enum status st = ST_OK;
    int rounds = 0;

    for (int fold = 1; st == ST_OK && fold < FOLDS; fold++) {
        struct trial trial = { .rounds = 0 };

        st = trial_run(t, OUTPUT_SENTIMENT, fold, &trial, err);
        if (st == ST_OK)
            keep_errors(t, fold, &trial);
        rounds += trial.rounds;
        trial_release(&trial);
        train_progress(t, "sentiment");
    }
    t->rounds[OUTPUT_SENTIMENT] = rounds / (FOLDS - 1);
    return st == ST_OK ? save_final(t, OUTPUT_SENTIMENT, err) : st;
}

static enum status fit_plain(struct training *t, enum output o, struct err *err)
{
    struct trial trial = { .rounds = 0 };
    enum status st = trial_run(t, o, LAST_FOLD, &trial, err);

    t->rounds[o] = trial.rounds;
    trial_release(&trial);
    if (st == ST_OK)
        st = save_final(t, o, err);
    train_progress(t, output_table[o].name);
    return st;
}

static int by_float(const void *a, const void *b)
{
    const float *x = a;
    const float *y = b;

    return (*x > *y) - (*x < *y);
}

/* Where a cascade asks MiniLM: expected are the errors of its n judged texts without it. */
static enum status set_threshold(struct training *t, const float *expected, size_t n,
                                 struct err *err)
{
    double share = fmin(1.0, t->conf->budget_us / MINILM_US);
    size_t at = (size_t)((1.0 - share) * (double)(n - 1));
    float *sorted = calloc(n, sizeof(*sorted));

    if (!sorted)
        return err_set(err, ST_FATAL, "out of memory for training");
    memcpy(sorted, expected, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_float);
    t->manifest.above = (double)sorted[at];
    free(sorted);
    return ST_OK;
}

/* What is known of the judged texts: expected errors, and what they were. A cascade has the n
 * rows without MiniLM first; of each text it goes by the row that it would go by. */
static enum status fit_conformal(struct training *t, const float *expected, const double *error,
                                 size_t n, struct err *err)
{
    const bool cascade = t->manifest.kind == KIND_CASCADE;
    double *confidence = calloc(n, sizeof(*confidence));
    double *wrong = calloc(n, sizeof(*wrong));
    enum status st =
        confidence && wrong ? ST_OK : err_set(err, ST_FATAL, "out of memory for training");

    for (size_t i = 0; st == ST_OK && i < n; i++) {
        const size_t at = cascade && (double)expected[i] > t->manifest.above ? n + i : i;

        confidence[i] = transform_apply(&t->manifest.outputs[OUTPUT_CONFIDENCE],
                                        &output_table[OUTPUT_CONFIDENCE], (double)expected[at]);
        wrong[i] = error[at];
    }
    if (st == ST_OK)
        st = conformal_fit(confidence, wrong, n, &t->conformal, err);
    free(confidence);
    free(wrong);
    return st;
}

/* From the judged rows: what share of such expected errors is small enough, where MiniLM is
 * asked, and how far off sentiments are. */
static enum status learn_errors(struct training *t, const struct trial *trial, struct err *err)
{
    const bool cascade = t->manifest.kind == KIND_CASCADE;
    const size_t n = cascade ? trial->judge.n / 2 : trial->judge.n;
    double *error = calloc(trial->judge.n, sizeof(*error));
    enum status st = error ? ST_OK : err_set(err, ST_FATAL, "out of memory for training");

    for (size_t i = 0; st == ST_OK && i < trial->judge.n; i++)
        error[i] = (double)trial->judge.y[i];
    if (st == ST_OK)
        st = calibrate(trial->predicted, error, trial->judge.n,
                       &t->manifest.outputs[OUTPUT_CONFIDENCE], err);
    if (st == ST_OK && cascade)
        st = set_threshold(t, trial->predicted, n, err);
    if (st == ST_OK)
        st = fit_conformal(t, trial->predicted, error, n, err);
    free(error);
    return st;
}

/* The expected error. The model stays without the fold that it is calibrated on. */
static enum status fit_confidence(struct training *t, struct err *err)
{
    struct trial trial = { .rounds = 0 };
    enum status st = trial_run(t, OUTPUT_CONFIDENCE, LAST_FOLD, &trial, err);

    t->rounds[OUTPUT_CONFIDENCE] = trial.rounds;
    if (st == ST_OK)
        st = save(t, OUTPUT_CONFIDENCE, &trial.train, err);
    if (st == ST_OK)
        st = learn_errors(t, &trial, err);
    trial_release(&trial);
    train_progress(t, output_table[OUTPUT_CONFIDENCE].name);
    return st;
}

enum status train_models(struct training *t, struct err *err)
{
    enum status st = fit_sentiment(t, err);

    if (st == ST_OK)
        st = fit_plain(t, OUTPUT_ENGAGEMENT, err);
    if (st == ST_OK)
        st = fit_plain(t, OUTPUT_IMPLICITNESS, err);
    if (st == ST_OK)
        st = fit_confidence(t, err);
    return st;
}
