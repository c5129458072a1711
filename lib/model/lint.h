/* SPDX-License-Identifier: MIT */
/* lint.h -- why a model is refused that would load and score: what it was taught with
 * is not there when a comment arrives, or is its own answer, or its answers are no
 * scores. */
#ifndef MODEL_LINT_H
#define MODEL_LINT_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* Why no model may have a feature of this name, whatever made it; NULL: nothing is
 * known against it. */
const char *lint_feature(struct slice name);

/* Of n golden rows so many had a score out of its range. ST_FATAL: too many to be
 * accidents, a model of something else. */
MUST_USE enum status lint_range(size_t clamped, size_t n, struct err *err);

#endif
