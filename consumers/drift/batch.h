/* SPDX-License-Identifier: MIT */
/* batch.h -- what pane counted of one partition since the last commit.
 *
 * A tally for each pane and segment that was met, dense, so that a record is added in the time
 * that its features take. They are sparse on the wire, and emptied tallies are used again. */
#ifndef CONSUMERS_DRIFT_BATCH_H
#define CONSUMERS_DRIFT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drift/tally.h"

/* A batch is cut when it would be about so large on the wire, or is of more panes: where a month
 * is read in minutes, it would else have tallies for each minute between two commits, and live
 * for two or three. */
enum { BATCH_BYTES = 512 << 10, BATCH_PANES = 8, BATCH_SPARE = 64 };

/* Empty tallies of one baseline, to use again; zeroed at first but for base, which is borrowed. */
struct spare {
    const struct baseline *base;
    struct tally *v[BATCH_SPARE];
    size_t n;
};

void spare_release(struct spare *s);

/* What was counted of one pane of one segment. */
struct slot {
    int64_t start_ms;
    size_t segment;
    struct tally *tally;
};

/* Zeroed at first. */
struct batch {
    struct slot *v; /* sorted by (start_ms, segment) */
    size_t n;
    size_t panes; /* different start_ms among them */
    size_t bytes; /* about what they take on the wire, as said by batch_grew() */
};

/* The tally of a pane and segment, made when it is new; it stays the batch's. NULL: out of
 * memory. O(slots behind it). */
struct tally *batch_find(struct batch *b, struct spare *spare, int64_t start_ms, size_t segment);

/* Says that a tally of it took so many bytes on the wire before something was counted. */
void batch_grew(struct batch *b, const struct tally *t, size_t before);

/* Whether it is to go out before another record is counted. */
bool batch_is_full(const struct batch *b);

/* Empties it; its tallies are spare ones then. */
void batch_clear(struct batch *b, struct spare *spare);

void batch_release(struct batch *b, struct spare *spare);

#endif
