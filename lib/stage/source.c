/* SPDX-License-Identifier: MIT */
#include "stage/source.h"

#include <stdlib.h>
#include <string.h>

struct source *source_new(int32_t src, enum topic_id from, enum topic_id to,
                          const struct topology *topo)
{
    struct source *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->src = src;
    s->from = from;
    s->to = to;
    s->clock = clock_new();
    s->since = calloc((size_t)topo->parts[to], sizeof(*s->since));
    if (!s->since) {
        free(s);
        return NULL;
    }
    return s;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    free(s->since);
    free(s);
}

enum status source_resume(struct source *s, const struct stage_resume *resume, struct err *err)
{
    if (resume->meta.n > 0 && clock_load(resume->meta, &s->clock, err) != ST_OK)
        return ST_FATAL;
    s->since_known = resume->meta.n == 0 && resume->offset < 0;
    s->next_offset = resume->offset < 0 ? 0 : resume->offset;
    s->clock.seq++;
    return ST_OK;
}

/* absa topics grow makes more sources of absa.raw, and of no other topic. */
static int32_t epoch_of(const struct source *s, const struct topology *topo)
{
    return s->from == TOPIC_RAW ? topo->src_epoch : 1;
}

static enum out_rc put(const struct source *s, const struct source_mark *m, int32_t part,
                       int64_t skew_ms, struct out *out)
{
    const struct topology *topo = out_topology(out);
    const int64_t since = s->since[part] + (m->added ? m->added[part] : 0);
    const struct mark mark = {
        .src = s->src,
        .src_count = topo->parts[s->from],
        .src_epoch = epoch_of(s, topo),
        .next_offset = m->next_offset,
        .wm_ms = clock_wm(m->clock, skew_ms),
        .floor_ms = m->clock->floor_ms,
        .kind = m->kind,
        .seq = m->clock->seq,
        .n_since_last = s->since_known ? since : -1,
    };
    const enum out_rc rc = out_put_mark(out, s->to, part, &mark);

    if (rc == OUT_OK)
        out_count(out, COUNTER_MARKS, 1);
    return rc;
}

enum out_rc source_put_marks(const struct source *s, const struct source_mark *m, int64_t skew_ms,
                             struct out *out)
{
    const int32_t parts = out_topology(out)->parts[s->to];
    enum out_rc rc = OUT_OK;

    for (int32_t p = 0; p < parts && rc == OUT_OK; p++)
        rc = put(s, m, p, skew_ms, out);
    return rc;
}

/* All that was put since counts from here. */
static void marked_all(struct source *s, const struct out *out)
{
    const size_t parts = (size_t)out_topology(out)->parts[s->to];

    memset(s->since, 0, parts * sizeof(*s->since));
    s->since_known = true;
}

void source_keep(struct source *s, const struct source_mark *m, bool marked, const struct out *out)
{
    const int32_t parts = out_topology(out)->parts[s->to];

    s->clock = *m->clock;
    s->next_offset = m->next_offset;
    if (marked) {
        marked_all(s, out);
        return;
    }
    for (int32_t p = 0; m->added && p < parts; p++)
        s->since[p] += m->added[p];
}

bool source_greeted(const struct source *s, const struct out *out)
{
    return s->greeted == out_topology(out)->parts[s->to];
}

enum out_rc source_greet(struct source *s, int64_t skew_ms, struct out *out)
{
    const struct source_mark m = { &s->clock, s->next_offset, NULL, MARK_HELLO };
    enum out_rc rc = OUT_OK;

    if (source_greeted(s, out))
        return OUT_OK;
    while (!source_greeted(s, out)) {
        out_open(out);
        rc = put(s, &m, s->greeted, skew_ms, out);
        if (rc != OUT_OK) {
            out_undo(out);
            return rc;
        }
        s->greeted++;
    }
    marked_all(s, out);
    return OUT_OK;
}

enum status source_idle(struct source *s, const struct stage_tick *t, int64_t skew_ms,
                        int64_t idle_ms, struct out *out, struct err *err)
{
    struct clock next = s->clock;
    const struct source_mark m = { &next, s->next_offset, NULL, MARK_IDLE };

    if (!t->at_end || !source_greeted(s, out) || !clock_idle(&next, skew_ms, idle_ms, t->proven_ms))
        return ST_OK;
    next.seq++;
    out_open(out);
    const enum out_rc rc = source_put_marks(s, &m, skew_ms, out);
    if (rc == OUT_ERROR)
        return out_error(out, err);
    if (rc == OUT_FULL) {
        out_undo(out);
        return ST_OK;
    }
    source_keep(s, &m, true, out);
    return ST_OK;
}
