/* SPDX-License-Identifier: MIT */
#include "cli/past.h"

#include <string.h>

#include "app/instant.h"
#include "base/arena.h"
#include "file/lines.h"
#include "now/now.h"
#include "pipe/transcode.h"

enum { LINE_MAX_BYTES = 8 << 20 }; /* a line and all that is made of it */

struct past past;

static enum status topic_of(const char *name, enum topic_id *topic, struct err *err)
{
    static const enum topic_id can[] = { TOPIC_RAW, TOPIC_COMMENTS, TOPIC_SCORES, TOPIC_ERRORS };
    const struct kafka_names names = kafka_names_make(pipeline_conf.topics.prefix);

    for (size_t i = 0; i < sizeof(can) / sizeof(can[0]); i++) {
        *topic = can[i];
        if (strcmp(name, names.of[can[i]]) == 0)
            return ST_OK;
    }
    return err_set(err, ST_FATAL, "usage: -t %s: want %s, %s, %s or %s (topic.prefix)", name,
                   names.of[TOPIC_RAW], names.of[TOPIC_COMMENTS], names.of[TOPIC_SCORES],
                   names.of[TOPIC_ERRORS]);
}

enum status past_plan(const struct app_run *run, enum topic_id *topic, enum pipeline_stage *first,
                      struct err *err)
{
    for (int i = 0; i < run->argc; i++) {
        if (past.inputs.n == APP_LIST_MAX)
            return err_set(err, ST_FATAL, "usage: more than %d files", APP_LIST_MAX);
        past.inputs.item[past.inputs.n++] = run->argv[i];
    }
    if ((past.inputs.n > 0) + (past.topic != NULL) + (past.errors != NULL) != 1)
        return err_set(err, ST_FATAL,
                       "usage: want either --input FILE... or -t TOPIC, to say what to read");
    *topic = past.errors ? TOPIC_ERRORS : TOPIC_RAW;
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
    const struct kafka_names names = kafka_names_make(pipeline_conf.topics.prefix);
    struct kafka_conf kafka = { 0 };
    enum status st = kafka_conf_take(&kafka, run->conf, past.brokers, err);

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

struct feeder {
    struct pipe *pipe;
    struct wire *wire;
    struct arena *arena; /* of the line at hand */
    int64_t next;
};

static enum status feed_line(void *ctx, struct slice line, struct err *err)
{
    struct feeder *f = ctx;
    struct stage_rec rec = { 0 };
    enum status st = transcode_in(f->wire, TOPIC_ERRORS, line, f->arena, &rec, err);

    rec.topic = TOPIC_ERRORS;
    rec.offset = f->next++;
    if (st == ST_OK && slice_eq(rec.value, line)) /* not understood */
        st = err_set(err, ST_REJECT, "is no record as absa errors --pipe writes it");
    if (st == ST_OK)
        st = pipe_feed(f->pipe, &rec, 1, err);
    arena_reset(f->arena);
    return st;
}

/* As absa errors --pipe writes them, marks among them. */
static enum status feed_errors(struct wire *wire, struct pipe *p, struct err *err)
{
    const char *path = strcmp(past.errors, "-") == 0 ? "/dev/stdin" : past.errors;
    struct feeder f = { .pipe = p, .wire = wire, .arena = arena_new(LINE_MAX_BYTES) };
    enum status st =
        f.arena ? file_lines(path, feed_line, &f, err) : err_set(err, ST_FATAL, "out of memory");

    arena_free(f.arena);
    return st;
}

enum status past_feed(const struct app_run *run, enum topic_id topic,
                      const struct pipeline *pipeline, struct pipe *p, struct err *err)
{
    const struct history h = { .topo = &pipeline->topo,
                               .from_ms = past.from_ms,
                               .until_ms = past.until_ms,
                               .now_ms = now_wall_ms(),
                               .verbosity = run->verbosity,
                               .stop = app_stop_flag() };

    if (past.errors)
        return feed_errors(pipeline->wire, p, err);
    if (past.topic)
        return feed_topic(run, &h, topic, p, err);
    return feed_files(&h, &pipeline->ingest.rules, p, err);
}
