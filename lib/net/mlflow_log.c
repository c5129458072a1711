/* SPDX-License-Identifier: MIT */
/* mlflow_log.c -- telling a registry of a training. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "net/mlflow_inner.h"

/* Takes body, calls, and lets go of the answer unless out is asked for. */
static enum status tell(const struct rest *w, const char *path, json_t *body, json_t **out,
                        struct err *err)
{
    json_t *answer = NULL;
    enum status st = body ? mlflow_call(w, path, body, &answer, err)
                          : err_set(err, ST_FATAL, "out of memory for a request");

    json_decref(body);
    if (st != ST_OK)
        err_prefix(err, "%s", path);
    if (out && st == ST_OK)
        *out = answer;
    else
        json_decref(answer);
    return st;
}

static enum status find_experiment(const struct rest *w, const char *name, char *id,
                                   struct err *err)
{
    json_t *doc = NULL;
    struct buf path;

    buf_init(&path, MLFLOW_PATH_MAX);
    buf_str(&path, "experiments/get-by-name?experiment_name=");
    rest_escape(slice_str(name), &path);
    buf_byte(&path, '\0');
    enum status st = buf_failed(&path) ? err_set(err, ST_FATAL, "out of memory for a request")
                                       : mlflow_call(w, path.p, NULL, &doc, err);
    if (st == ST_OK)
        st = mlflow_take(doc, "experiment.experiment_id", MLFLOW_ID_MAX, id, err);
    json_decref(doc);
    buf_release(&path);
    return st;
}

static enum status make_experiment(const struct rest *w, const char *name, char *id,
                                   struct err *err)
{
    json_t *doc = NULL;
    enum status st = tell(w, "experiments/create", json_pack("{s:s}", "name", name), &doc, err);

    if (st == ST_OK)
        st = mlflow_take(doc, "experiment_id", MLFLOW_ID_MAX, id, err);
    json_decref(doc);
    return st;
}

enum status mlflow_begin(const struct rest *w, const char *experiment, int64_t now_ms,
                         struct mlflow_run *out, struct err *err)
{
    json_t *doc = NULL;
    enum status st = find_experiment(w, experiment, out->experiment, err);

    if (st == ST_REJECT) /* there is none */
        st = make_experiment(w, experiment, out->experiment, err);
    if (st == ST_OK)
        st = tell(w, "runs/create",
                  json_pack("{s:s, s:I}", "experiment_id", out->experiment, "start_time",
                            (json_int_t)now_ms),
                  &doc, err);
    const json_t *info = json_object_get(json_object_get(doc, "run"), "info");
    if (st == ST_OK)
        st = mlflow_take(info, "run_id", MLFLOW_ID_MAX, out->id, err);
    if (st == ST_OK)
        st = mlflow_take(info, "artifact_uri", MLFLOW_SOURCE_MAX - sizeof("/bundle"),
                         out->artifacts, err);
    json_decref(doc);
    return st;
}

enum status mlflow_log(const struct rest *w, const struct mlflow_run *run,
                       const struct mlflow_batch *batch, struct err *err)
{
    json_t *params = json_array();
    json_t *metrics = json_array();

    for (size_t i = 0; i < batch->n_params; i++)
        json_array_append_new(params, json_pack("{s:s, s:s}", "key", batch->params[i].key, "value",
                                                batch->params[i].value));
    for (size_t i = 0; i < batch->n_metrics; i++) {
        if (isfinite(batch->metrics[i].value))
            json_array_append_new(metrics,
                                  json_pack("{s:s, s:f, s:I, s:i}", "key", batch->metrics[i].key,
                                            "value", batch->metrics[i].value, "timestamp",
                                            (json_int_t)batch->now_ms, "step", 0));
    }
    return tell(
        w, "runs/log-batch",
        json_pack("{s:s, s:o, s:o}", "run_id", run->id, "params", params, "metrics", metrics), NULL,
        err);
}

enum status mlflow_store(const struct rest *w, const struct mlflow_run *run, struct slice file,
                         struct slice bytes, struct err *err)
{
    char source[MLFLOW_SOURCE_MAX + 1];
    struct buf path;
    struct buf answer;
    long code = 0;

    snprintf(source, sizeof(source), "%.980s/bundle", run->artifacts);
    buf_init(&path, MLFLOW_PATH_MAX);
    buf_init(&answer, MLFLOW_ANSWER_MAX);
    enum status st = mlflow_artifact(source, file, &path, err);
    if (st == ST_OK) {
        const struct rest_request r = { "PUT", path.p, "application/octet-stream", bytes,
                                        MLFLOW_STORE_MS };

        st = rest_ask(w, &r, &answer, &code, err);
    }
    if (st == ST_OK)
        st = mlflow_judge(code, buf_slice(&answer), err);
    if (st != ST_OK)
        err_prefix(err, "artifact %.*s", SLICE_ARG(file));
    buf_release(&answer);
    buf_release(&path);
    return st;
}

enum status mlflow_end(const struct rest *w, const struct mlflow_run *run, bool well,
                       int64_t now_ms, struct err *err)
{
    return tell(w, "runs/update",
                json_pack("{s:s, s:s, s:I}", "run_id", run->id, "status",
                          well ? "FINISHED" : "FAILED", "end_time", (json_int_t)now_ms),
                NULL, err);
}

/* A model that is there already is as good as one that was made. */
static enum status make_model(const struct rest *w, const char *model, struct err *err)
{
    struct err why = { 0 };
    enum status st =
        tell(w, "registered-models/create", json_pack("{s:s}", "name", model), NULL, &why);

    if (st == ST_REJECT && strstr(why.msg, "already exists"))
        return ST_OK;
    if (st != ST_OK)
        *err = why;
    return st;
}

enum status mlflow_register(const struct rest *w, const struct mlflow_run *run, const char *model,
                            const char *alias, char out[MLFLOW_ID_MAX + 1], struct err *err)
{
    char source[MLFLOW_SOURCE_MAX + 1];
    json_t *doc = NULL;
    enum status st = make_model(w, model, err);

    snprintf(source, sizeof(source), "%.980s/bundle", run->artifacts);
    if (st == ST_OK)
        st = tell(w, "model-versions/create",
                  json_pack("{s:s, s:s, s:s}", "name", model, "source", source, "run_id", run->id),
                  &doc, err);
    if (st == ST_OK)
        st = mlflow_take(doc, "model_version.version", MLFLOW_ID_MAX, out, err);
    if (st == ST_OK && alias)
        st = tell(w, "registered-models/alias",
                  json_pack("{s:s, s:s, s:s}", "name", model, "alias", alias, "version", out), NULL,
                  err);
    json_decref(doc);
    return st;
}
