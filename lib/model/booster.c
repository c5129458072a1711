/* SPDX-License-Identifier: MIT */
#include "model/booster.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

#include "base/buf.h"
#include "base/slice.h"
#include "file/file.h"
#include "model/bundle.h"
#include "wire/json.h"

#define CONFIG_MAX ((size_t)1 << 20) /* of what the library says of a model */

struct booster {
    BoosterHandle handle;
    size_t n_features;
};

/* The library's message holds a stack trace: its first line says it. */
static enum status failed(struct err *err, const char *what)
{
    const char *msg = XGBGetLastError();
    const char *colon = strstr(msg, ": ");

    msg = colon ? colon + 2 : msg;
    return err_set(err, ST_FATAL, "%s: %.*s", what, (int)strcspn(msg, "\n"), msg);
}

/* Says by its first and last byte what a file is that is no model. */
static enum status sniff(struct slice file, struct err *err)
{
    unsigned char first = file.n > 0 ? (unsigned char)file.p[0] : 0;

    if (first == 'P')
        return err_set(err, ST_FATAL, "is a zip archive, not an XGBoost model");
    if (first == 0x80)
        return err_set(err, ST_FATAL, "is a Python pickle, not an XGBoost model");
    if (first != '{')
        return err_set(err, ST_FATAL, "is not an XGBoost model in UBJSON or JSON");
    file = slice_trim(file);
    if (file.p[file.n - 1] != '}')
        return err_set(err, ST_FATAL, "is cut short");
    return ST_OK;
}

/* XGBoost writes base_score as a list from 3.1 on, "[5.3E-1]"; older versions
 * read that as the default, without a word, and are wrong by a constant. Gives
 * the value as text, for the parameter. */
static bool newer_base_score(struct slice file, char out[32])
{
    static const char key[] = "base_score";
    const char *end = file.p + file.n;

    for (const char *p = file.p; end - p > 64; p++) {
        const char *open;
        const char *close;

        p = memchr(p, 'b', (size_t)(end - p - 64));
        if (!p)
            return false;
        if (memcmp(p, key, sizeof(key) - 1) != 0)
            continue;
        open = memchr(p, '[', 32);
        close = open ? memchr(open, ']', 31) : NULL;
        if (!close)
            return false;
        memcpy(out, open + 1, (size_t)(close - open - 1));
        out[close - open - 1] = '\0';
        return true;
    }
    return false;
}

/* Objectives whose answer is the sum of the leaves, as it is. */
static bool is_plain(const char *objective)
{
    static const char *const plain[] = { "reg:squarederror",     "reg:linear",
                                         "reg:squaredlogerror",  "reg:absoluteerror",
                                         "reg:pseudohubererror", "binary:logitraw",
                                         "rank:pairwise",        "rank:ndcg" };

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (strcmp(objective, plain[i]) == 0)
            return true;
    }
    return false;
}

static enum status check_config(struct booster *b, struct err *err)
{
    const char *text;
    const char *objective = "";
    const char *targets = "";
    const char *classes = "";
    const char *kind = "";
    enum dead_reason reason;
    bst_ulong len;
    json_t *doc = NULL;

    if (XGBoosterSaveJsonConfig(b->handle, &len, &text) != 0)
        return failed(err, "configuration");
    if (wire_json_parse((struct slice){ text, len }, CONFIG_MAX, 0, &doc, &reason, err) != ST_OK ||
        json_unpack(doc, "{s:{s:{s:s},s:{s:s},s:{s:s,s:s}}}", "learner", "objective", "name",
                    &objective, "gradient_booster", "name", &kind, "learner_model_param",
                    "num_target", &targets, "num_class", &classes) != 0) {
        json_decref(doc);
        return err_set(err, ST_FATAL, "its configuration cannot be read");
    }
    enum status st = ST_OK;

    if (strcmp(kind, "gbtree") != 0) {
        st = err_set(err, ST_FATAL, "booster %s, want gbtree", kind);
    } else if (strcmp(targets, "1") != 0 || strcmp(classes, "0") != 0) {
        st =
            err_set(err, ST_FATAL, "has %s targets, %s classes: want one output", targets, classes);
    } else if (!is_plain(objective)) {
        st = err_set(err, ST_FATAL, "objective %s transforms its output", objective);
    }
    json_decref(doc);
    return st;
}

static enum status load(struct booster *b, const char *path, struct slice file, struct err *err)
{
    char base_score[32];
    bst_ulong n;
    enum status st = sniff(file, err);

