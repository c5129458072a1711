/* SPDX-License-Identifier: MIT */
#include "consumers/drift/config.h"

#include <stddef.h>

#include "base/buf.h"
#include "drift/policy.h"
#include "drift/segment.h"
#include "file/file.h"
#include "model/default_dir.h"

/* clang-format off */
const struct conf_prop drift_props[] = {
    { .name = "drift.role", .type = CONF_CHOICE, .at = offsetof(struct drift_props, role), .dflt = "pane", .choices = "pane|judge",
      .doc = "pane: combines scores into panes, as many instances as partitions; judge: turns panes into windows and alerts, one at work." },
    { .name = "drift.baseline", .type = CONF_STR, .at = offsetof(struct drift_props, baseline), .dflt = "",
      .doc = "File of the baseline (absa baseline); empty: that of the bundle. The same for both roles.", .reload = CONF_RUN },
    { .name = "drift.segments", .type = CONF_STR, .at = offsetof(struct drift_props, segments), .dflt = "all",
      .doc = "What is watched apart, with commas: all; <field>:<value>, of fields video, aspect, has_aspect, missing, lang, is_reply, model, model_version, encoder and, of its arrival (UTC), hour, weekday and hour_of_week; or a <field> alone: each of its values that the baseline lists (absa baseline --segments), the others together as <field>:__other__. At most 10000 in all. The same for both roles.", .reload = CONF_RUN },
    { .name = "drift.policy", .type = CONF_STR, .at = offsetof(struct drift_props, policy), .dflt = "significant",
      .doc = "When a change is an alert. fixed: at the close of a window, PSI above 0.2 is WARNING, above 0.3 CRITICAL. significant: at each pane boundary, the same where there is evidence; what is smaller is WARNING when it lasts. early: evidence alone is WARNING.", .reload = CONF_RUN },
    { .name = "drift.false_alarms_per_month", .type = CONF_DOUBLE, .at = offsetof(struct drift_props, false_alarms), .dflt = "1", .min = 0.000001, .max = 100000,
      .doc = "Alerts in 30 days of event time, over all segments, while every segment resembles its baseline: at most so many on average. Of policies significant and early.", .reload = CONF_RUN },
    { .name = "drift.effect_min", .type = CONF_DOUBLE, .at = offsetof(struct drift_props, effect_min), .dflt = "0.005", .min = 0, .max = 100,
      .doc = "Squared shift beyond noise, in baseline variances, that a change needs where its PSI is small: 0.01 is a tenth of a standard deviation. Of policy significant.", .reload = CONF_RUN },
    { .name = "drift.for", .type = CONF_INT, .at = offsetof(struct drift_props, streak_min), .dflt = "3", .min = 1, .max = 1000000,
      .doc = "Successive boundaries with new comments at which such a change needs evidence. Of policy significant.", .reload = CONF_RUN },
    { .name = "drift.keep_firing_for", .type = CONF_INT, .at = offsetof(struct drift_props, keep_firing_for), .dflt = "3", .min = 1, .max = 1000000,
      .doc = "Successive boundaries with new comments, and with enough of them to tell, at which nothing must be found before an alert ends. Of policies significant and early.", .reload = CONF_RUN },
    { .name = "drift.scan.max_span.ms", .type = CONF_MS, .at = offsetof(struct drift_props, span_ms), .dflt = "24h", .min = 1000, .max = 31622400000,
      .doc = "How far back the scan looks, at most; at least pane.ms. Of policies significant and early.", .reload = CONF_RUN },
    { .name = "pane.ms", .type = CONF_MS, .at = offsetof(struct drift_props, pane_ms), .dflt = "60s", .min = 1000, .max = 86400000,
      .doc = "Length of a pane.", .reload = CONF_RUN },
    { .name = "window.ms", .type = CONF_MS, .at = offsetof(struct drift_props, window_ms), .dflt = "1h", .min = 1000, .max = 31622400000,
      .doc = "Length of a tumbling window, a multiple of pane.ms.", .reload = CONF_RUN },
    { .name = "window.min_samples", .type = CONF_INT, .at = offsetof(struct drift_props, min_samples), .dflt = "200", .min = 1, .max = 1000000000,
      .doc = "Comments that a window needs before it is judged; fewer: insufficient_data. Runs of the scan (policies significant and early) need 64 effective ones instead, so that an alert may end within such a window.", .reload = CONF_RUN },
    { .name = "window.min_videos", .type = CONF_INT, .at = offsetof(struct drift_props, min_videos), .dflt = "10", .min = 1, .max = 1000000,
      .doc = "Effective videos (n^2 / sum n_v^2) that a window needs before it is judged; fewer: insufficient_data.", .reload = CONF_RUN },
    { .name = "drift.season", .type = CONF_CHOICE, .at = offsetof(struct drift_props, season), .dflt = "none", .choices = "none|hour|weekday|hour_of_week",
      .doc = "Compares segment all with what the baseline has of the same hour of the day, day of the week or hour of the week (UTC, of arrival), where that is 2000 comments of 10 videos: absa baseline --segments hour -X drift.season=hour, which calibrates it so. window.ms must divide it.", .reload = CONF_RUN },
    { .name = "drift.warming.comments", .type = CONF_INT, .at = offsetof(struct drift_props, warming_comments), .dflt = "2000", .min = 0, .max = 1000000000,
      .doc = "A segment other than all, of which the baseline has not enough for one of its own, is compared with its own first windows once they have so many comments, and is warming before; 0: it is compared with the baseline of all.", .reload = CONF_RUN },
    { .name = "drift.warming.max.ms", .type = CONF_MS, .at = offsetof(struct drift_props, warming_ms), .dflt = "7d", .min = 1000, .max = 31622400000,
      .doc = "A segment that has been warming for so long says no_baseline instead; it goes on learning.", .reload = CONF_RUN },
    { .name = "drift.baseline.max_age.ms", .type = CONF_MS, .at = offsetof(struct drift_props, max_age_ms), .dflt = "0", .min = 0, .max = 316224000000,
      .doc = "Windows so long after the last comment of the baseline say baseline_stale and raise no alert; 0: a baseline of any age is good. One of absa train has no age.", .reload = CONF_RUN },
    { .name = NULL },
};
/* clang-format on */

