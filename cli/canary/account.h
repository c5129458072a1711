/* SPDX-License-Identifier: MIT */
/* account.h -- which canaries came how far, and when.
 *
 * A canary is sent into absa.raw and has to be met in absa.comments, absa.scores and in a
 * batch of absa.panes, each once. Pure: the caller sends, follows and tells the time. */
#ifndef CLI_CANARY_ACCOUNT_H
#define CLI_CANARY_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum canary_hop { HOP_COMMENTS, HOP_SCORES, HOP_PANES, HOP_N };

enum { CANARY_RUN_MAX = 32, CANARY_ID_MAX = 60, CANARIES_AT_MOST = 1000, CANARY_VALUE_MAX = 400 };

struct canary {
    int64_t sent_ms; /* monotonic */
    int64_t seen_ms[HOP_N];
    int32_t times[HOP_N]; /* met: 1 is right */
    bool dead;
};

struct account {
    char run[CANARY_RUN_MAX]; /* tells our canaries from other people's */
    struct canary *v;
    size_t n;
    size_t arrived; /* at the last hop */
};

/* ST_FATAL: memory. Release with account_release(). */
MUST_USE enum status account_init(struct account *a, const char *run, size_t n, struct err *err);
void account_release(struct account *a);

/* The id of the i-th: its header. */
void account_id(const struct account *a, size_t i, char out[CANARY_ID_MAX]);

/* The value of its record: a comment at ms, of a video of its own, so that they spread over all
 * partitions. It lives in out. */
struct slice canary_value(const char *id, int64_t ms, char out[CANARY_VALUE_MAX]);

/* It was written at now_ms. */
void account_sent(struct account *a, size_t i, int64_t now_ms);

/* A record with the header ids (one id, or several with commas) was met at a hop, or among the
 * dead letters. Ids that are not ours are no matter. */
void account_met(struct account *a, enum canary_hop hop, struct slice ids, int64_t now_ms);
void account_dead(struct account *a, struct slice ids);

/* Whether nobody is waited for any more: each has arrived or is dead. */
bool account_complete(const struct account *a);

/* One line a hop: met of sent, median and longest time since it was sent; then what is wrong.
 * True: each came once through every hop. */
bool account_report(const struct account *a, struct buf *out);

#endif
