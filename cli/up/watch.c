/* SPDX-License-Identifier: MIT */
#include "cli/up/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "cli/up/scrape.h"
#include "kafka/reader.h"
#include "now/now.h"
#include "record/alert.h"
#include "wire/wire.h"

enum { EVERY_MS = 1000, END_WAIT_MS = 3000, ARENA_BYTES = 16 << 20 };

struct watch {
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t change;
    bool stop;
    bool ended;
    struct view view;
    int ports[VIEW_STAGES_MAX];
    /* the thread's own */
    struct kafka_names names;
    struct kafka_reader *reader;
    struct wire *wire;
    struct arena *arena;
    int64_t windows_at; /* next offsets to read */
    int64_t alerts_at;
    int64_t scraped_ms[VIEW_STAGES_MAX];
};

/* A name as it may go to a terminal. */
static void keep_name(struct slice s, char out[VIEW_NAME])
{
    size_t n = 0;

    for (; n < s.n && n + 1 < VIEW_NAME; n++)
        out[n] = (char)(s.p[n] > ' ' && s.p[n] <= '~' ? s.p[n] : '?');
    out[n] = '\0';
}

static int by_psi(const void *a, const void *b)
{
    const double x = ((const struct window_feature *)a)->psi.v;
    const double y = ((const struct window_feature *)b)->psi.v;

    return (x < y) - (x > y);
}

static void remember(struct view *v, double psi)
{
    if (v->n_past == VIEW_PAST)
        memmove(v->past, v->past + 1, --v->n_past * sizeof(v->past[0]));
    v->past[v->n_past++] = psi;
}

static void take_window(struct view *v, struct window *w)
{
    if (w->state == WINDOW_TRAINING_SKEW) /* of the baseline, not of what flows */
        return;
    v->windows++;
    if (!slice_is(w->segment, "all"))
        return;
    v->start_ms = w->start_ms;
    v->end_ms = w->end_ms;
    v->state = w->state;
    keep_name(w->stale_by, v->stale_by);
    v->n = w->n;
    v->videos = w->videos;
    v->n_top = 0;
    if (w->features.n > 0)
        qsort(w->features.v, w->features.n, sizeof(w->features.v[0]), by_psi);
    for (size_t i = 0; i < w->features.n && v->n_top < VIEW_TOP; i++) {
        const struct window_feature *f = &w->features.v[i];

        if (w->state != WINDOW_EVALUATED || !f->psi.has)
            continue;
        struct feature_view *to = &v->top[v->n_top++];
        keep_name(f->name, to->name);
        to->psi = f->psi.v;
        to->severity = f->severity;
    }
    remember(v, v->n_top > 0 ? v->top[0].psi : 0);
}

static void take_alert(struct view *v, const struct alert *a)
{
    v->alerts++;
    memmove(v->last + 1, v->last, sizeof(v->last) - sizeof(v->last[0]));
    v->n_last += v->n_last < VIEW_ALERTS;
    struct alert_view *to = &v->last[0];
    *to = (struct alert_view){ .resolved = a->state == ALERT_RESOLVED,
                               .severity = a->severity,
                               .psi = a->psi.has ? a->psi.v : 0,
                               .start_ms = a->start_ms };
    keep_name(a->alert_id, to->id);
    keep_name(a->segment, to->segment);
    keep_name(a->feature, to->feature);
}

static enum status take_record(struct watch *w, const struct stage_rec *rec, struct err *err)
{
    union {
        struct window window;
        struct alert alert;
    } any;
    enum record_kind kind;
    enum status st = wire_peek(w->wire, rec->value, &kind, err);

    arena_reset(w->arena);
    if (st != ST_OK || (kind != RECORD_WINDOW && kind != RECORD_ALERT))
        return st;
    st = wire_decode(w->wire, kind, rec->value, &any, w->arena, err);
    if (st != ST_OK)
        return st;
    pthread_mutex_lock(&w->lock);
    if (kind == RECORD_WINDOW)
        take_window(&w->view, &any.window);
    else
        take_alert(&w->view, &any.alert);
    pthread_mutex_unlock(&w->lock);
    return ST_OK;
}

/* What is new in a topic of one partition. What fails now is read the next time. */
static void read_new(struct watch *w, enum topic_id topic, int64_t *at)
{
    const struct kafka_msg *m = NULL;
    struct err ignored = { 0 };
    enum status st = kafka_reader_open(w->reader, topic, 0, *at, -1, &ignored);

    while (st == ST_OK) {
        st = kafka_reader_next(w->reader, &m, &ignored);
        if (st != ST_OK || !m)
            break;
        *at = m->rec.offset + 1;
        if (take_record(w, &m->rec, &ignored) != ST_OK)
            ignored = (struct err){ 0 }; /* shown nowhere: the next one may be fine */
    }
}

