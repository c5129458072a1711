/* SPDX-License-Identifier: MIT */
/* pool.h -- the comments of a baseline by video, and its videos by day: what stretches are drawn
 * from (drift/resample.h) and left out of (drift/left_out.h).
 *
 * A day is one of UTC, counted from the first comment's; a video is of the day on which it
 * begins, a comment may come later. */
#ifndef DRIFT_POOL_H
#define DRIFT_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/baseline.h"

struct pool_video {
    size_t first; /* of its rows, in row[] */
    size_t n;
    int64_t day;
};

/* Immutable; may be read by many threads. */
struct pool {
    const int64_t *arrival_ms; /* of each row, ascending; borrowed                   */
    const uint64_t *hash;      /* its video; NULL: each is its own; borrowed         */
    int64_t start_ms;          /* midnight before the first comment                  */
    size_t rows;
    uint32_t *row;            /* by video, then by arrival                          */
    struct pool_video *video; /* by day                                             */
    size_t videos;
    size_t *day; /* first video of each day, and their number behind the last */
    size_t days;
};

/* From the columns of a baseline and their arrival, which must outlive it. Rows in the order of
 * arrival, at least one, fewer than 2^32. ST_FATAL: memory. O(rows log rows). */
MUST_USE enum status pool_new(const struct baseline_input *in, const int64_t *arrival_ms,
                              struct pool **out, struct err *err);

/* NULL is fine. */
void pool_free(struct pool *p);

/* The day on which a row came. */
int64_t pool_day(const struct pool *p, uint32_t row);

/* How many days a video begins on. O(days). */
size_t pool_busy_days(const struct pool *p);

/* As many days are worth as much as these if as many videos begin on each (Kish 1965, of weights).
 * O(days). */
double pool_even_days(const struct pool *p);

/* The hash of its video. */
uint64_t pool_video_of(const struct pool *p, uint32_t row);

#endif
