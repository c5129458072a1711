/* SPDX-License-Identifier: MIT */
#include "consumers/console/console.h"

#include <stdio.h>

#include "consumers/console/inner.h"
#include "consumers/drift/config.h"
#include "file/file.h"
#include "model/default_dir.h"
#include "now/now.h"
#include "obs/log.h"
#include "service/service.h"

enum {
    ARENA_MAX = 64 << 20,
    TELL_MS = 2000, /* longest between two events      */
    SOON_MS = 500,  /* shortest, when something came   */
    AWAY_MS = 60000,
};

static void setup_log(const struct console *c)
{
    log_setup(log_least(c->args->run->verbosity, c->conf->log_level),
              (enum log_format)c->conf->log_format, "console", NULL);
}

static void show_ready(struct console *c)
{
    bool history = true;
    bool away = false;

    for (size_t i = 0; i < FEEDS; i++) {
        history = history && c->feed[i].caught_up;
        away = away || kafka_follower_away(c->feed[i].follower);
    }
    health_set(c->health, "broker", !away,
               away ? "no broker answers: what is shown grows old" : "");
    health_set(c->health, "restored", history,
               history ? "" : "windows and alerts of the past are being read");
    pthread_mutex_lock(&c->lock);
    c->away = away;
    metrics_set(c->metrics, METRIC_KEPT, METRIC_NO_LABEL,
                (double)(c->model->bytes + c->model->alert_bytes));
    pthread_mutex_unlock(&c->lock);
}

static enum status take_flow(struct console *c, struct err *err)
{
    const struct flow_asker asker = { c->admin, &c->names, c->embedded };
    const int64_t now = now_mono_ms();
    struct flow f = c->flow; /* nobody else writes it */

    if (c->away || (f.asked_ms > 0 && now - f.asked_ms < FLOW_EVERY_MS))
        return ST_OK;
    health_away(c->health, AWAY_MS);
    enum status st = flow_ask(&asker, now, &f, err);
    health_beat(c->health);
    if (st == ST_RETRY) {
        log_warn("what flows cannot be asked", LOG_STR("why", err->msg));
        f.asked_ms = now_mono_ms();
        st = ST_OK;
    }
    pthread_mutex_lock(&c->lock);
    c->flow = f;
    pthread_mutex_unlock(&c->lock);
    return st;
}

static enum status connect_store(struct console *c, struct err *err)
{
    return c->store ? ST_OK : store_open(c->conf->database, c->conf->password, &c->store, err);
}

/* Loads key into m; a connection that failed is closed. */
static enum status load(struct console *c, const char *key, struct model *m, struct err *err)
{
    health_away(c->health, AWAY_MS);
    enum status st = m ? connect_store(c, err) : err_set(err, ST_FATAL, "out of memory");
    struct past_reader r = { c->store, c->wire, c->arena, m };
    if (st == ST_OK)
        st = past_load(&r, key, err);
    if (st != ST_OK) {
        log_warn("the database does not tell", LOG_STR("why", err->msg));
        store_close(c->store);
        c->store = NULL;
    }
    health_info(c->health, "database", st == ST_OK ? "" : err->msg);
    health_beat(c->health);
    return st;
}

/* One of what was asked for. */
static void take_past(struct console *c)
{
    char key[PAST_KEY_MAX] = "";
    struct err err = { 0 };

    pthread_mutex_lock(&c->lock);
    const struct past_slot *wanted = past_wanted(&c->past);
    if (wanted)
        (void)snprintf(key, sizeof(key), "%s", wanted->key);
    pthread_mutex_unlock(&c->lock);
    if (key[0] == '\0')
        return;
    struct model *m = model_new((size_t)c->conf->memory / 4, c->conf->keep_ms);
    enum status st = load(c, key, m, &err);
    pthread_mutex_lock(&c->lock);
    struct past_slot *s = past_get(&c->past, key);
    model_free(s->model);
    s->state = st == ST_OK ? PAST_READY : PAST_FAILED;
    s->model = st == ST_OK ? m : NULL;
    (void)snprintf(s->why, sizeof(s->why), "%.150s", err.msg);
    pthread_mutex_unlock(&c->lock);
    if (st != ST_OK)
        model_free(m);
}

/* What the log has forgotten already. The live model is nobody else's yet. */
static void take_history(struct console *c)
{
    struct err err = { 0 };

    if (c->conf->database[0] != '\0')
        (void)load(c, "until 0", c->model, &err);
    c->model->n_dead = 0; /* the log counts them */
}

static void report(struct console *c)
{
    const struct model *m = c->model;

    log_info("state", LOG_INT("series", m->n_series), LOG_INT("alerts", m->n_alerts),
             LOG_INT("kept_bytes", m->bytes + m->alert_bytes), LOG_INT("dropped", m->dropped),
             LOG_INT("newest_ms", m->newest_ms), LOG_INT("database", c->store != NULL));
}

static enum status obey(struct console *c, struct err *err)
{
    if (atomic_exchange(&c->orders->report, false))
        report(c);
    if (!atomic_exchange(&c->orders->reload, false))
        return ST_OK;
    enum status st = service_reload(c->args->run, err);
    metrics_add_text(c->metrics, METRIC_RELOADS,
                     st == ST_OK ? "result=\"taken\"" : "result=\"refused\"", 1);
    if (st == ST_REJECT)
        return ST_OK;
    setup_log(c);
    return st == ST_OK ? http_show_config(c->http, c->args->run->conf, err) : st;
}