static void look_at_stage(struct watch *w, size_t i)
{
    struct figures f = { 0 };

    pthread_mutex_lock(&w->lock);
    int port = w->ports[i];
    pthread_mutex_unlock(&w->lock);
    bool ok = port > 0 && scrape(port, &f);
    int64_t now = now_mono_ms();
    pthread_mutex_lock(&w->lock);
    struct stage_view *s = &w->view.stages[i];
    double seconds = (double)(now - w->scraped_ms[i]) / 1e3;
    if (ok) {
        s->rate = s->seen && f.records >= s->records && seconds > 0
                      ? (double)(f.records - s->records) / seconds
                      : 0;
        s->records = f.records;
        s->lag = f.lag;
        s->wrote = f.wrote;
        s->dead = f.dead;
        s->untold = f.untold;
        if (f.watermark_ms != INT64_MIN) /* none: its sources have ended */
            s->watermark_ms = f.watermark_ms;
        w->scraped_ms[i] = now;
    }
    s->seen = ok;
    pthread_mutex_unlock(&w->lock);
}

static void look(struct watch *w)
{
    for (size_t i = 0; i < VIEW_STAGES_MAX; i++)
        look_at_stage(w, i);
    read_new(w, TOPIC_WINDOWS, &w->windows_at);
    read_new(w, TOPIC_ALERTS, &w->alerts_at);
}

static void *loop(void *arg)
{
    struct watch *w = arg;
    bool stop = false;

    while (!stop) {
        look(w);
        const struct timespec until = now_plus(EVERY_MS);
        pthread_mutex_lock(&w->lock);
        if (!w->stop)
            pthread_cond_timedwait(&w->change, &w->lock, &until);
        stop = w->stop;
        pthread_mutex_unlock(&w->lock);
    }
    pthread_mutex_lock(&w->lock);
    w->ended = true;
    pthread_cond_broadcast(&w->change);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void release(struct watch *w)
{
    kafka_reader_free(w->reader);
    wire_free(w->wire);
    arena_free(w->arena);
    pthread_cond_destroy(&w->change);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

enum status watch_start(const struct kafka_conf *kafka, const struct kafka_topics *topics,
                        struct watch **out, struct err *err)
{
    struct watch *w = calloc(1, sizeof(*w));

    *out = NULL;
    if (!w)
        return err_set(err, ST_FATAL, "out of memory");
    pthread_mutex_init(&w->lock, NULL);
    now_cond_init(&w->change);
    w->names = kafka_names_make(topics->prefix);
    w->arena = arena_new(ARENA_BYTES);
    enum status st = w->arena ? ST_OK : err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK)
        st = wire_new(NULL, &w->wire, err);
    if (st == ST_OK)
        st = kafka_reader_new(kafka, &w->names, &w->reader, err);
    if (st == ST_OK && pthread_create(&w->thread, NULL, loop, w) != 0)
        st = err_set(err, ST_FATAL, "no thread: %s", strerror(errno));
    if (st != ST_OK) {
        release(w);
        return st;
    }
    *out = w;
    return ST_OK;
}

void watch_stage(struct watch *w, size_t i, const char *name, int port, int restarts)
{
    pthread_mutex_lock(&w->lock);
    struct stage_view *s = &w->view.stages[i];
    if (w->ports[i] != port)
        *s = (struct stage_view){ .watermark_ms = INT64_MIN };
    w->ports[i] = port;
    s->name = name;
    s->running = port > 0;
    s->restarts = restarts;
    if (w->view.n_stages <= i)
        w->view.n_stages = i + 1;
    pthread_mutex_unlock(&w->lock);
}

void watch_view(struct watch *w, struct view *out)
{
    pthread_mutex_lock(&w->lock);
    *out = w->view;
    pthread_mutex_unlock(&w->lock);
}

void watch_stop(struct watch *w, struct view *out)
{
    const struct timespec until = now_plus(END_WAIT_MS);
    int rc = 0;

    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->change);
    while (!w->ended && rc == 0)
        rc = pthread_cond_timedwait(&w->change, &w->lock, &until);
    bool ended = w->ended;
    *out = w->view;
    pthread_mutex_unlock(&w->lock);
    if (!ended)
        return;
    pthread_join(w->thread, NULL);
    read_new(w, TOPIC_WINDOWS, &w->windows_at);
    read_new(w, TOPIC_ALERTS, &w->alerts_at);
    *out = w->view;
    release(w);
}
