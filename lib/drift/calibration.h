/* SPDX-License-Identifier: MIT */
/* calibration.h -- the level that keeps a promise on false alarms, from a baseline.
 *
 * The closed formulas of stats/family.h are upper bounds: boundaries a minute apart
 * look at nearly the same comments, and count as if they did not. So a baseline of
 * enough days and videos is played against itself (drift/calibrate.h): stretches of
 * days, each for its least level, the one below which it has no alert. The
 * budget of b alerts in 30 days is kept by the level that a share
 *
 *     1 - e^(-b days / 30)
 *
 * of the stretches reach: so often has a Poisson process of that rate at least one event.
 * Where each stretch is a day that was left out (drift/left_out.h) there are as few as days, and
 * the level is beyond them: a month of 30 days is longer than a baseline of 28. The tail of
 * s = -log2(level) is taken to be exponential, as that of a normal variable's p-value nearly is,
 * from the k strictest of n days on. With u the next of them and m the mean of the k less u,
 *
 *     P(a day to come is beyond u + x) = (k + 1)/(n + 1) (1 + x/(k m))^-k
 *
 * is exact over baselines, whatever the scale (the predictive distribution; Geisser 1993,
 * Predictive Inference), and so is the mean number of alerts that follows: not of one
 * baseline, whose level is known within its interval, but on average. Above u it is an order
 * statistic's, P(beyond the j-th) = j/(n + 1).
 *
 * As levels are kept, and not one threshold, the budget may be changed without a new
 * baseline. What else a level depends on is kept beside them: with other settings, or
 * below the resolution of the stretches there are, the bounds hold. */
#ifndef DRIFT_CALIBRATION_H
#define DRIFT_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drift/facet.h"
#include "drift/policy.h"

enum {
    CALIBRATION_STRETCHES_MAX = 1000,
    CALIBRATION_STEPS = 1024, /* levels 2^(-i/8): 1 to 3.2e-39                 */
    CALIBRATION_NEVER = -1,   /* no alert at any of them                          */
    CALIBRATION_POLICIES = 2  /* those that scan: significant, early             */
};

/* No level above it, however rarely a baseline could be tested at all. */
#define CALIBRATION_LEVEL_MAX 0.05

/* A larger budget a stretch is held to this one: where nearly all have an alert their maximum
 * does not tell how many more they have. */
#define CALIBRATION_EVENTS_MAX 1.5

/* What the levels depend on. */
struct calibration_settings {
    int64_t pane_ms;
    int64_t span_ms;            /* drift.scan.max_span.ms            */
    int64_t min_videos;         /* window.min_videos                 */
    int64_t streak_min;         /* drift.for                         */
    double effect_min;          /* drift.effect_min                  */
    const struct facet *season; /* drift.season; NULL: none */
    int32_t method;             /* which tests: EVIDENCE_METHOD      */
};

struct calibration {
    int32_t stretches; /* 0: not calibrated            */
    int32_t days;      /* of each                      */
    int32_t tail;      /* k, each a day left out; 0: they are drawn */
    struct calibration_settings settings;
    double per_month; /* the budget it was made for   */
    /* The strictest level at which each stretch has an alert: i of 2^(-i/8), or
     * CALIBRATION_NEVER; of each policy, descending. */
    int16_t least[CALIBRATION_POLICIES][CALIBRATION_STRETCHES_MAX];
};

/* Of a budget; all are 0 when only the bounds can answer. */
struct calibration_level {
    double level;
    double low; /* ends of its 95 % interval by order statistics */
    double high;
};

/* 2^(-i/8). */
double calibration_step(int32_t i);

/* Which row of least[] a policy has, or -1. */
int32_t calibration_row(const struct policy *policy);

/* Sorts the rows, as the rest needs them. */
void calibration_sort(struct calibration *c);

/* The level of a boundary for per_month alerts of a policy in 30 days. O(1). */
struct calibration_level calibration_level(const struct calibration *c, const struct policy *policy,
                                           double per_month);

/* Why there is no level (a phrase: "the baseline is not calibrated"), or NULL. */
const char *calibration_fault(const struct calibration *c, const struct policy *policy,
                              const struct calibration_settings *settings, double per_month);

#endif
