/* SPDX-License-Identifier: MIT */
/* Closing. Boundaries are passed one at a time even when the watermark jumps, so
 * that it does not matter by which steps it came: first the panes that end
 * there go into absa.state and among those of their segment, then what the boundary means is
 * written segment by segment (emit.c). Every step fits the output as a whole or is
 * left for the next commit. */
#include <stdlib.h>

#include "base/time.h"
#include "consumers/drift/judge_inner.h"

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

enum status judge_remember(struct judge *j, struct open_panes *from, struct err *err)
{
    const struct open_pane p = from->v[0];
    struct pane_delta *delta = open_panes_pop(from);
    enum status st = history_add(&j->seats[p.segment].past, p.start_ms, delta, err);

    free(delta);
    return st;
}

/* Moves the first open pane into absa.state and among the closed ones. */
static enum status close_pane(struct judge *j, struct out *out, bool *full, struct err *err)
{
    struct open_pane *p = &j->open.v[0];
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_PANE, .pane = p->delta };
    char key[STATE_KEY_MAX];
    enum out_rc rc;

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
    j->dirty = true;
    return judge_remember(j, &j->open, err);
}

bool judge_window_ends(const struct judge *j)
{
    return j->close.start_ms < j->close.end_ms;
}

bool judge_is_due(const struct judge *j, size_t segment, int64_t at_ms)
{
    const struct history *past = &j->seats[segment].past;

    return j->scan && past->n > 0 && past->v[past->n - 1].start_ms == at_ms - j->conf.pane_ms &&
           judge_against(j, segment, at_ms - 1).state == WINDOW_EVALUATED;
}

static size_t count_due(const struct judge *j, int64_t at_ms)
{
    size_t due = 0;

    for (size_t i = 0; i < j->segments.n; i++)
        due += judge_is_due(j, i, at_ms) ? 1 : 0;
    return due;
}

/* The first phase: what the segments of this boundary have in common, since it
 * must not depend on how the second phase is cut. */
static enum status decide(struct judge *j, int64_t at_ms, struct err *err)
{
    bool window = j->window_start_ms != WM_NONE && at_ms == j->window_start_ms + j->conf.window_ms;
    size_t due = count_due(j, at_ms);

    if (!window && due == 0)
        return ST_OK;
    j->closing = true;
    j->close = (struct close_state){
        .start_ms = window ? j->window_start_ms : at_ms,
        .end_ms = at_ms,
        .family = (int32_t)(j->scan ? due : j->segments.n * j->base->n),
        .cut = j->scan_rules.level,
        .cursor = 0,
    };
    j->close_dirty = true;
    return due > 0 ? episode_look(j, err) : ST_OK;
}

/* The second phase, from the cursor on. */
static enum status emit(struct judge *j, struct out *out, bool *full, struct err *err)
{
    while ((size_t)j->close.cursor < j->segments.n) {
        enum status st = judge_emit(j, (size_t)j->close.cursor, out, full, err);

        if (st != ST_OK || *full)
            return st;
        j->close.cursor++;
        j->close_dirty = true;
    }
    j->closing = false;
    if (judge_window_ends(j))
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
    return decide(j, at, err);
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
