/* SPDX-License-Identifier: MIT */
/* clock.h -- the time that one source lives in: a partition of absa.raw, or of absa.labels.
 *
 * Arrival is the clock: when a record was appended to absa.raw, or what its
 * header absa-arrival says; when a label was given. The watermark is the highest arrival so far
 * less the skew that appends may have, and never below the floor, which rises only on proof that a
 * live source is idle, or for good when a replayed source ends:
 *
 *     arrival   10:00:00  10:00:30  10:00:12       (idle)        10:00:51
 *     max       10:00:00  10:00:30  10:00:30      10:00:30       10:00:51
 *     floor        -         -         -          10:01:00       10:01:00
 *     wm        09:59:50  10:00:20  10:00:20      10:01:00       10:01:00
 *     stamp        -      09:59:50  10:00:20         -           10:01:00, late by floor
 *
 * A record is stamped with the watermark before it: what is late is decided
 * once, here, from the log alone. The clock rides in the committed offset's
 * metadata, so whoever takes over goes on with the same one. */
#ifndef STAGE_CLOCK_H
#define STAGE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "record/types.h"

/* Whose time a source lives in. A topic is one or the other, never both. */
enum source_kind {
    SOURCE_UNKNOWN,  /* nothing read yet                                  */
    SOURCE_LIVE,     /* Kafka's append time                               */
    SOURCE_REPLAYED, /* the header absa-arrival: import, replay, the demo */
};

enum { CLOCK_META_MAX = 60 };

struct clock {
    int64_t max_ms;   /* WM_NONE before the first record             */
    int64_t floor_ms; /* WM_NONE: never raised; WM_END: it has ended */
    int64_t seq;      /* of the last mark                            */
    enum source_kind kind;
};

/* Of a source that nobody has read. */
struct clock clock_new(void);

/* The watermark: no record that follows is on time for a pane that ends by it. */
int64_t clock_wm(const struct clock *c, int64_t skew_ms);

/* Fills arrival, watermark and lateness of a record that arrives now. */
void clock_stamp(const struct clock *c, int64_t skew_ms, int64_t arrival_ms, struct origin *o);

/* Takes note of that arrival. True: the watermark has passed a multiple of
 * step_ms, and a mark is due. */
bool clock_advance(struct clock *c, int64_t skew_ms, int64_t step_ms, int64_t arrival_ms);

/* The source was proven idle at proven_ms. True: the floor has risen, past a
 * multiple of idle_ms. */
bool clock_idle(struct clock *c, int64_t skew_ms, int64_t idle_ms, int64_t proven_ms);

/* Writes the clock in less than CLOCK_META_MAX printable bytes. */
void clock_save(const struct clock *c, struct buf *meta);

/* Reads it back exactly. ST_FATAL: not written by clock_save(). */
MUST_USE enum status clock_load(struct slice meta, struct clock *c, struct err *err);

#endif
