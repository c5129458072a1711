/* SPDX-License-Identifier: MIT */
/* drift.h -- what both roles of absa-drift are told. */
#ifndef CONSUMERS_DRIFT_DRIFT_H
#define CONSUMERS_DRIFT_DRIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/season.h"

/* Windows are minutes long: a second more or less is not missed. */
enum { DRIFT_COMMIT_MS = 1000 };

struct drift_conf {
    int64_t pane_ms;      /* pane.ms                                     */
    int64_t window_ms;    /* window.ms, a multiple of it                 */
    int64_t min_samples;  /* window.min_samples                          */
    int64_t min_videos;   /* window.min_videos, effective                */
    const char *policy;   /* drift.policy                                */
    const char *segments; /* drift.segments, a list with commas          */
    /* Of policies that scan. */
    double false_alarms;     /* drift.false_alarms_per_month              */
    double effect_min;       /* drift.effect_min                          */
    int64_t streak_min;      /* drift.for                                 */
    int64_t keep_firing_for; /* drift.keep_firing_for                     */
    int64_t span_ms;         /* drift.scan.max_span.ms                       */
    /* What segments are compared with. */
    const char *season;       /* drift.season; NULL or "none": there is none       */
    int64_t warming_comments; /* drift.warming.comments; 0: never warming          */
    int64_t warming_ms;       /* drift.warming.max.ms                              */
    int64_t max_age_ms;       /* drift.baseline.max_age.ms; 0: any age             */
    int32_t run;              /* number of the first run; 0 is read as 1     */
    bool from_state;          /* judge: where absa.state and the committed offset differ, go on
                                 from the state */
};

/* ST_FATAL, "config: ...": lengths that do not fit. */
MUST_USE enum status drift_conf_check(const struct drift_conf *conf, struct err *err);

/* The same of what only policies that scan need. */
MUST_USE enum status drift_conf_check_scan(const struct drift_conf *conf, struct err *err);

/* What the judge compares by season. ST_FATAL: memory, "config: drift.season ...": the baseline
 * knows none of it well enough, or a window would be of two; season_release() in any case. */
MUST_USE enum status drift_season_init(struct season *s, const struct drift_conf *conf,
                                       const struct baseline *base, struct err *err);

#endif
