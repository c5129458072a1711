/* SPDX-License-Identifier: MIT */
/* backtest.c -- the whole pipeline over the past, in one process, without Kafka
 * between the stages: what would have been said, and the same bytes each time. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/past.h"
#include "cli/report/folder.h"
#include "consumers/drift/promise.h"
#include "drift/training.h"
#include "file/file.h"
#include "pipe/transcode.h"
#include "report/page.h"
#include "report/words.h"

enum { LINE_BYTES_MAX = 64 << 20, ARENA_MAX = 256 << 20 };

static const char *out_dir;

static const struct app_opt opts[] = {
    PAST_OPTS("absa.raw or absa.comments"),
    { "bundle", 0, "MODEL", APP_STR, &pipeline_conf.bundle, "wins over score.model, score.bundle" },
    { "baseline", 0, "FILE", APP_STR, &pipeline_conf.baseline, "wins over drift.baseline" },
    { "out", 'o', "DIR", APP_STR, &out_dir, "folder for what comes out; is made if need be" },
    { .name = NULL },
};

/* The files of the output folder. The summary is written when all the others are whole: a
 * folder without one is of a run that did not end well. */
enum { FILE_WINDOWS, FILE_ALERTS, FILE_DEAD, FILE_N };

static const char *const file_names[FILE_N] = { "windows.jsonl", "alerts.jsonl", "dead.jsonl" };

struct backtest {
    struct pipeline pipeline;
    struct promise promise;
    struct pipe *pipe;
    FILE *file[FILE_N];
    struct arena *arena;
    struct buf line;
};

static enum status cannot(int file, struct err *err)
{
    return err_set(err, ST_FATAL, "%s/%s: %s", out_dir, file_names[file], strerror(errno));
}

static enum status put(struct backtest *t, int file, struct err *err)
{
    if (buf_failed(&t->line))
        return err_set(err, ST_FATAL, "out of memory");
    return fwrite(t->line.p, 1, t->line.n, t->file[file]) == t->line.n ? ST_OK : cannot(file, err);
}

static enum status close_files(struct backtest *t, enum status st, struct err *err)
{
    for (int i = 0; i < FILE_N; i++) {
        if (t->file[i] && fclose(t->file[i]) != 0 && st == ST_OK)
            st = cannot(i, err);
        t->file[i] = NULL;
    }
    return st;
}

static int file_of(enum topic_id topic)
{
    switch (topic) {
    case TOPIC_WINDOWS:
        return FILE_WINDOWS;
    case TOPIC_ALERTS:
        return FILE_ALERTS;
    case TOPIC_DEAD:
        return FILE_DEAD;
    default:
        return FILE_N;
    }
}

static enum status sink(void *ctx, const struct out_rec *rec, struct err *err)
{
    struct backtest *t = ctx;
    int file = file_of(rec->topic);

    if (file == FILE_N)
        return ST_OK;
    buf_clear(&t->line);
    arena_reset(t->arena);
    enum status st = transcode_out(t->pipeline.wire, rec, t->arena, &t->line, err);
    return st == ST_OK ? put(t, file, err) : st;
}

/* What another run left, and this one writes at its end. */
static enum status remove_old(const char *name, struct err *err)
{
    char path[FILE_PATH_MAX];

    if (file_path(out_dir, slice_str(name), path, err) != ST_OK)
        return err_set(err, ST_FATAL, "usage: --out: the name is too long");
    if (unlink(path) != 0 && errno != ENOENT)
        return err_set(err, ST_FATAL, "usage: %s: %s", path, strerror(errno));
    return ST_OK;
}

static enum status open_files(struct backtest *t, struct err *err)
{
    char path[FILE_PATH_MAX];

