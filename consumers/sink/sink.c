/* SPDX-License-Identifier: MIT */
#include "consumers/sink/sink.h"

#include <stdio.h>
#include <stdlib.h>

#include "consumers/sink/inner.h"
#include "now/now.h"
#include "obs/log.h"
#include "service/service.h"
#include "store/migrate.h"

enum { PAUSE_MS = 100, PAUSES_MAX = 100, WRITER_WAIT_MS = 100 };

static int64_t behind(const struct sink *s, const struct lane *lane)
{
    int64_t end = kafka_lanes_end(s->reader, lane->topic, lane->part);

    return end > lane->read ? end - lane->read : 0;
}

static void show_lag(struct sink *s, enum topic_id topic, int64_t lag)
{
    char label[METRIC_TEXT_MAX];

    snprintf(label, sizeof(label), "topic=\"%s\"", topic_table[topic].name);
    metrics_set_text(s->metrics, METRIC_STORE_LAG, label, (double)lag);
}

/* What lies ahead of us, by topic; lanes of one topic stand together. */
static int64_t show_lags(struct sink *s)
{
    int64_t all = 0;
    int64_t lag = 0;

    for (size_t i = 0; s->reader && i < s->n_lanes; i++) {
        lag += behind(s, &s->lanes[i]);
        if (i + 1 < s->n_lanes && s->lanes[i + 1].topic == s->lanes[i].topic)
            continue;
        show_lag(s, s->lanes[i].topic, lag);
        all += lag;
        lag = 0;
    }
    return all;
}

/* Is there something that is not committed? */
static bool has_input(struct sink *s)
{
    return show_lags(s) > 0 || s->now.n > 0 || (s->writer && !writer_wait(s->writer, 0));
}

void sink_show_ready(struct sink *s, const char *why)
{
    struct ready_facts facts = { .parts = s->ready,
                                 .restored = s->ready != PARTS_OWNED || s->reader,
                                 .input = has_input(s) };

    if (!facts.input)
        s->commit_ms = now_mono_ms();
    facts.commit_age = now_mono_ms() - s->commit_ms;
    ready_show(&facts, s->health);
    health_set(s->health, "session", !why, why ? why : "");
}

static void report(struct sink *s)
{
    log_info("state", LOG_INT("lanes", s->n_lanes), LOG_INT("behind", show_lags(s)),
             LOG_INT("waiting_records", s->now.n), LOG_INT("waiting_bytes", s->now.bytes),
             LOG_INT("waiting_ms", s->now.open_ms < 0 ? 0 : now_mono_ms() - s->now.open_ms),
             LOG_INT("retries", s->retries));
}

static void setup_log(const struct sink *s)
{
    log_setup(log_least(s->args->run->verbosity, s->conf->log_level),
              (enum log_format)s->conf->log_format, "sink", NULL);
}

/* What was asked for by signals. */
static enum status obey(struct sink *s, struct err *err)
{
    if (atomic_exchange(&s->orders->report, false))
        report(s);
    if (!atomic_exchange(&s->orders->reload, false))
        return ST_OK;
    enum status st = service_reload(s->args->run, err);
    metrics_add_text(s->metrics, METRIC_RELOADS,
                     st == ST_OK ? "result=\"taken\"" : "result=\"refused\"", 1);
    if (st == ST_REJECT)
        return ST_OK;
    setup_log(s);
    return st == ST_OK ? http_show_config(s->http, s->args->run->conf, err) : st;
}

static bool is_at_end(const struct sink *s)
{
    size_t i = 0;

    while (i < s->n_lanes && behind(s, &s->lanes[i]) == 0)
        i++;
    return i == s->n_lanes;
}

/* The interval is for records that come one by one. What a backlog ends with goes at once: nothing
 * is gained by a wait, and at most one commit in two is such a one. */
static bool is_due(const struct sink *s)
{
    return s->now.open_ms >= 0 && (now_mono_ms() - s->now.open_ms >= s->conf->commit_interval_ms ||
                                   sink_has_enough(s) || (s->catching_up && is_at_end(s)));
}

/* What the writer's last commit came to; it is idle. */
static enum status take_note(struct sink *s, struct err *err)
{
    bool fresh;
    enum status st = writer_take(s->writer, &fresh, err);

    if (st == ST_OK && fresh) {
        s->commit_ms = now_mono_ms();
        s->retries = 0;
    }
    return st;
}

/* What there is to do with the database between two commits, if it is between two. */
static enum status hand_over(struct sink *s, struct err *err)
{
    if (!writer_wait(s->writer, sink_is_full(s) ? WRITER_WAIT_MS : 0))
        return ST_OK;
    enum status st = take_note(s, err);
    if (st == ST_OK)
        st = sink_forget(s, err);
    if (st == ST_OK && is_due(s)) {
        s->catching_up = sink_has_enough(s);
        writer_give(s->writer, &s->now);
    }
    return st;
}

