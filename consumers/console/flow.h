/* SPDX-License-Identifier: MIT */
/* flow.h -- how much is in each topic, how fast it grows, how far its reader is.
 *
 * By offsets: marks and the markers behind transactions count, as they do in the lag that
 * a consumer tells. Rates are of the last FLOW_RATE_MS. */
#ifndef CONSOLE_FLOW_H
#define CONSOLE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kafka/admin.h"
#include "kafka/msg.h"

enum { FLOW_N = 7, FLOW_PAST = 60, FLOW_EVERY_MS = 2000, FLOW_RATE_MS = 10000 };

struct flow_topic {
    const char *topic;  /* "raw"                                          */
    const char *reader; /* who reads it: "ingest"; NULL: nobody that counts */
    int32_t parts;
    int64_t end;           /* sum over the partitions                        */
    int64_t lag;           /* -1: not known                                  */
    double rate;           /* a second                                       */
    float past[FLOW_PAST]; /* rates, the newest last                       */
    size_t n_past;
};

struct flow {
    struct flow_topic topic[FLOW_N];
    int64_t asked_ms;                                      /* monotonic; 0: never */
    int64_t end[FLOW_N][FLOW_RATE_MS / FLOW_EVERY_MS + 1]; /* the oldest first */
    int64_t when_ms[FLOW_RATE_MS / FLOW_EVERY_MS + 1];
    size_t n;
};

struct flow_asker {
    struct kafka_admin *admin;
    const struct kafka_names *names;
    bool embedded; /* the broker in memory: readers leave notes (kafka/admin.h) */
};

/* Names and readers. */
void flow_init(struct flow *f);

/* Asks for all of them. ST_RETRY: no answer; f is then as it was. */
MUST_USE enum status flow_ask(const struct flow_asker *a, int64_t now_ms, struct flow *f,
                              struct err *err);

/* Takes what was asked (topic, parts, end, lag) into f: rates follow. */
void flow_take(struct flow *f, const struct flow_topic now[FLOW_N], int64_t now_ms);

#endif
