/* SPDX-License-Identifier: MIT */
#include "drift/open.h"

#include <stdlib.h>
#include <string.h>

void open_panes_init(struct open_panes *o, struct tally *scratch, struct arena *arena)
{
    *o = (struct open_panes){ .scratch = scratch, .arena = arena };
}

static int order(const struct open_pane *p, int64_t start_ms, size_t segment)
{
    if (p->start_ms != start_ms)
        return p->start_ms < start_ms ? -1 : 1;
    return (p->segment > segment) - (p->segment < segment);
}

/* Replaces what a pane holds by a copy of d. */
static enum status keep(struct open_panes *o, struct open_pane *p, const struct pane_delta *d,
                        struct err *err)
{
    size_t bytes;
    struct pane_delta *copy = delta_copy(d, &bytes);

    if (!copy)
        return err_set(err, ST_FATAL, "out of memory");
    free(p->delta);
    o->bytes += bytes;
    o->bytes -= p->bytes;
    p->delta = copy;
    p->bytes = bytes;
    return ST_OK;
}

static enum status insert(struct open_panes *o, size_t at, struct open_pane p,
                          const struct pane_delta *d, struct err *err)
{
    enum status st;

    if (o->n == o->cap) {
        size_t cap = o->cap == 0 ? 64 : o->cap * 2;
        struct open_pane *v = realloc(o->v, cap * sizeof(*v));

        if (!v)
            return err_set(err, ST_FATAL, "out of memory");
        o->v = v;
        o->cap = cap;
    }
    st = keep(o, &p, d, err);
    if (st != ST_OK)
        return st;
    memmove(o->v + at + 1, o->v + at, (o->n - at) * sizeof(*o->v));
    o->v[at] = p;
    o->n++;
    return ST_OK;
}

static enum status merge(struct open_panes *o, struct open_pane *p, const struct pane_delta *d,
                         struct err *err)
{
    struct pane_delta sum = { .segment = p->delta->segment, .start_ms = p->start_ms };
    enum status st = tally_merge(o->scratch, p->delta, err);

    if (st == ST_OK)
        st = tally_merge(o->scratch, d, err);
    if (st == ST_OK)
        st = tally_delta(o->scratch, o->arena, &sum, err);
    if (st == ST_OK)
        st = keep(o, p, &sum, err);
    tally_clear(o->scratch);
    return st;
}

/* Index of the first pane at or behind (start_ms, segment). */
static size_t seek(const struct open_panes *o, int64_t start_ms, size_t segment)
{
    size_t lo = 0;
    size_t hi = o->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (order(&o->v[mid], start_ms, segment) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

enum status open_panes_add(struct open_panes *o, size_t segment, const struct pane_delta *d,
                           int64_t offset, struct err *err)
{
    size_t at = seek(o, d->start_ms, segment);

    if (at < o->n && order(&o->v[at], d->start_ms, segment) == 0)
        return merge(o, &o->v[at], d, err);
    return insert(o, at, (struct open_pane){ d->start_ms, segment, offset, NULL, 0 }, d, err);
}

static void drop(struct open_panes *o, size_t at)
{
    o->bytes -= o->v[at].bytes;
    free(o->v[at].delta);
    o->n--;
    memmove(o->v + at, o->v + at + 1, (o->n - at) * sizeof(*o->v));
}

struct pane_delta *open_panes_pop(struct open_panes *o)
{
    struct pane_delta *delta = o->v[0].delta;

    o->v[0].delta = NULL;
    drop(o, 0);
    return delta;
}

void open_panes_remove(struct open_panes *o, int64_t start_ms, size_t segment)
{
    size_t at = seek(o, start_ms, segment);

    if (at < o->n && order(&o->v[at], start_ms, segment) == 0)
        drop(o, at);
}

int64_t open_panes_replay_from(const struct open_panes *o, int64_t none)
{
    int64_t from = none;

    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].offset < from)
            from = o->v[i].offset;
    return from;
}

void open_panes_release(struct open_panes *o)
{
    for (size_t i = 0; i < o->n; i++)
        free(o->v[i].delta);
    free(o->v);
    *o = (struct open_panes){ 0 };
}
