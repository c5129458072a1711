/* SPDX-License-Identifier: MIT */
#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

enum { TICK_MS = 1000 };

static int32_t number_of(const struct flow *f, const struct part *p)
{
    return (int32_t)(p - f->parts);
}

static void touch(struct flow *f, struct part *p)
{
    p->touched = true;
    if (f->open_ms < 0)
        f->open_ms = now_mono_ms();
}

enum status flow_said(struct flow *f, struct part *p, size_t out_before, enum status st)
{
    if (st == ST_RETRY)
        f->again = true;
    if (out_n(f->out) != out_before)
        touch(f, p);
    return st;
}

enum status flow_settle(struct flow *f, struct part *p, struct err *err)
{
    bool more = f->ops->resume != NULL;
    enum status st = ST_OK;

    while (st == ST_OK && more) {
        size_t before = out_n(f->out);

        more = false;
        st = f->ops->resume(f->stage, number_of(f, p), f->out, &more, err);
        st = flow_said(f, p, before, st);
        if (st == ST_OK && more)
            st = flow_commit(f, err);
        health_beat(f->health);
    }
    return st;
}

void flow_pop(struct flow *f, struct part *p, size_t n)
{
    p->next = p->queue[p->first + n - 1].rec.offset + 1;
    for (size_t i = 0; i < n; i++)
        kafka_msg_release(&p->queue[p->first + i]);
    p->first += n;
    p->n -= n;
    if (p->n == 0)
        p->first = 0;
    if (p->next > p->done.offset)
        flow_lived(f, p, n);
    f->used += n;
    touch(f, p);
}

/* Keeps one call of the stage under batch.ms, so that interval, signals and
 * heartbeats are looked at in time, however slow the stage is. */
static void adapt(struct flow *f, int64_t took_ms)
{
    if (took_ms > f->args->conf->batch_ms && f->micro > FLOW_MICRO_MIN)
        f->micro /= 2;
    else if (took_ms * 4 < f->args->conf->batch_ms && f->micro < FLOW_MICRO_MAX)
        f->micro *= 2;
}

/* Is there so much that it should be committed now? */
static bool is_full(const struct flow *f)
{
    const struct flow_conf *c = f->args->conf;

    return f->used >= (size_t)c->batch_records || out_bytes(f->out) >= (size_t)c->batch_bytes;
}

enum status flow_step(struct flow *f, struct part *p, size_t n, struct err *err)
{
    struct stage_rec in[FLOW_MICRO_MAX];
    size_t before = out_n(f->out);
    size_t used = 0;
    int64_t t0 = now_mono_ms();

    for (size_t i = 0; i < n; i++)
        in[i] = p->queue[p->first + i].rec;
    enum status st = f->ops->process(f->stage, number_of(f, p), in, n, &used, f->out, err);
    st = flow_said(f, p, before, st);
    if (st != ST_OK)
        return st;
    if (used > n || (used == 0 && !f->ops->resume))
        return err_set(err, ST_FATAL, "%s used %zu of %zu records", f->ops->name, used, n);
    adapt(f, now_mono_ms() - t0);
    if (used > 0)
        flow_pop(f, p, used);
    /* A death that is no longer to be believed is taken back at once. */
    const bool at_once = p->lived && flow_attempts(p) < p->done.meta.attempts;
    st = at_once || used < n || is_full(f) ? flow_commit(f, err) : ST_OK;
    return st == ST_OK ? flow_settle(f, p, err) : st;
}

/* Some of what waits in p's queue. */
static enum status feed_some(struct flow *f, struct part *p, struct err *err)
{
    const size_t known = flow_known(p);
    const size_t n = known > 0 ? known : p->n;

    if (known == 0 && p->care != CARE_NONE)
        return flow_careful(f, p, err);
    enum status st = known > 0 ? ST_OK : flow_count_start(f, p, err);
    return st == ST_OK ? flow_step(f, p, n < f->micro ? n : f->micro, err) : st;
}

/* What an earlier process can have died of was there when this one started: at the end of the
 * log it has lived through it. */
static void end_start(struct flow *f, struct part *p)
{
    if (p->wary == 0 || p->n > 0 || p->end < 0)
        return;
    flow_lived(f, p, (size_t)p->wary);
    touch(f, p);
}

enum status flow_feed(struct flow *f, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        while (st == ST_OK && p->owned && p->n > 0 && !atomic_load(f->args->stop)) {
            st = feed_some(f, p, err);
            health_beat(f->health);
        }
        if (p->owned)
            end_start(f, p);
    }
    return st;
}

/* Is p at the end of the log? The end is asked, uncommitted, before it is
 * compared with the position, and the time was taken before that: an EOF event
 * is no proof, an open transaction hides behind it. The time is the brokers', by
 * whose clock records arrive: ours may be wrong, or step. */
static void prove_end(struct flow *f, const struct part *p, struct stage_tick *tick)
{
    struct err why = { 0 };
    int64_t low;
    int64_t end;

    const bool known = kafka_producer_broker_time(f->producer, &tick->proven_ms);
    health_away(f->health, FLOW_AWAY_MS);
    enum status st =
        kafka_admin_range(f->admin, f->names.of[f->ops->input], number_of(f, p), &low, &end, &why);
    if (st != ST_OK)
        log_warn("cannot ask for the end of the log", LOG_STR("why", why.msg));
    int64_t position = p->end > p->next ? p->end : p->next;
    tick->at_end = known && st == ST_OK && p->n == 0 && position >= end;
}

static enum status tick_one(struct flow *f, struct part *p, struct err *err)
{
    struct stage_tick tick = { .wall_ms = now_wall_ms() };
    size_t before = out_n(f->out);

    prove_end(f, p, &tick);
    enum status st = f->ops->tick(f->stage, number_of(f, p), &tick, f->out, err);
    st = flow_said(f, p, before, st);
    return st == ST_OK ? flow_settle(f, p, err) : st;
}

static void note_lag(struct flow *f, const struct part *p)
{
    int64_t end = kafka_consumer_end(f->consumer, number_of(f, p));
    int64_t position = p->end > p->next ? p->end : p->next;

    if (end >= 0)
        metrics_set(f->metrics, METRIC_LAG, number_of(f, p),
                    end > position ? (double)(end - position) : 0);
}

/* Tells the embedded broker how far we are. */
static void note_position(struct flow *f, const struct part *p)
{
    struct err why = { 0 };

    if (f->embedded && kafka_admin_note(f->admin, f->names.of[f->ops->input], number_of(f, p),
                                        p->next, &why) != ST_OK)
        log_warn("cannot note the position", LOG_STR("why", why.msg));
}

enum status flow_tick(struct flow *f, struct err *err)
{
    int64_t now = now_mono_ms();
    enum status st = ST_OK;

    if (now - f->tick_ms < TICK_MS)
        return ST_OK;
    f->tick_ms = now;
    flow_show_ready(f);
    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        if (!p->owned)
            continue;
        note_lag(f, p);
        note_position(f, p);
        if ((f->ops->needs & NEEDS_TICK) && f->ops->tick)
            st = tick_one(f, p, err);
    }
    return st;
}
