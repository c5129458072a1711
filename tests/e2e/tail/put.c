/* SPDX-License-Identifier: MIT */
/* put.c -- JSON lines of stdin into a topic as its records, for tests.
 *
 *     put -b HOST:PORT [-X topic.prefix=p.] [--part N] [--abort] [--hold TIME] alerts
 *
 * Each line is a transaction of its own, so a marker stands behind each record;
 * with --abort none of them is ever seen, with --hold each stays open so long. A line that does not
 * fit the topic's schema is put as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "kafka/producer.h"
#include "kafka/topics.h"
#include "pipe/transcode.h"

static struct kafka_topics topics;
static const char *brokers;
static int64_t part;
static bool abandon;
static int64_t hold_ms;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "part", 'p', "N", APP_INT, &part, "partition (default 0)" },
    { "abort", 0, NULL, APP_FLAG, &abandon, "abort each transaction" },
    { "hold", 0, "TIME", APP_MS, &hold_ms, "leave each transaction open so long" },
    { .name = NULL },
};

struct put {
    struct kafka_producer *producer;
    struct wire *wire;
    struct arena *arena;
    struct kafka_names names;
    enum topic_id topic;
};

static enum status put_line(struct put *p, struct slice line, struct err *err)
{
    struct stage_rec rec = { 0 };
    enum status st = transcode_in(p->wire, p->topic, line, p->arena, &rec, err);

    if (st == ST_OK)
        st = kafka_txn_begin(p->producer, err);
    const struct kafka_rec out = { .topic = p->names.of[p->topic],
                                   .part = (int32_t)part,
                                   .key = rec.key.p ? rec.key : slice_str("put"),
                                   .value = rec.value,
                                   .hdr = rec.hdr,
                                   .nhdr = rec.nhdr };
    if (st == ST_OK)
        st = kafka_producer_send(p->producer, &out, err);
    if (st == ST_OK)
        st = kafka_producer_flush(p->producer, 30000, err);
    const struct timespec hold = { hold_ms / 1000, hold_ms % 1000 * 1000000 };
    if (st == ST_OK)
        nanosleep(&hold, NULL);
    if (st == ST_OK)
        st = abandon ? kafka_txn_abort(p->producer, err) : kafka_txn_commit(p->producer, err);
    arena_reset(p->arena);
    return st;
}

static enum status put_all(struct put *p, struct err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    enum status st = ST_OK;

    while (st == ST_OK && (n = getline(&line, &cap, stdin)) > 0)
        st = put_line(p, slice_trim((struct slice){ line, (size_t)n }), err);
    free(line);
    return st;
}

static enum status find_topic(struct put *p, const char *name, struct err *err)
{
    for (int t = 0; t < TOPIC_N; t++) {
        if (strcmp(topic_table[t].name, name) == 0) {
            p->topic = (enum topic_id)t;
            return ST_OK;
        }
    }
    return err_set(err, ST_FATAL, "usage: no topic is called %.60s", name);
}

static enum status run(struct app_run *run, struct err *err)
{
    struct kafka_conf kafka = { 0 };
    struct put p = { .arena = arena_new(64 << 20), .names = kafka_names_make(topics.prefix) };

    if (run->argc != 1 || !p.arena)
        return err_set(err, ST_FATAL, "usage: name one topic");
    enum status st = find_topic(&p, run->argv[0], err);
    if (st == ST_OK)
        st = kafka_conf_take(&kafka, run->conf, brokers, err);
    if (st == ST_OK)
        st = wire_new(NULL, &p.wire, err);
    if (st == ST_OK)
        st = kafka_producer_new_txn(&kafka, "put", &p.producer, err);
    if (st == ST_OK)
        st = put_all(&p, err);
    kafka_producer_free(p.producer);
    wire_free(p.wire);
    kafka_conf_release(&kafka);
    arena_free(p.arena);
    return st;
}

static const struct app app = {
    .name = "put",
    .args = "TOPIC",
    .summary = "JSON lines into a topic as its records",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
