/* SPDX-License-Identifier: MIT */
#include "kafka/topics.h"

#include <stddef.h>
#include <stdio.h>

enum { KAFKA_PROP_MAX = 200 };

/* clang-format off */
const struct conf_prop kafka_topics_props[] = {
    { .name = "topic.prefix", .type = CONF_STR, .at = offsetof(struct kafka_topics, prefix), .dflt = "absa.", .max = KAFKA_PREFIX_MAX,
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

struct kafka_topic kafka_topic_plan(const struct kafka_topics *t, const struct kafka_names *names,
                                    enum topic_id id)
{
    return (struct kafka_topic){ .name = names->of[id],
                                 .parts = kafka_topology(t).parts[id],
                                 .replication = 1,
                                 .compact = topic_table[id].compact,
                                 .log_append_time = true,
                                 .retention_ms = topic_table[id].retention_ms };
}

struct kafka_diff kafka_topic_diff(const struct kafka_topic *want, const struct kafka_topic *is)
{
    struct kafka_diff d = { .n = 0 };
    const size_t max = sizeof(d.line[0]);

    if (is->parts != want->parts) {
        snprintf(d.line[d.n++], max, "%s has %d partitions, the configuration says %d", want->name,
                 (int)is->parts, (int)want->parts);
    }
    if (is->compact != want->compact) {
        snprintf(d.line[d.n++], max, "%s has cleanup.policy %s, not %s", want->name,
                 is->compact ? "compact" : "delete", want->compact ? "compact" : "delete");
    }
    if (is->log_append_time != want->log_append_time) {
        snprintf(d.line[d.n++], max,
                 "%s has message.timestamp.type CreateTime, not LogAppendTime%s", want->name,
                 is->bounded_ahead ? ""
                                   : ", and lets producers claim any time to come "
                                     "(message.timestamp.after.max.ms)");
    }
    return d;
}

bool kafka_topic_forgets(const struct kafka_topic *want, const struct kafka_topic *is)
{
    return !want->compact && is->retention_ms >= 0 && is->retention_ms < want->retention_ms;
}

enum status kafka_conf_take_any(struct kafka_conf *out, const struct conf *conf,
                                const char *brokers, struct err *err)
{
    const char *name;
    const char *value;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && conf && conf_pass(conf, i, &name, &value); i++)
        st = kafka_conf_set(out, name, value, err);
    if (st == ST_OK && brokers)
        st = kafka_conf_set(out, "bootstrap.servers", brokers, err);
    return st;
}

enum status kafka_conf_take(struct kafka_conf *out, const struct conf *conf, const char *brokers,
                            struct err *err)
{
    enum status st = kafka_conf_take_any(out, conf, brokers, err);

    if (st == ST_OK && !kafka_conf_get(out, "bootstrap.servers"))
        st = err_set(err, ST_FATAL, "config: kafka.bootstrap.servers is not set");
    return st;
}

void kafka_conf_check(struct conf *conf)
{
    struct kafka_conf scratch = { 0 };
    const char *name;
    const char *value;

    for (size_t i = 0; conf_pass(conf, i, &name, &value); i++) {
        char full[KAFKA_PROP_MAX];
        struct err err = { 0 };

        if (kafka_conf_set(&scratch, name, value, &err) == ST_OK)
            continue;
        snprintf(full, sizeof(full), "kafka.%s", name);
        conf_refuse(conf, full, &err);
    }
    kafka_conf_release(&scratch);
}
