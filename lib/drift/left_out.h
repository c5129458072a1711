/* SPDX-License-Identifier: MIT */
/* left_out.h -- a day of a baseline, judged against all the others.
 *
 *                    the day before   the day
 *   baseline   ....|                |         |..........................
 *   stretch        |================|=========|   two days of comments, as they came: what the
 *                                                 second says counts, the first is what a scan
 *                                                 looks back at (of the first day, the last)
 *   world      ====                            ==========================
 *
 * A world has no comment of the two days and no video that begins on them: as no comment that
 * will be judged is in the baseline it is judged against (Stone 1974; out of bag: Efron and
 * Tibshirani 1997). With what days a stretch is drawn from in its own world, weather is
 * compared with itself. Nothing is drawn and no day comes twice: how days differ, how the videos of
 * a day and hours do, is in a stretch and in a world what it is in the stream.
 *
 * Days are those on which a video begins. A day's level is exchangeable with that of a day to
 * come, but for two days fewer in its world. */
#ifndef DRIFT_LEFT_OUT_H
#define DRIFT_LEFT_OUT_H

#include "drift/excerpt.h"
#include "drift/pool.h"

enum { LEFT_OUT_MAX = 300 }; /* days that are left out, of more: evenly over them */

struct left_out {
    const struct pool *pool; /* borrowed                          */
    size_t *day;             /* of the pool, ascending; n of them */
    size_t n;
    size_t last; /* day on which a video begins */
};

/* Finds the days; out is zeroed on an error. p must outlive it. ST_FATAL: memory. */
MUST_USE enum status left_out_new(const struct pool *p, struct left_out *out, struct err *err);

void left_out_release(struct left_out *l);

/* Day k < n behind the one before it, as a stretch whose second day counts. ST_FATAL: memory. */
MUST_USE enum status left_out_day(const struct left_out *l, size_t k, struct excerpt *s,
                                  struct err *err);

/* All that is left for days world, world + worlds, ...: every so manieth video, so that it has
 * about rows_max comments at most. ST_FATAL: memory. O(rows log rows). */
MUST_USE enum status left_out_rest(const struct left_out *l, size_t world, size_t worlds,
                                   double rows_max, struct excerpt *s, struct err *err);

#endif
