/* SPDX-License-Identifier: MIT */
#include "notify/group.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static enum status oom(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory for a notification");
}

static size_t find(const struct told_alert_list *l, struct slice alert_id)
{
    size_t i = 0;

    while (i < l->n && !slice_eq(l->v[i].alert_id, alert_id))
        i++;
    return i;
}

static void remove_at(struct told_alert_list *l, size_t i)
{
    memmove(&l->v[i], &l->v[i + 1], (l->n - i - 1) * sizeof(*l->v));
    l->n--;
}

/* Makes room for one more: what is over goes before what still fires. */
static void make_room(struct told_alert_list *l)
{
    size_t i = 0;

    if (l->n < GROUP_ALERTS_MAX)
        return;
    while (i < l->n && !l->v[i].resolved)
        i++;
    remove_at(l, i < l->n ? i : 0);
}

static bool is_at_rest(const struct notify *g)
{
    return g->state == NOTIFY_SENT || g->state == NOTIFY_DEAD;
}

/* Begins to wait; the next tick says until when. */
static void wait_for_others(struct notify *g)
{
    g->state = NOTIFY_WAITING;
    g->due_ms = 0;
}

bool group_knows(const struct notify *g, const struct told_alert *al)
{
    size_t at = find(&g->now, al->alert_id);

    return at < g->now.n && g->now.v[at].seq >= al->seq;
}

enum status group_join(struct notify *g, const struct told_alert *al, int64_t offset,
                       const struct group_conf *conf, struct arena *a, struct err *err)
{
    size_t at = find(&g->now, al->alert_id);
    struct told_alert *v = arena_array(a, GROUP_ALERTS_MAX + 1, sizeof(*v));

    if (!v)
        return oom(err);
    if (al->resolved && !conf->send_resolved) {
        (void)group_leave(g, al->alert_id);
        return ST_OK;
    }
    if (g->now.n > 0)
        memcpy(v, g->now.v, g->now.n * sizeof(*v));
    g->now.v = v;
    if (at < g->now.n)
        remove_at(&g->now, at);
    make_room(&g->now);
    g->now.v[g->now.n++] = *al;
    g->epoch = offset;
    g->changed = true;
    if (is_at_rest(g))
        wait_for_others(g);
    return ST_OK;
}

bool group_leave(struct notify *g, struct slice alert_id)
{
    size_t at = find(&g->now, alert_id);

    if (at == g->now.n)
        return false;
    remove_at(&g->now, at);
    if (g->now.n == 0 && (g->state == NOTIFY_WAITING || is_at_rest(g))) {
        g->state = NOTIFY_SENT;
        g->due_ms = 0;
        g->changed = false;
    }
    return true;
}

/* Names what is sent by what it holds. */
static enum status make_key(struct notify *g, struct arena *a, struct err *err)
{
    struct slice fields[GROUP_ALERTS_MAX + 3] = { g->receiver, g->group };
    char repeat[16];
    char key[HASH_ID_HEX_LEN + 1];

    (void)snprintf(repeat, sizeof(repeat), "%d", (int)g->repeat);
    fields[2] = slice_str(repeat);
    for (size_t i = 0; i < g->alerts.n; i++)
        fields[3 + i] = g->alerts.v[i];
    hash_id(fields, 3 + g->alerts.n, key);
    g->dedupe_key = arena_copy(a, slice_str(key));
    return g->dedupe_key.p ? ST_OK : oom(err);
}

/* Puts a message together: from here on it does not change. */
static enum status fix(struct notify *g, int64_t wall_ms, int32_t repeat, struct arena *a,
                       struct err *err)
{
    struct told_alert *v = arena_array(a, g->now.n + 1, sizeof(*v));
    struct slice *ids = arena_array(a, g->now.n + 1, sizeof(*ids));

