/* SPDX-License-Identifier: MIT */
/* group.h -- what one receiver is told about one group of alerts, and when.
 *
 *                alert           group.wait is over              told
 *      (nothing) ─────> waiting ────────────────────> sending ─────────> sent
 *                          ^                           │    ^             │ │
 *                          │ alert                 hold│    │later        │ │ repeat.interval
 *                          │                           v    │             │ └──> sending
 *                          │                          held ─┘             │
 *                          └──── alert ───── dead <── refused     alert ──┘
 *
 * What is being sent is fixed under its dedupe key when it is put together and
 * committed before the first try; alerts that come meanwhile wait for the next
 * message. So a message may come twice with the same key (a kill between the
 * deed and its commit), and never with another.
 *
 * The functions change a struct notify in place. New arrays live in the arena
 * that they are given; nothing is freed; the caller keeps a copy of what it
 * wants to last (group_copy()). */
#ifndef NOTIFY_GROUP_H
#define NOTIFY_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "record/notify.h"
#include "stage/effect.h"

enum {
    GROUP_ALERTS_MAX = 16,       /* of a group; beyond it the oldest is forgotten */
    GROUP_RETRY_MS = 1000,       /* longest first wait                            */
    GROUP_RETRY_MAX_MS = 300000, /* longest wait                                  */
    GROUP_HOLD_MS = 15 * 60000,  /* between tries of what is held                 */
};

struct group_conf {
    int64_t wait_ms;   /* for others to join, before the first message */
    int64_t repeat_ms; /* the same again while it fires; 0: never      */
    bool send_resolved;
};

/* Does the group hold this record of the alert, or a later one? */
bool group_knows(const struct notify *g, const struct told_alert *al);

/* An alert that it does not know joins, or takes the place of an earlier record of
 * itself; offset is its position in absa.alerts. ST_FATAL: memory. */
MUST_USE enum status group_join(struct notify *g, const struct told_alert *al, int64_t offset,
                                const struct group_conf *conf, struct arena *a, struct err *err);

/* The alert went to another group: it is forgotten without a word. False: it was
 * not here. */
bool group_leave(struct notify *g, struct slice alert_id);

/* Time has passed. ST_FATAL: memory. */
MUST_USE enum status group_tick(struct notify *g, int64_t wall_ms, const struct group_conf *conf,
                                struct arena *a, bool *changed, struct err *err);

/* Is there something to be sent at wall_ms? */
bool group_is_due(const struct notify *g, int64_t wall_ms);

/* What came of the try. The reason is kept in a. ST_FATAL: memory. */
MUST_USE enum status group_settle(struct notify *g, const struct effect_result *res,
                                  const struct group_conf *conf, struct arena *a, struct err *err);

/* Nothing is left to tell, now or later: it may be forgotten. */
bool group_is_over(const struct notify *g);

/* Wait before the try that follows `tries` tries: full jitter, that is evenly
 * from 0 to 2^tries seconds (at most GROUP_RETRY_MAX_MS), told by the key: the
 * same for the same try, different for different messages. (Brooker,
 * "Exponential Backoff And Jitter", 2015.) */
int64_t group_backoff_ms(struct slice key, int32_t tries);

/* A copy with all that it points to in a. ST_FATAL: memory. */
MUST_USE enum status group_copy(const struct notify *g, struct arena *a, struct notify *out,
                                struct err *err);

#endif
