/* SPDX-License-Identifier: MIT */
/* notify.h -- state of a notification group. */
#ifndef RECORD_NOTIFY_H
#define RECORD_NOTIFY_H

#include "record/types.h"

enum notify_state {
    NOTIFY_WAITING,
    NOTIFY_SENDING,
    NOTIFY_SENT,
    NOTIFY_HELD,
    NOTIFY_DEAD,
};

/* An alert of a group. */
struct told_alert {
    struct slice alert_id;
    int32_t seq;
    bool resolved;
    struct slice value;
};

struct told_alert_list {
    struct told_alert *v;
    size_t n;
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
    bool changed;
    struct told_alert_list now;
    struct told_alert_list sending;
    struct strings alerts;
    struct slice reason;
};

#endif
