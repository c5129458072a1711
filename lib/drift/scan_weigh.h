/* SPDX-License-Identifier: MIT */
/* scan_weigh.h -- what a boundary means for one segment: evidence, severities,
 * and when an alert begins and ends.
 *
 *                evidence         p of features -> q (Benjamini-Hochberg) <= level
 *      ok ----------------------------> firing        begins: a severity
 *       ^                               |    ^
 *       |   calm at keep_firing_for     |    | evidence again in what came since:
 *       +---- successive boundaries ----+    +-- still firing, or worse: written
 *
 * When an alert begins or goes on, the panes that said so have been used: later
 * runs begin behind them (from_ms). So that it goes on is new evidence, and it
 * ends when a run of at least as many effective comments as the one that began
 * it, all behind it, shows none. Between the two nothing is known and nothing
 * changes: a quiet night does not end an alert. */
#ifndef DRIFT_SCAN_WEIGH_H
#define DRIFT_SCAN_WEIGH_H

#include <stdbool.h>
#include <stdint.h>

#include "drift/policy.h"
#include "drift/scan.h"

struct scan_rules {
    const struct policy *policy;
    double min_videos;       /* effective, that a run needs                          */
    int64_t span_ms;         /* how far back it looks: drift.scan.max_span.ms           */
    double effect_min;       /* drift.effect_min                                     */
    int32_t streak_min;      /* drift.for                                            */
    int32_t keep_firing_for; /* drift.keep_firing_for                                */
    double level;            /* of one boundary, all segments together               */
};

/* Remembered of a segment, in absa.state. */
struct scan_memory {
    int64_t from_ms;  /* runs start here or later; WM_NONE: anywhere          */
    int32_t streak;   /* successive boundaries with evidence of an effect     */
    int32_t calm;     /* successive boundaries without, while an alert fires  */
    int64_t need_eff; /* effective comments of the run that the alert is from */
};

/* One boundary of one segment; q and severity have a place for each feature. */
struct scan_weight {
    int64_t at_ms; /* the boundary  */
    double level;  /* the segment's */
    double *p;     /* of each feature, NaN where there is none */
    double *q;
    enum severity *severity;
    int32_t worst;  /* highest severity, then least p, then first; -1: none */
    int32_t streak; /* this boundary included                               */
};

/* Looks back from the boundary at at_ms, as far as the rules and what is remembered let it:
 * fills s->features. ST_FATAL: memory. Cost as scan_run(). */
MUST_USE enum status scan_look(struct scan *s, const struct history *h,
                               const struct scan_rules *rules, int64_t from_ms, int64_t at_ms,
                               struct err *err);

/* Weighs what s found, in the arrays of out, at the boundary and level that it says. */
void scan_weigh(const struct scan *s, const struct scan_rules *rules, int32_t streak_before,
                struct scan_weight *out);

/* The memory after the boundary that was weighed; *over: the alert that fires (of feature,
 * -1: none) ends here. */
struct scan_memory scan_remember(const struct scan *s, const struct scan_rules *rules,
                                 const struct scan_memory *before, const struct scan_weight *w,
                                 int32_t feature, bool *over);

#endif
