/* SPDX-License-Identifier: MIT */
/* config.h -- the properties of absa-drift, and what follows from them. */
#ifndef CONSUMERS_DRIFT_CONFIG_H
#define CONSUMERS_DRIFT_CONFIG_H

#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "consumers/drift/drift.h"
#include "drift/baseline.h"

enum drift_role { ROLE_PANE, ROLE_JUDGE };

struct drift_props {
    int role; /* enum drift_role */
    const char *baseline;
    const char *segments;
    const char *policy;
    int64_t pane_ms;
    int64_t window_ms;
    int64_t min_samples;
    int64_t min_videos;
    double false_alarms;
    double effect_min;
    int64_t streak_min;
    int64_t keep_firing_for;
    int64_t span_ms;
    int season; /* position in "none|hour|weekday|hour_of_week" */
    int64_t warming_comments;
    int64_t warming_ms;
    int64_t max_age_ms;
};

extern const struct conf_prop drift_props[];

/* What the stages are told; strings are borrowed from props. */
struct drift_conf drift_conf_take(const struct drift_props *props);

/* Refuses (conf_refuse()) lengths that do not fit, a policy or segment that there is none of,
 * a baseline that cannot be read, and a season that it does not know; bundle as below. */
void drift_props_check(const struct drift_props *props, const char *bundle, struct conf *conf);

/* Reads the file that drift.baseline names, else that of the bundle ("": the
 * default one). ST_FATAL "config: ..." when it is not there or no baseline.
 * Release with baseline_free(). */
MUST_USE enum status drift_baseline_load(const struct drift_props *props, const char *bundle,
                                         struct baseline **out, struct err *err);

#endif
