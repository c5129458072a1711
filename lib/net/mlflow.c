/* SPDX-License-Identifier: MIT */
/* mlflow.c -- asking a registry. */
#include "net/mlflow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/mlflow_inner.h"
#include "wire/json.h"

static const char scheme[] = "models:/";
static const char artifacts[] = "mlflow-artifacts:/";

bool mlflow_is_model(const char *text)
{
    return strncmp(text, scheme, sizeof(scheme) - 1) == 0;
}

/* Letters that may stand in a name: none that would end it, or a log line. */
static bool is_name(struct slice s, size_t max)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("/@:\"\\", s.p[i]))
            return false;
    }
    return s.n > 0 && s.n <= max;
}

static bool is_number(const char *s)
{
    return *s != '\0' && strspn(s, "0123456789") == strlen(s) && strlen(s) <= 18;
}

enum status mlflow_parse(const char *text, struct mlflow_model *out, struct err *err)
{
    memset(out, 0, sizeof(*out));
    if (!mlflow_is_model(text))
        return err_set(err, ST_FATAL,
                       "a model of a registry is models:/NAME/VERSION or "
                       "models:/NAME@ALIAS");
    text += sizeof(scheme) - 1;
    size_t n = strcspn(text, "/@");
    const char *rest = text[n] ? text + n + 1 : "";
    bool number = text[n] == '/';
    struct slice name = { text, n };

    if (!is_name(name, MLFLOW_NAME_MAX) ||
        (number ? !is_number(rest) : !is_name(slice_str(rest), MLFLOW_NAME_MAX)))
        return err_set(err, ST_FATAL,
                       "%s%.100s: want models:/NAME/VERSION with a number, or models:/NAME@ALIAS",
                       scheme, text);
    snprintf(out->name, sizeof(out->name), "%.*s", (int)n, text);
    if (number)
        snprintf(out->version, sizeof(out->version), "%s", rest);
    else
        snprintf(out->alias, sizeof(out->alias), "%s", rest);
    return ST_OK;
}

/* What the server says of its own error; printable, cut. */
static void explain(struct slice answer, char out[120])
{
    enum dead_reason reason;
    const char *message = "";
    struct err ignored = { 0 };
    json_t *doc = NULL;
    size_t n;

    if (wire_json_parse(answer, MLFLOW_ANSWER_MAX, 0, &doc, &reason, &ignored) == ST_OK &&
        json_unpack(doc, "{s:s}", "message", &message) != 0)
        message = "";
    n = strnlen(message, 119);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(message[i] >= ' ' && message[i] <= '~' ? message[i] : '?');
    out[n] = '\0';
    json_decref(doc);
}

enum status mlflow_judge(long code, struct slice answer, struct err *err)
{
    enum status st = ST_REJECT;
    char why[120];

    if (code >= 200 && code < 300)
        return ST_OK;
    explain(answer, why);
    if (code == 401 || code == 403)
        st = ST_FATAL;
    else if (code >= 500 || code == 429 || code == 408)
        st = ST_RETRY;
    return err_set(err, st, "the registry says HTTP %ld%s%s", code, why[0] ? ": " : "", why);
}

/* Asks, and judges the answer. */
static enum status ask(const struct rest *w, const struct rest_request *r, struct buf *answer,
                       struct err *err)
{
    long code;
    enum status st = rest_ask(w, r, answer, &code, err);

    return st == ST_OK ? mlflow_judge(code, buf_slice(answer), err) : st;
}

enum status mlflow_call(const struct rest *w, const char *path, const json_t *body, json_t **out,
                        struct err *err)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    enum dead_reason reason;
    struct buf full;
    struct buf answer;
    enum status st = ST_OK;

    *out = NULL;
    buf_init(&full, MLFLOW_PATH_MAX);
    buf_init(&answer, MLFLOW_ANSWER_MAX);
    buf_fmt(&full, "/api/2.0/mlflow/%s", path);
    buf_byte(&full, '\0');
    if (buf_failed(&full) || (body && !text)) {
        st = err_set(err, ST_FATAL, "out of memory for a request");
    } else {
        const struct rest_request r = { body ? "POST" : "GET", full.p,
                                        body ? "application/json" : NULL, slice_str(text),
                                        MLFLOW_ASK_MS };

        st = ask(w, &r, &answer, err);
    }
    if (st == ST_OK)
        st = wire_json_parse(buf_slice(&answer), MLFLOW_ANSWER_MAX, 0, out, &reason, err);
    if (st == ST_OK && !json_is_object(*out))
        st = err_set(err, ST_REJECT, "the registry answers with something else than an object");
    if (st != ST_OK) {
        json_decref(*out);
        *out = NULL;
    }
    free(text);
    buf_release(&answer);
    buf_release(&full);
    return st;
}

