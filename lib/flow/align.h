/* SPDX-License-Identifier: MIT */
/* align.h -- which partitions wait for the others.
 *
 *      time ──────────────────────────────────────────────>
 *      p0        ┤ slowest with anything to read: sets the pace
 *      p1        ├──────┤                     goes on
 *      p2        ├────────── max_skew ──┼──┤  waits
 *      p3  idle                               neither waits nor is waited for
 *
 * What waits goes on when it is no more than half of max_skew ahead: each pause
 * throws away what was fetched, so there should be few.
 *
 * Nobody waits for ever: the slowest is never ahead of itself, so it is read on,
 * until it is no longer the slowest or has nothing left and is idle. */
#ifndef FLOW_ALIGN_H
#define FLOW_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One partition. */
struct lane {
    int64_t time_ms; /* where it stands; WM_NONE: unknown, which may be far behind;
                        WM_END: the same as idle                                  */
    bool idle;       /* at the end of its log, nothing left to do                 */
    bool paused;     /* in: is it now? out: is it to be?                          */
};

/* Decides for n partitions; returns how many are to be paused. max_skew_ms >= 0. */
size_t align(struct lane *v, size_t n, int64_t max_skew_ms);

#endif
