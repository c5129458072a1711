/* SPDX-License-Identifier: MIT */
/* absa label: judgements of people or tools into absa.labels, each with the prediction it judges.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/instant.h"
#include "app/progress.h"
#include "base/hash.h"
#include "file/file.h"
#include "kafka/admin.h"
#include "kafka/producer.h"
#include "kafka/stretch.h"
#include "kafka/topics.h"
#include "now/now.h"
#include "producers/label/match.h"
#include "producers/label/rows.h"
#include "stage/out.h"
#include "stage/stage.h"
#include "wire/wire.h"

#define FILE_MAX  ((size_t)256 << 20)
#define ARENA_MAX ((size_t)2 << 30)
#define SCORE_MAX ((size_t)64 << 20)

enum { FLUSH_MS = 60000, BATCH_RECORDS = 1000, BATCH_BYTES = 16 << 20, LINE_MAX_BYTES = 1 << 20 };

static struct kafka_topics topics;
static const char *brokers;
static const char *from;
static const char *until;
static const char *annotator;
static const char *phase;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "annotator", 0, "NAME", APP_STR, &annotator, "who labelled, where a row does not say it" },
    { "stage", 0, "NAME", APP_STR, &phase, "stage of the annotation, where a row does not say it" },
    { "from", 0, "TIME", APP_STR, &from,
      "look for predictions among the scores written from then on: 2025-07-03T13:16:27Z, ms" },
    { "until", 0, "TIME", APP_STR, &until, "and up to then, without it" },
    { .name = NULL },
};

struct labelling {
    struct label_rows rows;
    struct arena *text;
    struct arena *scratch; /* of the score at hand */
    struct wire *wire;
    struct out *out;
    struct kafka_conf kafka;
    struct kafka_names names;
    struct topology topo;            /* as the cluster has it; out borrows it */
    struct kafka_producer *producer; /* NULL: dry run */
    const struct app_run *run;
};

static enum status read_files(struct labelling *l, struct err *err)
{
    const struct label_rules rules = { .annotator = slice_str(annotator),
                                       .stage = phase ? slice_str(phase) : slice_str(""),
                                       .now_ms = now_wall_ms() };
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < l->run->argc; i++) {
        const char *path = strcmp(l->run->argv[i], "-") == 0 ? "/dev/stdin" : l->run->argv[i];
        struct buf bytes;

        buf_init(&bytes, FILE_MAX);
        st = file_read_data(path, &bytes, err);
        if (st == ST_OK)
            st = label_rows_add(&l->rows, buf_slice(&bytes), &rules, err);
        if (st == ST_REJECT)
            err_prefix(err, "%s", l->run->argv[i]);
        buf_release(&bytes);
    }
    return st;
}

static enum status show_score(struct labelling *l, struct match *m, const struct stage_rec *rec,
                              struct err *err)
{
    struct score score;

    if (stage_header(rec, "absa-kind").p)
        return ST_OK;
    arena_reset(l->scratch);
    enum status st = wire_decode(l->wire, RECORD_SCORE, rec->value, &score, l->scratch, err);
    if (st == ST_REJECT)
        return ST_OK; /* not ours to judge: no prediction was made of it */
    return st == ST_OK ? match_score(m, &score, err) : st;
}

static enum status pass_scores(struct labelling *l, struct match *m, struct stretch *s,
                               struct err *err)
{
    struct progress bar = progress_begin("looking for predictions", l->run->verbosity);
    const struct stage_rec *rec = NULL;
    enum status st = ST_OK;

    do {
        int64_t done;
        int64_t total;
        int64_t ignored;

        if (app_stopping())
            st = err_set(err, ST_RETRY, "stopped");
        if (st == ST_OK)
            st = stretch_next(s, &rec, &ignored, err);
        if (st == ST_OK && rec)
            st = show_score(l, m, rec, err);
        stretch_progress(s, &done, &total);
        progress_at(&bar, done, total);
    } while (st == ST_OK && rec);
    progress_end(&bar);
    return st;
}

