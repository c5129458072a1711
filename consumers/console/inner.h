/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of consumers/console share; nobody else includes it. */
#ifndef CONSOLE_INNER_H
#define CONSOLE_INNER_H

#include <pthread.h>

#include "consumers/console/console.h"
#include "consumers/console/past.h"
#include "consumers/console/view.h"
#include "kafka/follower.h"
#include "obs/health.h"
#include "obs/http.h"
#include "obs/metrics.h"

enum { FEEDS = 3, CARD_MAX = 256 << 10 };

/* A topic that is followed. */
struct feed {
    struct kafka_follower *follower;
    enum topic_id topic;
    bool caught_up;
};

struct console {
    const struct console_args *args;
    const struct console_conf *conf;
    struct kafka_conf kafka;
    struct kafka_names names;
    struct metrics *metrics;
    struct health *health;
    struct http *http;
    struct app_orders *orders;
    struct baseline *baseline; /* NULL: there is none */
    struct buf card;           /* card.md             */

    /* the main thread's own */
    struct kafka_admin *admin;
    bool embedded;
    struct feed feed[FEEDS];
    struct wire *wire;
    struct arena *arena;
    struct store *store; /* NULL: not connected */
    int64_t told_ms;     /* monotonic: the last event */
    uint64_t told;       /* changes as of then        */

    /* both threads' */
    pthread_mutex_t lock;
    struct model *model;
    struct flow flow;
    struct past past;
    bool away;
    struct wire *view_wire;
    struct arena *view_arena;
};

/* feed.c: begins to follow; takes what has come, waiting a little when there is nothing. */
MUST_USE enum status feed_open(struct console *c, struct err *err);
MUST_USE enum status feed_take(struct console *c, struct err *err);
void feed_close(struct console *c);

/* pages.c: what the server is asked for, in its thread. */
void console_page(void *ctx, const struct web_ask *ask, struct web_answer *out);

/* pages.c: what has changed, as an event. */
void console_tell(struct console *c);

/* A file of page/. */
struct asset {
    const char *path;
    const char *type;
    struct slice bytes;
};

extern const struct asset console_assets[];
extern const size_t console_assets_n;

#endif
