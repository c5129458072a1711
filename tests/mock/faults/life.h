/* SPDX-License-Identifier: MIT */
/* life.h -- one life of the real host (lib/flow) with a stage that counts, on a
 * mock cluster of its own that misbehaves once. */
#ifndef MOCK_FAULTS_LIFE_H
#define MOCK_FAULTS_LIFE_H

#include <librdkafka/rdkafka.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum fault_how {
    BY_ERROR,      /* the answer is an error                             */
    BY_TIMEOUT,    /* the answer comes when nobody waits for it any more */
    BY_DISCONNECT, /* instead of an answer the connection is closed      */
    BY_SILENCE,    /* the broker is down for two seconds                 */
    BY_SLOWNESS,   /* every answer takes 30 ms, from now on              */
    BY_TOPIC,      /* metadata has an error of absa.raw, midway for 2 s  */
};

enum fault_when {
    AT_START, /* the first request of its kind                 */
    MIDWAY,   /* the first one after some records went through */
};

struct fault {
    int16_t api; /* number of the request */
    enum fault_how how;
    rd_kafka_resp_err_t code; /* BY_ERROR */
    enum fault_when when;
    int times; /* in a row */
};

/* How it went. */
struct ending {
    enum status status; /* of flow_run() */
    struct err err;
    int left;      /* faults that were never met                           */
    int failed;    /* answers, of a transaction                            */
    int copied;    /* records that came out, of all partitions             */
    char bad[200]; /* "": what was promised holds, else what does not      */
};

/* Lives it, once in a process; say is called when it ends, before all is closed. */
void life_run(const struct fault *fault, void (*say)(const struct ending *end));

#endif
