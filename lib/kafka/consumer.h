/* SPDX-License-Identifier: MIT */
/* consumer.h -- a static member of a group that reads one topic.
 *
 * Committed records only; no commit of its own: positions travel in
 * transactions (kafka_txn_offsets). The member's name is a stable slot, so that
 * a process that comes back within the session takes its partitions again
 * without a rebalance. There is no reset of positions: what to do without a
 * committed offset is the handler's decision, and a position that the log no
 * longer holds is a failure.
 *
 * Records are polled one by one: librdkafka's batch call skips offsets before
 * 2.1. The assignor is range: the cooperative one of 2.0.2 has known bugs. */
#ifndef KAFKA_CONSUMER_H
#define KAFKA_CONSUMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "kafka/msg.h"
#include "kafka/producer.h"

/* Called from within kafka_consumer_poll() and _close(). */
struct kafka_handler {
    void *ctx;
    /* These partitions are ours, with what was committed for them (settled: a
     * transaction on its way is waited for). Sets each offset to the first
     * record to read. n may be 0: others have them all. */
    enum status (*assigned)(void *ctx, struct kafka_offset *v, size_t n, struct err *err);
    /* All partitions go; lost: they already belong to somebody else. */
    enum status (*revoked)(void *ctx, bool lost, struct err *err);
};

struct kafka_member {
    const char *group;
    const char *slot; /* group.instance.id                     */
    const char *name; /* of the topic                          */
    enum topic_id topic;
};

struct kafka_consumer;

/* Joins lazily, by polling. conf, member's strings are copied. */
MUST_USE enum status kafka_consumer_new(const struct kafka_conf *conf,
                                        const struct kafka_member *member,
                                        const struct kafka_handler *handler,
                                        struct kafka_consumer **out, struct err *err);

/* Waits at most timeout_ms for a record or the end of a partition (m->end);
 * *have says whether m was filled, to be released by the caller. ST_RETRY: the
 * membership is lost; or what the handler said. */
MUST_USE enum status kafka_consumer_poll(struct kafka_consumer *c, int timeout_ms,
                                         struct kafka_msg *m, bool *have, struct err *err);

/* Reads n partitions again from the given offsets. */
MUST_USE enum status kafka_consumer_seek(struct kafka_consumer *c, const struct kafka_offset *v,
                                         size_t n, struct err *err);

/* Nothing more of a partition until it is resumed; what was fetched ahead of time
 * is dropped and fetched again. Only once a record of it has come: librdkafka loses
 * the position of a partition that is paused while it starts. */
MUST_USE enum status kafka_consumer_pause(struct kafka_consumer *c, int32_t part, struct err *err);

/* Goes on with the record at offset; the pause ends before this returns. (Left to
 * itself librdkafka goes on where it thinks we were, and whether a pause outlives
 * a rebalance depends on its version.) */
MUST_USE enum status kafka_consumer_resume(struct kafka_consumer *c, int32_t part, int64_t offset,
                                           struct err *err);

/* The end of the log as of the last fetch, open transactions included; -1: not known yet. */
int64_t kafka_consumer_end(struct kafka_consumer *c, int32_t part);

/* Gives all partitions back (through the handler) and frees c; a static member
 * stays in the group until its session ends. NULL is fine. */
enum status kafka_consumer_close(struct kafka_consumer *c, struct err *err);

/* Frees without a word to the group: for a process that is about to die. */
void kafka_consumer_free(struct kafka_consumer *c);

#endif
