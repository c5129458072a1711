/* SPDX-License-Identifier: MIT */
/* admin.h -- questions to the cluster, and the topics that we make.
 *
 * The handle reads uncommitted: an end that it tells is the end of the log,
 * which a consumer that reads committed records cannot see while somebody's
 * transaction is open. That is what proves a source idle. */
#ifndef KAFKA_ADMIN_H
#define KAFKA_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "kafka/producer.h"

struct kafka_admin;

/* What the cluster says of itself. */
struct kafka_cluster {
    int32_t brokers;
    char id[64];     /* "" when it has none   */
    char where[128]; /* a broker: "host:port" */
};

/* How a topic is, or is to be.
 *
 * bounded_ahead: message.timestamp.after.max.ms (before Kafka 3.6: ...difference.max.ms) says how
 * far ahead of the broker a producer may stamp. It means nothing with LogAppendTime. */
struct kafka_topic {
    const char *name;
    int32_t parts;
    int32_t replication;
    bool compact;         /* cleanup.policy                         */
    bool log_append_time; /* message.timestamp.type                 */
    bool bounded_ahead;   /* of a topic that is there              */
    int64_t retention_ms; /* -1: for ever                           */
};

MUST_USE enum status kafka_admin_new(const struct kafka_conf *conf, struct kafka_admin **out,
                                     struct err *err);
void kafka_admin_free(struct kafka_admin *a);

/* Asks the cluster who it is, and waits no longer than timeout_ms. ST_RETRY: no
 * answer, with what the connection said last. */
MUST_USE enum status kafka_admin_cluster(struct kafka_admin *a, int timeout_ms,
                                         struct kafka_cluster *out, struct err *err);

/* What is asked about: a group and partitions 0..parts-1 of a topic that it reads. */
struct kafka_group_of {
    const char *group;
    const char *topic;
    int32_t parts;
};

/* Calls take with where the group stands, and with its metadata (borrowed for the call), for each
 * partition in which it has committed something. */
MUST_USE enum status kafka_admin_positions(struct kafka_admin *a, const struct kafka_group_of *of,
                                           void (*take)(void *ctx, const struct kafka_offset *o),
                                           void *ctx, struct err *err);

/* The offsets alone, of n partitions; -1: it has committed nothing there. */
MUST_USE enum status kafka_admin_committed(struct kafka_admin *a, const char *group,
                                           const char *topic, int32_t n, int64_t *offset,
                                           struct err *err);

/* How many members a group has; static ones count until their session ends. */
MUST_USE enum status kafka_admin_members(struct kafka_admin *a, const char *group, int *n,
                                         struct err *err);

/* How many partitions; 0: there is no such topic. ST_RETRY: no answer. */
MUST_USE enum status kafka_admin_partitions(struct kafka_admin *a, const char *topic, int32_t *n,
                                            struct err *err);

/* The first offset that there is and the end (next to be written) of the log. */
MUST_USE enum status kafka_admin_range(struct kafka_admin *a, const char *topic, int32_t part,
                                       int64_t *low, int64_t *end, struct err *err);

/* Is it the embedded broker (kafka/embedded.h)? ST_RETRY: no answer. */
MUST_USE enum status kafka_admin_embedded(struct kafka_admin *a, bool *is, struct err *err);

/* Notes on the embedded broker how far the consumer of a partition is, for
 * producers that hold back; nobody ever starts from it. */
MUST_USE enum status kafka_admin_note(struct kafka_admin *a, const char *topic, int32_t part,
                                      int64_t offset, struct err *err);

/* What was noted last; 0: nothing. */
MUST_USE enum status kafka_admin_noted(struct kafka_admin *a, const char *topic, int32_t part,
                                       int64_t *offset, struct err *err);

/* First offset appended at or after time_ms; the end when there is none.
 * ST_FATAL "unavailable: ..." on the embedded broker, here and below. */
MUST_USE enum status kafka_admin_offset_at(struct kafka_admin *a, const char *topic, int32_t part,
                                           int64_t time_ms, int64_t *offset, struct err *err);

/* Creates a topic and waits until it can be written. ST_RETRY: no answer;
 * ST_FATAL: refused. One that exists is ST_OK and untouched. */
MUST_USE enum status kafka_admin_create(struct kafka_admin *a, const struct kafka_topic *t,
                                        struct err *err);

/* Gives a topic more partitions, parts in all. ST_FATAL: refused. */
MUST_USE enum status kafka_admin_grow(struct kafka_admin *a, const char *topic, int32_t parts,
                                      struct err *err);

/* Fills the topic's cleanup, time type and retention; name is given, partitions
 * and replication are left. */
MUST_USE enum status kafka_admin_describe(struct kafka_admin *a, struct kafka_topic *t,
                                          struct err *err);

#endif
