/* SPDX-License-Identifier: MIT */
/* Closing. Boundaries are passed one at a time even when the watermark jumps, so
 * that it does not matter by which steps it came: first the panes that end
 * there go into absa.state and into their window, then the window, if it ends
 * there too, is written segment by segment. Every step fits the output as a
 * whole or is left for the next commit. */
#include <stdlib.h>

#include "base/time.h"
#include "consumers/drift/judge_inner.h"

struct tally *judge_tally(struct judge *j, size_t segment)
{
    struct seat *seat = &j->seats[segment];

    if (!seat->tally)
        seat->tally = tally_new(j->base);
    return seat->tally;
}

/* How far panes may close: WM_NONE, or a boundary. After the end of all sources
 * it is the end of the last window that holds data. */
static int64_t target(const struct judge *j)
{
    int64_t min = matrix_min(&j->matrix);

    if (min < TIME_MIN_MS)
        return WM_NONE;
    if (min <= TIME_MAX_MS)
        return time_floor(min, j->conf.pane_ms);
    if (j->last_data_ms == WM_NONE)
        return WM_NONE;
    return time_floor(j->last_data_ms - 1, j->conf.window_ms) + j->conf.window_ms;
}

/* The next boundary at which something happens, at most limit. */
static int64_t next_boundary(const struct judge *j, int64_t limit)
{
    int64_t at = limit;

    if (j->open.n > 0 && j->open.v[0].start_ms + j->conf.pane_ms < at)
        at = j->open.v[0].start_ms + j->conf.pane_ms;
    if (j->window_start_ms != WM_NONE && j->window_start_ms + j->conf.window_ms < at)
        at = j->window_start_ms + j->conf.window_ms;
    return at;
}

enum status judge_remember_closed(struct judge *j, struct closed_pane p, struct err *err)
{
    struct closed_panes *c = &j->closed;

    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 64 : c->cap * 2;
        struct closed_pane *v = realloc(c->v, cap * sizeof(*v));

        if (!v)
            return err_set(err, ST_FATAL, "out of memory");
        c->v = v;
        c->cap = cap;
    }
    c->v[c->n++] = p;
    return ST_OK;
}

/* Moves the first open pane into absa.state and its window. */
static enum status close_pane(struct judge *j, struct out *out, bool *full, struct err *err)
{
    struct open_pane *p = &j->open.v[0];
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_PANE, .pane = p->delta };
    struct tally *t = judge_tally(j, p->segment);
    char key[STATE_KEY_MAX];
    enum out_rc rc;
    enum status st;

    if (!t)
        return err_set(err, ST_FATAL, "out of memory");
    out_open(out);
    rc = judge_put_state(out, state_key_pane(key, p->start_ms, j->segments.name[p->segment]),
                         &state);
    if (rc == OUT_ERROR)
        return out_error(out, err);
    *full = rc == OUT_FULL;
    if (*full) {
        out_undo(out);
        return ST_OK;
    }
    if (j->window_start_ms == WM_NONE)
        j->window_start_ms = time_floor(p->start_ms, j->conf.window_ms);
    st = judge_remember_closed(j, (struct closed_pane){ p->start_ms, p->segment }, err);
    if (st == ST_OK)
        st = tally_merge(t, p->delta, err);
    open_panes_pop(&j->open);
    j->dirty = true;
    return st;
}

/* The first phase: what the windows of this boundary have in common. Policy
 * fixed needs no cut-off; those that weigh evidence put theirs here, since it
 * must not depend on how the second phase is cut. */
static void decide(struct judge *j)
{
    j->closing = true;
    j->close = (struct close_state){
        .start_ms = j->window_start_ms,
        .end_ms = j->window_start_ms + j->conf.window_ms,
        .family = (int32_t)(j->segments.n * j->base->n),
        .cut = 0,
        .cursor = 0,
    };
    j->close_dirty = true;
}

/* Puts the tombstones of what absa.state holds of a segment in this window. */
static enum out_rc put_tombstones(struct judge *j, size_t segment, struct out *out)
{
    const struct slice name = j->segments.name[segment];
    const struct tally *t = j->seats[segment].tally;
    char key[STATE_KEY_MAX];
    enum out_rc rc = OUT_OK;

