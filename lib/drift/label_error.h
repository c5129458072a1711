/* SPDX-License-Identifier: MIT */
/* label_error.h -- how far off a prediction was, by a label: numbers that drift can watch.
 *
 *     error            prediction less label: above 0, the model says too much
 *     absolute_error   its size
 *     covered          1: the label is within the interval that confidence speaks of, else 0
 *     confidence_gap   confidence less covered: above 0 on average, the model is too sure
 *
 * The same four, by the same rules, are columns of the view absa.label_error of the database
 * (schemas/sql/004*): tests/e2e/sink/test_labels.py holds the two beside each other. */
#ifndef DRIFT_LABEL_ERROR_H
#define DRIFT_LABEL_ERROR_H

#include <stdbool.h>

#include "record/label.h"

enum label_error_feature {
    LABEL_ERROR,
    LABEL_ERROR_ABSOLUTE,
    LABEL_ERROR_COVERED,
    LABEL_ERROR_GAP,
    LABEL_ERROR_N,
};

/* Names of the features, in this order. */
extern const char *const label_error_names[LABEL_ERROR_N];

/* Is it the name of one of them? */
bool label_error_is(struct slice name);

/* False: the label judges no sentiment, or none that was predicted. Else fills x; of a prediction
 * without an interval, covered and confidence_gap are NaN (missing), without a confidence
 * confidence_gap is. A number that is not finite counts as none. */
bool label_error_of(const struct label *l, double x[LABEL_ERROR_N]);

#endif
