/* SPDX-License-Identifier: MIT */
/* pages.c -- what a browser asks for, answered from memory. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "consumers/console/ask.h"
#include "consumers/console/inner.h"
#include "consumers/console/put.h"
#include "drift/training.h"
#include "now/now.h"

enum { OK = 200, LATER = 202, BAD = 400, NOT_FOUND = 404, FAILED = 503 };

#define JSON "application/json; charset=utf-8"

static void refuse(struct web_answer *a, unsigned code, const char *why)
{
    a->code = code;
    a->type = JSON;
    buf_clear(&a->body);
    buf_byte(&a->body, '{');
    put_text(&a->body, "why", why);
    buf_str(&a->body, "}\n");
}

static struct view view_of(struct console *c, const struct model *m)
{
    return (struct view){ .model = m,
                          .flow = m == c->model ? &c->flow : NULL,
                          .baseline = c->baseline,
                          .wire = c->view_wire,
                          .arena = c->view_arena,
                          .version = app_version(),
                          .broker = kafka_conf_get(&c->kafka, "bootstrap.servers"),
                          .now_ms = now_wall_ms(),
                          .away = c->away,
                          .database = c->conf->database[0] != '\0' };
}

/* The model of a stretch or an alert of the past. NULL: a has been answered. */
static const struct model *past_model(struct console *c, const char *key, struct web_answer *a)
{
    struct past_slot *s = past_get(&c->past, key);

    if (s->state == PAST_READY)
        return s->model;
    if (s->state == PAST_FAILED) {
        refuse(a, FAILED, s->why);
        s->state = PAST_FREE; /* the next one who asks makes it try again */
    } else {
        refuse(a, LATER, "it is being read from the database: ask again");
    }
    return NULL;
}

/* A number of the query; absent: dflt. False: it is none, and a has been answered. */
static bool number(const struct web_ask *ask, const char *name, int64_t dflt, int64_t *out,
                   struct web_answer *a)
{
    if (ask_time(web_param(ask, name), dflt, out))
        return true;
    refuse(a, BAD, "at and until are times in milliseconds since 1970");
    return false;
}

/* The live model, or that of ?until=. */
static const struct model *model_for(struct console *c, const struct web_ask *ask,
                                     struct web_answer *a)
{
    char key[PAST_KEY_MAX];
    int64_t until = 0;

    if (!number(ask, "until", 0, &until, a))
        return NULL;
    if (until == 0 || c->conf->database[0] == '\0')
        return c->model;
    (void)snprintf(key, sizeof(key), "until %" PRId64, until);
    return past_model(c, key, a);
}

typedef enum status view_fn(const struct view *v, const struct view_query *q, struct buf *out,
                            struct err *err);

static void finish(struct web_answer *a, enum status st, const struct err *err)
{
    a->type = JSON;
    if (st == ST_REJECT)
        refuse(a, NOT_FOUND, err->msg);
    else if (st != ST_OK)
        refuse(a, FAILED, err->msg);
}

static void answer_view(struct console *c, const struct web_ask *ask, view_fn *fn,
                        struct web_answer *a)
{
    const char *feature = web_param(ask, "name");
    struct view_query q = { .segment = web_param(ask, "segment"),
                            .rule = web_param(ask, "rule"),
                            .feature = feature ? feature : "" };
    struct err err = { 0 };

    int64_t step = 0;

    if (!number(ask, "at", -1, &q.at_ms, a) || !number(ask, "step", 0, &step, a))
        return;
    q.step = step != 0;
    const struct model *m = model_for(c, ask, a);
    if (!m)
        return;
    const struct view v = view_of(c, m);
    finish(a, fn(&v, &q, &a->body, &err), &err);
}

static void page_state(struct console *c, const struct web_ask *ask, struct web_answer *a)
{
    answer_view(c, ask, view_state, a);
}

static void page_feature(struct console *c, const struct web_ask *ask, struct web_answer *a)
{
    answer_view(c, ask, view_feature, a);
}

static void page_window(struct console *c, const struct web_ask *ask, struct web_answer *a)
{
    answer_view(c, ask, view_window, a);
}

