/* SPDX-License-Identifier: MIT */
#include "past.h"

#include <string.h>

#include "app/instant.h"

struct past past;

static enum status topic_of(const char *name, enum topic_id *topic, struct err *err)
{
    static const enum topic_id can[] = { TOPIC_RAW, TOPIC_COMMENTS, TOPIC_SCORES, TOPIC_ERRORS };
    struct kafka_names names;
    enum status st = kafka_names_make(pipeline_conf.topics.prefix, &names, err);

    for (size_t i = 0; i < sizeof(can) / sizeof(can[0]) && st == ST_OK; i++) {
        *topic = can[i];
        if (strcmp(name, names.of[can[i]]) == 0)
            return ST_OK;
    }
    return st == ST_OK
               ? err_set(err, ST_FATAL, "usage: -t %s: want %s, %s, %s or %s (topic.prefix)", name,
                         names.of[TOPIC_RAW], names.of[TOPIC_COMMENTS], names.of[TOPIC_SCORES],
                         names.of[TOPIC_ERRORS])
               : st;
}

enum status past_plan(const struct app_run *run, enum topic_id *topic, enum pipeline_stage *first,
                      struct err *err)
{
    for (int i = 0; i < run->argc; i++) {
        if (past.inputs.n == APP_LIST_MAX)
            return err_set(err, ST_FATAL, "usage: more than %d files", APP_LIST_MAX);
        past.inputs.item[past.inputs.n++] = run->argv[i];
    }
    if ((past.inputs.n > 0) == (past.topic != NULL))
        return err_set(err, ST_FATAL,
                       "usage: want either --input FILE... or -t TOPIC, to say what to read");
    *topic = TOPIC_RAW;
    enum status st = past.topic ? topic_of(past.topic, topic, err) : ST_OK;
    if (st == ST_OK)
        st = instant_parse("from", past.from, INT64_MIN, &past.from_ms, err);
    if (st == ST_OK)
        st = instant_parse("until", past.until, INT64_MAX, &past.until_ms, err);
    if (st == ST_OK && past.from && past.until && past.from_ms >= past.until_ms)
        st = err_set(err, ST_FATAL, "usage: --from %s is not before --until %s", past.from,
                     past.until);
    *first = *topic == TOPIC_RAW        ? PIPELINE_INGEST
             : *topic == TOPIC_COMMENTS ? PIPELINE_SCORE
                                        : PIPELINE_PANE;
    return st;
}

static enum status feed_topic(const struct app_run *run, const struct history *h,
                              enum topic_id topic, struct pipe *p, struct err *err)
{
    struct kafka_conf kafka = { 0 };
    struct kafka_names names;
    enum status st = kafka_conf_take(&kafka, run->conf, past.brokers, err);

    if (st == ST_OK)
        st = kafka_names_make(pipeline_conf.topics.prefix, &names, err);
    if (st == ST_OK)
        st = history_topic(h, &kafka, &names, topic, p, err);
    kafka_conf_release(&kafka);
    return st;
}

static enum status feed_files(const struct history *h, const struct ingest_rules *rules,
                              struct pipe *p, struct err *err)
{
    static char *paths[APP_LIST_MAX];

    for (size_t i = 0; i < past.inputs.n; i++) { /* argv is char *, and nobody writes to it */
        const union {
            const char *in;
            char *out;
        } cast = { .in = past.inputs.item[i] };
        paths[i] = cast.out;
    }
    return history_files(h, paths, past.inputs.n, rules, p, err);
}

enum status past_feed(const struct app_run *run, enum topic_id topic,
                      const struct pipeline *pipeline, struct pipe *p, struct err *err)
{
    const struct history h = { .topo = &pipeline->topo,
                               .from_ms = past.from_ms,
                               .until_ms = past.until_ms,
                               .now_ms = instant_now_ms(),
                               .verbosity = run->verbosity,
                               .stop = app_stop_flag() };

    if (past.topic)
        return feed_topic(run, &h, topic, p, err);
    return feed_files(&h, &pipeline->ingest.rules, p, err);
}
