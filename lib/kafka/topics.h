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

/* Collects the properties under "kafka." into out. ST_FATAL "config: ...": one
 * is refused, or bootstrap.servers is not there. */
MUST_USE enum status kafka_conf_take(struct kafka_conf *out, const struct conf *conf,
                                     struct err *err);

#endif
