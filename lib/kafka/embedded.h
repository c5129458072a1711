/* SPDX-License-Identifier: MIT */
/* embedded.h -- a broker within a process: librdkafka's mock cluster.
 *
 * It speaks the real protocol, starts in milliseconds and forgets everything at
 * its end. Seen with librdkafka 2.0.2, it is no Apache Kafka:
 *
 *   - positions that are sent in a transaction are dropped: who starts again reads
 *     all again; so a group has one member and one life
 *   - aborted records stay visible, and an older self is not fenced off
 *   - at most 5 MiB or 100,000 records a partition; the oldest go without a word,
 *     so producers hold back (producers/import/target.h), and a reader that finds
 *     its position gone ends (kafka/consumer.h)
 *   - time is the producer's; no CreateTopics, DescribeConfigs, offsetsForTimes
 *   - a request for the metadata of a topic that is not there makes it, with 4
 *     partitions: all topics are made before anybody is told the address
 *
 * Clients find out by the cluster's id (kafka_admin_embedded). */
#ifndef KAFKA_EMBEDDED_H
#define KAFKA_EMBEDDED_H

#include "base/err.h"
#include "kafka/topics.h"

/* Most that a consumer may be behind when a producer goes on. */
enum { KAFKA_EMBEDDED_LAG_MAX = 2000 };

struct kafka_embedded;

/* Starts a broker on a free port of 127.0.0.1, with every topic. ST_FATAL
 * "unavailable: ..." when it cannot. */
MUST_USE enum status kafka_embedded_start(const struct kafka_topics *topics,
                                          struct kafka_embedded **out, struct err *err);

/* "127.0.0.1:40123", borrowed. */
const char *kafka_embedded_address(const struct kafka_embedded *e);

/* NULL is fine. */
void kafka_embedded_stop(struct kafka_embedded *e);

#endif
