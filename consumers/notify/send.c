/* SPDX-License-Identifier: MIT */
/* send.c -- what is due, as a message; what came of it. */
#include <stdio.h>

#include "consumers/notify/inner.h"
#include "wire/table.h"

/* What waits longest, of receivers that may be tried. */
static struct group *pick(struct notify_stage *s, int64_t wall_ms)
{
    struct group *best = NULL;

    for (size_t i = 0; i < s->groups.n; i++) {
        struct group *g = &s->groups.v[i];

        if (group_is_due(&g->row, wall_ms) && s->blocked_ms[g->receiver] <= wall_ms &&
            (!best || g->row.due_ms < best->row.due_ms))
            best = g;
    }
    return best;
}

static enum status compose(struct notify_stage *s, const struct group *g, struct err *err)
{
    const struct told_alert_list *l = &g->row.sending;
    struct alert *alerts = arena_array(s->arena, l->n + 1, sizeof(*alerts));
    struct telling t = { alerts, l->n, g->row.repeat };
    enum status st = alerts ? ST_OK : err_set(err, ST_FATAL, "out of memory for a message");
    bool firing;

    for (size_t i = 0; st == ST_OK && i < l->n; i++)
        st = wire_decode(s->wire, RECORD_ALERT, l->v[i].value, &alerts[i], s->arena, err);
    if (st == ST_OK)
        st = render(&t, &s->subject, &s->text, &s->html, err);
    if (st != ST_OK)
        return st == ST_REJECT ? ST_FATAL : st; /* it was read when it joined */
    s->message = (struct message){ .receiver = g->receiver,
                                   .key = g->row.dedupe_key,
                                   .subject = buf_slice(&s->subject),
                                   .text = buf_slice(&s->text),
                                   .html = buf_slice(&s->html),
                                   .severity = wire_severity_names[telling_severity(&t, &firing)] };
    s->message.state = firing ? "firing" : "resolved";
    return ST_OK;
}

enum status notify_due(void *ctx, int32_t part, int64_t wall_ms, struct effect *effect, bool *any,
                       struct err *err)
{
    struct notify_stage *s = ctx;
    struct group *g = pick(s, wall_ms);

    (void)part;
    *any = g != NULL;
    s->under_way = g;
    if (!g)
        return ST_OK;
    arena_reset(s->arena);
    enum status st = compose(s, g, err);
    *effect = (struct effect){ .to = s->conf.receivers[g->receiver],
                               .key = g->row.dedupe_key,
                               .attempt = g->row.attempts,
                               .what = &s->message };
    return st;
}

/* Refused for ever: what it held goes to the dead letters. */
static enum status bury(struct notify_stage *s, const struct group *g,
                        const struct effect_result *res, struct out *out, struct err *err)
{
    char why[EFFECT_WHY_MAX + 64];

    (void)snprintf(why, sizeof(why), "receiver %.40s: %s", s->conf.receivers[g->receiver],
                   res->why);
    for (size_t i = 0; i < g->row.sending.n; i++) {
        const struct stage_rec rec = { .topic = TOPIC_ALERTS,
                                       .offset = g->row.epoch,
                                       .arrival_ms = -1,
                                       .value = g->row.sending.v[i].value };

        if (out_dead(out, "notify", &rec, -1, DEAD_REFUSED, why) != OUT_OK)
            return out_error(out, err);
    }
    return ST_OK;
}

enum status notify_settled(void *ctx, int32_t part, const struct effect_result *res,
                           struct out *out, struct err *err)
{
    struct notify_stage *s = ctx;
    struct group *g = s->under_way;
    enum status st = ST_OK;

    (void)part;
    arena_reset(s->arena);
    out_open(out);
    if (res->how == EFFECT_REFUSED)
        st = bury(s, g, res, out, err);
    struct notify row = g->row;
    if (st == ST_OK)
        st = group_settle(&row, res, &s->conf.group, s->arena, err);
    bool again = res->how == EFFECT_RETRY || res->how == EFFECT_HOLD;
    s->blocked_ms[g->receiver] = again ? row.due_ms : 0;
    if (st == ST_OK)
        st = groups_put(&s->groups, g->receiver, &row, &g, err);
    if (st == ST_OK)
        st = group_write(g, out, err);
    if (st == ST_OK && group_is_over(&g->row))
        groups_remove(&s->groups, g);
    s->under_way = NULL;
    return st;
}