enum status mlflow_take(const json_t *doc, const char *path, size_t max, char *out, struct err *err)
{
    const char *p = path;
    const char *dot = strchr(path, '.');

    if (dot) {
        char first[40];

        snprintf(first, sizeof(first), "%.*s", (int)(dot - path), path);
        doc = json_object_get(doc, first);
        p = dot + 1;
    }
    const char *v = json_string_value(json_object_get(doc, p));
    size_t n = v ? strlen(v) : 0;

    for (size_t i = 0; i < n; i++) {
        if (v[i] <= ' ' || v[i] > '~')
            n = 0;
    }
    if (n == 0 || n > max)
        return err_set(err, ST_REJECT, "the registry's answer has no usable %s", path);
    memcpy(out, v, n + 1);
    return ST_OK;
}

enum status mlflow_find(const struct rest *w, const struct mlflow_model *m,
                        struct mlflow_version *out, struct err *err)
{
    json_t *doc = NULL;
    struct buf path;

    buf_init(&path, MLFLOW_PATH_MAX);
    buf_str(&path, m->alias[0] ? "registered-models/alias?name=" : "model-versions/get?name=");
    rest_escape(slice_str(m->name), &path);
    buf_str(&path, m->alias[0] ? "&alias=" : "&version=");
    rest_escape(slice_str(m->alias[0] ? m->alias : m->version), &path);
    buf_byte(&path, '\0');
    enum status st = buf_failed(&path) ? err_set(err, ST_FATAL, "out of memory for a request")
                                       : mlflow_call(w, path.p, NULL, &doc, err);
    if (st == ST_OK)
        st = mlflow_take(doc, "model_version.version", MLFLOW_ID_MAX, out->version, err);
    if (st == ST_OK)
        st = mlflow_take(doc, "model_version.source", MLFLOW_SOURCE_MAX, out->source, err);
    if (st == ST_OK && !is_number(out->version))
        st = err_set(err, ST_REJECT, "the registry names a version that is no number");
    json_decref(doc);
    buf_release(&path);
    return st;
}

enum status mlflow_artifact(const char *source, struct slice file, struct buf *out, struct err *err)
{
    if (strncmp(source, artifacts, sizeof(artifacts) - 1) != 0)
        return err_set(err, ST_REJECT,
                       "its files lie at %.80s, which the registry does not serve: want "
                       "mlflow-artifacts:/ (mlflow server --artifacts-destination)",
                       source);
    source += sizeof(artifacts) - 1;
    source += strspn(source, "/");
    buf_str(out, "/api/2.0/mlflow-artifacts/artifacts");
    while (*source) {
        size_t n = strcspn(source, "/");

        if (n == 0 || (source[0] == '.' && (n == 1 || (n == 2 && source[1] == '.'))))
            return err_set(err, ST_REJECT, "its source is no plain path");
        buf_byte(out, '/');
        rest_escape((struct slice){ source, n }, out);
        source += n + (source[n] == '/');
    }
    buf_byte(out, '/');
    rest_escape(file, out);
    buf_byte(out, '\0');
    return buf_failed(out) ? err_set(err, ST_FATAL, "out of memory for a request") : ST_OK;
}

enum status mlflow_file(const struct rest *w, const struct mlflow_version *v, struct slice file,
                        struct buf *out, struct err *err)
{
    struct buf path;

    buf_init(&path, MLFLOW_PATH_MAX);
    enum status st = mlflow_artifact(v->source, file, &path, err);
    if (st == ST_OK) {
        const struct rest_request r = { "GET", path.p, NULL, { NULL, 0 }, MLFLOW_FILE_MS };

        st = ask(w, &r, out, err);
    }
    if (st != ST_OK)
        err_prefix(err, "%.*s", SLICE_ARG(file));
    buf_release(&path);
    return st;
}