static void tell(struct console *c)
{
    const int64_t now = now_mono_ms();
    const int64_t ms = now - c->told_ms;

    if (ms < SOON_MS || (ms < TELL_MS && c->told == c->model->changes))
        return;
    c->told_ms = now;
    c->told = c->model->changes;
    console_tell(c);
}

static enum status loop(struct console *c, struct err *err)
{
    enum status st = ST_OK;

    while (st == ST_OK && !app_stopping()) {
        health_beat(c->health);
        st = feed_take(c, err);
        show_ready(c);
        if (st == ST_OK)
            st = take_flow(c, err);
        take_past(c);
        tell(c);
        if (st == ST_OK)
            st = obey(c, err);
    }
    return st;
}

/* A baseline that is named must be there; that of the bundle may lack. */
static enum status read_model(struct console *c, struct err *err)
{
    const struct drift_props props = { .baseline = c->conf->baseline };
    char path[FILE_PATH_MAX];
    struct err why = { 0 };
    enum status st = drift_baseline_load(&props, c->conf->bundle, &c->baseline, err);

    if (st != ST_OK && c->conf->baseline[0] != '\0')
        return st;
    if (st != ST_OK)
        log_warn("no baseline, so no histogram of one", LOG_STR("why", err->msg));
    buf_init(&c->card, CARD_MAX);
    st = file_path(bundle_dir(c->conf->bundle), slice_str("card.md"), path, &why);
    if (st != ST_OK || file_read(path, &c->card, &why) != ST_OK) {
        log_warn("no model card", LOG_STR("why", why.msg));
        buf_clear(&c->card);
    }
    return ST_OK;
}

static enum status start_http(struct console *c, struct err *err)
{
    const struct http_pages pages = { c->metrics, c->health, app_version() };
    const struct web_conf web = { .address = c->conf->address,
                                  .port = (uint16_t)c->conf->http_port,
                                  .hosts = c->conf->hosts,
                                  .token = c->conf->token,
                                  .page = console_page,
                                  .ctx = c };
    enum status st = http_start_with(&web, &pages, &c->http, err);

    if (st != ST_OK)
        return st;
    if (c->args->run->verbosity >= 0) {
        printf("http://%s:%u/\n", c->conf->address, (unsigned)http_port(c->http));
        (void)fflush(stdout);
    }
    return http_show_config(c->http, c->args->run->conf, err);
}

/* One client reads all topics: at once less than a stage takes of one. */
static enum status take_kafka(struct console *c, struct err *err)
{
    enum status st = kafka_conf_take(&c->kafka, c->args->run->conf, NULL, err);

    if (st == ST_OK && !kafka_conf_get(&c->kafka, "fetch.max.bytes"))
        st = kafka_conf_set(&c->kafka, "fetch.max.bytes", "2097152", err);
    return st;
}

static enum status open_memory(struct console *c, struct err *err)
{
    c->metrics = metrics_new("console", c->args->topics->prefix, app_version());
    c->health = health_new();
    c->model = model_new((size_t)c->conf->memory, c->conf->keep_ms);
    c->arena = arena_new(ARENA_MAX);
    c->view_arena = arena_new(ARENA_MAX);
    if (!c->metrics || !c->health || !c->model || !c->arena || !c->view_arena)
        return err_set(err, ST_FATAL, "out of memory");
    flow_init(&c->flow);
    enum status st = wire_new(NULL, &c->wire, err);
    return st == ST_OK ? wire_new(NULL, &c->view_wire, err) : st;
}

static enum status open_all(struct console *c, struct err *err)
{
    c->names = kafka_names_make(c->args->topics->prefix);
    setup_log(c);
    enum status st = open_memory(c, err);
    if (st == ST_OK)
        st = read_model(c, err);
    if (st == ST_OK)
        st = take_kafka(c, err);
    if (st == ST_OK)
        st = feed_open(c, err);
    if (st == ST_OK)
        take_history(c);
    return st == ST_OK ? start_http(c, err) : st;
}

static void close_all(struct console *c)
{
    http_stop(c->http); /* before what its pages show */
    feed_close(c);
    store_close(c->store);
    past_release(&c->past);
    model_free(c->model);
    wire_free(c->wire);
    wire_free(c->view_wire);
    arena_free(c->arena);
    arena_free(c->view_arena);
    baseline_free(c->baseline);
    buf_release(&c->card);
    kafka_conf_release(&c->kafka);
    health_free(c->health);
    metrics_free(c->metrics);
    pthread_mutex_destroy(&c->lock);
}

enum status console_run(const struct console_args *args, struct err *err)
{
    static struct console c; /* large */

    c = (struct console){ .args = args, .conf = args->conf, .orders = app_take_orders() };
    pthread_mutex_init(&c.lock, NULL);
    enum status st = open_all(&c, err);
    if (st == ST_OK)
        st = loop(&c, err);
    if (st != ST_OK)
        log_error("stopped", LOG_STR("status", status_name(st)), LOG_STR("why", err->msg));
    app_ending(st, err);
    close_all(&c);
    return st;
}
