/* SPDX-License-Identifier: MIT */
#include "consumers/notify/stage.h"

#include <stdlib.h>
#include <string.h>

#include "consumers/notify/inner.h"
#include "record/alert.h"
#include "wire/table.h"

enum { ARENA_MAX = 64 << 20, GROUP_NAME_MAX = 1024 };

/* segment=all,severity=WARNING */
static enum status name_group(const struct notify_stage *s, const struct alert *al,
                              struct slice *name, struct err *err)
{
    struct buf b;

    buf_init(&b, GROUP_NAME_MAX);
    if (s->conf.by_segment) {
        buf_str(&b, "segment=");
        buf_add(&b, al->segment.p, al->segment.n < 512 ? al->segment.n : 512);
    }
    if (s->conf.by_severity)
        buf_fmt(&b, "%sseverity=%s", b.n > 0 ? "," : "", wire_severity_names[al->severity]);
    *name = arena_copy(s->arena, buf_slice(&b));
    bool ok = name->p && !buf_failed(&b);
    buf_release(&b);
    return ok ? ST_OK : err_set(err, ST_FATAL, "out of memory for a group's name");
}

/* An alert whose severity changed is in another group now. */
static void leave_others(struct notify_stage *s, size_t receiver, struct slice name,
                         struct slice alert_id)
{
    for (size_t i = 0; i < s->groups.n; i++) {
        struct group *g = &s->groups.v[i];

        if (g->receiver == receiver && !slice_eq(g->row.group, name) &&
            group_leave(&g->row, alert_id))
            g->dirty = true;
    }
}

static enum status tell(struct notify_stage *s, size_t receiver, struct slice name,
                        const struct told_alert *told, int64_t offset, struct err *err)
{
    struct group *g = groups_find(&s->groups, receiver, name);
    struct notify row = { .receiver = slice_str(s->conf.receivers[receiver]),
                          .group = name,
                          .state = NOTIFY_SENT };

    if (g)
        row = g->row;
    if (group_knows(&row, told))
        return ST_OK;
    leave_others(s, receiver, name, told->alert_id);
    enum status st = group_join(&row, told, offset, &s->conf.group, s->arena, err);
    if (st != ST_OK || (!g && row.now.n == 0))
        return st;
    st = groups_put(&s->groups, receiver, &row, &g, err);
    if (st == ST_OK)
        g->dirty = true;
    return st;
}

static enum status take(struct notify_stage *s, const struct stage_rec *rec, const struct alert *al,
                        struct err *err)
{
    const struct told_alert told = { .alert_id = al->alert_id,
                                     .seq = al->seq,
                                     .resolved = al->state == ALERT_RESOLVED,
                                     .value = rec->value };
    struct slice name;
    enum status st = ST_OK;

    if (al->severity < s->conf.min)
        return ST_OK;
    st = name_group(s, al, &name, err);
    for (size_t r = 0; st == ST_OK && r < s->conf.n; r++)
        st = tell(s, r, name, &told, rec->offset, err);
    return st;
}

static enum out_rc refuse(struct notify_stage *s, const struct stage_rec *rec,
                          const struct err *why, struct out *out)
{
    if (!rec->value.p)
        return out_dead(out, "notify", rec, -1, DEAD_NULL, "a record without a value");
    return out_dead(out, "notify", rec, -1, wire_reason(s->wire), why->msg);
}

static enum status process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                           size_t *used, struct out *out, struct err *err)
{
    struct notify_stage *s = ctx;
    enum status st = ST_OK;

    (void)part;
    for (*used = 0; st == ST_OK && *used < n; (*used)++) {
        const struct stage_rec *rec = &in[*used];
        enum out_rc rc = OUT_OK;
        struct alert al;

        arena_reset(s->arena);
        out_open(out);
        st = rec->value.p ? wire_decode(s->wire, RECORD_ALERT, rec->value, &al, s->arena, err)
                          : ST_REJECT;
        if (st == ST_REJECT) {
            rc = refuse(s, rec, err, out);
            st = rc == OUT_ERROR ? out_error(out, err) : ST_OK;
        } else if (st == ST_OK) {
            st = take(s, rec, &al, err);
        }
        if (rc == OUT_FULL) {
            out_undo(out);
            return ST_OK;
        }
    }
    return st;
}

/* Reads our rows; the last of a key stands. */
static enum status restore_one(struct notify_stage *s, const struct stage_rec *rec, struct err *err)
{
    struct slice name = rec->key;
    size_t r = 0;