    if (!v || !ids)
        return oom(err);
    for (size_t i = 0; i < g->now.n; i++) {
        char id[80];
        const struct told_alert *t = &g->now.v[i];

        v[i] = *t;
        (void)snprintf(id, sizeof(id), "%.*s:%d", (int)(t->alert_id.n < 64 ? t->alert_id.n : 64),
                       t->alert_id.p, (int)t->seq);
        ids[i] = arena_copy(a, slice_str(id));
        if (!ids[i].p)
            return oom(err);
    }
    g->sending = (struct told_alert_list){ v, g->now.n };
    g->alerts = (struct strings){ ids, g->now.n };
    g->repeat = repeat;
    g->state = NOTIFY_SENDING;
    g->due_ms = wall_ms;
    g->attempts = 0;
    g->changed = false;
    g->reason = (struct slice){ NULL, 0 };
    return make_key(g, a, err);
}

enum status group_tick(struct notify *g, int64_t wall_ms, const struct group_conf *conf,
                       struct arena *a, bool *changed, struct err *err)
{
    bool over = g->due_ms != 0 && g->due_ms <= wall_ms;

    *changed = true;
    if (g->state == NOTIFY_WAITING && g->due_ms == 0 && conf->wait_ms > 0) {
        g->due_ms = wall_ms + conf->wait_ms;
        return ST_OK;
    }
    if (g->state == NOTIFY_WAITING && (over || conf->wait_ms == 0))
        return fix(g, wall_ms, 0, a, err);
    if (g->state == NOTIFY_SENT && over && g->now.n > 0)
        return fix(g, wall_ms, g->repeat + 1, a, err);
    *changed = false;
    return ST_OK;
}

bool group_is_due(const struct notify *g, int64_t wall_ms)
{
    return (g->state == NOTIFY_SENDING || g->state == NOTIFY_HELD) && g->due_ms <= wall_ms;
}

/* What is over and was said to be need not be said again. */
static void forget_resolved(struct notify *g)
{
    for (size_t i = 0; i < g->sending.n; i++) {
        const struct told_alert *t = &g->sending.v[i];
        size_t at = find(&g->now, t->alert_id);

        if (t->resolved && at < g->now.n && g->now.v[at].seq == t->seq)
            remove_at(&g->now, at);
    }
}

static void finish(struct notify *g, enum notify_state state, int64_t due_ms)
{
    forget_resolved(g);
    g->sending.n = 0;
    g->state = state;
    g->due_ms = g->now.n > 0 ? due_ms : 0;
    if (g->changed && g->now.n > 0)
        wait_for_others(g);
}

enum status group_settle(struct notify *g, const struct effect_result *res,
                         const struct group_conf *conf, struct arena *a, struct err *err)
{
    int64_t wait;

    g->attempts++;
    g->reason = arena_copy(a, slice_str(res->why));
    if (!g->reason.p)
        return oom(err);
    switch (res->how) {
    case EFFECT_SENT:
        finish(g, NOTIFY_SENT, conf->repeat_ms > 0 ? res->at_ms + conf->repeat_ms : 0);
        break;
    case EFFECT_REFUSED:
        finish(g, NOTIFY_DEAD, 0);
        break;
    case EFFECT_RETRY:
        wait = group_backoff_ms(g->dedupe_key, g->attempts);
        g->state = NOTIFY_SENDING;
        g->due_ms = res->at_ms + (wait > res->after_ms ? wait : res->after_ms);
        break;
    case EFFECT_HOLD:
        g->state = NOTIFY_HELD;
        g->due_ms = res->at_ms + GROUP_HOLD_MS;
        break;
    }
    return ST_OK;
}

bool group_is_over(const struct notify *g)
{
    return is_at_rest(g) && g->now.n == 0;
}

int64_t group_backoff_ms(struct slice key, int32_t tries)
{
    char text[HASH_ID_HEX_LEN + 32];
    int64_t most = GROUP_RETRY_MS;

    for (int32_t i = 0; i < tries && most < GROUP_RETRY_MAX_MS; i++)
        most *= 2;
    if (most > GROUP_RETRY_MAX_MS)
        most = GROUP_RETRY_MAX_MS;
    (void)snprintf(text, sizeof(text), "%.*s#%d", (int)(key.n < 32 ? key.n : 32),
                   key.p ? key.p : "", (int)tries);
    return (int64_t)(hash64(slice_str(text)) % (uint64_t)(most + 1));
}
