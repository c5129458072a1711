/* SPDX-License-Identifier: MIT */
/* mlflow.h -- a model registry that speaks MLflow's REST.
 *
 *     models:/NAME/VERSION   model-versions/get           \  source, where its files are:
 *     models:/NAME@ALIAS     registered-models/alias      /  mlflow-artifacts:/<path>
 *     a file of it           GET  /api/2.0/mlflow-artifacts/artifacts/<path>/<file>
 *
 *     training               experiments/get-by-name, or create; runs/create;
 *                            runs/log-batch; PUT of each artifact; runs/update;
 *                            registered-models/create; model-versions/create; alias
 *
 * Artifacts go through the server (mlflow server --artifacts-destination): a source of
 * another kind (s3:, file:) is refused. What the server says in an error is passed on in
 * printable ASCII, cut. */
#ifndef NET_MLFLOW_H
#define NET_MLFLOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/rest.h"

enum {
    MLFLOW_NAME_MAX = 200, /* of a model, an alias, an experiment      */
    MLFLOW_ID_MAX = 64,    /* of a run, an experiment; a version       */
    MLFLOW_SOURCE_MAX = 1000,
    MLFLOW_ASK_MS = 8000,    /* as NET_TOTAL_MS                          */
    MLFLOW_FILE_MS = 60000,  /* a file down                              */
    MLFLOW_STORE_MS = 120000 /* a file up                                */
};

/* What "models:/..." names. */
struct mlflow_model {
    char name[MLFLOW_NAME_MAX + 1];
    char version[MLFLOW_ID_MAX + 1]; /* "" when there is an alias   */
    char alias[MLFLOW_NAME_MAX + 1]; /* "" when there is a version  */
};

/* What the registry says it is. */
struct mlflow_version {
    char version[MLFLOW_ID_MAX + 1];
    char source[MLFLOW_SOURCE_MAX + 1];
};

/* Is text meant as a model of a registry? */
bool mlflow_is_model(const char *text);

/* Reads "models:/NAME/VERSION" or "models:/NAME@ALIAS". ST_FATAL: it is neither. */
MUST_USE enum status mlflow_parse(const char *text, struct mlflow_model *out, struct err *err);

/* Asks what version it is and where it lies. ST_RETRY: the registry is down, slow, or in
 * trouble (5xx, 429); ST_REJECT: it knows no such model, version or alias, or lies to us;
 * ST_FATAL: rest_ask()'s reasons, or 401 and 403. */
MUST_USE enum status mlflow_find(const struct rest *w, const struct mlflow_model *m,
                                 struct mlflow_version *out, struct err *err);

/* Appends a file of a version. As mlflow_find(); ST_REJECT: there is none, or source is not
 * served by the registry. */
MUST_USE enum status mlflow_file(const struct rest *w, const struct mlflow_version *v,
                                 struct slice file, struct buf *out, struct err *err);

/* A run of training that is logged. */
struct mlflow_run {
    char experiment[MLFLOW_ID_MAX + 1];
    char id[MLFLOW_ID_MAX + 1];
    char artifacts[MLFLOW_SOURCE_MAX + 1]; /* mlflow-artifacts:/<path> */
};

struct mlflow_param {
    const char *key;
    const char *value;
};

struct mlflow_metric {
    const char *key;
    double value; /* not finite: it is left out */
};

struct mlflow_batch {
    const struct mlflow_param *params;
    size_t n_params;
    const struct mlflow_metric *metrics;
    size_t n_metrics;
    int64_t now_ms;
};

/* Begins a run in an experiment, which is made if there is none. As mlflow_find(). */
MUST_USE enum status mlflow_begin(const struct rest *w, const char *experiment, int64_t now_ms,
                                  struct mlflow_run *out, struct err *err);
MUST_USE enum status mlflow_log(const struct rest *w, const struct mlflow_run *run,
                                const struct mlflow_batch *batch, struct err *err);

/* Stores bytes as artifact "bundle/<file>". */
MUST_USE enum status mlflow_store(const struct rest *w, const struct mlflow_run *run,
                                  struct slice file, struct slice bytes, struct err *err);

/* The run has ended: well, or not. */
MUST_USE enum status mlflow_end(const struct rest *w, const struct mlflow_run *run, bool well,
                                int64_t now_ms, struct err *err);

/* Registers the run's bundle as the next version of a model, which is made if there is
 * none; the number in out. alias: points it to that version; NULL: no alias. */
MUST_USE enum status mlflow_register(const struct rest *w, const struct mlflow_run *run,
                                     const char *model, const char *alias,
                                     char out[MLFLOW_ID_MAX + 1], struct err *err);

#endif