static enum status find_predictions(struct labelling *l, struct match *m, struct err *err)
{
    struct stretch_conf conf = { &l->kafka, TOPIC_SCORES, l->names.of[TOPIC_SCORES], INT64_MIN,
                                 INT64_MAX };
    struct stretch *s = NULL;
    enum status st = instant_parse("from", from, INT64_MIN, &conf.from_ms, err);

    if (st == ST_OK)
        st = instant_parse("until", until, INT64_MAX, &conf.until_ms, err);
    if (st == ST_OK)
        st = stretch_open(&conf, &s, err);
    if (st == ST_OK)
        st = pass_scores(l, m, s, err);
    stretch_close(s);
    return st == ST_OK ? match_finish(m, err) : st;
}

/* The topology as it is: labels and dead letters may have any number of partitions. */
static enum status look_at_topics(struct labelling *l, struct err *err)
{
    static const enum topic_id written[] = { TOPIC_LABELS, TOPIC_DEAD };
    struct kafka_admin *admin = NULL;
    enum status st = kafka_admin_new(&l->kafka, &admin, err);

    for (size_t i = 0; st == ST_OK && i < sizeof(written) / sizeof(written[0]); i++) {
        const char *name = l->names.of[written[i]];

        st = kafka_admin_partitions(admin, name, &l->topo.parts[written[i]], err);
        if (st == ST_OK && l->topo.parts[written[i]] == 0)
            st =
                err_set(err, ST_FATAL, "config: there is no topic %s: run absa topics apply", name);
    }
    kafka_admin_free(admin);
    return st;
}

static enum status open_output(struct labelling *l, struct err *err)
{
    const struct out_limits limits = { BATCH_RECORDS, BATCH_BYTES };
    enum status st = ST_OK;

    l->topo = kafka_topology(&topics);
    if (!l->run->dry_run)
        st = look_at_topics(l, err);

    if (st == ST_OK && !l->run->dry_run)
        st = kafka_producer_new(&l->kafka, &l->producer, err);
    if (st != ST_OK)
        return st;
    l->out = out_new(l->wire, &l->topo, limits);
    return l->out ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

static enum out_rc put(struct labelling *l, const struct label_row *row)
{
    const struct slice id = row->label.comment_id;
    const struct stage_rec rec = {
        .topic = TOPIC_LABELS, .offset = row->line, .arrival_ms = -1, .key = id, .value = row->raw
    };

    out_open(l->out);
    if (row->dead)
        return out_dead(l->out, "label", &rec, -1, row->reason, row->why.p);
    return out_put_record(l->out, TOPIC_LABELS,
                          hash_partition(id, out_topology(l->out)->parts[TOPIC_LABELS]), id,
                          RECORD_LABEL, &row->label);
}

/* Hands what there is to the cluster. */
static enum status send(struct labelling *l, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < out_n(l->out); i++) {
        const struct out_rec *r = out_at(l->out, i);
        const struct kafka_rec rec = {
            .topic = l->names.of[r->topic], .part = r->part, .key = r->key, .value = r->value
        };

        st = kafka_producer_send(l->producer, &rec, err);
    }
    out_clear(l->out);
    return st;
}

static enum status write_all(struct labelling *l, struct err *err)
{
    struct progress bar = progress_begin("writing", l->run->verbosity);
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < l->rows.n; i++) {
        enum out_rc rc = put(l, &l->rows.v[i]);

        if (rc == OUT_FULL) {
            out_undo(l->out);
            st = send(l, err);
            rc = st == ST_OK ? put(l, &l->rows.v[i]) : OUT_OK;
        }
        if (rc != OUT_OK)
            st = rc == OUT_ERROR ? out_error(l->out, err)
                                 : err_set(err, ST_FATAL, "a row is too large to be written");
        progress_at(&bar, (int64_t)i + 1, (int64_t)l->rows.n);
    }
    if (st == ST_OK)
        st = send(l, err);
    if (st == ST_OK)
        st = kafka_producer_flush(l->producer, FLUSH_MS, err);
    progress_end(&bar);
    return st;
}

