/* SPDX-License-Identifier: MIT */
/* absa explain: which features make the scores of a text, or of the examples in an alert. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/arena.h"
#include "cli/explain/alert.h"
#include "cli/explain/example.h"
#include "cli/explain/say.h"
#include "consumers/ingest/config.h"
#include "consumers/score/stage.h"
#include "file/lines.h"
#include "kafka/reader.h"
#include "kafka/stretch.h"
#include "kafka/topics.h"
#include "registry/registry.h"
#include "text/visible.h"

#define ARENA_MAX ((size_t)64 << 20)

enum { OUT_MAX = 16 << 20 };

static struct kafka_topics topics;
static struct ingest_times times;
static struct score_conf score;
static struct model_conf model;
static struct mlflow_conf mlflow;
static const char *bundle;
static const char *brokers;
static const char *alert_id_wanted;
static const char *alerts_file;
static int64_t top = 6;
static bool is_reply;
static bool text;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics }, { "Times", ingest_times_props, &times },
    { "Score", score_props, &score },          { "Model", model_props, &model },
    { "MLflow", mlflow_props, &mlflow },       { NULL, NULL, NULL },
};

static const char *const also[] = { "ingest", "score", NULL };

static const struct app_opt opts[] = {
    { "bundle", 0, "DIR", APP_STR, &bundle, "folder or name of the model: score.model" },
    { "top", 0, "N", APP_INT, &top, "so many features an output (6)" },
    { "reply", 0, NULL, APP_FLAG, &is_reply, "the text answers another comment" },
    { "alert", 0, "ID", APP_STR, &alert_id_wanted, "the examples in this alert, not TEXT" },
    { "file", 0, "FILE", APP_STR, &alerts_file, "find the alert in JSON lines, not absa.alerts" },
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "text", 0, NULL, APP_FLAG, &text, "show the texts of examples too" },
    { .name = NULL },
};

/* What both ways share. */
struct explain {
    struct bundle *bundle;
    struct say say;
    struct arena *arena; /* of one comment */
    struct explained *explained;
    struct buf out;
};

static enum status explain_text(struct explain *e, struct slice s, struct err *err)
{
    const struct facts facts = { s, is_reply };
    enum status st = bundle_explain(e->bundle, &facts, e->arena, e->explained, err);

    if (st != ST_OK)
        return st;
    say_explained(&e->say, e->explained, &e->out);
    return app_print(&e->out, err);
}

/* --- an alert ------------------------------------------------------------ */

struct alert_run {
    struct explain *e;
    struct kafka_conf kafka;
    struct kafka_names names;
    struct search search;
    struct ingest_rules rules;
    struct kafka_reader *raw;
    size_t explained;
};

static enum status search_line(void *ctx, struct slice line, struct err *err)
{
    return search_offer(ctx, SEARCH_JSON, line, err);
}

/* What is no alert there is passed by. */
static enum status search_stretch(struct search *s, struct stretch *stretch, struct err *err)
{
    while (!app_stopping()) {
        const struct stage_rec *rec = NULL;
        int64_t ignored;
        enum status st = stretch_next(stretch, &rec, &ignored, err);

        if (st != ST_OK || !rec)
            return st;
        if (rec->value.p)
            st = search_offer(s, SEARCH_AVRO, rec->value, err);
        if (st != ST_OK && st != ST_REJECT)
            return st;
    }
    return err_set(err, ST_RETRY, "interrupted");
}

static enum status search_topic(struct alert_run *r, struct err *err)
{
    const struct stretch_conf conf = { &r->kafka, TOPIC_ALERTS, r->names.of[TOPIC_ALERTS],
                                       INT64_MIN, INT64_MAX };
    struct stretch *s = NULL;
    enum status st = stretch_open(&conf, &s, err);

    if (st == ST_OK)
        st = search_stretch(&r->search, s, err);
    stretch_close(s);
    return st;
}

/* The hash of an alert's bundle, without "sha256:". */
static struct slice bare_hash(struct slice s)
{
    static const char scheme[] = "sha256:";
    const size_t n = sizeof(scheme) - 1;

    return s.n > n && memcmp(s.p, scheme, n) == 0 ? (struct slice){ s.p + n, s.n - n } : s;
}

static void say_alert(struct explain *e, const struct alert *al)
{
    const struct slice was = bare_hash(al->bundle);
    const struct slice is = e->say.info->sha256;

    buf_fmt(&e->out, "alert %.*s: ", SLICE_ARG(al->alert_id));
    visible_add(al->message, &e->out);
    buf_byte(&e->out, '\n');
    if (!slice_eq(was, is))
        buf_fmt(&e->out,
                "another model: the alert is of bundle %.12s, this is %.12s; what follows explains "
                "other scores than it judged (--bundle, score.taxonomy)\n",
                was.n >= 12 ? was.p : "?", is.p);
    if (al->examples.n == 0)
        buf_str(&e->out, "it has no examples\n");
}

/* Head of an example, and what it has of the feature that moved. */
static void say_example(struct explain *e, const struct alert *al, const struct alert_example *x,
                        const struct comment *c)
{
    double value;

    buf_str(&e->out, "\ncomment ");
    visible_add(x->comment_id, &e->out);
    buf_fmt(&e->out, " (raw partition %d, offset %" PRId64 ", bin %d)", (int)x->src, x->src_offset,
            (int)x->bin);
    if (c && say_value(e->say.info, &e->explained->scored, al->feature, &value))
        buf_fmt(&e->out, ": %.*s = %.4g", SLICE_ARG(al->feature), value);
    buf_byte(&e->out, '\n');
    if (c && text) {
        buf_str(&e->out, "  \"");
        visible_add(c->text, &e->out);
        buf_str(&e->out, "\"\n");
    }
}

