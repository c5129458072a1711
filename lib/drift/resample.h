/* SPDX-License-Identifier: MIT */
/* resample.h -- more of the same: stretches of days drawn from a baseline whose days are alike.
 *
 *   a day of the stretch   takes the place of a day of the baseline, drawn with
 *                          replacement: as many videos begin on it
 *   each of those videos   is one of the baseline's, of any day, drawn with replacement, whole:
 *                          all its comments, at their time of day, under a name of its own
 *   what is past the end   comes at the beginning: the stretch is a ring, so that its first
 *                          day is as busy as its last (Politis and Romano 1992)
 *
 * From the drawn day alone a video would count what sets that day apart by chance twice, once as
 * the day was drawn and once more as its videos were (Davison and Hinkley 1997, 3.8); and two of
 * one name at one hour are more alike than any two videos are. Where days do differ no drawing is
 * right at hours and at days, and they are left as they are: drift/left_out.h.
 *
 * Everything follows from the seed. No clock, no threads. */
#ifndef DRIFT_RESAMPLE_H
#define DRIFT_RESAMPLE_H

#include "drift/excerpt.h"
#include "drift/pool.h"

/* Draws a stretch of so many days into s, in order of time. ST_FATAL: memory.
 * O(comments log comments). */
MUST_USE enum status resample_draw(const struct pool *p, size_t days, uint64_t seed,
                                   struct excerpt *s, struct err *err);

#endif
