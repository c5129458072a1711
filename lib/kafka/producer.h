/* SPDX-License-Identifier: MIT */
/* producer.h -- records into topics, with the partition chosen by the caller.
 *
 * Plain: idempotent, acks from all replicas; for import and replay.
 *
 *     st = kafka_producer_new(&conf, &p, err);
 *     st = kafka_producer_send(p, &rec, err);        many times
 *     st = kafka_producer_flush(p, 30000, err);      all are written, or why not
 *     kafka_producer_free(p);
 *
 * Transactional: what is sent between begin and commit is seen wholly or never,
 * and so are the positions of the input (kafka_txn_offsets).
 *
 * The guard: librdkafka 2.0.2 has no KIP-890. When it times out on EndTxn it
 * asks again in silence, and the first, delayed one may end the *next*
 * transaction: part of what is later aborted stays. So an interceptor marks the
 * producer tainted at each failed answer that belongs to a transaction, and a
 * tainted producer is replaced, after commit or abort, before the next begin.
 * The new one has a new epoch, with which the broker refuses whatever of the
 * old one is still on its way. */
#ifndef KAFKA_PRODUCER_H
#define KAFKA_PRODUCER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "kafka/client.h"
#include "stage/out.h"

struct kafka_rec {
    const char *topic; /* whole name, "absa.raw" */
    int32_t part;      /* always explicit        */
    struct slice key;
    struct slice value; /* p == NULL: a null value */
    const struct hdr *hdr;
    size_t nhdr;
};

/* A position of an input partition and what is remembered with it. */
struct kafka_offset {
    int32_t part;
    int64_t offset; /* of the next record to read; -1: none */
    struct slice meta;
};

struct kafka_producer;
struct kafka_consumer;

/* A plain producer. conf is borrowed and must outlive it, here and below. */
MUST_USE enum status kafka_producer_new(const struct kafka_conf *conf, struct kafka_producer **out,
                                        struct err *err);

/* A transactional producer: fences every older one of the same id and settles
 * what that left open. Waits for the cluster at most 60 s: ST_RETRY. */
MUST_USE enum status kafka_producer_new_txn(const struct kafka_conf *conf, const char *txn_id,
                                            struct kafka_producer **out, struct err *err);

/* Does not flush: what is not delivered is dropped. NULL is fine. */
void kafka_producer_free(struct kafka_producer *p);

/* Finds out who leads topic: else the first record into it waits for a timer of
 * a second. */
MUST_USE enum status kafka_producer_learn(struct kafka_producer *p, const char *topic,
                                          struct err *err);

/* Sends a copy of rec. Waits while the queue is full. ST_RETRY: an earlier
 * record was not delivered; ST_FATAL: this one cannot be sent (too large). */
MUST_USE enum status kafka_producer_send(struct kafka_producer *p, const struct kafka_rec *rec,
                                         struct err *err);

/* Waits until all that was sent is delivered. ST_RETRY: some was not. */
MUST_USE enum status kafka_producer_flush(struct kafka_producer *p, int timeout_ms,
                                          struct err *err);

/* Records that the brokers acknowledged. */
int64_t kafka_producer_delivered(const struct kafka_producer *p);

/* What the brokers' clock says now, or a little less: the time that one gave our newest record, and
 * what has passed since. Our own clock may be wrong or step, theirs is the one that arrival is told
 * by. False: none was given yet (topics with LogAppendTime only). */
bool kafka_producer_broker_time(const struct kafka_producer *p, int64_t *ms);

/* Opens a transaction, with a fresh producer if this one is tainted. */
MUST_USE enum status kafka_txn_begin(struct kafka_producer *p, struct err *err);

/* Puts positions of topic into the transaction, as member of c's group: refused
 * (ST_RETRY) when the partitions are no longer c's. */
MUST_USE enum status kafka_txn_offsets(struct kafka_producer *p, struct kafka_consumer *c,
                                       const struct kafka_offset *v, size_t n, struct err *err);

/* The same for a group that has no members now (the caller made sure: kafka_admin_members()):
 * where it is to begin. */
MUST_USE enum status kafka_txn_place(struct kafka_producer *p, const char *group, const char *topic,
                                     const struct kafka_offset *v, size_t n, struct err *err);

/* ST_OK: all is visible. Anything else: nothing is, or never will be; the
 * program restarts (75) and finds out from the committed offsets. */
MUST_USE enum status kafka_txn_commit(struct kafka_producer *p, struct err *err);

/* Drops what was sent since begin. */
MUST_USE enum status kafka_txn_abort(struct kafka_producer *p, struct err *err);

/* From now on no answer is waited for longer than this: the program is ending. */
void kafka_producer_hurry(struct kafka_producer *p, int timeout_ms);

/* Is it to be replaced at the next begin? And how many were. */
bool kafka_producer_tainted(const struct kafka_producer *p);
int64_t kafka_producer_retired(const struct kafka_producer *p);

#endif
