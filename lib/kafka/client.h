/* SPDX-License-Identifier: MIT */
/* client.h -- properties for librdkafka, and what its errors mean here.
 *
 * Names under "kafka." in a program's configuration are handed on untouched, so
 * every librdkafka property can be set; what exactly-once stands on (isolation,
 * idempotence, ids, offsets) is ours and cannot. Errors are judged by their
 * attributes, never by their codes:
 *
 *     fatal, or the transaction must be aborted   ST_RETRY  exit 75, start anew
 *     retriable                                   ST_RETRY
 *     authorisation, configuration                ST_FATAL  "config: ..."
 */
#ifndef KAFKA_CLIENT_H
#define KAFKA_CLIENT_H

#include <stddef.h>

#include "base/err.h"

struct kafka_prop {
    char *name;
    char *value;
};

/* Properties to pass through. Zeroed is empty. */
struct kafka_conf {
    struct kafka_prop *v;
    size_t n;
};

/* Sets one property, a later one wins; the name has no "kafka." before it.
 * ST_FATAL: librdkafka does not know it or refuses the value, it is one of
 * ours to set, or there is no memory. */
MUST_USE enum status kafka_conf_set(struct kafka_conf *conf, const char *name, const char *value,
                                    struct err *err);

/* The value, borrowed; NULL: not set. */
const char *kafka_conf_get(const struct kafka_conf *conf, const char *name);

/* The version of librdkafka that runs, "2.0.2", and as a number to compare:
 * 0x020002ff. */
const char *kafka_library(int *number);

/* Frees the strings; the struct is empty then. */
void kafka_conf_release(struct kafka_conf *conf);

#endif