/* Dry run: what would be written. */
static enum status print_all(const struct labelling *l, struct err *err)
{
    struct buf line;
    enum status st = ST_OK;

    buf_init(&line, LINE_MAX_BYTES);
    for (size_t i = 0; st == ST_OK && i < l->rows.n; i++) {
        if (l->rows.v[i].dead)
            continue;
        st = wire_to_json(RECORD_LABEL, &l->rows.v[i].label, &line, err);
        buf_byte(&line, '\n');
        if (st == ST_OK)
            st = app_print(&line, err);
    }
    buf_release(&line);
    return st;
}

/* What is wrong with the first that is no label: often the same with all. */
static void say_first(const struct label_rows *rows)
{
    size_t i = 0;

    while (i < rows->n && !rows->v[i].dead)
        i++;
    if (i < rows->n)
        fprintf(stderr, "; row %" PRId64 ": %.*s", rows->v[i].line, SLICE_ARG(rows->v[i].why));
}

static void say(const struct labelling *l)
{
    int64_t by_reason[DEAD_N] = { 0 };

    for (size_t i = 0; i < l->rows.n; i++)
        by_reason[l->rows.v[i].reason] += l->rows.v[i].dead ? 1 : 0;
    fprintf(stderr, "absa label: %s%zu labels, %zu dead letters", l->producer ? "" : "would write ",
            l->rows.n - l->rows.dead, l->rows.dead);
    for (int r = 0; r < DEAD_N; r++) {
        if (by_reason[r] > 0)
            fprintf(stderr, ", %s %" PRId64, dead_reason_name((enum dead_reason)r), by_reason[r]);
    }
    say_first(&l->rows);
    fputc('\n', stderr);
}

static enum status label(struct labelling *l, struct err *err)
{
    struct match m;
    enum status st = read_files(l, err);

    if (st != ST_OK)
        return st;
    st = match_init(&m, &l->rows, err);
    if (st == ST_OK && (m.n > 0 || !l->run->dry_run))
        st = kafka_conf_take(&l->kafka, l->run->conf, brokers, err);
    if (st == ST_OK && m.n > 0)
        st = find_predictions(l, &m, err);
    match_release(&m);
    if (st == ST_OK)
        st = open_output(l, err);
    if (st == ST_OK)
        st = l->producer ? write_all(l, err) : print_all(l, err);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct labelling l = { .text = arena_new(ARENA_MAX),
                           .scratch = arena_new(SCORE_MAX),
                           .names = kafka_names_make(topics.prefix),
                           .run = run };

    if (run->argc == 0) {
        arena_free(l.text);
        arena_free(l.scratch);
        return err_set(err, ST_FATAL, "usage: name at least one file (- is stdin)");
    }
    l.rows.a = l.text;
    enum status st = l.text && l.scratch ? wire_new(NULL, &l.wire, err)
                                         : err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK)
        st = label(&l, err);
    if (st == ST_OK && run->verbosity >= 0)
        say(&l);
    if (st == ST_OK && l.rows.dead > 0)
        run->exit_code = 65;
    kafka_producer_free(l.producer);
    out_free(l.out);
    wire_free(l.wire);
    label_rows_release(&l.rows);
    arena_free(l.scratch);
    arena_free(l.text);
    kafka_conf_release(&l.kafka);
    return st;
}

static const struct app app = {
    .name = "label",
    .args = "FILE...",
    .summary = "Judgements of people or tools (CSV, JSON lines) into absa.labels, each with the\n"
               "prediction that it judges: from the row, or from absa.scores by the comment's id.",
    .examples = "  absa label -b localhost:9092 --annotator anna judged.csv\n"
                "  absa label -b localhost:9092 --from 2025-07-01 --stage second judged.jsonl\n"
                "  absa label -n judged.csv > labels.jsonl\n",
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
