/* SPDX-License-Identifier: MIT */
/* open.h -- panes that are not closed yet, summed, in order of time.
 *
 * Kept sparse, so that memory goes with what was counted and not with how many
 * panes a slow source holds open. Each remembers the offset of the first batch
 * that added to it: the oldest of them is where a restart must read again. */
#ifndef DRIFT_OPEN_H
#define DRIFT_OPEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "drift/tally.h"
#include "record/pane.h"

struct open_pane {
    int64_t start_ms;
    size_t segment;
    int64_t offset; /* of the first batch with data of it */
    struct pane_delta *delta;
    size_t bytes;
};

struct open_panes {
    struct tally *scratch; /* borrowed, empty between uses */
    struct arena *arena;   /* borrowed, for a sum          */
    struct open_pane *v;   /* sorted by (start_ms, segment) */
    size_t n;
    size_t cap;
    size_t bytes;
};

/* Empty; scratch and arena are borrowed. */
void open_panes_init(struct open_panes *o, struct tally *scratch, struct arena *arena);

/* Adds a checked delta of a segment, found at offset. ST_FATAL: memory or overflow. */
MUST_USE enum status open_panes_add(struct open_panes *o, size_t segment,
                                    const struct pane_delta *d, int64_t offset, struct err *err);

/* Removes the first pane and hands over its delta, one block for free(); there must
 * be one. */
struct pane_delta *open_panes_pop(struct open_panes *o);

/* Drops the pane of a segment, if it is there. */
void open_panes_remove(struct open_panes *o, int64_t start_ms, size_t segment);

/* The oldest offset that a pane needs, or none when there is no pane. */
int64_t open_panes_replay_from(const struct open_panes *o, int64_t none);

/* Empties it; safe on a zeroed struct. */
void open_panes_release(struct open_panes *o);

#endif
