/* SPDX-License-Identifier: MIT */
#include "consumers/drift/promise.h"

struct calibration_settings drift_settings(const struct drift_conf *conf)
{
    return (struct calibration_settings){
        .pane_ms = conf->pane_ms,
        .span_ms = conf->span_ms,
        .min_videos = conf->min_videos,
        .streak_min = conf->streak_min,
        .effect_min = conf->effect_min,
        .season = facet_find(slice_str(conf->season ? conf->season : "")),
        .method = EVIDENCE_METHOD,
    };
}

struct promise drift_promise(const struct drift_conf *conf, const struct policy *policy,
                             const struct segments *segments, const struct baseline *base)
{
    const struct calibration_settings settings = drift_settings(conf);
    double budget = segments->n > 1 ? conf->false_alarms / 2 : conf->false_alarms;
    struct promise p = { .why = calibration_fault(&base->calibration, policy, &settings, budget),
                         .none = !policy->scans };

    if (!p.why && segments_find(segments, slice_str("all")) == segments->n)
        p.why = "the segment all is not watched";
    if (!p.why)
        p.all = calibration_level(&base->calibration, policy, budget);
    return p;
}

enum status drift_promise_of(const struct drift_conf *conf, const struct baseline *base,
                             struct promise *out, struct err *err)
{
    const struct policy *policy = NULL;
    struct segments segments = { 0 };
    enum status st = policy_find(slice_str(conf->policy), &policy, err);

    if (st == ST_OK)
        st = segments_parse(&segments, conf->segments, base, err);
    if (st == ST_OK)
        *out = drift_promise(conf, policy, &segments, base);
    segments_release(&segments);
    return st;
}
