/* SPDX-License-Identifier: MIT */
/* careful.c -- one record a transaction, until the one that kills is found. */
#include <stdio.h>

#include "flow/inner.h"
#include "obs/log.h"

void flow_show_careful(struct flow *f)
{
    char why[HEALTH_WHY_MAX] = "";
    int n = 0;

    for (size_t i = 0; i < f->nparts; i++)
        n += f->parts[i].owned && f->parts[i].careful > 0;
    if (n > 0)
        snprintf(why, sizeof(why), "%d partitions go one record a transaction after deaths", n);
    metrics_set(f->metrics, METRIC_CAREFUL, METRIC_NO_LABEL, (double)n);
    health_info(f->health, "careful", why);
}

/* Counts the record that comes next, before it can kill us. */
static enum status count_try(struct flow *f, struct part *p, struct err *err)
{
    p->plan = p->done;
    p->plan.meta.attempts++;
    return flow_commit_plans(f, &p, 1, err);
}

static enum status quarantine(struct flow *f, struct part *p, const struct stage_rec *rec,
                              struct err *err)
{
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
    flow_pop(f, p, 1);
    return ST_OK;
}

static enum status try_alone(struct flow *f, struct part *p, const struct stage_rec *rec,
                             struct err *err)
{
    size_t before = out_n(f->out);
    size_t used = 0;
    enum status st = count_try(f, p, err);

    if (st != ST_OK)
        return st;
    st = f->ops->process(f->stage, rec->part, rec, 1, &used, f->out, err);
    st = flow_said(f, p, before, st);
    if (st == ST_OK && used == 1)
        flow_pop(f, p, 1);
    return st;
}

enum status flow_careful(struct flow *f, struct part *p, struct err *err)
{
    const struct stage_rec rec = p->queue[p->first].rec;
    size_t waiting = p->n;
    enum status st = flow_commit(f, err); /* of other partitions: not to share their fate */

    if (st != ST_OK)
        return st;
    if (p->done.meta.attempts - META_CAREFUL_AT >= META_TRIES_MAX)
        st = quarantine(f, p, &rec, err);
    else
        st = try_alone(f, p, &rec, err);
    if (st == ST_OK && p->n < waiting && --p->careful == 0) {
        log_info("careful mode is over", LOG_INT("part", rec.part));
        flow_show_careful(f);
    }
    if (st == ST_OK)
        st = flow_commit(f, err);
    return st == ST_OK ? flow_settle(f, p, err) : st;
}
