/* SPDX-License-Identifier: MIT */
/* absa import: any scraper's files into the raw topic. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/pace.h"
#include "app/progress.h"
#include "base/time.h"
#include "consumers/ingest/config.h"
#include "kafka/topics.h"
#include "producers/import/feed.h"
#include "producers/import/hold.h"
#include "producers/import/target.h"

static struct ingest_times times;
static struct kafka_topics topics;
static const char *topic;
static const char *brokers;
static const char *arrival = "now";
static const char *speed = "max";
static bool no_end;

static const struct conf_section sections[] = {
    { "Times", ingest_times_props, &times },
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "topic", 't', "TOPIC", APP_STR, &topic, "the raw topic (default: topic.prefix and raw)" },
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "arrival", 0, "now|created|kafka", APP_STR, &arrival,
      "whose time they live in: now (default); created: in the order in which they were written, "
      "at that time; kafka: as a scraper posts them, into a live topic, without an end" },
    { "speed", 0, "600x|max", APP_STR, &speed,
      "with --arrival created: how much faster than they were written (default max)" },
    { "no-end", 0, NULL, APP_FLAG, &no_end, "more is to come: do not end the topic" },
    { .name = NULL },
};

struct import {
    struct target *target; /* NULL: dry run */
    struct hold *hold;
    struct pace pace;
    bool quiet;
    struct progress bar;
    int64_t records;
};

static enum status take(void *ctx, const struct raw_record *rec, int64_t arrival_ms,
                        struct err *err)
{
    struct import *im = ctx;
    enum status st;

    pace_wait(&im->pace, arrival_ms);
    st = app_stopping() ? err_set(err, ST_RETRY, "stopped")
                        : hold_record(im->hold, app_stop_flag(), im->quiet, err);

    im->records++;
    return st == ST_OK && im->target ? target_send(im->target, rec, arrival_ms, err) : st;
}

static void show(void *ctx, int64_t done, int64_t total)
{
    struct import *im = ctx;

    progress_at(&im->bar, done, total);
}

static bool parse_arrival(enum feed_arrival *out)
{
    static const char *const names[] = { "now", "created", "kafka" };

    for (int i = FEED_NOW; i <= FEED_KAFKA; i++) {
        if (strcmp(arrival, names[i]) == 0) {
            *out = (enum feed_arrival)i;
            return true;
        }
    }
    return false;
}

static enum status open_target(struct import *im, struct kafka_conf *kafka, const char *name,
                               bool own_time, const struct conf *conf, struct err *err)
{
    enum status st = kafka_conf_take(kafka, conf, brokers, err);

    if (st == ST_OK)
        st = hold_new(kafka, &topics, &im->hold, err);
    if (st == ST_OK && im->hold && !own_time)
        return err_set(err, ST_FATAL,
                       "unavailable: the embedded broker has no time of its own: --arrival now "
                       "or created");
    return st == ST_OK ? target_open(kafka, name, (int32_t)topics.raw_partitions, own_time,
                                     &im->target, err)
                       : st;
}

static enum status check_usage(const struct app_run *run, struct import *im, struct feed *feed,
                               struct err *err)
{
    enum status st = pace_parse(speed, &im->pace, err);

    if (st != ST_OK)
        return st;
    if (run->argc == 0)
        return err_set(err, ST_FATAL, "usage: name at least one file (- is stdin)");
    if (!parse_arrival(&feed->arrival))
        return err_set(err, ST_FATAL, "usage: --arrival is now, created or kafka");
    if (im->pace.speed > 0 && feed->arrival != FEED_CREATED)
        return err_set(err, ST_FATAL, "usage: --speed goes with --arrival created");
    return ST_OK;
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct ingest_rules rules = { .time_unit = (enum time_unit)times.unit };
    struct import im = { .bar = progress_begin("reading", run->verbosity),
                         .quiet = run->verbosity < 0 };
    struct feed feed = { .paths = run->argv,
                         .n = (size_t)run->argc,
                         .now_ms = (int64_t)time(NULL) * MS_SECOND,
                         .rules = &rules,
                         .take = take,
                         .progress = show,
                         .ctx = &im };
    struct kafka_conf kafka = { 0 };
    char name[KAFKA_TOPIC_MAX];
    enum status st = check_usage(run, &im, &feed, err);

    if (st != ST_OK)
        return st;
    const bool end = !no_end && feed.arrival != FEED_KAFKA;
    snprintf(name, sizeof(name), "%s%s", topic ? topic : topics.prefix, topic ? "" : "raw");
    if (!run->dry_run)
        st = open_target(&im, &kafka, name, feed.arrival != FEED_KAFKA, run->conf, err);
    if (st == ST_OK)
        st = feed_run(&feed, err);
    if (st == ST_OK && im.target)
        st = target_finish(im.target, end, err);
    progress_end(&im.bar);
    if (st == ST_OK && run->verbosity >= 0)
        fprintf(stderr, "absa import: %s%" PRId64 " records into %s%s\n",
                run->dry_run ? "would write " : "", im.records, name, end ? ", and its end" : "");
    target_close(im.target);
    hold_free(im.hold);
    kafka_conf_release(&kafka);
    return st;
}

static const struct app app = {
    .name = "import",
    .args = "FILE...",
    .summary = "files of any scraper into the raw topic",
    .examples = "  absa import -b localhost:9092 --arrival created TTCommentExporter-*.csv\n"
                "  absa import -n page.json comments.jsonl\n",
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
