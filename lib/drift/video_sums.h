/* SPDX-License-Identifier: MIT */
/* video_sums.h -- how large the videos of a growing run of panes are.
 *
 * A run grows pane by pane, and at each step the design effect needs
 * b = sum n_v^2 / sum n_v over the videos. Adding c comments to a video of n adds
 * 2 n c + c^2 to the sum of squares, so a step costs what its pane holds. A pane
 * whose sample was cut (drift/sample.h) is complete only up to its last hash:
 * then all sums are over the videos up to the least such hash, still a sample by
 * hash, and what they are a ratio of. */
#ifndef DRIFT_VIDEO_SUMS_H
#define DRIFT_VIDEO_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/sample.h"
#include "record/pane.h"

struct video_slot {
    uint64_t hash;
    int64_t n;
    uint32_t run; /* of which run; others are empty */
};

struct video_sums {
    struct video_slot *slot; /* open addressing */
    size_t cap;              /* a power of two  */
    size_t used;
    uint32_t run;
    uint64_t limit; /* largest hash that counts */
    double sum;
    double squares;
};

/* Begins a new run; on a zeroed struct too. O(1), but for every 2^32nd. */
void video_sums_begin(struct video_sums *s);

/* Adds the videos of a pane. ST_FATAL: memory. O(videos), amortised. */
MUST_USE enum status video_sums_add(struct video_sums *s, const struct video_count_list *videos,
                                    struct err *err);

/* What they say of comments > 0 in all; videos is not filled. */
struct video_sizes video_sums_sizes(const struct video_sums *s, int64_t comments);

void video_sums_release(struct video_sums *s);

#endif
