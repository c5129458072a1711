/* SPDX-License-Identifier: MIT */
/* pane.h -- a batch of integer histograms, from drift's pane role to its judge. */
#ifndef RECORD_PANE_H
#define RECORD_PANE_H

#include "record/mark.h"
#include "record/types.h"

/* Integer histogram of one feature: what was added. */
struct pane_feature {
    int32_t index;
    int64_t n;
    int64_t missing;
    int64_t infinite;
    double min;
    double max;
    struct ints cells;
    struct longs counts;
    struct longs sums;
};

struct pane_feature_list {
    struct pane_feature *v;
    size_t n;
};

/* How many comments of one video; part of a bottom-k sample by hash. */
struct video_count {
    int64_t hash;
    int64_t n;
};

struct video_count_list {
    struct video_count *v;
    size_t n;
};

/* One comment of a bottom-k sample by the hash of the comment id. */
struct example {
    int64_t hash;
    int32_t src;
    int64_t src_offset;
    int32_t src_index;
    struct slice comment_id;
    struct ints cells;
};

struct example_list {
    struct example *v;
    size_t n;
};

/* What one batch adds to one pane of one segment. */
struct pane_delta {
    struct slice segment;
    int64_t start_ms;
    int64_t n;
    int64_t late;
    int64_t late_by_floor;
    int64_t updates;
    int64_t cross_source_updates;
    int64_t dedupe_evicted;
    int64_t overtaken;
    int64_t other_bundle;
    struct pane_feature_list features;
    struct video_count_list videos;
    struct example_list examples;
};

struct pane_delta_list {
    struct pane_delta *v;
    size_t n;
};

/* One batch of a partition of absa.scores, combined by drift's pane role: integer deltas that the
 * judge adds. */
struct pane {
    int32_t run;
    int32_t part;
    int64_t from_offset;
    int64_t to_offset;
    struct slice baseline;
    struct slice bundle;
    struct mark_list marks;
    struct pane_delta_list deltas;
};

#endif
