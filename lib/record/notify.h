/* SPDX-License-Identifier: MIT */
/* notify.h -- state of a notification group. */
#ifndef RECORD_NOTIFY_H
#define RECORD_NOTIFY_H

#include "record/types.h"

enum notify_state {
    NOTIFY_WAITING,
    NOTIFY_SENT,
    NOTIFY_HELD,
    NOTIFY_DEAD,
};

/* State of one notification group of one receiver; compacted. */
struct notify {
    struct slice receiver;
    struct slice group;
    int64_t epoch;
    int32_t repeat;
    struct slice dedupe_key;
    enum notify_state state;
    int64_t due_ms;
    int32_t attempts;
    struct strings alerts;
    struct slice reason;
};

#endif
