/* SPDX-License-Identifier: MIT */
/* effect.c -- what is due in the world outside, between two commits. */
#include <stdio.h>
#include <string.h>

#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

/* Notes whether the way to a receiver is open: closed as long as nobody is held. */
static void note_circuit(struct flow *f, const struct effect *e, bool open)
{
    char labels[METRIC_TEXT_MAX];
    size_t i = 0;

    snprintf(labels, sizeof(labels), "receiver=\"%s\"", e->to);
    metrics_set_text(f->metrics, METRIC_HELD, labels, open);
    while (i < f->n_circuits && strcmp(f->circuits[i].to, e->to) != 0)
        i++;
    if (i == FLOW_CIRCUITS_MAX)
        return;
    f->circuits[i] = (struct circuit){ e->to, open };
    f->n_circuits = i == f->n_circuits ? i + 1 : f->n_circuits;
}

/* Whom a person must help is no use meanwhile, and /readyz says so. */
static void note(struct flow *f, const struct effect *e, const struct effect_result *res)
{
    const struct log_field fields[] = { LOG_STR("to", e->to),
                                        LOG_STR("result", effect_how_name(res->how)),
                                        LOG_INT("code", res->code), LOG_INT("attempt", e->attempt),
                                        LOG_STR("why", res->why) };
    size_t n = sizeof(fields) / sizeof(fields[0]);
    char labels[METRIC_TEXT_MAX];

    snprintf(labels, sizeof(labels), "receiver=\"%s\",result=\"%s\"", e->to,
             effect_how_name(res->how));
    metrics_add_text(f->metrics, METRIC_NOTIFICATIONS, labels, 1);
    if (res->how == EFFECT_RETRY)
        health_info(f->health, e->to, res->why);
    else
        health_set(f->health, e->to, res->how != EFFECT_HOLD, res->why);
    if (res->how != EFFECT_RETRY) /* a failure that passes says nothing new */
        note_circuit(f, e, res->how == EFFECT_HOLD);
    if (res->how == EFFECT_SENT)
        log_write(LOG_INFO, "told", fields, n);
    else if (res->how == EFFECT_RETRY)
        log_write(LOG_WARN, "cannot tell now", fields, n);
    else if (res->how == EFFECT_REFUSED)
        log_write(LOG_ERROR, "refused for ever", fields, n);
    else
        log_write(LOG_ERROR, "held until the configuration is mended", fields, n);
}

static enum status one(struct flow *f, struct part *p, struct err *err)
{
    const struct effects *world = f->args->effects;
    int32_t part = (int32_t)(p - f->parts);
    struct effect_result res = { 0 };
    struct effect effect = { 0 };
    bool any = false;
    enum status st = f->ops->due(f->stage, part, now_wall_ms(), &effect, &any, err);

    if (st != ST_OK || !any)
        return flow_said(f, p, out_n(f->out), st);
    world->perform(world->ctx, &effect, &res);
    health_beat(f->health);
    res.at_ms = now_wall_ms();
    note(f, &effect, &res);
    p->touched = true;
    st = flow_said(f, p, out_n(f->out), f->ops->settled(f->stage, part, &res, f->out, err));
    return st == ST_OK ? flow_commit(f, err) : st;
}

enum status flow_effects(struct flow *f, struct err *err)
{
    enum status st = ST_OK;

    if (f->open_ms >= 0) /* something waits for its commit: that first */
        return ST_OK;
    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        if (f->parts[i].owned && f->parts[i].given && !atomic_load(f->args->stop))
            st = one(f, &f->parts[i], err);
    }
    return st;
}
