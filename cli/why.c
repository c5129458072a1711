/* SPDX-License-Identifier: MIT */
/* why.c -- why did, or did not, a feature become an alert? */

#include "app/app.h"
#include "app/instant.h"
#include "cli/why/account.h"
#include "cli/why/topics.h"
#include "consumers/drift/config.h"
#include "file/file.h"
#include "file/lines.h"
#include "kafka/topics.h"
#include "wire/wire.h"

#define LINE_MAX ((size_t)256 << 20)
#define KEEP_MAX ((size_t)16 << 20)
enum { SAID_MAX = 1 << 20 };

static struct drift_props props;
static struct kafka_topics topics;
static const char *brokers;
static const char *at;
static const char *segment = "all";
static const char *dir = ".";
static bool as_json;

static const struct conf_section sections[] = {
    { "Drift", drift_props, &props },
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "at", 0, "TIME", APP_STR, &at, "arrival time that the window holds" },
    { "segment", 0, "NAME", APP_STR, &segment, "of this segment (default: all)" },
    { "dir", 'd', "DIR", APP_STR, &dir, "what absa backtest --out wrote (default: .)" },
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "what drift wrote into its topics there" },
    { "json", 'J', NULL, APP_FLAG, &as_json, "as one JSON object" },
    { .name = NULL },
};

/* Reads lines, or records of topics, into the account. */
struct reading {
    struct why *why;
    struct wire *wire;
    struct arena *line;
    struct kafka_reader *reader; /* NULL: lines */
};

static enum status take_window(void *ctx, struct slice line, struct err *err)
{
    struct reading *r = ctx;
    struct window w;

    arena_reset(r->line);
    enum status st = wire_from_json(r->wire, RECORD_WINDOW, line, &w, r->line, err);
    return st == ST_OK ? why_take_window(r->why, &w, err) : st;
}

static enum status take_alert(void *ctx, struct slice line, struct err *err)
{
    struct reading *r = ctx;
    struct alert al;

    arena_reset(r->line);
    enum status st = wire_from_json(r->wire, RECORD_ALERT, line, &al, r->line, err);
    return st == ST_OK ? why_take_alert(r->why, &al, err) : st;
}

static enum status read_file(struct reading *r, const char *name, line_fn *fn, struct err *err)
{
    char path[FILE_PATH_MAX];
    enum status st = file_path(dir, slice_str(name), path, err);

    if (st == ST_OK)
        st = file_lines(path, fn, r, err);
    if (st == ST_REJECT)
        err_prefix(err, "%s", name);
    return st;
}

static enum status read_one(struct reading *r, enum topic_id topic, struct err *err)
{
    const struct why_topics t = { r->reader, r->wire, r->line, r->why };

    if (r->reader)
        return why_read_topic(&t, topic, err);
    return topic == TOPIC_WINDOWS ? read_file(r, "windows.jsonl", take_window, err)
                                  : read_file(r, "alerts.jsonl", take_alert, err);
}

/* What was asked for is not there: which part of it? */
static enum status not_found(const struct why *y, struct err *err)
{
    const char *where = brokers ? brokers : dir;

    if (!y->segment_seen)
        return err_set(err, ST_REJECT, "no window of segment %.*s in %s",
                       SLICE_ARG(y->asked.segment), where);
    if (!y->feature_seen && y->features_seen)
        return err_set(err, ST_REJECT, "no window in %s has a feature %.*s", where,
                       SLICE_ARG(y->asked.feature));
    return err_set(err, ST_REJECT, "no window of segment %.*s holds %s",
                   SLICE_ARG(y->asked.segment), at);
}

static enum status answer(struct reading *r, struct err *err)
{
    const struct why *why = r->why;
    struct buf said;
    enum status st = read_one(r, TOPIC_WINDOWS, err);

    if (st == ST_OK && (!why->found || (!why->feature_seen && why->features_seen)))
        st = not_found(why, err);
    if (st == ST_OK)
        st = read_one(r, TOPIC_ALERTS, err);
    if (st == ST_OK && r->reader)
        st = read_one(r, TOPIC_STATE, err);
    if (st != ST_OK)
        return st;
    buf_init(&said, SAID_MAX);
    if (as_json)
        st = why_json(why, &said, err);
    else
        why_say(why, &said);
    if (st == ST_OK)
        st = app_print(&said, err);
    buf_release(&said);
    return st;
}

static struct why_rules rules_of(const struct drift_props *p)
{
    return (struct why_rules){ .min_samples = p->min_samples,
                               .min_videos = p->min_videos,
                               .false_alarms = p->false_alarms,
                               .effect_min = p->effect_min,
                               .streak_min = p->streak_min,
                               .keep_firing_for = p->keep_firing_for,
                               .warming_comments = p->warming_comments };
}

static enum status ask(struct reading *r, const struct app_run *run, struct err *err)
{
    const struct kafka_names names = kafka_names_make(topics.prefix);
    struct kafka_conf kafka = { 0 };
    enum status st = ST_OK;

    if (brokers) {
        st = kafka_conf_take(&kafka, run->conf, brokers, err);
        if (st == ST_OK)
            st = why_reach(&kafka, err);
        if (st == ST_OK)
            st = kafka_reader_new(&kafka, &names, &r->reader, err);
    }
    if (st == ST_OK)
        st = answer(r, err);
    kafka_reader_free(r->reader);
    kafka_conf_release(&kafka);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct why why = { .rules = rules_of(&props) };
    struct reading r = { .why = &why };
    enum status st;

    if (run->argc != 1 || !at)
        return err_set(err, ST_FATAL, "usage: say which FEATURE, and --at which time");
    why.asked.feature = slice_str(run->argv[0]);
    why.asked.segment = slice_str(segment);
    st = instant_parse("at", at, 0, &why.asked.at_ms, err);
    if (st == ST_OK)
        st = wire_new(NULL, &r.wire, err);
    r.line = arena_new(LINE_MAX);
    why.keep = arena_new(KEEP_MAX);
    if (st == ST_OK && (!r.line || !why.keep))
        st = err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK)
        st = ask(&r, run, err);
    arena_free(why.keep);
    arena_free(r.line);
    wire_free(r.wire);
    return st;
}

static const char *const also[] = { "drift", NULL };

static const struct app app = {
    .name = "why",
    .args = "FEATURE",
    .summary = "Says why a feature was, or was not, an alert at a time: what was measured, which\n"
               "condition it met or failed first, and what would have been needed.",
    .examples =
        "  absa backtest --input comments.csv --out result\n"
        "  absa why sentiment_score --at 2025-06-28T18:30:00Z -d result\n"
        "  absa why sentiment_score --at 2025-06-28T18:30:00Z -d result --segment all -J\n"
        "  absa why sentiment_score --at 2025-06-28T18:30:00Z -b localhost:9092 -c absa.conf\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .also = also,
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
