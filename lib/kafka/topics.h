/* SPDX-License-Identifier: MIT */
/* topics.h -- the part of a configuration that all who talk to Kafka share. */
#ifndef KAFKA_TOPICS_H
#define KAFKA_TOPICS_H

#include "base/err.h"
#include "conf/conf.h"
#include "kafka/client.h"
#include "kafka/msg.h"
#include "stage/topic.h"

/* Section "Topics". */
struct kafka_topics {
    const char *prefix;
    int64_t raw_partitions;
    int64_t raw_epoch;
    int64_t comments_partitions;
};

extern const struct conf_prop kafka_topics_props[];

struct topology kafka_topology(const struct kafka_topics *t);

/* Collects the properties under "kafka." into out; brokers (the option -b) wins
 * over bootstrap.servers unless it is NULL. ST_FATAL "config: ...": a property
 * is refused, or there are no brokers. */
MUST_USE enum status kafka_conf_take(struct kafka_conf *out, const struct conf *conf,
                                     const char *brokers, struct err *err);

#endif
