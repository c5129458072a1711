/* SPDX-License-Identifier: MIT */
/* deadletter.h -- a refused record and why. */
#ifndef RECORD_DEADLETTER_H
#define RECORD_DEADLETTER_H

#include "record/types.h"

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
