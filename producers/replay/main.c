/* SPDX-License-Identifier: MIT */
/* absa replay: a stretch of a raw topic again, into another topic. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/instant.h"
#include "app/pace.h"
#include "app/progress.h"
#include "kafka/producer.h"
#include "kafka/stretch.h"
#include "kafka/topics.h"
#include "now/now.h"
#include "producers/import/target.h"

enum { HDR_MAX = 64, FLUSH_MS = 60000 };

static struct kafka_topics topics;
static const char *brokers;
static const char *from;
static const char *until;
static const char *speed = "1x";
static const char *source;
static const char *into;
static bool no_end;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "from", 0, "TIME", APP_STR, &from, "from this arrival on: 2025-07-03T13:16:27Z, or ms" },
    { "until", 0, "TIME", APP_STR, &until, "up to this arrival, without it (default: now)" },
    { "speed", 0, "10x|max", APP_STR, &speed, "how much faster than it was (default 1x)" },
    { "topic", 't', "SRC", APP_STR, &source, "the topic (default: topic.prefix and raw)" },
    { "into", 0, "DST", APP_STR, &into, "the topic to write, with as many partitions" },
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "no-end", 0, NULL, APP_FLAG, &no_end, "more is to come: do not end the topic" },
    { .name = NULL },
};

struct replay {
    struct kafka_conf kafka;
    char source[KAFKA_TOPIC_MAX];
    struct stretch *stretch;
    struct target *target; /* that it may be written, and its end */
    struct kafka_producer *producer;
    struct pace pace;
    int64_t from_ms;
    int64_t until_ms;
    int64_t records;
    struct progress bar;
};

/* The same record, with its arrival as a header. */
static enum status again(struct replay *r, const struct stage_rec *rec, int64_t arrival_ms,
                         struct err *err)
{
    struct hdr hdr[HDR_MAX];
    char text[24];
    struct kafka_rec out = {
        .topic = into, .part = rec->part, .key = rec->key, .value = rec->value, .hdr = hdr
    };

    for (size_t i = 0; i < rec->nhdr; i++) {
        if (slice_is(rec->hdr[i].name, "absa-arrival"))
            continue;
        if (out.nhdr == HDR_MAX - 1)
            return err_set(err, ST_REJECT, "record %" PRId64 " of partition %d has over %d headers",
                           rec->offset, (int)rec->part, HDR_MAX - 1);
        hdr[out.nhdr++] = rec->hdr[i];
    }
    snprintf(text, sizeof(text), "%" PRId64, arrival_ms);
    hdr[out.nhdr++] = (struct hdr){ slice_str("absa-arrival"), slice_str(text) };
    r->records++;
    return r->producer ? kafka_producer_send(r->producer, &out, err) : ST_OK;
}

static enum status copy(struct replay *r, struct err *err)
{
    const struct stage_rec *rec;
    int64_t arrival_ms = 0;
    enum status st = ST_OK;

    while (st == ST_OK && !app_stopping()) {
        st = stretch_next(r->stretch, &rec, &arrival_ms, err);
        if (st != ST_OK || !rec)
            break;
        if (r->producer)
            pace_wait(&r->pace, arrival_ms);
        if (app_stopping())
            break;
        st = again(r, rec, arrival_ms, err);
        progress_at(&r->bar, arrival_ms - r->from_ms, r->until_ms - r->from_ms);
    }
    return st;
}

static enum status open_all(struct replay *r, const struct app_run *run, struct err *err)
{
    snprintf(r->source, sizeof(r->source), "%s%s", source ? source : topics.prefix,
             source ? "" : "raw");
    if (strcmp(r->source, into) == 0)
        return err_set(err, ST_FATAL, "usage: --into names the topic that is read");
    enum status st = kafka_conf_take(&r->kafka, run->conf, brokers, err);
    const struct stretch_conf conf = { .kafka = &r->kafka,
                                       .id = TOPIC_RAW,
                                       .topic = r->source,
                                       .from_ms = r->from_ms,
                                       .until_ms = r->until_ms };
    if (st == ST_OK)
        st = stretch_open(&conf, &r->stretch, err);
    if (st != ST_OK || run->dry_run)
        return st;
    st = target_open(&r->kafka, into, stretch_parts(r->stretch), true, &r->target, err);
    return st == ST_OK ? kafka_producer_new(&r->kafka, &r->producer, err) : st;
}

/* Cut short by a signal, the stretch is not over: no end is written. */
static enum status finish(struct replay *r, bool end, struct err *err)
{
    enum status st = r->producer ? kafka_producer_flush(r->producer, FLUSH_MS, err) : ST_OK;

    if (st == ST_OK && r->target)
        st = target_finish(r->target, end, err);
    return st;
}

static enum status parse_args(struct replay *r, struct err *err)
{
    enum status st = into ? ST_OK : err_set(err, ST_FATAL, "usage: --into DST is missing");

    if (st == ST_OK && !from)
        st = err_set(err, ST_FATAL, "usage: --from TIME is missing");
    if (st == ST_OK)
        st = pace_parse(speed, &r->pace, err);
    if (st == ST_OK)
        st = instant_parse("from", from, 0, &r->from_ms, err);
    if (st == ST_OK)
        st = instant_parse("until", until, now_wall_ms(), &r->until_ms, err);
    if (st == ST_OK && r->from_ms >= r->until_ms)
        st = err_set(err, ST_FATAL, "usage: --until is not after --from");
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct replay r = { .bar = progress_begin("replaying", run->verbosity) };
    enum status st = parse_args(&r, err);

    if (st == ST_OK)
        st = open_all(&r, run, err);
    if (st == ST_OK)
        st = copy(&r, err);
    bool end = !no_end && !app_stopping();
    if (st == ST_OK)
        st = finish(&r, end, err);
    progress_end(&r.bar);
    if (st == ST_OK && run->verbosity >= 0)
        fprintf(stderr, "absa replay: %s%" PRId64 " records into %s%s\n",
                run->dry_run ? "would write " : "", r.records, into, end ? ", and its end" : "");
    kafka_producer_free(r.producer);
    target_close(r.target);
    stretch_close(r.stretch);
    kafka_conf_release(&r.kafka);
    return st;
}

static const struct app app = {
    .name = "replay",
    .summary = "a stretch of a raw topic again, into another topic",
    .examples = "  absa replay -b localhost:9092 --from 2025-07-03 --until 2025-07-04 --speed 60x "
                "--into again.raw\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .has_dry_run = true,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
