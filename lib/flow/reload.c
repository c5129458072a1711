/* SPDX-License-Identifier: MIT */
/* reload.c -- a new configuration, or another model, between two transactions. */
#include "flow/inner.h"

static void count(struct flow *f, const char *labels)
{
    metrics_add_text(f->metrics, METRIC_RELOADS, labels, 1);
}

/* Another stage knows nothing yet, and who could not be told may be gone. */
static enum status begin_with(struct flow *f, const struct stage *next, struct err *err)
{
    f->ops = next->ops;
    f->stage = next->ctx;
    for (size_t i = 0; i < f->n_circuits; i++)
        health_forget(f->health, f->circuits[i].to);
    f->n_circuits = 0;
    metrics_clear(f->metrics, METRIC_HELD);
    for (size_t i = 0; i < f->nparts; i++)
        f->parts[i].given = false;
    return flow_restart_parts(f, err);
}

static enum status take_over(struct flow *f, const struct stage *next, const struct conf *props,
                             struct err *err)
{
    const struct flow_conf *c = f->args->conf;

    flow_setup_log(f);
    f->interval_ms = flow_commit_interval(f->args);
    out_set_limits(f->out, (struct out_limits){ (size_t)c->batch_records, (size_t)c->batch_bytes });
    enum status st = http_show_config(f->http, props, err);
    if (st == ST_OK && next->ctx != f->stage)
        st = begin_with(f, next, err);
    return st;
}

enum status flow_reload(struct flow *f, struct err *err)
{
    const struct flow_reload *r = f->args->reload;
    struct stage next = { f->ops, f->stage };
    const struct conf *props = NULL;
    struct err why = { 0 };
    enum status st;

    if (!r || !atomic_exchange(r->asked, false))
        return ST_OK;
    health_away(f->health, FLOW_AWAY_MS);
    st = flow_commit(f, err);
    if (st != ST_OK)
        return st;
    st = r->load(r->ctx, &next, &props, &why);
    if (st == ST_REJECT) {
        count(f, "result=\"refused\"");
        return ST_OK;
    }
    if (st != ST_OK) {
        *err = why;
        return st;
    }
    count(f, "result=\"taken\"");
    return take_over(f, &next, props, err);
}

enum status flow_act_between(struct flow *f, struct err *err)
{
    const struct flow_between *b = f->args->between;

    if (!b || !atomic_exchange(b->asked, false))
        return ST_OK;
    enum status st = flow_commit(f, err);
    return st == ST_OK ? b->act(b->ctx, f->metrics, err) : st;
}
