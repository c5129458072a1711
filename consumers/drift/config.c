/* SPDX-License-Identifier: MIT */
#include "consumers/drift/config.h"

#include <stddef.h>
#include <stdio.h>

#include "app/app.h"
#include "base/buf.h"
#include "model/default_dir.h"

/* clang-format off */
const struct conf_prop drift_props[] = {
    { .name = "drift.role", .type = CONF_CHOICE, .at = offsetof(struct drift_props, role), .dflt = "pane", .choices = "pane|judge",
      .doc = "pane: combines scores into panes, as many instances as partitions; judge: turns panes into windows and alerts, one at work." },
    { .name = "drift.baseline", .type = CONF_STR, .at = offsetof(struct drift_props, baseline), .dflt = "",
      .doc = "File of the baseline (absa baseline); empty: that of the default bundle. The same for both roles." },
    { .name = "drift.segments", .type = CONF_STR, .at = offsetof(struct drift_props, segments), .dflt = "all",
      .doc = "What is watched apart, with commas: all, video:<id>, aspect:<name>, lang:<code>. The same for both roles." },
    { .name = "drift.policy", .type = CONF_STR, .at = offsetof(struct drift_props, policy), .dflt = "fixed",
      .doc = "When a distance is an alert. fixed: PSI above 0.2 is WARNING, above 0.3 CRITICAL." },
    { .name = "pane.ms", .type = CONF_MS, .at = offsetof(struct drift_props, pane_ms), .dflt = "60s", .min = 1000, .max = 86400000,
      .doc = "Length of a pane." },
    { .name = "window.ms", .type = CONF_MS, .at = offsetof(struct drift_props, window_ms), .dflt = "1h", .min = 1000, .max = 31622400000,
      .doc = "Length of a tumbling window, a multiple of pane.ms." },
    { .name = "window.min_samples", .type = CONF_INT, .at = offsetof(struct drift_props, min_samples), .dflt = "200", .min = 1, .max = 1000000000,
      .doc = "Comments that a window needs before it is judged; fewer: insufficient_data." },
    { .name = "window.min_videos", .type = CONF_INT, .at = offsetof(struct drift_props, min_videos), .dflt = "10", .min = 1, .max = 1000000,
      .doc = "Effective videos (n^2 / sum n_v^2) that a window needs before it is judged; fewer: insufficient_data." },
    { .name = NULL },
};
/* clang-format on */

struct drift_conf drift_conf_take(const struct drift_props *props)
{
    return (struct drift_conf){
        .pane_ms = props->pane_ms,
        .window_ms = props->window_ms,
        .min_samples = props->min_samples,
        .min_videos = props->min_videos,
        .policy = props->policy,
        .segments = props->segments,
        .run = 1,
    };
}

enum status drift_baseline_load(const struct drift_props *props, struct baseline **out,
                                struct err *err)
{
    char path[4096];
    struct buf bytes;
    enum status st;

    *out = NULL;
    if (props->baseline[0] != '\0')
        (void)snprintf(path, sizeof(path), "%s", props->baseline);
    else
        (void)snprintf(path, sizeof(path), "%s/baseline.json", bundle_default_dir());
    buf_init(&bytes, BASELINE_BYTES_MAX);
    st = app_read_file(path, BASELINE_BYTES_MAX, &bytes, err);
    if (st == ST_OK)
        st = baseline_read(buf_slice(&bytes), out, err);
    buf_release(&bytes);
    if (st == ST_OK)
        return ST_OK;
    err_prefix(err, "config: drift.baseline %.100s", path);
    return ST_FATAL;
}
