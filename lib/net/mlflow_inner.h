/* SPDX-License-Identifier: MIT */
/* mlflow_inner.h -- what reading from a registry and writing to it share. */
#ifndef NET_MLFLOW_INNER_H
#define NET_MLFLOW_INNER_H

#include <jansson.h>

#include "net/mlflow.h"

enum { MLFLOW_ANSWER_MAX = 1 << 20, MLFLOW_PATH_MAX = 3000 };

/* One call of the API: path behind /api/2.0/mlflow/, body NULL for a GET. *out is the
 * answer, a new reference, NULL on failure. what names it in messages. */
enum status mlflow_call(const struct rest *w, const char *path, const json_t *body, json_t **out,
                        struct err *err);

/* What an HTTP status means: ST_OK, or the reason as mlflow_find() has it. */
enum status mlflow_judge(long code, struct slice answer, struct err *err);

/* Copies a string member of doc ("a.b" steps down) that is 1 to max bytes of printable
 * ASCII. ST_REJECT: the answer has none. */
enum status mlflow_take(const json_t *doc, const char *path, size_t max, char *out,
                        struct err *err);

/* Appends the path on the server of an artifact: source is "mlflow-artifacts:/<path>", file
 * what lies below it. ST_REJECT: another kind of source. */
enum status mlflow_artifact(const char *source, struct slice file, struct buf *out,
                            struct err *err);

#endif