    if (st != ST_OK)
        return st;
    if (XGBoosterCreate(NULL, 0, &b->handle) != 0)
        return failed(err, "XGBoost");
    if (XGBoosterSetParam(b->handle, "verbosity", "0") != 0 ||
        XGBoosterLoadModel(b->handle, path) != 0 ||
        XGBoosterSetParam(b->handle, "nthread", "1") != 0)
        return failed(err, "does not load");
    if (newer_base_score(file, base_score)) {
        if (strchr(base_score, ','))
            return err_set(err, ST_FATAL, "has several targets: train one model an output");
        if (XGBoosterSetParam(b->handle, "base_score", base_score) != 0)
            return failed(err, "base_score");
    }
    if (XGBoosterGetNumFeature(b->handle, &n) != 0)
        return failed(err, "number of features");
    if (n != b->n_features)
        return err_set(err, ST_FATAL, "takes %llu features, the manifest names %zu",
                       (unsigned long long)n, b->n_features);
    return check_config(b, err);
}

enum status booster_load(const char *path, size_t n_features, struct booster **out, struct err *err)
{
    struct booster *b = calloc(1, sizeof(*b));
    struct buf file;
    enum status st;

    *out = NULL;
    if (!b)
        return err_set(err, ST_FATAL, "out of memory for a booster");
    b->n_features = n_features;
    buf_init(&file, BUNDLE_FILE_MAX);
    st = file_read(path, &file, err);
    if (st == ST_OK)
        st = load(b, path, buf_slice(&file), err);
    buf_release(&file);
    if (st != ST_OK) {
        booster_free(b);
        return st;
    }
    *out = b;
    return ST_OK;
}

void booster_free(struct booster *b)
{
    if (!b)
        return;
    if (b->handle)
        XGBoosterFree(b->handle);
    free(b);
}

/* NumPy's array interface of n borrowed rows. */
static void interface(const struct booster *b, const float *rows, size_t n, char out[160])
{
    snprintf(out, 160,
             "{\"data\":[%zu,true],\"shape\":[%zu,%zu],\"typestr\":\"<f4\",\"version\":3}",
             (size_t)rows, n, b->n_features);
}

enum status booster_predict(struct booster *b, const float *rows, size_t n, float *out,
                            struct err *err)
{
    static const char config[] =
        "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,"
        "\"strict_shape\":true,\"cache_id\":0,\"missing\":NaN}";
    const bst_ulong *shape;
    const float *answer;
    bst_ulong dim;
    char values[160];

    interface(b, rows, n, values);
    if (XGBoosterPredictFromDense(b->handle, values, config, NULL, &shape, &dim, &answer) != 0)
        return failed(err, "prediction");
    if (dim != 2 || shape[0] != n || shape[1] != 1)
        return err_set(err, ST_FATAL, "a booster gave %llu answers a row, want 1",
                       (unsigned long long)(dim > 1 ? shape[1] : 0));
    memcpy(out, answer, n * sizeof(*out));
    return ST_OK;
}

enum status booster_explain(struct booster *b, const float *row, float *out, struct err *err)
{
    static const char config[] = "{\"type\":3,\"training\":false,\"iteration_begin\":0,"
                                 "\"iteration_end\":0,\"strict_shape\":true}";
    DMatrixHandle data = NULL;
    enum status st = ST_OK;
    const bst_ulong *shape;
    const float *parts;
    bst_ulong dim;
    char values[160];

    interface(b, row, 1, values);
    if (XGDMatrixCreateFromDense(values, "{\"missing\":NaN,\"nthread\":1}", &data) != 0)
        return failed(err, "matrix");
    if (XGBoosterPredictFromDMatrix(b->handle, data, config, &shape, &dim, &parts) != 0)
        st = failed(err, "contributions");
    else if (dim != 3 || shape[0] != 1 || shape[1] != 1 || shape[2] != b->n_features + 1)
        st = err_set(err, ST_FATAL, "contributions of another shape");
    else
        memcpy(out, parts, (b->n_features + 1) * sizeof(*out));
    XGDMatrixFree(data);
    return st;
}

const char *bundle_library(void)
{
    static char text[32];
    int major = 0;
    int minor = 0;
    int patch = 0;

    XGBoostVersion(&major, &minor, &patch);
    (void)snprintf(text, sizeof(text), "%d.%d.%d", major, minor, patch);
    return text;
}