/* As facets (drift/facet.h). */
static const char *const seasons[] = { "none", "hour", "weekday", "hour_of_week" };

struct drift_conf drift_conf_take(const struct drift_props *props)
{
    return (struct drift_conf){
        .pane_ms = props->pane_ms,
        .window_ms = props->window_ms,
        .min_samples = props->min_samples,
        .min_videos = props->min_videos,
        .policy = props->policy,
        .segments = props->segments,
        .false_alarms = props->false_alarms,
        .effect_min = props->effect_min,
        .streak_min = props->streak_min,
        .keep_firing_for = props->keep_firing_for,
        .span_ms = props->span_ms,
        .season = seasons[props->season],
        .warming_comments = props->warming_comments,
        .warming_ms = props->warming_ms,
        .max_age_ms = props->max_age_ms,
        .run = 1,
    };
}

enum status drift_baseline_load(const struct drift_props *props, const char *bundle,
                                struct baseline **out, struct err *err)
{
    const char *path = props->baseline;
    char in_bundle[FILE_PATH_MAX];
    struct buf bytes;
    enum status st = ST_OK;

    *out = NULL;
    if (path[0] == '\0') {
        st = file_path(bundle_dir(bundle), slice_str("baseline.json"), in_bundle, err);
        path = in_bundle;
    }
    buf_init(&bytes, BASELINE_BYTES_MAX);
    if (st == ST_OK)
        st = file_read(path, &bytes, err);
    if (st == ST_OK) {
        st = baseline_read(buf_slice(&bytes), out, err);
        if (st != ST_OK)
            err_prefix(err, "%.100s", path);
    }
    buf_release(&bytes);
    if (st == ST_OK)
        return ST_OK;
    err_prefix(err, "config: drift.baseline");
    return ST_FATAL;
}

/* What the baseline must know. */
static void check_with(const struct drift_conf *all, const struct baseline *base, struct conf *conf)
{
    struct segments segments = { 0 };
    struct season season = { 0 };
    struct err err = { 0 };

    if (segments_parse(&segments, all->segments, base, &err) != ST_OK)
        conf_refuse(conf, "drift.segments", &err);
    if (drift_season_init(&season, all, base, &err) != ST_OK)
        conf_refuse(conf, "drift.season", &err);
    season_release(&season);
    segments_release(&segments);
}

void drift_props_check(const struct drift_props *props, const char *bundle, struct conf *conf)
{
    const struct drift_conf all = drift_conf_take(props);
    const struct policy *policy;
    struct baseline *base = NULL;
    struct err err = { 0 };

    if (drift_conf_check(&all, &err) != ST_OK)
        conf_refuse(conf, "window.ms", &err);
    if (policy_find(slice_str(all.policy), &policy, &err) != ST_OK)
        conf_refuse(conf, "drift.policy", &err);
    else if (policy->scans && drift_conf_check_scan(&all, &err) != ST_OK)
        conf_refuse(conf, "drift.scan.max_span.ms", &err); /* the others are in range */
    if (drift_baseline_load(props, bundle, &base, &err) != ST_OK)
        conf_refuse(conf, "drift.baseline", &err);
    else
        check_with(&all, base, conf);
    baseline_free(base);
}