/* What differs from the training data, the furthest first. */
static void put_skew(struct buf *out, const struct baseline *b)
{
    put_key(out, "training_skew");
    buf_byte(out, '[');
    for (const struct baseline_feature *f = training_next(b, NULL); f; f = training_next(b, f)) {
        put_item(out);
        buf_byte(out, '{');
        put_text(out, "name", f->name);
        put_double(out, "psi", f->training_skew);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

static void page_card(struct console *c, const struct web_ask *ask, struct web_answer *a)
{
    const struct baseline *b = c->baseline;
    struct buf *out = &a->body;

    (void)ask;
    a->type = JSON;
    buf_byte(out, '{');
    put_slice(out, "card", buf_slice(&c->card));
    if (b) {
        put_key(out, "baseline");
        buf_byte(out, '{');
        put_text(out, "baseline", b->id);
        put_text(out, "bundle_sha256", b->bundle_sha256);
        put_int(out, "comments", b->comments);
        put_int(out, "videos", b->videos);
        put_int(out, "features", (int64_t)b->n);
        put_double(out, "split_psi", b->split.psi);
        put_text(out, "split_worst", b->split.worst);
        put_bool(out, "training_known", b->training[0] != '\0');
        put_skew(out, b);
        buf_byte(out, '}');
    }
    buf_str(out, "}\n");
}

static void page_events(struct console *c, const struct web_ask *ask, struct web_answer *a)
{
    (void)c, (void)ask;
    a->type = "text/event-stream; charset=utf-8";
    a->events = true;
}

static void page_alert(struct console *c, const char *id, struct web_answer *a)
{
    const struct model *m = c->model;
    char key[PAST_KEY_MAX];
    struct err err = { 0 };

    if (!ask_is_id(id)) {
        refuse(a, BAD, "no alert can be called so");
        return;
    }
    if (!model_alert_of(m, id) && c->conf->database[0] != '\0') {
        (void)snprintf(key, sizeof(key), "alert %s", id);
        m = past_model(c, key, a);
    }
    if (!m)
        return;
    const struct view v = view_of(c, m);
    finish(a, view_alert(&v, id, &a->body, &err), &err);
}

static const struct {
    const char *path;
    void (*answer)(struct console *c, const struct web_ask *ask, struct web_answer *a);
} routes[] = {
    { "/api/state", page_state }, { "/api/feature", page_feature }, { "/api/window", page_window },
    { "/api/card", page_card },   { "/events", page_events },
};

static const struct asset *find_asset(const char *path)
{
    if (strncmp(path, "/a/", 3) == 0 && ask_is_id(path + 3))
        path = "/";
    for (size_t i = 0; i < console_assets_n; i++) {
        if (strcmp(console_assets[i].path, path) == 0)
            return &console_assets[i];
    }
    return NULL;
}

static void answer_api(struct console *c, const struct web_ask *ask, struct web_answer *a)
{
    static const char alerts[] = "/api/alerts/";

    if (strncmp(ask->path, alerts, strlen(alerts)) == 0) {
        page_alert(c, ask->path + strlen(alerts), a);
        return;
    }
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (strcmp(routes[i].path, ask->path) == 0) {
            routes[i].answer(c, ask, a);
            return;
        }
    }
    refuse(a, NOT_FOUND, "there is no such page");
}

void console_page(void *ctx, const struct web_ask *ask, struct web_answer *out)
{
    const struct asset *asset = find_asset(ask->path);
    struct console *c = ctx;

    if (asset) {
        out->type = asset->type;
        out->fixed = asset->bytes;
        return;
    }
    pthread_mutex_lock(&c->lock);
    answer_api(c, ask, out);
    pthread_mutex_unlock(&c->lock);
}

void console_tell(struct console *c)
{
    struct buf text;

    buf_init(&text, WEB_EVENT_MAX);
    pthread_mutex_lock(&c->lock);
    buf_byte(&text, '{');
    put_int(&text, "changes", (int64_t)c->model->changes);
    put_bool(&text, "away", c->away);
    put_key(&text, "flow");
    buf_byte(&text, '[');
    for (size_t i = 0; c->flow.asked_ms > 0 && i < FLOW_N; i++) {
        const struct flow_topic *t = &c->flow.topic[i];

        put_item(&text);
        buf_byte(&text, '{');
        put_int(&text, "records", t->end);
        put_double(&text, "lag", t->lag < 0 ? (double)NAN : (double)t->lag);
        put_double(&text, "rate", t->rate);
        buf_byte(&text, '}');
    }
    buf_str(&text, "]}");
    pthread_mutex_unlock(&c->lock);
    if (!buf_failed(&text))
        http_event(c->http, "news", buf_slice(&text));
    buf_release(&text);
}
