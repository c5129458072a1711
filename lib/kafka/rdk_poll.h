/* SPDX-License-Identifier: MIT */
/* rdk_poll.h -- polls a consumer without the second that librdkafka sleeps behind a full queue.
 *
 * Its thread that fetches stops at queued.max.messages.kbytes, and looks whether there is room
 * again when something wakes it, else a second later (fetch.queue.backoff.ms of 2.2; not to be
 * set in 2.0.2). So no more than a queue is read in a second, and a queue that is to be fast is
 * large: a message waits there at 500 bytes beside its own. Asked anything, the thread wakes up.
 * So who finds the queue empty, after so much that it may have been full, asks the leaders
 * where their logs end: one request to each, some milliseconds. */
#ifndef KAFKA_RDK_POLL_H
#define KAFKA_RDK_POLL_H

#include <librdkafka/rdkafka.h>
#include <stddef.h>

struct rdk_poll {
    size_t bytes; /* of messages since it was asked; 0 at first */
};

/* As rd_kafka_consumer_poll(). */
rd_kafka_message_t *rdk_poll(struct rdk_poll *p, rd_kafka_t *rk, int timeout_ms);

#endif
