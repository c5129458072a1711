/* SPDX-License-Identifier: MIT */
/* span.h -- panes and windows on the line of time.
 *
 * A pane starts at a multiple of its length, before 1970 too; a window is a whole
 * number of panes. Times are ms since 1970 UTC. */
#ifndef DRIFT_SPAN_H
#define DRIFT_SPAN_H

#include <stdint.h>

/* The years 1 to 9999: times that are worth a pane, and far from overflow. */
#define TIME_MIN_MS (-INT64_C(62135596800000))
#define TIME_MAX_MS INT64_C(253402300800000)

/* The multiple of length at or before t; t within the limits above. */
static inline int64_t span_start(int64_t t, int64_t length)
{
    int64_t rest = t % length;

    return t - rest - (rest < 0 ? length : 0);
}

#endif