/* All that was read. */
static enum status finish(struct sink *s, struct err *err)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && s->writer && i < 2; i++) {
        while (!writer_wait(s->writer, WRITER_WAIT_MS))
            health_beat(s->health);
        st = take_note(s, err);
        if (st == ST_OK && s->now.n > 0)
            writer_give(s->writer, &s->now);
    }
    return st;
}

static enum status turn(struct sink *s, struct err *err)
{
    health_beat(s->health);
    sink_show_ready(s, NULL);
    enum status st = sink_gather(s, err);
    if (st == ST_OK)
        st = hand_over(s, err);
    return st == ST_OK ? obey(s, err) : st;
}

static enum status session(struct sink *s, struct err *err)
{
    enum status st = sink_open(s, err);

    if (st == ST_OK && !app_stopping()) {
        s->opened = true;
        log_info("session begins", LOG_INT("lanes", s->n_lanes));
    }
    while (st == ST_OK && !app_stopping())
        st = turn(s, err);
    if (st == ST_OK)
        st = finish(s, err);
    sink_close(s);
    return st;
}

/* Longer each time, up to 10 s. */
static void pause_a_while(struct sink *s, const struct err *why)
{
    int pauses = s->retries < 7 ? 1 << s->retries : PAUSES_MAX;

    s->retries++;
    metrics_add(s->metrics, METRIC_RETRIES, METRIC_NO_LABEL, 1);
    log_warn("session ends, another begins", LOG_STR("why", why->msg),
             LOG_INT("pause_ms", pauses * PAUSE_MS));
    while (pauses-- > 0 && !app_stopping()) {
        health_beat(s->health);
        sink_show_ready(s, why->msg);
        now_nap(PAUSE_MS);
    }
}

static enum status loop(struct sink *s, struct err *err)
{
    enum status st = session(s, err);

    while (st == ST_RETRY && s->opened && !app_stopping()) {
        pause_a_while(s, err);
        st = session(s, err);
    }
    if (st != ST_RETRY)
        return st;
    if (s->opened)
        return ST_OK; /* told to stop while it begins anew: nothing is lost */
    err_prefix(err, "unavailable");
    return ST_FATAL;
}

static enum status start_http(struct sink *s, struct err *err)
{
    const struct http_pages pages = { s->metrics, s->health, app_version() };

    if (s->conf->http_port == 0)
        return ST_OK;
    enum status st = http_start((uint16_t)s->conf->http_port, &pages, &s->http, err);
    return st == ST_OK ? http_show_config(s->http, s->args->run->conf, err) : st;
}

/* One process reads all topics, and a database takes more at once than a stage: the small fetches
 * that keep stages small would be what it waits for. */
static enum status read_wide(struct kafka_conf *kafka, struct err *err)
{
    static const char *const wide[][2] = { { "queued.max.messages.kbytes", "16384" },
                                           { "fetch.message.max.bytes", "1048576" },
                                           { "fetch.max.bytes", "8388608" } };
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < sizeof(wide) / sizeof(wide[0]); i++) {
        if (!kafka_conf_get(kafka, wide[i][0]))
            st = kafka_conf_set(kafka, wide[i][0], wide[i][1], err);
    }
    return st;
}

static enum status open_all(struct sink *s, struct err *err)
{
    s->names = kafka_names_make(s->args->topics->prefix);
    setup_log(s);
    s->metrics = metrics_new("sink", s->args->topics->prefix, app_version());
    s->health = health_new();
    if (!s->metrics || !s->health)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = batch_init(&s->now, s->conf->scores_share, err);
    if (st == ST_OK)
        st = start_http(s, err);
    if (st == ST_OK)
        st = kafka_conf_take(&s->kafka, s->args->run->conf, NULL, err);
    if (st == ST_OK)
        st = read_wide(&s->kafka, err);
    return st == ST_OK ? kafka_admin_new(&s->kafka, &s->admin, err) : st;
}

enum status sink_run(const struct sink_args *args, struct err *err)
{
    struct sink s = { .args = args,
                      .conf = args->conf,
                      .orders = app_take_orders(),
                      .kept_ms = -1,
                      .now = { .open_ms = -1 },
                      .commit_ms = now_mono_ms() };
    enum status st = open_all(&s, err);

    if (st == ST_OK)
        st = loop(&s, err);
    if (st != ST_OK)
        log_error("stopped", LOG_STR("status", status_name(st)), LOG_STR("why", err->msg));
    app_ending(st, err);
    http_stop(s.http); /* before what its pages show */
    kafka_admin_free(s.admin);
    kafka_conf_release(&s.kafka);
    batch_release(&s.now);
    health_free(s.health);
    metrics_free(s.metrics);
    return st;
}

enum status sink_migrate(const struct sink_conf *conf, struct err *err)
{
    struct store *store = NULL;
    size_t applied = 0;
    enum status st = store_open(conf->database, conf->password, &store, err);

    if (st == ST_RETRY) {
        err_prefix(err, "unavailable");
        return ST_FATAL;
    }
    if (st == ST_OK)
        st = store_migrate(store, &applied, err);
    if (st == ST_OK)
        printf("%zu of %zu migrations applied, the others were there\n", applied,
               store_migrations_n);
    store_close(store);
    return st;
}
