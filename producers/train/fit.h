/* SPDX-License-Identifier: MIT */
/* fit.h -- gradient boosting by XGBoost's C API: one thread, one seed, so the
 * same rows give the same model. */
#ifndef TRAIN_FIT_H
#define TRAIN_FIT_H

#include <stddef.h>

#include "base/err.h"

enum { ROUNDS_MAX = 400, PATIENCE = 25 };

/* Rows to learn from or to judge by; borrowed. */
struct rows {
    float *x; /* n rows of f values */
    float *y; /* n labels           */
    size_t n, f;
};

/* Trains until judge has not become better for PATIENCE rounds. *rounds is the
 * best number, predicted (judge->n values) what that model says of judge. */
MUST_USE enum status fit_stop_early(const struct rows *train, const struct rows *judge, int *rounds,
                                    float *predicted, struct err *err);

/* Trains so many rounds and writes the model to path. */
MUST_USE enum status fit_save(const struct rows *train, int rounds, const char *path,
                              struct err *err);

#endif
