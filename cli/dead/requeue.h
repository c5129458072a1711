/* SPDX-License-Identifier: MIT */
/* requeue.h -- dead letters back into the topics that they came from.
 *
 * A letter keeps value and key, not the headers. As long as its source record is there
 * they are taken from it; else a record of a topic that lives in its own time gets
 * absa-arrival of the letter, as a topic is live or replayed, never both. What goes back
 * carries absa-requeued with the letter's offset. */
#ifndef CLI_DEAD_REQUEUE_H
#define CLI_DEAD_REQUEUE_H

#include "cli/dead/letter.h"
#include "kafka/admin.h"
#include "kafka/producer.h"
#include "kafka/reader.h"
#include "kafka/topics.h"

struct requeue {
    const struct kafka_conf *kafka;
    const struct kafka_names *names;
    struct kafka_reader *source;     /* made when needed */
    struct kafka_producer *producer; /* NULL: only said  */
    int64_t sent;
    int64_t not_sent;
};

/* producer is not made for a dry run. ST_RETRY, ST_FATAL: no cluster, or memory. */
MUST_USE enum status requeue_open(struct requeue *r, bool dry_run, struct err *err);

/* Sends one letter back, or says on stderr why not. */
MUST_USE enum status requeue_one(struct requeue *r, int64_t offset, const struct deadletter *l,
                                 bool by_offset, struct err *err);

/* Waits until all is written. */
MUST_USE enum status requeue_finish(struct requeue *r, struct err *err);
void requeue_close(struct requeue *r);

#endif
