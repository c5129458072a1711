/* SPDX-License-Identifier: MIT */
#include "consumers/errors/config.h"

#include <stddef.h>

/* clang-format off */
const struct conf_prop errors_props[] = {
    { .name = "errors.skew.ms", .type = CONF_MS, .at = offsetof(struct errors_conf, skew_ms), .dflt = "1h", .min = 0, .max = 2592000000.0,
      .doc = "How long after it was given a label may come and count in its time still; a later one counts when it came. A window waits for so long." },
    { .name = "errors.step.ms", .type = CONF_MS, .at = offsetof(struct errors_conf, step_ms), .dflt = "10m", .min = 1000, .max = 3600000,
      .doc = "A mark is written when the watermark passes a multiple of this; make pane.ms a multiple of it." },
    { .name = "errors.idle.ms", .type = CONF_MS, .at = offsetof(struct errors_conf, idle_ms), .dflt = "10m", .min = 1000, .max = 86400000,
      .doc = "While no label comes, time goes on in steps of this." },
    { .name = "errors.time", .type = CONF_CHOICE, .at = offsetof(struct errors_conf, time), .dflt = "live", .choices = "live|replayed",
      .doc = "live: labels come as they are given, and time goes on without them; replayed: labels of the past are being read, and time goes on as they say alone." },
    { .name = "errors.bundle", .type = CONF_STR, .at = offsetof(struct errors_conf, bundle), .dflt = "",
      .doc = "How the SHA-256 of the bundle begins whose predictions are watched; labels of others are counted and not written. Empty: any, but a window with two is baseline_stale." },
    { .name = "errors.horizon.ms", .type = CONF_MS, .at = offsetof(struct errors_conf, horizon_ms), .dflt = "90d", .min = 0, .max = 3.1536e10,
      .doc = "A label that its annotator gave before, of the same comment and model, is an update and no sample, within this time." },
    { .name = "errors.max.ids", .type = CONF_INT, .at = offsetof(struct errors_conf, max_ids), .dflt = "2000000", .min = 1, .max = 1e9,
      .doc = "Labels remembered for that; beyond it new ones are not, and are counted (dedupe_evicted)." },
    { .name = NULL },
};
/* clang-format on */
