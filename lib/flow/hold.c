/* SPDX-License-Identifier: MIT */
/* hold.c -- pauses those of our partitions that are far ahead, as align() says. */
#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

static bool is_idle(const struct part *p)
{
    return p->n == 0 && p->end >= p->next;
}

/* Its queue is empty: all that was polled has been fed, so next is the position. */
static enum status change(struct flow *f, struct part *p, struct err *err)
{
    int32_t part = (int32_t)(p - f->parts);

    p->paused = !p->paused;
    log_debug(p->paused ? "partition waits for the others" : "partition goes on",
              LOG_INT("part", part), LOG_INT("offset", p->next));
    return p->paused ? kafka_consumer_pause(f->consumer, part, err)
                     : kafka_consumer_resume(f->consumer, part, p->next, err);
}

static void take_peer(void *ctx, const struct kafka_offset *o)
{
    struct flow *f = ctx;
    struct err ignored = { 0 };
    struct meta m;

    if (!f->parts[o->part].owned && meta_parse(o->meta, &m, &ignored) == ST_OK)
        peer_seen(&f->peers[o->part], o->offset, &m, now_mono_ms());
}

/* Have we anything to read, and does somebody else read a partition? */
static bool is_worth_a_look(const struct flow *f)
{
    bool busy = false;
    bool alone = true;

    for (size_t i = 0; i < f->nparts; i++) {
        busy |= f->parts[i].owned && !is_idle(&f->parts[i]);
        alone &= f->parts[i].owned;
    }
    return busy && !alone && !f->embedded; /* which keeps no positions */
}

/* Unanswered, nobody moves: nobody is waited for. */
static void look_at_peers(struct flow *f)
{
    const struct kafka_group_of of = { f->group, f->names.of[f->ops->input], (int32_t)f->nparts };
    const int64_t now = now_mono_ms();
    struct err why = { 0 };

    if (now - f->look_ms < PEERS_LOOK_MS || !is_worth_a_look(f))
        return;
    health_away(f->health, FLOW_AWAY_MS);
    if (kafka_admin_positions(f->admin, &of, take_peer, f, &why) != ST_OK)
        log_debug("cannot ask where the others stand", LOG_STR("why", why.msg));
    health_beat(f->health);
    f->look_ms = now_mono_ms();
}

static int64_t patience_ms(const struct flow *f)
{
    const int64_t commits = PEERS_PATIENCE_COMMITS * f->interval_ms;

    return commits > PEERS_PATIENCE_MS ? commits : PEERS_PATIENCE_MS;
}

static struct lane lane_of(const struct flow *f, size_t i)
{
    const struct part *p = &f->parts[i];

    if (!p->owned)
        return peer_lane(&f->peers[i], now_mono_ms(), patience_ms(f));
    return (struct lane){ .time_ms = f->ops->time_of(f->stage, (int32_t)i),
                          .idle = is_idle(p),
                          .paused = p->paused };
}

enum status flow_hold(struct flow *f, struct err *err)
{
    enum status st = ST_OK;
    size_t paused = 0;

    if (!f->ops->time_of || f->args->conf->max_skew_ms == 0 || atomic_load(f->args->stop))
        return ST_OK;
    look_at_peers(f);
    for (size_t i = 0; i < f->nparts; i++)
        f->lanes[i] = lane_of(f, i);
    align(f->lanes, f->nparts, f->args->conf->max_skew_ms);
    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        if (p->owned && f->lanes[i].paused != p->paused &&
            p->counted) /* see kafka_consumer_pause() */
            st = change(f, p, err);
        paused += p->paused;
    }
    metrics_set(f->metrics, METRIC_PAUSED, METRIC_NO_LABEL, (double)paused);
    return st;
}

enum status flow_release(struct flow *f, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        if (f->parts[i].paused)
            st = change(f, &f->parts[i], err);
    }
    metrics_set(f->metrics, METRIC_PAUSED, METRIC_NO_LABEL, 0);
    return st;
}