static enum status raw_record(struct alert_run *r, const struct alert_example *x,
                              const struct stage_rec **rec, struct err *err)
{
    const struct kafka_msg *m = NULL;
    enum status st =
        kafka_reader_open(r->raw, TOPIC_RAW, x->src, x->src_offset, x->src_offset + 1, err);

    if (st == ST_OK)
        st = kafka_reader_next(r->raw, &m, err);
    *rec = m ? &m->rec : NULL;
    return st;
}

static enum status explain_example(struct alert_run *r, const struct alert *al,
                                   const struct alert_example *x, struct err *err)
{
    struct explain *e = r->e;
    const struct stage_rec *rec = NULL;
    struct found_example ex;
    enum status st = raw_record(r, x, &rec, err);

    arena_reset(e->arena);
    if (st == ST_OK)
        st = example_find(&r->rules, rec, x, e->arena, &ex, err);
    if (st != ST_OK)
        return st;
    if (ex.why) {
        say_example(e, al, x, NULL);
        buf_fmt(&e->out, "  %s\n", ex.why);
        return app_print(&e->out, err);
    }
    const struct facts facts = { ex.comment.text, ex.comment.is_reply };
    st = bundle_explain(e->bundle, &facts, e->arena, e->explained, err);
    if (st != ST_OK)
        return st;
    say_example(e, al, x, &ex.comment);
    say_explained(&e->say, e->explained, &e->out);
    r->explained++;
    return app_print(&e->out, err);
}

static enum status find_alert(struct alert_run *r, const struct app_run *run,
                              const struct alert **al, struct err *err)
{
    enum status st = search_init(&r->search, slice_str(alert_id_wanted), err);

    if (st == ST_OK)
        st = kafka_conf_take(&r->kafka, run->conf, brokers, err);
    if (st == ST_OK)
        st = alerts_file ? file_lines(alerts_file, search_line, &r->search, err)
                         : search_topic(r, err);
    return st == ST_OK ? search_result(&r->search, al, err) : st;
}

/* ST_REJECT when it has examples and none of them could be had. */
static enum status explain_alert(struct explain *e, const struct app_run *run, struct err *err)
{
    struct alert_run r = { .e = e,
                           .rules = { .time_unit = (enum time_unit)times.unit },
                           .names = kafka_names_make(topics.prefix) };
    const struct alert *al = NULL;
    enum status st = find_alert(&r, run, &al, err);

    e->say.words = text;
    if (st == ST_OK)
        st = kafka_reader_new(&r.kafka, &r.names, &r.raw, err);
    if (st == ST_OK)
        say_alert(e, al);
    for (size_t i = 0; st == ST_OK && i < al->examples.n; i++)
        st = explain_example(&r, al, &al->examples.v[i], err);
    if (st == ST_OK)
        st = app_print(&e->out, err);
    if (st == ST_OK && r.explained == 0 && al->examples.n > 0)
        st = err_set(err, ST_REJECT, "none of its examples could be had");
    kafka_reader_free(r.raw);
    search_release(&r.search);
    kafka_conf_release(&r.kafka);
    return st;
}

/* --- all ----------------------------------------------------------------- */

static enum status open_all(struct explain *e, struct err *err)
{
    struct found found;
    enum status st = registry_once(&model, score.bundle, &mlflow, &found, &e->bundle, err);

    buf_init(&e->out, OUT_MAX);
    if (st != ST_OK)
        return st;
    e->arena = arena_new(ARENA_MAX);
    e->explained = calloc(1, sizeof(*e->explained));
    e->say = (struct say){ bundle_info(e->bundle), (size_t)top, true };
    return e->arena && e->explained ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

static enum status check_usage(const struct app_run *run, struct err *err)
{
    if (alert_id_wanted && (run->argc != 0 || is_reply))
        return err_set(err, ST_FATAL, "usage: --alert ID, or one TEXT (with --reply): not both");
    if (!alert_id_wanted && (run->argc != 1 || alerts_file || text))
        return err_set(err, ST_FATAL,
                       "usage: say one TEXT, in quotes; or --alert ID (--file, --text)");
    if (top < 1 || top > BUNDLE_FEATURES_MAX)
        return err_set(err, ST_FATAL, "usage: --top is 1..%d", BUNDLE_FEATURES_MAX);
    return ST_OK;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct explain e = { 0 };
    enum status st = check_usage(run, err);

    if (st == ST_OK)
        st = open_all(&e, err);
    if (st == ST_OK)
        st = alert_id_wanted ? explain_alert(&e, run, err)
                             : explain_text(&e, slice_str(run->argv[0]), err);
    buf_release(&e.out);
    free(e.explained);
    arena_free(e.arena);
    bundle_free(e.bundle);
    return st;
}

/* What a flag says wins over properties. */
static void check(struct conf *c)
{
    if (bundle) {
        model.model = bundle;
        score.bundle = "";
    }
    kafka_conf_check(c);
    model_props_check(&model, score.bundle, &mlflow, c);
}

static const struct app app = {
    .name = "explain",
    .args = "TEXT | --alert ID",
    .summary = "which features make the scores of a text, or of the examples in an alert",
    .examples =
        "  absa explain \"This product is amazing but the shipping was slow\"\n"
        "  absa explain --alert 0a06fd7ab703 -b localhost:9092 --top 3\n"
        "  absa explain --alert 0a06fd7ab703 --file alerts.jsonl -b localhost:9092 --text\n",
    .sections = sections,
    .also = also,
    .pass_prefix = "kafka.",
    .opts = opts,
    .check = check,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
