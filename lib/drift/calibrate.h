/* SPDX-License-Identifier: MIT */
/* calibrate.h -- plays a baseline against itself, to learn the level that keeps a
 * promise (drift/calibration.h).
 *
 *   world     a baseline made of the baseline's comments, built as any other: the
 *             error that a baseline of this size has is in the result
 *   stretch   days of the same, counted into panes, looked at from each boundary
 *             by the scan and weighed by the policies as the judge does: scan_look() and
 *             scan_weigh() are its own code. Kept is the strictest level with an alert
 *
 * Where days are alike (drift/days_differ.h) both are drawn from all videos (drift/resample.h).
 * Where they differ each day is a stretch, and its world is all the others (drift/left_out.h).
 *
 * Up to its first alert what a stretch holds does not depend on the level, so that one
 * pass tells all levels. Later alerts in it do not count: the maximum of a stretch is what
 * is calibrated, and a Poisson process has the rate that follows.
 *
 * What it costs is bounded by shorter stretches (three days at least, beyond the scan's
 * look back of one), fewer worlds and smaller ones, all by a rule on the size of the
 * baseline: the same baseline, number of stretches and seed give the same bytes.
 * Worlds do not touch each other: each may have a thread of its own. */
#ifndef DRIFT_CALIBRATE_H
#define DRIFT_CALIBRATE_H

#include "drift/calibration.h"
#include "drift/left_out.h"
#include "drift/pool.h"
#include "drift/season.h"

enum {
    CALIBRATE_DAYS_MIN = 14,    /* of the baseline                                     */
    CALIBRATE_VIDEOS_MIN = 100, /* of the baseline                                     */
    CALIBRATE_EVEN_MIN = 6,     /* days that are drawn, as if as many began on each    */
    CALIBRATE_ROWS_MAX = 200000 /* about, of a world                                   */
};

struct calibrate {
    const struct baseline_input *in; /* what base was built from, in the order of arrival */
    const int64_t *arrival_ms;       /* of each row  */
    const struct baseline *base;
    struct calibration_settings settings;
    int32_t stretches; /* 0 < wanted <= CALIBRATION_STRETCHES_MAX; where days differ one for
                          each, by calibrate_begin() */
    uint64_t seed;
    bool (*go_on)(
        void *ctx); /* asked before each stretch, by the thread that plays it; NULL: always */
    void *ctx;
    /* Filled by calibrate_begin(). */
    struct pool *pool;
    struct left_out left_out; /* without days: they are alike                    */
    struct season season;     /* of base                                         */
    int32_t days;             /* of a stretch                                    */
    int32_t tail;             /* of calibration.h                                */
    int32_t worlds;           /* at most stretches                               */
    size_t world_days;        /* drawn for one                                   */
};

/* Plans it. ST_REJECT: the baseline has not enough days or videos, err says how many there are, or
 * stretches of it cannot be drawn; ST_FATAL: memory. calibrate_end() in any case. */
MUST_USE enum status calibrate_begin(struct calibrate *c, struct err *err);

void calibrate_end(struct calibrate *c);

/* Plays one world; fills the places of its stretches in out->least, which no other world
 * touches. ST_RETRY: told not to go on; ST_FATAL: memory. */
MUST_USE enum status calibrate_world(const struct calibrate *c, int32_t world,
                                     struct calibration *out, struct err *err);

/* The rest of out, when all worlds were played. */
void calibrate_finish(const struct calibrate *c, double per_month, struct calibration *out);

#endif
