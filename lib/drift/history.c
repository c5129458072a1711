/* SPDX-License-Identifier: MIT */
#include "drift/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum status history_add(struct history *h, int64_t start_ms, const struct pane_delta *delta,
                        struct err *err)
{
    struct past_pane pane = { .start_ms = start_ms, .n = delta->n };
    enum status st;

    assert(h->n == 0 || h->v[h->n - 1].start_ms < start_ms);
    if (h->n == h->cap) {
        size_t cap = h->cap == 0 ? 4 : h->cap * 2;
        struct past_pane *v = realloc(h->v, cap * sizeof(*v));

        if (!v)
            return err_set(err, ST_FATAL, "out of memory");
        h->v = v;
        h->cap = cap;
    }
    st = packed_make(delta, &pane.packed, err);
    if (st != ST_OK)
        return st;
    h->v[h->n++] = pane;
    h->bytes += pane.packed.n;
    if (delta->other_bundle > 0) {
        h->mixed = true;
        h->mixed_ms = start_ms;
    }
    return ST_OK;
}

enum status history_sum(const struct history *h, size_t first, struct arena *a, struct tally *into,
                        struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = first; i < h->n && st == ST_OK; i++) {
        struct pane_delta d;

        arena_reset(a);
        st = packed_open(&h->v[i].packed, a, &d, err);
        if (st == ST_OK)
            st = tally_merge(into, &d, err);
    }
    return st;
}

size_t history_seek(const struct history *h, int64_t start_ms)
{
    size_t lo = 0;
    size_t hi = h->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (h->v[mid].start_ms < start_ms)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

size_t history_needed(const struct history *h, int64_t now_ms, int64_t span_ms, int64_t comments)
{
    size_t from = history_seek(h, now_ms - span_ms);
    size_t at = h->n;
    int64_t behind = 0;

    while (at > from && behind < comments)
        behind += h->v[--at].n;
    return at;
}

void history_drop(struct history *h, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        h->bytes -= h->v[i].packed.n;
        packed_release(&h->v[i].packed);
    }
    h->n -= n;
    if (n > 0)
        memmove(h->v, h->v + n, h->n * sizeof(*h->v));
}

void history_release(struct history *h)
{
    history_drop(h, h->n);
    free(h->v);
    *h = (struct history){ 0 };
}
