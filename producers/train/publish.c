/* SPDX-License-Identifier: MIT */
#include "producers/train/publish.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "file/file.h"
#include "now/now.h"
#include "producers/train/train.h"

enum { METRICS_MAX = 3 * OUTPUT_N + 4 + CONFORMAL_LEVELS, NAME_LEN = 64, NUMBER_LEN = 32 };

/* What the user can do about it decides how the program exits. */
static enum status explain(enum status st, const struct publish_conf *conf, struct err *err)
{
    if (st == ST_OK)
        return ST_OK;
    err_prefix(err, "%s: MLflow at %s", st == ST_RETRY ? "unavailable" : "config", conf->rest.base);
    return ST_FATAL;
}

enum status publish_begin(const struct publish_conf *conf, struct mlflow_run *run, struct err *err)
{
    return explain(mlflow_begin(&conf->rest, conf->experiment, now_wall_ms(), run, err), conf, err);
}

void publish_failed(const struct publish_conf *conf, const struct mlflow_run *run)
{
    struct err err = { 0 };

    if (mlflow_end(&conf->rest, run, false, now_wall_ms(), &err) != ST_OK)
        fprintf(stderr, "absa train: the run in MLflow stays open: %s\n", err.msg);
}

/* Metrics with the names that they are made of. */
struct figures {
    char names[METRICS_MAX][NAME_LEN];
    struct mlflow_metric v[METRICS_MAX];
    size_t n;
};

static void figure(struct figures *f, const char *of, const char *what, double value)
{
    snprintf(f->names[f->n], NAME_LEN, "%s%s%s", of, *of ? "_" : "", what);
    f->v[f->n] = (struct mlflow_metric){ f->names[f->n], value };
    f->n++;
}

static enum status log_figures(const struct training *t, const struct quality *q,
                               const struct mlflow_run *run, struct err *err)
{
    char rows[NUMBER_LEN];
    char features[NUMBER_LEN];
    char level[NUMBER_LEN];
    const struct train_conf *c = t->conf;
    const struct mlflow_param params[] = { { "name", c->name },
                                           { "model_version", c->version },
                                           { "split", c->split == SPLIT_TIME ? "time" : "hash" },
                                           { "rows", rows },
                                           { "features", features },
                                           { "encoder", kind_names[t->manifest.kind] },
                                           { "xgboost", bundle_library() } };
    struct figures f = { .n = 0 };

    snprintf(rows, sizeof(rows), "%zu", t->data.n);
    snprintf(features, sizeof(features), "%zu", t->manifest.features.n);
    for (size_t o = 0; o < OUTPUT_N; o++) {
        figure(&f, output_table[o].name, "trees", t->rounds[o]);
        figure(&f, output_table[o].name, "pearson", q->pearson[o]);
        if (o < OUTPUT_CONFIDENCE)
            figure(&f, output_table[o].name, "mae", q->mae[o]);
    }
    figure(&f, "", "test_rows", (double)q->n);
    figure(&f, "", "near_enough", q->near_enough);
    figure(&f, "", "mean_confidence", q->mean_confidence);
    figure(&f, "", "clamped", (double)q->clamped);
    for (size_t l = 0; q->n > 0 && l < CONFORMAL_LEVELS; l++) {
        snprintf(level, sizeof(level), "%.0f", 100.0 * conformal_levels[l]);
        figure(&f, "covered", level, (double)q->covered[l] / (double)q->n);
    }

    const struct mlflow_batch batch = { params, sizeof(params) / sizeof(params[0]), f.v, f.n,
                                        now_wall_ms() };
    return mlflow_log(&c->publish->rest, run, &batch, err);
}

static enum status store(const struct training *t, const struct mlflow_run *run, const char *name,
                         struct err *err)
{
    char path[FILE_PATH_MAX];
    struct buf bytes;
    enum status st = file_path(t->conf->out, slice_str(name), path, err);

    buf_init(&bytes, BUNDLE_FILE_MAX);
    if (st == ST_OK)
        st = file_read(path, &bytes, err);
    if (st == ST_OK)
        st = mlflow_store(&t->conf->publish->rest, run, slice_str(name), buf_slice(&bytes), err);
    buf_release(&bytes);
    return st;
}

/* The files that SHA256SUMS names, and itself: what whoever fetches it asks for. */
static enum status store_all(const struct training *t, const struct mlflow_run *run,
                             struct err *err)
{
    char path[FILE_PATH_MAX];
    char name[FILENAME_MAX];
    enum status st = file_path(t->conf->out, slice_str("SHA256SUMS"), path, err);
    FILE *sums = st == ST_OK ? fopen(path, "r") : NULL;

    if (st == ST_OK && !sums)
        st = err_set(err, ST_FATAL, "%s: %s", path, strerror(errno));
    while (st == ST_OK && fscanf(sums, "%*64s %255s", name) == 1)
        st = store(t, run, name, err);
    if (sums)
        fclose(sums);
    return st == ST_OK ? store(t, run, "SHA256SUMS", err) : st;
}

static enum status tell(const struct training *t, const struct quality *q,
                        const struct mlflow_run *run, struct err *err)
{
    const struct publish_conf *c = t->conf->publish;
    char version[MLFLOW_ID_MAX + 1];
    enum status st = log_figures(t, q, run, err);

    if (st == ST_OK)
        st = store_all(t, run, err);
    if (st == ST_OK)
        st = mlflow_end(&c->rest, run, true, now_wall_ms(), err);
    if (st == ST_OK)
        st = mlflow_register(&c->rest, run, c->model, c->alias, version, err);
    if (st == ST_OK)
        printf("models:/%s/%s%s%s\n", c->model, version, c->alias ? " @" : "",
               c->alias ? c->alias : "");
    return st;
}

enum status publish_end(const struct training *t, const struct quality *q,
                        const struct mlflow_run *run, struct err *err)
{
    return explain(tell(t, q, run, err), t->conf->publish, err);
}