    if (mkdir(out_dir, 0777) != 0 && errno != EEXIST)
        return err_set(err, ST_FATAL, "usage: --out %s: %s", out_dir, strerror(errno));
    enum status st = remove_old(FOLDER_SUMMARY, err);
    if (st == ST_OK)
        st = remove_old(FOLDER_REPORT, err);
    if (st != ST_OK)
        return st;
    for (int i = 0; i < FILE_N; i++) {
        if (file_path(out_dir, slice_str(file_names[i]), path, err) != ST_OK)
            return err_set(err, ST_FATAL, "usage: --out: the name is too long");
        t->file[i] = fopen(path, "w");
        if (!t->file[i])
            return err_set(err, ST_FATAL, "usage: %s: %s", path, strerror(errno));
    }
    return ST_OK;
}

struct count {
    const char *name;
    enum counter counter;
};

static const struct count counts[] = {
    { "comments", COUNTER_FIRST },      { "updates", COUNTER_UPDATES }, { "dead", COUNTER_DEAD },
    { "windows", COUNTER_WINDOWS },     { "alerts", COUNTER_ALERTS },   { "late", COUNTER_LATE },
    { "escalated", COUNTER_ESCALATED },
};

/* While all of them are 0, the same raw records give the same bytes (I1); with
 * any, only the same absa.comments do (I0). */
static const struct count identity[] = {
    { "late_by_floor", COUNTER_LATE_BY_FLOOR },
    { "overtaken", COUNTER_OVERTAKEN },
    { "cross_source_updates", COUNTER_CROSS_SOURCE },
    { "dedupe_evicted", COUNTER_DEDUPE_EVICTED },
};

/* Comments that went in: as ingest found them, or all that score read. */
static int64_t n_read(const struct backtest *t)
{
    int64_t found = pipe_counter(t->pipe, COUNTER_COMMENTS_READ);

    return found > 0
               ? found
               : pipe_counter(t->pipe, COUNTER_FIRST) + pipe_counter(t->pipe, COUNTER_UPDATES) +
                     pipe_counter(t->pipe, COUNTER_DEAD);
}

static void add_dead_reasons(struct backtest *t)
{
    const char *comma = "";

    for (int i = 0; i < DEAD_N; i++) {
        enum dead_reason r = (enum dead_reason)i;
        if (pipe_dead_count(t->pipe, r) == 0)
            continue;
        buf_fmt(&t->line, "%s\"%s\": %lld", comma, dead_reason_name(r),
                (long long)pipe_dead_count(t->pipe, r));
        comma = ", ";
    }
}

/* What keeps drift.false_alarms_per_month. */
static void add_promise(struct buf *b, const struct promise *p)
{
    if (p->why)
        buf_fmt(b, "  \"false_alarms\": {\"kept_by\": \"%s\", \"why\": \"%s\"},\n",
                p->none ? "nothing" : "bounds", p->why);
    else
        buf_fmt(b, "  \"false_alarms\": {\"kept_by\": \"calibration\", \"level\": %.17g},\n",
                p->all.level);
}

/* What the model was trained on against what the baseline is of; nothing where they were not
 * compared. */
static void add_training(struct buf *b, const struct baseline *base)
{
    const char *comma = "";

    if (base->training[0] == '\0')
        return;
    buf_str(b, "  \"training_skew\": {");
    for (size_t i = 0; i < base->n; i++) {
        if (!(base->features[i].training_skew > 0))
            continue;
        buf_fmt(b, "%s\"%s\": %.17g", comma, base->features[i].name,
                base->features[i].training_skew);
        comma = ", ";
    }
    buf_str(b, "},\n");
}

static void make_summary(struct backtest *t)
{
    struct buf *b = &t->line;
    bool exact = true;

    buf_clear(b);
    buf_fmt(b, "{\n  \"read\": %lld,\n", (long long)n_read(t));
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        buf_fmt(b, "  \"%s\": %lld,\n", counts[i].name,
                (long long)pipe_counter(t->pipe, counts[i].counter));
    buf_str(b, "  \"dead_reasons\": {");
    add_dead_reasons(t);
    buf_str(b, "},\n  \"counters\": {");
    for (size_t i = 0; i < sizeof(identity) / sizeof(identity[0]); i++) {
        int64_t n = pipe_counter(t->pipe, identity[i].counter);
        exact = exact && n == 0;
        buf_fmt(b, "%s\"%s\": %lld", i > 0 ? ", " : "", identity[i].name, (long long)n);
    }
    const struct slice bundle = bundle_info(t->pipeline.bundle)->sha256;
    buf_str(b, "},\n");
    add_promise(b, &t->promise);
    add_training(b, t->pipeline.baseline);
    buf_fmt(b, "  \"identity\": \"%s\",\n  \"bundle\": \"sha256:%.*s\",\n", exact ? "I1" : "I0",
            SLICE_ARG(bundle));
    buf_fmt(b, "  \"baseline\": \"%s\"\n}\n", t->pipeline.baseline->id);
}

