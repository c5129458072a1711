/* SPDX-License-Identifier: MIT */
/* lanes.h -- partitions of several topics from offsets that the caller keeps.
 *
 * For who keeps positions elsewhere than in Kafka (the sink: in PostgreSQL): no group is
 * joined and nothing committed, so who may read what is for the caller to settle.
 * Committed records only. A lane ends nowhere; that nothing is left for now is said by a
 * message with end set. */
#ifndef KAFKA_LANES_H
#define KAFKA_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "kafka/msg.h"

struct kafka_lane {
    enum topic_id topic;
    int32_t part;
    int64_t offset; /* of the first record to read */
};

struct kafka_lanes;

/* names is borrowed and must outlive it, conf and v are for the call. ST_RETRY: no answer. */
MUST_USE enum status kafka_lanes_new(const struct kafka_conf *conf, const struct kafka_names *names,
                                     const struct kafka_lane *v, size_t n, struct kafka_lanes **out,
                                     struct err *err);

/* NULL is fine. */
void kafka_lanes_free(struct kafka_lanes *l);

/* Waits at most timeout_ms for a record or the end of a partition (m->end); *have says
 * whether m was filled, to be released by the caller. ST_FATAL "config: ...": a position
 * is no longer in the log, or it is not permitted. */
MUST_USE enum status kafka_lanes_poll(struct kafka_lanes *l, int timeout_ms, struct kafka_msg *m,
                                      bool *have, struct err *err);

/* The end of a partition as of the last fetch, open transactions included; -1: not known. */
int64_t kafka_lanes_end(struct kafka_lanes *l, enum topic_id topic, int32_t part);

#endif
