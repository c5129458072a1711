/* SPDX-License-Identifier: MIT */
/* training_json.h -- how far it is from the training data, in a baseline's file:
 *
 *   "training":"sha256:...", ... "features":[{"name":"words",...,"training_skew":0.31,...}]
 *
 * A file of a baseline that was compared with none has no such members, as those of before. */
#ifndef DRIFT_TRAINING_JSON_H
#define DRIFT_TRAINING_JSON_H

#include <jansson.h>

#include "drift/training.h"

/* Each appends its member with its comma; nothing where there is none. */
void training_write(const struct baseline *b, struct buf *out);
void training_write_skew(const struct baseline_feature *f, struct buf *out);

/* Reads and checks all of them, once the features are read. ST_REJECT says what does not fit. */
MUST_USE enum status training_read(const json_t *root, struct baseline *b, struct err *err);

#endif
