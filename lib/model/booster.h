/* SPDX-License-Identifier: MIT */
/* booster.h -- one XGBoost model with one output, by XGBoost's C API.
 *
 * A row's prediction never depends on its neighbours, and only objectives whose
 * output is the plain sum of the leaves are let in: no exp() of the library's
 * own, so the same rows give the same bits on every CPU. One thread. Models of
 * newer versions are read where 1.7 can be made to understand them (base_score
 * as a list); golden rows tell whether it did. */
#ifndef MODEL_BOOSTER_H
#define MODEL_BOOSTER_H

#include <stddef.h>

#include "base/err.h"

struct booster;

/* Loads a .ubj or .json model that takes n_features features. ST_FATAL, with
 * the reason: not a model, cut short, another number of features, several
 * outputs, an objective that is not plain. */
MUST_USE enum status booster_load(const char *path, size_t n_features, struct booster **out,
                                  struct err *err);
void booster_free(struct booster *b);

/* Predicts n rows of n_features floats each, row by row; NaN is missing. */
MUST_USE enum status booster_predict(struct booster *b, const float *rows, size_t n, float *out,
                                     struct err *err);

/* What each of the n_features floats of one row adds to its prediction, and at
 * out[n_features] where every row starts: together they are the prediction. Approximate:
 * each split on the row's way through a tree credits its feature with the change of the
 * mean (Saabas, 2014). For people, not for streams: some 100 us. */
MUST_USE enum status booster_explain(struct booster *b, const float *row, float *out,
                                     struct err *err);

#endif
