/* SPDX-License-Identifier: MIT */
/* way.h -- absa drift accept-gap, absa drift rewind: the ways on that are an operator's.
 *
 * Each reads where the judge stands, says what is and what will be, asks, and writes one
 * order into absa.panes (order.h). Nothing else is changed but, by rewind and in the same
 * transaction, the offsets of the panes' group. -n says it and stops there. */
#ifndef CONSUMERS_DRIFT_WAY_H
#define CONSUMERS_DRIFT_WAY_H

#include "app/app.h"
#include "consumers/drift/config.h"
#include "consumers/drift/order.h"
#include "kafka/admin.h"
#include "kafka/producer.h"
#include "kafka/reader.h"
#include "kafka/topics.h"

/* What the command line said. */
struct way_args {
    const struct drift_props *props;
    const struct kafka_topics *topics;
    const char *group; /* of the panes; "": its default */
    const char *until; /* accept-gap; NULL: asks the log */
    const char *to;    /* rewind: a time, or "start"     */
    bool yes;
};

/* What absa.state says of the judge. */
struct way_state {
    bool known; /* there is one */
    int32_t run;
    int64_t *next; /* of each partition of absa.scores */
    size_t n;
    int64_t closed_ms;
    int64_t window_start_ms;
};

struct way {
    const struct way_args *args;
    const struct app_run *run;
    struct kafka_conf kafka;
    struct kafka_names names;
    struct kafka_admin *admin;
    struct kafka_reader *reader;
    struct wire *wire;
    struct arena *arena;
    struct baseline *base;
    struct way_state state;
};

/* Runs the verb that run->argv names. */
MUST_USE enum status way_run(const struct way_args *args, const struct app_run *run,
                             struct err *err);

/* A time as people and commands write it; "the start" for WM_NONE. */
enum { WAY_TIME_MAX = 40 };
const char *way_time(int64_t ms, char out[WAY_TIME_MAX]);

/* True: it is to be done. False: only asked for, or refused by the person. ST_FATAL "usage:": there
 * is nobody to ask. */
MUST_USE enum status way_confirm(const struct way *w, bool *go, struct err *err);

/* A source may be so far ahead of the one that is found (watermark.max_skew.ms). */
enum { WAY_AHEAD_MS = 600000 };

/* From when on a scores partition holds all that arrived, when nothing is left of what it held
 * before offset: when the first record from there on arrived, and WAY_AHEAD_MS; nothing there
 * that says it: now, and WAY_AHEAD_MS. */
MUST_USE enum status way_whole_from(struct way *w, int32_t part, int64_t offset, int64_t *ms,
                                    struct err *err);

/* An order as it is sent; rec borrows from the rest. */
struct way_order {
    struct hdr hdr[ORDER_HEADERS];
    struct order_times times;
    struct buf bytes;
    struct kafka_rec rec;
};

/* Encodes an order; release its bytes in any case. */
MUST_USE enum status way_make(const struct way *w, const struct order *o, struct way_order *out,
                              struct err *err);

/* The verbs; argv are the words behind. */
MUST_USE enum status way_accept_gap(struct way *w, int argc, char **argv, struct err *err);
MUST_USE enum status way_rewind(struct way *w, int argc, char **argv, struct err *err);

#endif
