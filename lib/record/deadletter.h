/* SPDX-License-Identifier: MIT */
/* deadletter.h -- a refused record and why. */
#ifndef RECORD_DEADLETTER_H
#define RECORD_DEADLETTER_H

#include "record/types.h"

/* Why a record became a dead letter; the code is what absa.dead and the metric
 * label say. schemas/README.md explains each. */
enum dead_reason {
    DEAD_JSON,
    DEAD_DEPTH,
    DEAD_DUP_KEY,
    DEAD_NUMBER,
    DEAD_TOO_LARGE,
    DEAD_ENCODING,
    DEAD_CSV,
    DEAD_SHAPE,
    DEAD_RANGE,
    DEAD_CLOCK,
    DEAD_CLOCK_SKEW,
    DEAD_NO_TIME,
    DEAD_NULL,
    DEAD_SCHEMA,
    DEAD_AVRO,
    DEAD_SCHEMA_INCOMPATIBLE,
    DEAD_SCORE,
    DEAD_KILLER,
    DEAD_REFUSED,
    DEAD_PREDICTION,
    DEAD_N,
};

/* A record that a stage refused for ever: its original bytes, the reason and where it came from. */
struct deadletter {
    struct slice stage;
    struct slice reason;
    struct slice why;
    struct slice topic;
    int32_t part;
    int64_t offset;
    int32_t index;
    struct opt_long arrival_ms;
    struct slice value;
    int64_t value_length;
    struct slice value_sha256;
    struct slice key;
    int32_t schema_id;
};

#endif
