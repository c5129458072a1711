/* SPDX-License-Identifier: MIT */
/* topics.h -- the part of a configuration that all who talk to Kafka share. */
#ifndef KAFKA_TOPICS_H
#define KAFKA_TOPICS_H

#include "base/err.h"
#include "conf/conf.h"
#include "kafka/admin.h"
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

/* How a topic is to be: one replica, named by names, which must outlive it. */
struct kafka_topic kafka_topic_plan(const struct kafka_topics *t, const struct kafka_names *names,
                                    enum topic_id id);

enum { KAFKA_DIFF_MAX = 3 };

struct kafka_diff {
    char line[KAFKA_DIFF_MAX][KAFKA_TOPIC_MAX + 160]; /* "absa.raw has 3 partitions, ..." */
    int n;
};

/* What is not as planned and would make results wrong; a retention of the
 * operator's own choice is not. */
struct kafka_diff kafka_topic_diff(const struct kafka_topic *want, const struct kafka_topic *is);

/* Does a topic keep records for less long than planned? */
bool kafka_topic_forgets(const struct kafka_topic *want, const struct kafka_topic *is);

/* Collects the properties under "kafka." into out; brokers (the option -b) wins
 * over bootstrap.servers unless it is NULL. ST_FATAL "config: ...": a property
 * is refused, or there are no brokers. */
MUST_USE enum status kafka_conf_take(struct kafka_conf *out, const struct conf *conf,
                                     const char *brokers, struct err *err);

/* The same, for who can do without Kafka: no brokers is fine. */
MUST_USE enum status kafka_conf_take_any(struct kafka_conf *out, const struct conf *conf,
                                         const char *brokers, struct err *err);

/* Refuses (conf_refuse()) each property under "kafka." that librdkafka does not know or
 * that is ours to set: for the check of a program's configuration. */
void kafka_conf_check(struct conf *conf);

#endif
