/* SPDX-License-Identifier: MIT */
/* packed.h -- a closed pane in few bytes, for a judge that remembers a day of them.
 *
 *   | counters | features: cells and counts | videos | ranges, sums | examples |
 *                                           ^ videos_at
 *
 * Varints, ascending numbers as gaps, sums zigzag; a double without the zero bytes at its end,
 * of which a small whole number has many. Only in memory: nobody else reads it. What is packed
 * comes back as it was, but for its segment and start, which are where it is kept. */
#ifndef DRIFT_PACKED_H
#define DRIFT_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "record/pane.h"

struct packed {
    uint8_t *bytes; /* owned */
    uint32_t n;
    uint32_t videos_at;
};

/* Packs a checked delta (tally.h). ST_FATAL: memory. Release with packed_release(). */
MUST_USE enum status packed_make(const struct pane_delta *d, struct packed *out, struct err *err);
void packed_release(struct packed *p);

/* The whole; arrays live in a, ids are borrowed from p. ST_FATAL: memory. */
MUST_USE enum status packed_open(const struct packed *p, struct arena *a, struct pane_delta *out,
                                 struct err *err);

/* Adds its counts: n and counts have one entry a feature, counts[i] one a cell. False: an n
 * overflows. */
bool packed_add_counts(const struct packed *p, int64_t *n, uint64_t **counts);

/* Its videos into out, which has room for VIDEO_SAMPLE_K (sample.h); how many. */
size_t packed_videos(const struct packed *p, struct video_count *out);

#endif
