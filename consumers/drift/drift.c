/* SPDX-License-Identifier: MIT */
#include "consumers/drift/drift.h"

#include <inttypes.h>

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
