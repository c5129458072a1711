/* SPDX-License-Identifier: MIT */
/* resample.h -- more of the same: stretches of days drawn from a baseline's comments.
 *
 *   a day of the stretch   takes the place of a day of the baseline, drawn with
 *                          replacement: as many videos begin on it
 *   each of those videos   is one of the baseline's, drawn with replacement, whole: all
 *                          its comments, at their time of day, under a name of its own
 *   what is past the end   comes at the beginning: the stretch is a ring, so that its first
 *                          day is as busy as its last (Politis and Romano 1992)
 *
 * From which day is a video? From any, where days are alike: from the drawn day alone it
 * would count what sets that day apart twice, once as the day was drawn and once more as
 * its videos were (Davison and Hinkley 1997, 3.8). Where days do differ (analysis of
 * variance of the mean ranks of videos within days, F, Bonferroni over the features) it
 * is from the drawn day with probability sqrt(1 - 1/F). The mean of a drawn day then has
 * 1 - 1/F of the variance that the baseline's days have: that of days, without that of
 * their videos, which the second drawing adds.
 *
 * Everything follows from the seed. No clock, no threads; one of them may be read by many. */
#ifndef DRIFT_RESAMPLE_H
#define DRIFT_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/baseline.h"

/* A comment of a stretch. */
struct resampled {
    int64_t ms;     /* from the start of the stretch */
    uint64_t video; /* a hash                        */
    uint32_t row;   /* of the baseline               */
};

/* Owned by who draws; zeroed at first. */
struct stretch {
    struct resampled *v; /* in order of time */
    size_t n;
    size_t cap;
};

struct resample; /* immutable */

/* From the columns that base was built from, with their arrival; both are borrowed.
 * Rows in the order of arrival, fewer than 2^32. ST_FATAL: memory. O(rows log rows). */
MUST_USE enum status resample_new(const struct baseline_input *in, const int64_t *arrival_ms,
                                  const struct baseline *base, struct resample **out,
                                  struct err *err);
void resample_free(struct resample *r);

/* Days from the first comment's to the last's. */
size_t resample_days(const struct resample *r);

size_t resample_videos(const struct resample *r);

/* With which probability a video is from the drawn day. */
double resample_own_day(const struct resample *r);

/* Draws a stretch of so many days into s. ST_FATAL: memory. O(comments log comments). */
MUST_USE enum status resample_draw(const struct resample *r, size_t days, uint64_t seed,
                                   struct stretch *s, struct err *err);

void stretch_release(struct stretch *s);

#endif
