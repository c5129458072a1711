/* SPDX-License-Identifier: MIT */
/* careful.c -- deaths are counted; after one, records are read with care until the one that
 * kills is found. flow.h has the rules. */
#include <stdio.h>

#include "flow/inner.h"
#include "obs/log.h"

void flow_show_careful(struct flow *f)
{
    char why[HEALTH_WHY_MAX] = "";
    int n = 0;

    for (size_t i = 0; i < f->nparts; i++)
        n += f->parts[i].owned && f->parts[i].care != CARE_NONE;
    if (n > 0)
        snprintf(why, sizeof(why), "%d partitions are read with care after deaths", n);
    metrics_set(f->metrics, METRIC_CAREFUL, METRIC_NO_LABEL, (double)n);
    health_info(f->health, "careful", why);
}

static void go_alone(struct part *p)
{
    p->care = CARE_ALONE;
    p->counted = true; /* records are, not starts */
    p->wary = FLOW_ALONE_LEN;
    if (p->done.meta.attempts < META_ALONE)
        p->done.meta.attempts = META_ALONE;
}

void flow_take_deaths(struct part *p)
{
    p->care = p->done.meta.attempts > 0 ? CARE_CHILD : CARE_NONE;
    p->counted = false;
    p->lived = false;
    p->wary = 0;
    p->narrow = 0;
    if (p->done.meta.attempts >= META_AGAIN)
        go_alone(p);
}

size_t flow_known(const struct part *p)
{
    size_t n = 0;

    while (n < p->n && p->queue[p->first + n].rec.offset < p->done.offset)
        n++;
    return n;
}

enum status flow_count_start(struct flow *f, struct part *p, struct err *err)
{
    const bool first = p->done.offset < 0;

    if (p->counted)
        return ST_OK;
    p->counted = true;
    if (first && (f->ops->needs & NO_QUARANTINE)) /* no position where there was none */
        return ST_OK;
    p->wary = f->args->conf->batch_records + FLOW_MICRO_MAX; /* most that a flight can hold */
    p->plan = p->done;
    if (first)
        p->plan.offset = p->next;
    p->plan.meta.attempts = p->care == CARE_CHILD ? META_AGAIN : META_STARTED;
    return flow_commit_plans(f, &p, 1, err);
}

uint32_t flow_attempts(const struct part *p)
{
    if (p->counted && p->wary == 0)
        return 0;
    if (!p->lived) /* a mark or a hello, which says nothing about records */
        return p->done.meta.attempts;
    return p->care == CARE_ALONE ? META_ALONE : META_STARTED;
}

void flow_lived(struct flow *f, struct part *p, size_t n)
{
    p->lived = true;
    if (p->wary == 0)
        return;
    p->wary = p->wary > (int64_t)n ? p->wary - (int64_t)n : 0;
    if (p->wary > 0 || p->care == CARE_NONE)
        return;
    p->care = CARE_NONE;
    log_info("careful mode is over", LOG_INT("part", p - f->parts));
    flow_show_careful(f);
}

/* Counts the record that comes next, before it can kill us. */
static enum status count_try(struct flow *f, struct part *p, struct err *err)
{
    p->lived = false;
    p->plan = p->done;
    p->plan.meta.attempts++;
    return flow_commit_plans(f, &p, 1, err);
}

static enum status quarantine(struct flow *f, struct part *p, struct err *err)
{
    const struct stage_rec *rec = &p->queue[p->first].rec;

    if (f->ops->needs & NO_QUARANTINE)
        return err_set(err, ST_FATAL, "record %lld of %s[%d] kills %s each time it is read",
                       (long long)rec->offset, f->names.of[rec->topic], (int)rec->part,
                       f->ops->name);
    log_error("record kills, dead-lettered unread", LOG_STR("topic", f->names.of[rec->topic]),
              LOG_INT("part", rec->part), LOG_INT("offset", rec->offset));
    out_open(f->out);
    if (out_dead(f->out, f->ops->name, rec, -1, DEAD_KILLER,
                 "the process died of it, repeatedly") == OUT_ERROR)
        return out_error(f->out, err);
    p->narrow = 0;
    flow_pop(f, p, 1);
    return flow_commit(f, err);
}

/* Whether the next record is to be set aside: a child dies of it too, or it has killed so often
 * that no child's word helps it. */
static bool is_guilty(struct flow *f, const struct part *p)
{
    const uint32_t tries = p->done.meta.attempts - META_ALONE;

    if (tries < META_TRIES_TRIAL)
        return false;
    const enum verdict v = flow_trial(f, p, 1);
    return v == VERDICT_KILLS || v == VERDICT_KILLED || tries >= META_TRIES_MAX;
}

/* The next record, in a transaction of its own. */
static enum status alone(struct flow *f, struct part *p, struct err *err)
{
    const struct stage_rec rec = p->queue[p->first].rec;
    size_t used = 0;
    enum status st = flow_commit(f, err); /* of other partitions: not to share their fate */

    if (st != ST_OK)
        return st;
    if (is_guilty(f, p))
        return quarantine(f, p, err);
    st = count_try(f, p, err);
    if (st != ST_OK)
        return st;
    size_t before = out_n(f->out);
    st = f->ops->process(f->stage, rec.part, &rec, 1, &used, f->out, err);
    st = flow_said(f, p, before, st);
    p->lived = st == ST_OK;
    if (st == ST_OK && used == 1)
        flow_pop(f, p, 1);
    if (st == ST_OK)
        st = flow_commit(f, err);
    return st == ST_OK ? flow_settle(f, p, err) : st;
}

/* The next records, after a child has lived through them. If it does not, half as many. */
static enum status after_a_child(struct flow *f, struct part *p, struct err *err)
{
    size_t n = p->n < f->micro ? p->n : f->micro;
    enum status st = flow_count_start(f, p, err);

    if (st != ST_OK)
        return st;
    if (p->narrow > 0 && p->narrow < n)
        n = p->narrow;
    const enum verdict v = flow_trial(f, p, n);
    if (v == VERDICT_LIVES)
        return flow_step(f, p, n, err);
    if (v != VERDICT_NONE && n > 1)
        p->narrow = n / 2;
    else if (v == VERDICT_KILLS)
        return quarantine(f, p, err);
    else
        go_alone(p); /* to be found out by our own deaths */
    return ST_OK;
}

enum status flow_careful(struct flow *f, struct part *p, struct err *err)
{
    return p->care == CARE_ALONE ? alone(f, p, err) : after_a_child(f, p, err);
}
