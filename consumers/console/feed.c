/* SPDX-License-Identifier: MIT */
/* feed.c -- from the topics into the model. */

#include "consumers/console/inner.h"
#include "now/now.h"
#include "obs/log.h"

enum { WAIT_MS = 100, BURST = 500, DEAD_LAST = 20000 };

static const enum topic_id topics[FEEDS] = { TOPIC_WINDOWS, TOPIC_ALERTS, TOPIC_DEAD };

/* Where to begin: dead letters hold what was refused, whole, and are many when something is
 * badly wrong; the newest of them say it. */
static struct kafka_start start_of(const struct console *c, enum topic_id topic)
{
    if (topic == TOPIC_DEAD)
        return (struct kafka_start){ KAFKA_FROM_LAST, DEAD_LAST };
    if (c->embedded)
        return (struct kafka_start){ KAFKA_FROM_BEGINNING, 0 };
    return (struct kafka_start){ KAFKA_FROM_TIME, now_wall_ms() - c->conf->keep_ms };
}

enum status feed_open(struct console *c, struct err *err)
{
    enum status st = kafka_admin_new(&c->kafka, &c->admin, err);

    if (st == ST_OK)
        st = kafka_admin_embedded(c->admin, &c->embedded, err);
    for (size_t i = 0; st == ST_OK && i < FEEDS; i++) {
        const struct kafka_watch w = { .name = c->names.of[topics[i]],
                                       .topic = topics[i],
                                       .part = -1,
                                       .start = start_of(c, topics[i]) };

        c->feed[i].topic = topics[i];
        st = kafka_follower_new(&c->kafka, &w, &c->feed[i].follower, err);
    }
    if (st != ST_RETRY)
        return st;
    err_prefix(err, "unavailable: no answer from %.100s",
               kafka_conf_get(&c->kafka, "bootstrap.servers"));
    return ST_FATAL;
}

void feed_close(struct console *c)
{
    for (size_t i = 0; i < FEEDS; i++)
        kafka_follower_free(c->feed[i].follower);
    kafka_admin_free(c->admin);
}

static enum status take_window(struct console *c, const struct stage_rec *rec, struct err *err)
{
    struct window w;
    enum status st = wire_decode(c->wire, RECORD_WINDOW, rec->value, &w, c->arena, err);

    if (st != ST_OK)
        return st;
    pthread_mutex_lock(&c->lock);
    st = model_take_window(c->model, &w, rec->value, err);
    pthread_mutex_unlock(&c->lock);
    return st;
}

static enum status take_alert(struct console *c, const struct stage_rec *rec, struct err *err)
{
    struct alert al;
    enum status st = wire_decode(c->wire, RECORD_ALERT, rec->value, &al, c->arena, err);

    if (st != ST_OK)
        return st;
    pthread_mutex_lock(&c->lock);
    st = model_take_alert(c->model, &al, rec->value, err);
    pthread_mutex_unlock(&c->lock);
    return st;
}

static enum status take_dead(struct console *c, const struct stage_rec *rec, struct err *err)
{
    struct deadletter d;
    enum status st = wire_decode(c->wire, RECORD_DEADLETTER, rec->value, &d, c->arena, err);

    if (st != ST_OK)
        return st;
    const struct model_dead more = {
        .n = 1, .last_ms = rec->arrival_ms, .part = rec->part, .offset = rec->offset
    };
    pthread_mutex_lock(&c->lock);
    model_take_dead(c->model, d.stage, d.reason, &more);
    pthread_mutex_unlock(&c->lock);
    return ST_OK;
}

/* What cannot be read is passed over: it is for the consumers to say so. */
static enum status take(struct console *c, const struct stage_rec *rec, struct err *err)
{
    enum status st = ST_OK;

    metrics_add(c->metrics, METRIC_RECORDS, METRIC_NO_LABEL, 1);
    arena_reset(c->arena);
    if (!rec->value.p || stage_header(rec, "absa-kind").p)
        return ST_OK;
    if (rec->topic == TOPIC_WINDOWS)
        st = take_window(c, rec, err);
    else if (rec->topic == TOPIC_ALERTS)
        st = take_alert(c, rec, err);
    else
        st = take_dead(c, rec, err);
    if (st != ST_REJECT)
        return st;
    log_warn("a record cannot be read", LOG_STR("topic", c->names.of[rec->topic]),
             LOG_INT("part", rec->part), LOG_INT("offset", rec->offset), LOG_STR("why", err->msg));
    return ST_OK;
}

static enum status take_feed(struct console *c, struct feed *f, int wait_ms, struct err *err)
{
    enum status st = ST_OK;
    bool have = true;

    for (int i = 0; st == ST_OK && have && i < BURST; i++) {
        struct kafka_msg m = { 0 };

        st = kafka_follower_poll(f->follower, i == 0 ? wait_ms : 0, &m, &have, err);
        if (st == ST_OK && have)
            st = take(c, &m.rec, err);
        kafka_msg_release(&m);
    }
    f->caught_up = f->caught_up || kafka_follower_done(f->follower);
    return st;
}

enum status feed_take(struct console *c, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < FEEDS; i++)
        st = take_feed(c, &c->feed[i], i == 0 ? WAIT_MS : 0, err);
    return st;
}
