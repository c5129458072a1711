/* SPDX-License-Identifier: MIT */
#include "cli/why/topics.h"

#include "base/time.h"
#include "cli/why/record.h"
#include "kafka/admin.h"

enum { ANSWER_MS = 10000 };

/* Clocks of brokers and producers differ by less. */
#define SLACK_MS INT64_C(3600000)

static enum status away(struct err *err, const char *what)
{
    err_prefix(err, "unavailable: %s", what);
    return ST_FATAL;
}

enum status why_reach(const struct kafka_conf *kafka, struct err *err)
{
    struct kafka_admin *admin = NULL;
    struct kafka_cluster cluster;
    enum status st = kafka_admin_new(kafka, &admin, err);

    if (st == ST_OK)
        st = kafka_admin_cluster(admin, ANSWER_MS, &cluster, err);
    kafka_admin_free(admin);
    return st == ST_RETRY ? away(err, "is the address right?") : st;
}

/* A window is written once it has ended. A broker that knows no times: from the start. */
static int64_t first_window(const struct why_topics *t)
{
    struct err ignored = { { 0 } };
    int64_t offset = -1;

    if (kafka_reader_offset_at(t->reader, TOPIC_WINDOWS, 0, t->why->asked.at_ms - SLACK_MS, &offset,
                               &ignored) != ST_OK)
        return -1;
    return offset;
}

enum status why_read_topic(const struct why_topics *t, enum topic_id topic, struct err *err)
{
    const int64_t from = topic == TOPIC_WINDOWS ? first_window(t) : -1;
    const struct kafka_msg *m = NULL;
    enum status st = kafka_reader_open(t->reader, topic, 0, from, -1, err);

    while (st == ST_OK && (st = kafka_reader_next(t->reader, &m, err)) == ST_OK && m) {
        arena_reset(t->record);
        st = why_take_record(t->why, t->wire, topic, &m->rec, t->record, err);
        if (st == ST_REJECT)
            err_prefix(err, "%s %lld", topic_table[topic].name, (long long)m->rec.offset);
    }
    return st == ST_RETRY ? away(err, topic_table[topic].name) : st;
}