static enum status write_one(const char *name, const struct buf *b, struct err *err)
{
    char path[FILE_PATH_MAX];

    if (buf_failed(b))
        return err_set(err, ST_FATAL, "out of memory for %s", name);
    enum status st = file_path(out_dir, slice_str(name), path, err);
    return st == ST_OK ? file_write(path, buf_slice(b), err) : st;
}

static void add_option(struct buf *b, const char *name, const char *value)
{
    if (!value)
        return;
    buf_fmt(b, " --%s ", name);
    folder_quote(b, value);
}

/* How to make it again, but for the folder. What is passed on to librdkafka may be a
 * secret. */
static void make_command(const struct app_run *run, struct buf *b)
{
    const char hidden[] = "kafka.";

    buf_str(b, "absa backtest");
    if (run->conf_file)
        add_option(b, "config", run->conf_file);
    add_option(b, "topic", past.topic);
    add_option(b, "brokers", past.brokers);
    add_option(b, "from", past.from);
    add_option(b, "until", past.until);
    add_option(b, "bundle", pipeline_conf.bundle);
    add_option(b, "baseline", pipeline_conf.baseline);
    for (size_t i = 0; i < run->set->n; i++) {
        if (strncmp(run->set->item[i], hidden, strlen(hidden)) == 0)
            continue;
        buf_str(b, " -X ");
        folder_quote(b, run->set->item[i]);
    }
    for (size_t i = 0; i < past.inputs.n; i++)
        add_option(b, "input", past.inputs.item[i]);
    for (int i = 0; i < run->argc; i++)
        add_option(b, "input", run->argv[i]);
    buf_str(b, " --out DIR\n");
}

/* The page, from what now stands in the folder and a summary that does not yet. */
static enum status write_report(struct backtest *t, const struct buf *command, struct err *err)
{
    const struct folder folder = {
        .dir = out_dir,
        .wire = t->pipeline.wire,
        .baseline = t->pipeline.baseline,
        .summary = buf_slice(&t->line),
        .command = slice_trim(buf_slice(command)),
    };
    struct buf page;

    buf_init(&page, PAGE_BYTES_MAX);
    enum status st = folder_report(&folder, &page, err);
    if (st == ST_OK)
        st = write_one(FOLDER_REPORT, &page, err);
    buf_release(&page);
    return st;
}

/* What the report needs beside the lines, the report, and the summary as the last. */
static enum status write_end(struct backtest *t, const struct app_run *run, struct err *err)
{
    struct buf b;

    buf_init(&b, BASELINE_BYTES_MAX);
    enum status st = baseline_write(t->pipeline.baseline, &b, err);
    if (st == ST_OK)
        st = write_one(FOLDER_BASELINE, &b, err);
    buf_clear(&b);
    make_command(run, &b);
    make_summary(t);
    if (st == ST_OK)
        st = write_one(FOLDER_COMMAND, &b, err);
    if (st == ST_OK)
        st = write_report(t, &b, err);
    if (st == ST_OK)
        st = write_one(FOLDER_SUMMARY, &t->line, err);
    buf_release(&b);
    return st;
}

/* Whoever reads of no alert is to know that nobody looked. Of another bundle none is here. */
static void tell_of_stale(struct backtest *t)
{
    const int64_t windows =
        pipe_counter(t->pipe, COUNTER_WINDOWS) - training_records(t->pipeline.baseline);

    buf_clear(&t->line);
    word_stale_windows(&t->line, pipe_counter(t->pipe, COUNTER_BASELINE_STALE), windows,
                       slice_str(STALE_BY_AGE));
    if (t->line.n > 0)
        fprintf(stderr, "warning: %.*s", (int)t->line.n, t->line.p);
}

