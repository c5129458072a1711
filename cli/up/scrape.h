/* SPDX-License-Identifier: MIT */
/* scrape.h -- the figures of a consumer, from its /metrics. */
#ifndef CLI_UP_SCRAPE_H
#define CLI_UP_SCRAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct figures {
    int64_t records;
    int64_t lag;          /* of all its partitions              */
    int64_t wrote;        /* comments, scores, batches, windows or messages: a stage has one of
                             these */
    int64_t dead;         /* dead letters                       */
    int64_t untold;       /* tries to tell a receiver that failed */
    int64_t watermark_ms; /* of the slowest source; INT64_MIN: none */
};

/* Reads Prometheus text. */
void scrape_parse(struct slice text, struct figures *out);

/* Asks 127.0.0.1:port; false: no answer within half a second, or another than 200. */
bool scrape(int port, struct figures *out);

#endif
