/* SPDX-License-Identifier: MIT */
#include "kafka/topics.h"

#include <stddef.h>

/* clang-format off */
const struct conf_prop kafka_topics_props[] = {
    { .name = "topic.prefix", .type = CONF_STR, .at = offsetof(struct kafka_topics, prefix), .dflt = "absa.",
      .doc = "What the name of every topic starts with." },
    { .name = "raw.partitions", .type = CONF_INT, .at = offsetof(struct kafka_topics, raw_partitions), .dflt = "1", .min = 1, .max = 1024,
      .doc = "Partitions of the raw topic: each is a source with its own watermark." },
    { .name = "raw.epoch", .type = CONF_INT, .at = offsetof(struct kafka_topics, raw_epoch), .dflt = "1", .min = 1, .max = 1000000,
      .doc = "Counts the changes of raw.partitions, from 1." },
    { .name = "comments.partitions", .type = CONF_INT, .at = offsetof(struct kafka_topics, comments_partitions), .dflt = "4", .min = 1, .max = 1024,
      .doc = "Partitions of the comments and scores; fixed for the life of a deployment." },
    { .name = NULL },
};
/* clang-format on */

struct topology kafka_topology(const struct kafka_topics *t)
{
    return topology_make((int32_t)t->raw_partitions, (int32_t)t->comments_partitions,
                         (int32_t)t->raw_epoch);
}

enum status kafka_conf_take(struct kafka_conf *out, const struct conf *conf, const char *brokers,
                            struct err *err)
{
    const char *name;
    const char *value;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && conf && conf_pass(conf, i, &name, &value); i++)
        st = kafka_conf_set(out, name, value, err);
    if (st == ST_OK && brokers)
        st = kafka_conf_set(out, "bootstrap.servers", brokers, err);
    if (st == ST_OK && !kafka_conf_get(out, "bootstrap.servers"))
        st = err_set(err, ST_FATAL, "config: kafka.bootstrap.servers is not set");
    return st;
}
