/* SPDX-License-Identifier: MIT */
/* hold.c -- pauses the partitions that are far ahead, as align() says. */
#include "flow/inner.h"
#include "obs/log.h"
#include "record/types.h"

static bool is_idle(const struct part *p)
{
    return !p->owned || (p->n == 0 && p->end >= p->next);
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

enum status flow_hold(struct flow *f, struct err *err)
{
    enum status st = ST_OK;
    size_t paused = 0;

    if (!f->ops->time_of || f->args->conf->max_skew_ms == 0 || atomic_load(f->args->stop))
        return ST_OK;
    for (size_t i = 0; i < f->nparts; i++) {
        const struct part *p = &f->parts[i];

        f->lanes[i] =
            (struct lane){ .time_ms = p->owned ? f->ops->time_of(f->stage, (int32_t)i) : WM_NONE,
                           .idle = is_idle(p),
                           .paused = p->paused };
    }
    align(f->lanes, f->nparts, f->args->conf->max_skew_ms);
    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        if (f->lanes[i].paused != p->paused && p->counted) /* see kafka_consumer_pause() */
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