    while (name.n > 0 && name.p[0] != 0x1f) {
        name.p++;
        name.n--;
    }
    struct slice receiver = { rec->key.p, rec->key.n - name.n };
    while (r < s->conf.n && !slice_is(receiver, s->conf.receivers[r]))
        r++;
    if (r == s->conf.n || name.n == 0)
        return ST_OK; /* of a receiver that is no longer told */
    name.p++;
    name.n--;
    struct group *old = groups_find(&s->groups, r, name);
    if (!rec->value.p) {
        if (old)
            groups_remove(&s->groups, old);
        return ST_OK;
    }
    struct notify row;
    enum status st = wire_decode_own(s->wire, RECORD_NOTIFY, rec->value, &row, s->arena, err);
    if (row.state == NOTIFY_HELD)
        row.due_ms = 0; /* somebody may have mended it: one try at each start */
    return st == ST_OK ? groups_put(&s->groups, r, &row, NULL, err) : st;
}

static enum status assign(void *ctx, int32_t part, struct stage_resume *resume, struct out *out,
                          struct err *err)
{
    struct notify_stage *s = ctx;
    struct log_reader *log = resume->log;
    struct stage_rec rec;
    bool more = true;

    (void)out;
    groups_clear(&s->groups);
    memset(s->blocked_ms, 0, sizeof(s->blocked_ms));
    if (part != 0)
        return err_set(err, ST_FATAL, "config: absa.alerts has more than one partition");
    enum status st = log->open(log->ctx, TOPIC_NOTIFY, 0, 0, err);
    if (st != ST_OK)
        return st;
    while ((st = log->next(log->ctx, &rec, &more, err)) == ST_OK && more) {
        arena_reset(s->arena);
        st = restore_one(s, &rec, err);
        if (st != ST_OK) {
            err_prefix(err, "absa.notify, offset %lld", (long long)rec.offset);
            break;
        }
    }
    log->close(log->ctx);
    return st;
}

static enum status tick(void *ctx, int32_t part, const struct stage_tick *t, struct out *out,
                        struct err *err)
{
    struct notify_stage *s = ctx;
    enum status st = ST_OK;

    (void)part;
    out_open(out);
    for (size_t i = 0; st == ST_OK && i < s->groups.n; i++) {
        struct group *g = &s->groups.v[i];
        struct notify row = g->row;
        bool changed = false;

        arena_reset(s->arena);
        st = group_tick(&row, t->wall_ms, &s->conf.group, s->arena, &changed, err);
        if (st == ST_OK && changed)
            st = groups_put(&s->groups, g->receiver, &row, &g, err);
        if (st == ST_OK && changed)
            st = group_write(g, out, err);
    }
    return st;
}

static enum status checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                              struct err *err)
{
    struct notify_stage *s = ctx;
    enum status st = ST_OK;

    (void)part;
    (void)meta;
    for (size_t i = s->groups.n; st == ST_OK && i-- > 0;) {
        struct group *g = &s->groups.v[i];

        if (g->dirty)
            st = group_write(g, out, err);
        if (st == ST_OK && group_is_over(&g->row))
            groups_remove(&s->groups, g);
    }
    return st;
}

static void drop(void *ctx, int32_t part)
{
    struct notify_stage *s = ctx;

    (void)part;
    groups_clear(&s->groups);
}

static void close_stage(void *ctx)
{
    struct notify_stage *s = ctx;

    if (!s)
        return;
    groups_release(&s->groups);
    buf_release(&s->subject);
    buf_release(&s->text);
    buf_release(&s->html);
    arena_free(s->arena);
    free(s);
}

static const struct stage_ops ops = {
    .name = "notify",
    .needs = NEEDS_STATE | NEEDS_TICK | NEEDS_EFFECTS,
    .input = TOPIC_ALERTS,
    .assign = assign,
    .process = process,
    .tick = tick,
    .checkpoint = checkpoint,
    .due = notify_due,
    .settled = notify_settled,
    .drop = drop,
    .close = close_stage,
};

enum status notify_stage_new(const struct notify_conf *conf, struct wire *wire, struct stage *out,
                             struct err *err)
{
    struct notify_stage *s = calloc(1, sizeof(*s));

    if (!s)
        return err_set(err, ST_FATAL, "out of memory");
    s->conf = *conf;
    s->wire = wire;
    buf_init(&s->subject, SUBJECT_MAX);
    buf_init(&s->text, MESSAGE_MAX);
    buf_init(&s->html, MESSAGE_MAX);
    s->arena = arena_new(ARENA_MAX);
    enum status st = groups_init(&s->groups, NOTIFY_GROUPS_MAX, err);
    if (st == ST_OK && !s->arena)
        st = err_set(err, ST_FATAL, "out of memory");
    if (st != ST_OK) {
        close_stage(s);
        return st;
    }
    *out = (struct stage){ &ops, s };
    return ST_OK;
}
