/* SPDX-License-Identifier: MIT */
/* effect.h -- what is done in the world outside of the log: a mail, a message.
 *
 * A transaction cannot take such a thing back, so it is at-least-once. The stage
 * decides and stays pure; the host acts; both keep what they know in the log:
 *
 *     commit (the stage's state says: this is to be sent, under this key)
 *        │
 *     due() ──> perform() ──> settled() ──> commit (state says: sent, or when next)
 *                   │
 *                   └── a kill from here on makes it happen again, with the same key
 *
 * due() is asked only when nothing waits for a commit, so what is sent never
 * rests on state that a kill could take back. One effect at a time, a commit
 * behind each: a kill repeats at most one. */
#ifndef STAGE_EFFECT_H
#define STAGE_EFFECT_H

#include <stdint.h>

#include "base/slice.h"

enum effect_how {
    EFFECT_SENT,
    EFFECT_RETRY,   /* the world is at fault: again, later               */
    EFFECT_REFUSED, /* for ever: nothing changes by doing it again       */
    EFFECT_HOLD,    /* the configuration is at fault: a person is needed */
};

enum { EFFECT_WHY_MAX = 160, EFFECT_HOW_N = EFFECT_HOLD + 1 };

/* Borrowed until settled() returns. */
struct effect {
    const char *to;   /* who is told: a receiver's name, for logs and metrics */
    struct slice key; /* the same in every try: tells a duplicate             */
    int32_t attempt;  /* tries before this one                                */
    const void *what; /* the stage's header says what it is                   */
};

struct effect_result {
    enum effect_how how;
    int64_t at_ms;            /* wall clock at its end; the host sets it     */
    int64_t after_ms;         /* EFFECT_RETRY: wait at least this long       */
    int32_t code;             /* of the protocol: 550, 403; 0: none          */
    char why[EFFECT_WHY_MAX]; /* for a person; printable ASCII; "" when sent */
};

/* What the host calls. It must come back within 10 s, whatever the world does. */
struct effects {
    void *ctx;
    void (*perform)(void *ctx, const struct effect *e, struct effect_result *res);
};

/* "sent", "retry", "refused", "held" */
const char *effect_how_name(enum effect_how how);

#endif
