/* SPDX-License-Identifier: MIT */
#include "consumers/drift/drift.h"

#include <inttypes.h>

#include "drift/reference.h"

enum { DAY_MS = 86400000 };

enum status drift_conf_check(const struct drift_conf *conf, struct err *err)
{
    if (conf->pane_ms < 1 || conf->pane_ms > DAY_MS)
        return err_set(err, ST_FATAL, "config: pane.ms = %" PRId64 " is not within 1 ms and a day",
                       conf->pane_ms);
    if (conf->window_ms < conf->pane_ms || conf->window_ms > 366 * (int64_t)DAY_MS ||
        conf->window_ms % conf->pane_ms != 0)
        return err_set(err, ST_FATAL,
                       "config: window.ms = %" PRId64 " is not a multiple of pane.ms = %" PRId64,
                       conf->window_ms, conf->pane_ms);
    if (conf->min_samples < 1 || conf->min_videos < 1)
        return err_set(err, ST_FATAL,
                       "config: window.min_samples and window.min_videos are at least 1");
    return ST_OK;
}

enum status drift_conf_check_scan(const struct drift_conf *conf, struct err *err)
{
    if (!(conf->false_alarms > 0))
        return err_set(err, ST_FATAL, "config: drift.false_alarms_per_month is above 0");
    if (!(conf->effect_min >= 0))
        return err_set(err, ST_FATAL, "config: drift.effect_min is at least 0");
    if (conf->streak_min < 1 || conf->streak_min > INT32_MAX || conf->keep_firing_for < 1 ||
        conf->keep_firing_for > INT32_MAX)
        return err_set(err, ST_FATAL, "config: drift.for and drift.keep_firing_for are at least 1");
    if (conf->span_ms < conf->pane_ms || conf->span_ms > 366 * (int64_t)DAY_MS)
        return err_set(err, ST_FATAL,
                       "config: drift.scan.max_span.ms = %" PRId64
                       " is not within pane.ms and a year",
                       conf->span_ms);
    return ST_OK;
}

static enum status check_season(const struct season *s, int64_t window_ms, struct err *err)
{
    const struct facet *f = s->facet;

    if (f && s->known == 0) {
        return err_set(err, ST_FATAL,
                       "config: drift.season = %s, but the baseline knows no %s well enough (%d "
                       "comments of %d videos): absa baseline --segments %s, over a longer stretch",
                       facet_name(f), facet_name(f), REFERENCE_COMMENTS, REFERENCE_VIDEOS,
                       facet_name(f));
    }
    if (f && facet_length(f) % window_ms != 0)
        return err_set(err, ST_FATAL,
                       "config: drift.season = %s: window.ms must divide it, or a window would "
                       "be of two",
                       facet_name(f));
    return ST_OK;
}

enum status drift_season_init(struct season *s, const struct drift_conf *conf,
                              const struct baseline *base, struct err *err)
{
    const struct facet *f = facet_find(slice_str(conf->season ? conf->season : ""));
    enum status st;

    *s = (struct season){ 0 };
    if (f && facet_length(f) == 0)
        return err_set(err, ST_FATAL, "config: drift.season = %s is none", conf->season);
    st = season_init(s, f, base, err);
    return st == ST_OK ? check_season(s, conf->window_ms, err) : st;
}
