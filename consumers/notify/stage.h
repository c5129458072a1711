/* SPDX-License-Identifier: MIT */
/* stage.h -- alerts in, messages out: the stage of absa-notify.
 *
 * Its effects carry a struct message (notify/render.h); key is the dedupe key.
 * State is in absa.notify, one row a receiver and group, written by the same
 * transactions. One message of a receiver is under way at a time, and after a
 * failure its others wait with it: a server in trouble is not asked more often
 * because there is more to say, and one receiver's trouble is not another's. */
#ifndef CONSUMERS_NOTIFY_STAGE_H
#define CONSUMERS_NOTIFY_STAGE_H

#include "base/err.h"
#include "notify/group.h"
#include "record/window.h"
#include "stage/stage.h"
#include "wire/wire.h"

enum { NOTIFY_RECEIVERS_MAX = 8, NOTIFY_GROUPS_MAX = 4096 };

struct notify_conf {
    const char *receivers[NOTIFY_RECEIVERS_MAX]; /* names, borrowed; message.receiver is an index */
    size_t n;
    enum severity min; /* less is nobody's business   */
    bool by_segment;   /* what makes two groups of two alerts */
    bool by_severity;
    struct group_conf group;
};

/* Makes the stage; conf is copied, wire borrowed. ST_FATAL: memory. */
MUST_USE enum status notify_stage_new(const struct notify_conf *conf, struct wire *wire,
                                      struct stage *out, struct err *err);

#endif
