/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of the stage share. */
#ifndef CONSUMERS_NOTIFY_INNER_H
#define CONSUMERS_NOTIFY_INNER_H

#include "base/arena.h"
#include "consumers/notify/groups.h"
#include "consumers/notify/stage.h"
#include "notify/render.h"

struct notify_stage {
    struct notify_conf conf;
    struct wire *wire;
    struct arena *arena; /* one record, one try */
    struct groups groups;
    int64_t blocked_ms[NOTIFY_RECEIVERS_MAX]; /* wall clock: not tried before */
    struct group *under_way;                  /* what due() named last        */
    struct message message;
    struct buf subject;
    struct buf text;
    struct buf html;
};

/* send.c: the ops due and settled. */
enum status notify_due(void *ctx, int32_t part, int64_t wall_ms, struct effect *effect, bool *any,
                       struct err *err);
enum status notify_settled(void *ctx, int32_t part, const struct effect_result *res,
                           struct out *out, struct err *err);

#endif
