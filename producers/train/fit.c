/* SPDX-License-Identifier: MIT */
#include "producers/train/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

static const char *const params[][2] = {
    { "objective", "reg:squarederror" },
    { "base_score", "0.5" }, /* explicit: newer versions read a missing one otherwise */
    { "tree_method", "hist" },
    { "max_depth", "4" },
    { "eta", "0.08" },
    { "subsample", "0.8" },
    { "colsample_bytree", "0.5" },
    { "min_child_weight", "5" },
    { "eval_metric", "rmse" },
    { "nthread", "1" },
    { "seed", "20240501" },
    { "verbosity", "0" },
};

static enum status failed(struct err *err, const char *what)
{
    const char *msg = XGBGetLastError();

    return err_set(err, ST_FATAL, "XGBoost: %s: %.*s", what, (int)strcspn(msg, "\n"), msg);
}

/* NumPy's array interface of a borrowed array. */
static void interface(char out[160], const float *p, size_t n, size_t f)
{
    char columns[32] = "";

    if (f > 0)
        snprintf(columns, sizeof(columns), ",%zu", f);
    snprintf(out, 160, "{\"data\":[%zu,true],\"shape\":[%zu%s],\"typestr\":\"<f4\",\"version\":3}",
             (size_t)p, n, columns);
}

static enum status make_matrix(const struct rows *rows, DMatrixHandle *out, struct err *err)
{
    char values[160];
    char labels[160];

    interface(values, rows->x, rows->n, rows->f);
    interface(labels, rows->y, rows->n, 0);
    if (XGDMatrixCreateFromDense(values, "{\"missing\":NaN,\"nthread\":1}", out) != 0)
        return failed(err, "matrix");
    if (XGDMatrixSetInfoFromInterface(*out, "label", labels) != 0)
        return failed(err, "labels");
    return ST_OK;
}

static enum status make_booster(DMatrixHandle *data, bst_ulong n, BoosterHandle *out,
                                struct err *err)
{
    if (XGBoosterCreate(data, n, out) != 0)
        return failed(err, "booster");
    for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
        if (XGBoosterSetParam(*out, params[i][0], params[i][1]) != 0)
            return failed(err, params[i][0]);
    }
    return ST_OK;
}

/* Rounds until the error on data[1] stops falling. */
static enum status rounds_until_best(BoosterHandle b, DMatrixHandle data[2], int *best,
                                     struct err *err)
{
    const char *names[2] = { "train", "judge" };
    double least = HUGE_VAL;

    *best = 1;
    for (int i = 0; i < ROUNDS_MAX && i - *best < PATIENCE; i++) {
        const char *said;
        const char *at;
        double rmse;

        if (XGBoosterUpdateOneIter(b, i, data[0]) != 0)
            return failed(err, "training");
        if (XGBoosterEvalOneIter(b, i, data, names, 2, &said) != 0)
            return failed(err, "evaluation");
        at = strstr(said, "judge-rmse:");
        rmse = at ? strtod(at + strlen("judge-rmse:"), NULL) : HUGE_VAL;
        if (rmse < least - 1e-5) {
            least = rmse;
            *best = i + 1;
        }
    }
    return ST_OK;
}

static enum status predict(BoosterHandle b, DMatrixHandle data, int rounds, size_t n, float *out,
                           struct err *err)
{
    const bst_ulong *shape;
    const float *said;
    bst_ulong dim;
    char config[160];

    snprintf(config, sizeof(config),
             "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_end\":%d,"
             "\"strict_shape\":true}",
             rounds);
    if (XGBoosterPredictFromDMatrix(b, data, config, &shape, &dim, &said) != 0)
        return failed(err, "prediction");
    if (dim != 2 || shape[0] != n || shape[1] != 1)
        return err_set(err, ST_FATAL, "XGBoost: a prediction of another shape");
    memcpy(out, said, n * sizeof(*out));
    return ST_OK;
}

enum status fit_stop_early(const struct rows *train, const struct rows *judge, int *rounds,
                           float *predicted, struct err *err)
{
    DMatrixHandle data[2] = { NULL, NULL };
    BoosterHandle b = NULL;
    enum status st = make_matrix(train, &data[0], err);

    if (st == ST_OK)
        st = make_matrix(judge, &data[1], err);
    if (st == ST_OK)
        st = make_booster(data, 2, &b, err);
    if (st == ST_OK)
        st = rounds_until_best(b, data, rounds, err);
    if (st == ST_OK)
        st = predict(b, data[1], *rounds, judge->n, predicted, err);
    XGBoosterFree(b);
    XGDMatrixFree(data[0]);
    XGDMatrixFree(data[1]);
    return st;
}

enum status fit_save(const struct rows *train, int rounds, const char *path, struct err *err)
{
    DMatrixHandle data = NULL;
    BoosterHandle b = NULL;
    enum status st = make_matrix(train, &data, err);

    if (st == ST_OK)
        st = make_booster(&data, 1, &b, err);
    for (int i = 0; st == ST_OK && i < rounds; i++) {
        if (XGBoosterUpdateOneIter(b, i, data) != 0)
            st = failed(err, "training");
    }
    if (st == ST_OK && XGBoosterSaveModel(b, path) != 0)
        st = failed(err, path);
    XGBoosterFree(b);
    XGDMatrixFree(data);
    return st;
}
