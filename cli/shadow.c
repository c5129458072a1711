/* SPDX-License-Identifier: MIT */
/* absa shadow: two models on the same comments, output by output. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/instant.h"
#include "file/file.h"
#include "kafka/stretch.h"
#include "kafka/topics.h"
#include "shadow/pairs.h"
#include "stage/stage.h"
#include "wire/wire.h"

enum { LINE_MAX_BYTES = 4 << 20, REPORT_MAX = 1 << 20 };

#define ARENA_MAX ((size_t)64 << 20)

static struct kafka_topics topics;
static const char *files[PAIRS_SIDES];
static const char *brokers;
static const char *from;
static const char *until;
static const char *beyond = "0.1";
static const char *format = "text";

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "scores", 0, "FILE", APP_STR, &files[PAIRS_SCORES], "JSON lines of absa.scores, not Kafka" },
    { "shadow", 0, "FILE", APP_STR, &files[PAIRS_SHADOW], "the same of absa.scores.shadow" },
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "from", 0, "TIME", APP_STR, &from, "scores written from then on: 2025-07-03T13:16:27Z, ms" },
    { "until", 0, "TIME", APP_STR, &until, "scores written up to then, without it" },
    { "beyond", 0, "X", APP_STR, &beyond, "count differences larger than this (0.1)" },
    { "format", 'f', "NAME", APP_STR, &format, "text (default) or json" },
    { .name = NULL },
};

/* What both ways of reading need. */
struct reading_in {
    struct pairs *pairs;
    struct wire *wire;
    struct arena *arena; /* of the record at hand */
};

static enum status add_line(struct reading_in *r, enum pairs_side side, struct slice line,
                            struct err *err)
{
    static const char mark[] = "{\"absa_kind\":";
    struct score score;

    line = slice_trim(line);
    if (line.n == 0 || (line.n > sizeof(mark) && memcmp(line.p, mark, sizeof(mark) - 1) == 0))
        return ST_OK;
    arena_reset(r->arena);
    enum status st = wire_from_json(r->wire, RECORD_SCORE, line, &score, r->arena, err);
    return st == ST_OK ? pairs_add(r->pairs, side, &score, err) : st;
}

static enum status read_file(struct reading_in *r, enum pairs_side side, struct err *err)
{
    FILE *f = fopen(files[side], "r");
    enum status st = ST_OK;
    char *line = NULL;
    size_t cap = 0;
    size_t number = 0;
    ssize_t n;

    if (!f)
        return file_away(files[side], err);
    while (st == ST_OK && (n = getline(&line, &cap, f)) >= 0) {
        number++;
        st = n > LINE_MAX_BYTES ? err_set(err, ST_REJECT, "a line is longer than 4 MiB")
                                : add_line(r, side, (struct slice){ line, (size_t)n }, err);
    }
    if (st == ST_REJECT)
        err_prefix(err, "%s:%zu", files[side], number);
    free(line);
    fclose(f);
    return st;
}

static enum status read_stretch(struct reading_in *r, enum pairs_side side, struct stretch *s,
                                struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK && !app_stopping()) {
        const struct stage_rec *rec = NULL;
        struct score score;
        int64_t ignored;

        st = stretch_next(s, &rec, &ignored, err);
        if (st != ST_OK || !rec)
            break;
        if (stage_header(rec, "absa-kind").p)
            continue;
        arena_reset(r->arena);
        st = wire_decode(r->wire, RECORD_SCORE, rec->value, &score, r->arena, err);
        if (st == ST_OK)
            st = pairs_add(r->pairs, side, &score, err);
    }
    return st;
}

static enum status read_topic(struct reading_in *r, enum pairs_side side,
                              const struct stretch_conf *conf, struct err *err)
{
    struct stretch *s = NULL;
    enum status st = stretch_open(conf, &s, err);

    if (st == ST_RETRY) {
        err_prefix(err, "unavailable: is the address right, and is the topic there?");
        st = ST_FATAL;
    }
    if (st == ST_OK)
        st = read_stretch(r, side, s, err);
    stretch_close(s);
    return st;
}