/* One line for a person. */
static void tell(const struct backtest *t)
{
    fprintf(stderr,
            "%lld read: %lld comments, %lld updates, %lld dead; %lld windows, %lld alerts: %s\n",
            (long long)n_read(t), (long long)pipe_counter(t->pipe, COUNTER_FIRST),
            (long long)pipe_counter(t->pipe, COUNTER_UPDATES),
            (long long)pipe_counter(t->pipe, COUNTER_DEAD),
            (long long)pipe_counter(t->pipe, COUNTER_WINDOWS),
            (long long)pipe_counter(t->pipe, COUNTER_ALERTS), out_dir);
}

static enum status work(struct backtest *t, const struct app_run *run, struct err *err)
{
    enum topic_id topic;
    enum pipeline_stage first;
    enum status st = past_plan(run, &topic, &first, err);

    if (st == ST_OK && first > PIPELINE_SCORE)
        st = err_set(err, ST_FATAL, "usage: a backtest reads the raw topic or the comments");
    if (st == ST_OK && first != PIPELINE_INGEST && (past.from || past.until))
        st = err_set(err, ST_FATAL, "usage: --from and --until want files or the raw topic");
    if (st == ST_OK && !out_dir)
        st = err_set(err, ST_FATAL, "usage: --out DIR is missing");
    if (st == ST_OK)
        st = pipeline_open(&t->pipeline, PIPELINE_N, run->verbosity < 0, err);
    if (st == ST_OK) {
        const struct drift_conf conf = drift_conf_take(&pipeline_conf.drift);
        st = drift_promise_of(&conf, t->pipeline.baseline, &t->promise, err);
    }
    if (st == ST_OK)
        st = open_files(t, err);
    if (st != ST_OK)
        return st;
    const struct pipe_conf conf = {
        .wire = t->pipeline.wire, .topo = &t->pipeline.topo, .sink = sink, .ctx = t
    };
    st = pipe_new(t->pipeline.stage + first, (size_t)(PIPELINE_N - first), &conf, &t->pipe, err);
    if (st == ST_OK)
        st = past_feed(run, topic, &t->pipeline, t->pipe, err);
    st = close_files(t, st, err);
    if (st == ST_OK)
        st = write_end(t, run, err);
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct backtest t = { .arena = arena_new(ARENA_MAX) };

    buf_init(&t.line, LINE_BYTES_MAX);
    enum status st = t.arena ? work(&t, run, err) : err_set(err, ST_FATAL, "out of memory");
    st = close_files(&t, st, err); /* those of a run that did not begin */
    if (st == ST_OK)
        tell_of_stale(&t);
    if (st == ST_OK && run->verbosity >= 0)
        tell(&t);
    pipe_free(t.pipe);
    pipeline_close(&t.pipeline);
    arena_free(t.arena);
    buf_release(&t.line);
    return st;
}

static const struct app app = {
    .name = "backtest",
    .args = "[FILE...]",
    .summary =
        "Runs the whole pipeline over files or a stretch of a topic and writes windows.jsonl,\n"
        "alerts.jsonl, dead.jsonl, summary.json and report.html, with baseline.json and\n"
        "command.txt for absa report. The same input gives the same bytes.",
    .examples =
        "  absa backtest --input comments.csv --out result\n"
        "  absa backtest -b localhost:9092 -t absa.raw --from 2025-07-01 --out july\n"
        "  absa backtest --input comments.csv -X window.min_samples=50 --out sensitive\n"
        "  absa backtest --input comments.csv -X drift.segments=all,lang:en,aspect:price -X "
        "drift.policy=early --out early\n",
    .sections = pipeline_sections,
    .also = pipeline_programs,
    .pass_prefix = "kafka.",
    .check = pipeline_check,
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
