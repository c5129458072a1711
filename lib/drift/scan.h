/* SPDX-License-Identifier: MIT */
/* scan.h -- over which stretch did it move? The recent past, at eight scales.
 *
 *                                                          boundary
 *   panes    |____|____|_|____|_____|____|____|____|____|____|
 *   run 0                                               |____|     n_eff >=   64
 *   run 1                                     |______________|     n_eff >=  128
 *   run 2                 |__________________________________|     n_eff >=  256
 *   ...                                                            up to   8,192
 *
 * A fixed window sees a change late when it is long and not at all when it is
 * short. So at each pane boundary the eight shortest runs of recent closed panes
 * that hold at least 64 x 2^k effective comments are tested, and those that do
 * are the same for a busy segment and a quiet one. (Below 64 no p-value of a
 * chi-square kind can be trusted: at 3 comments they are 35 times too small.) A
 * run also needs the effective videos that a window needs, and a pane that alone
 * is enough for several scales is one run.
 *
 * Effective sizes are a feature's own, so each has its own runs. The p of a
 * feature is the smallest of its runs', by Bonferroni; the run that gave it is
 * what an alert shows and measures. */
#ifndef DRIFT_SCAN_H
#define DRIFT_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/baseline.h"
#include "drift/evidence.h"
#include "drift/history.h"
#include "drift/video_sums.h"

#define SCAN_RULE "scan"
enum {
    SCAN_RULE_VERSION = 1,
    SCAN_SCALES = 8,
    SCAN_EFF_MIN = 64,           /* effective comments of the shortest run           */
    SCAN_COMMENTS_MAX = 1 << 16, /* so far back it looks; enough for the longest run
                                    while the design effect is below 8               */
};

/* The strongest run of a feature. */
struct scan_feature {
    size_t runs;            /* tested; 0: none was long enough, and p is NaN       */
    double p;               /* over all of them                                    */
    struct outcome outcome; /* of the strongest alone                              */
    size_t first;           /* its first pane in the history                       */
    int64_t n;              /* finite values in it                                 */
    double n_eff;
    double video_size;
    double psi;
    double longest_eff; /* effective comments of the longest run tested */
};

struct scan_due {
    size_t feature;
    double n_eff;
};

struct scan {
    const struct baseline *base;   /* borrowed */
    struct scan_feature *features; /* one a feature of the baseline */
    /* Working space: sums over the panes looked at so far. */
    uint64_t **counts;
    uint64_t **below; /* the same, cumulated, of features with a run */
    int64_t *n;
    int *scale;                  /* next to be reached */
    struct scan_due *due;        /* features that have a run at this pane, */
    struct evidence_case *cases; /* it, */
    struct outcome *found;       /* and what was found of it */
    struct video_sums videos;
    struct video_count *unpacked; /* VIDEO_SAMPLE_K of them */
    size_t counted;               /* panes from here on are in videos */
    int64_t comments;
};

/* What n comments of a feature are worth: divided by the design effect of videos
 * and by the long run. */
double scan_effective(double n, double video_size, double icc, const struct spread *spread);

/* NULL: out of memory. base is borrowed and must outlive it. */
struct scan *scan_new(const struct baseline *base);
void scan_free(struct scan *s);

/* Compares with a baseline of the same cells from now on (drift/reference.h), borrowed. */
void scan_against(struct scan *s, const struct baseline *base);

/* Tests the runs that end with the last pane of h and start at or behind pane
 * from; fills s->features. min_videos are effective. ST_FATAL: memory.
 * O(panes' cells + features runs cells). */
MUST_USE enum status scan_run(struct scan *s, const struct history *h, size_t from,
                              double min_videos, struct err *err);

#endif
