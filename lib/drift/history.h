/* SPDX-License-Identifier: MIT */
/* history.h -- the closed panes of one segment, oldest first.
 *
 * The scan looks back over them. What it may still need is a function of the
 * panes alone, and once it no longer needs one it never will again: a pane is
 * needed while it is younger than a span and fewer than so many comments came
 * behind it. So after a restart the same panes are needed, whatever more was kept
 * for an open window. */
#ifndef DRIFT_HISTORY_H
#define DRIFT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "drift/packed.h"
#include "drift/tally.h"

struct past_pane {
    int64_t start_ms;
    int64_t n; /* comments */
    struct packed packed;
};

struct history {
    struct past_pane *v; /* ascending by start_ms */
    size_t n;
    size_t cap;
    size_t bytes;     /* of what is packed */
    bool mixed;       /* comments of another bundle fell into a pane, the last of which ... */
    int64_t mixed_ms; /* ... starts here: what is before it is not compared with what is behind */
};

/* Appends a copy of a pane, which starts behind all others. ST_FATAL: memory. */
MUST_USE enum status history_add(struct history *h, int64_t start_ms,
                                 const struct pane_delta *delta, struct err *err);

/* Adds the panes from first on to a tally; a is reset before each. ST_FATAL: memory or
 * overflow. */
MUST_USE enum status history_sum(const struct history *h, size_t first, struct arena *a,
                                 struct tally *into, struct err *err);

/* Index of the first pane that a scan at the boundary now_ms may look at: it
 * starts at or behind now_ms - span_ms, and fewer than comments came behind it. */
size_t history_needed(const struct history *h, int64_t now_ms, int64_t span_ms, int64_t comments);

/* Index of the first pane that starts at or behind start_ms; h->n for none. */
size_t history_seek(const struct history *h, int64_t start_ms);

/* Drops the first n panes. */
void history_drop(struct history *h, size_t n);

/* Empties it; safe on a zeroed struct. */
void history_release(struct history *h);

#endif