    for (size_t i = 0; i < j->closed.n && rc == OUT_OK; i++)
        if (j->closed.v[i].segment == segment)
            rc = judge_put_state(out, state_key_pane(key, j->closed.v[i].start_ms, name), NULL);
    if (rc == OUT_OK && t && t->overtaken > 0)
        rc = judge_put_state(out, state_key_overtaken(key, name), NULL);
    return rc;
}

static enum out_rc put_alert(struct judge *j, size_t segment, const struct verdict *v,
                             struct out *out)
{
    struct alert_state_of at = episode_state(j, segment, &v->next, v->alert.alert_id);
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_ALERT, .alert = &at };
    char key[STATE_KEY_MAX];
    struct slice state_key = state_key_alert(key, j->segments.name[segment]);
    struct slice alert_key = { state_key.p + 6, state_key.n - 6 }; /* behind "alert|" */
    enum out_rc rc = out_put_record(out, TOPIC_ALERTS, 0, alert_key, RECORD_ALERT, &v->alert);

    if (rc == OUT_OK)
        rc = judge_put_state(out, state_key, v->next.firing ? &state : NULL);
    out_count(out, COUNTER_ALERTS, 1);
    return rc;
}

/* Writes one segment of the window that closes: all of it or nothing. */
static enum status emit_segment(struct judge *j, size_t segment, struct out *out, bool *full,
                                struct err *err)
{
    struct seat *seat = &j->seats[segment];
    const struct tally *t = seat->tally ? seat->tally : j->scratch;
    struct window w = { .run = j->run,
                        .segment = j->segments.name[segment],
                        .start_ms = j->close.start_ms,
                        .end_ms = j->close.end_ms };
    struct verdict verdict;
    enum out_rc rc;
    enum status st;

    arena_reset(j->arena);
    st = window_judge(t, &j->rules, j->arena, &w, err);
    if (w.start_ms < j->incomplete_until_ms)
        w.state = WINDOW_INCOMPLETE;
    if (st == ST_OK)
        st = episode_judge(j, segment, &w, t, &verdict, err);
    if (st != ST_OK)
        return st;
    out_open(out);
    rc = out_put_record(out, TOPIC_WINDOWS, 0, w.segment, RECORD_WINDOW, &w);
    if (rc == OUT_OK && verdict.writes)
        rc = put_alert(j, segment, &verdict, out);
    if (rc == OUT_OK)
        rc = put_tombstones(j, segment, out);
    if (rc == OUT_ERROR)
        return out_error(out, err);
    *full = rc == OUT_FULL;
    if (*full) {
        out_undo(out);
        return ST_OK;
    }
    out_count(out, COUNTER_WINDOWS, 1);
    tally_free(seat->tally);
    *seat = (struct seat){ .episode = verdict.next };
    return ST_OK;
}

/* The second phase, from the cursor on. */
static enum status emit(struct judge *j, struct out *out, bool *full, struct err *err)
{
    while ((size_t)j->close.cursor < j->segments.n) {
        enum status st = emit_segment(j, (size_t)j->close.cursor, out, full, err);

        if (st != ST_OK || *full)
            return st;
        j->close.cursor++;
        j->close_dirty = true;
    }
    j->closing = false;
    j->closed.n = 0;
    j->window_start_ms = j->close.end_ms;
    j->dirty = true;
    return ST_OK;
}

static enum status step(struct judge *j, int64_t limit, struct out *out, bool *full,
                        struct err *err)
{
    int64_t at = next_boundary(j, limit);

    while (j->open.n > 0 && j->open.v[0].start_ms + j->conf.pane_ms <= at) {
        enum status st = close_pane(j, out, full, err);

        if (st != ST_OK || *full)
            return st;
    }
    j->closed_ms = at;
    j->dirty = true;
    if (j->window_start_ms != WM_NONE && at == j->window_start_ms + j->conf.window_ms)
        decide(j);
    return ST_OK;
}

enum status judge_advance(struct judge *j, struct out *out, bool *more, struct err *err)
{
    int64_t limit = target(j);

    *more = false;
    if (j->rebuilding)
        return ST_OK;
    while (j->closing || (limit != WM_NONE && limit > j->closed_ms)) {
        enum status st = j->closing ? emit(j, out, more, err) : step(j, limit, out, more, err);

        if (st != ST_OK || *more)
            return st;
    }
    return ST_OK;
}