static enum status read_topics(struct reading_in *r, const struct app_run *run, struct err *err)
{
    static const enum topic_id ids[PAIRS_SIDES] = { TOPIC_SCORES, TOPIC_SHADOW };
    const struct kafka_names names = kafka_names_make(topics.prefix);
    struct kafka_conf kafka = { 0 };
    int64_t from_ms = INT64_MIN;
    int64_t until_ms = INT64_MAX;
    enum status st = instant_parse("from", from, INT64_MIN, &from_ms, err);

    if (st == ST_OK)
        st = instant_parse("until", until, INT64_MAX, &until_ms, err);
    if (st == ST_OK)
        st = kafka_conf_take(&kafka, run->conf, brokers, err);
    for (int side = 0; st == ST_OK && side < PAIRS_SIDES; side++) {
        const struct stretch_conf conf = { &kafka, ids[side], names.of[ids[side]], from_ms,
                                           until_ms };

        st = read_topic(r, (enum pairs_side)side, &conf, err);
    }
    kafka_conf_release(&kafka);
    return st;
}

static enum status report(struct pairs *pairs, double bound, struct err *err)
{
    struct pairs_report r;
    struct buf out;

    buf_init(&out, REPORT_MAX);
    pairs_compare(pairs, bound, &r);
    if (strcmp(format, "json") == 0)
        pairs_json(pairs, &r, &out);
    else
        pairs_text(pairs, &r, &out);
    enum status st = app_print(&out, err);
    if (st == ST_OK && r.n == 0)
        st = err_set(err, ST_REJECT, "no comment was scored by both");
    buf_release(&out);
    return st;
}

static enum status check_usage(const struct app_run *run, double *bound, struct err *err)
{
    char *end;

    *bound = strtod(beyond, &end);
    if (run->argc > 0 || (files[0] == NULL) != (files[1] == NULL))
        return err_set(err, ST_FATAL, "usage: want --scores and --shadow, or a cluster (-b)");
    if (end == beyond || *end != '\0' || !(*bound >= 0.0) || !isfinite(*bound))
        return err_set(err, ST_FATAL, "usage: --beyond %.40s: want a number, 0 or more", beyond);
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return err_set(err, ST_FATAL, "usage: --format is text or json, not %.40s", format);
    return ST_OK;
}

static enum status run(struct app_run *app, struct err *err)
{
    struct pairs pairs;
    struct reading_in r = { .pairs = &pairs };
    double bound;
    enum status st = check_usage(app, &bound, err);

    if (st != ST_OK)
        return st;
    pairs_init(&pairs);
    r.arena = arena_new(ARENA_MAX);
    st = r.arena ? wire_new(NULL, &r.wire, err) : err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK && files[0]) {
        st = read_file(&r, PAIRS_SCORES, err);
        if (st == ST_OK)
            st = read_file(&r, PAIRS_SHADOW, err);
    } else if (st == ST_OK) {
        st = read_topics(&r, app, err);
    }
    if (st == ST_OK)
        st = report(&pairs, bound, err);
    pairs_release(&pairs);
    wire_free(r.wire);
    arena_free(r.arena);
    return st;
}

static const struct app app = {
    .name = "shadow",
    .summary = "Compares what the model and its shadow (score.shadow) say of the same comments:\n"
               "means, differences, correlation and the share that is far apart, of each output.",
    .examples = "  absa shadow -b localhost:9092\n"
                "  absa ingest --pipe < comments.jsonl | absa score --pipe "
                "-X score.shadow=models/default --shadow b.jsonl > a.jsonl\n"
                "  absa shadow --scores a.jsonl --shadow b.jsonl\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .check = kafka_conf_check,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
