/* SPDX-License-Identifier: MIT */
#include "flow/flow.h"

#include <stddef.h>

/* clang-format off */
const struct conf_prop flow_props[] = {
    { .name = "slot", .type = CONF_STR, .at = offsetof(struct flow_conf, slot), .dflt = "",
      .doc = "Stable name of this process among those of its stage (default: the stage's name and -0)." },
    { .name = "group.id", .type = CONF_STR, .at = offsetof(struct flow_conf, group), .dflt = "",
      .doc = "Consumer group (default: absa- and the stage's name)." },
    { .name = "commit.interval.ms", .type = CONF_MS, .at = offsetof(struct flow_conf, commit_interval_ms), .dflt = "0", .min = 0, .max = 60000,
      .doc = "Longest wait of a result for its commit; 0: 1s in drift, 200ms elsewhere.", .reload = CONF_LIVE },
    { .name = "batch.records", .type = CONF_INT, .at = offsetof(struct flow_conf, batch_records), .dflt = "5000", .min = 1, .max = 1000000,
      .doc = "A commit is made after this many records.", .reload = CONF_LIVE },
    { .name = "batch.bytes", .type = CONF_SIZE, .at = offsetof(struct flow_conf, batch_bytes), .dflt = "8M", .min = 1024, .max = 268435456,
      .doc = "A commit is made after this much output.", .reload = CONF_LIVE },
    { .name = "batch.ms", .type = CONF_MS, .at = offsetof(struct flow_conf, batch_ms), .dflt = "100ms", .min = 1, .max = 60000,
      .doc = "Time that one call of the stage is to take; a slow one is given fewer records.", .reload = CONF_LIVE },
    { .name = "watermark.max_skew.ms", .type = CONF_MS, .at = offsetof(struct flow_conf, max_skew_ms), .dflt = "10m", .min = 0, .max = 2592000000.0,
      .doc = "A partition further than this ahead of the slowest one waits for it; 0: none ever does.", .reload = CONF_LIVE },
    { .name = "http.port", .type = CONF_INT, .at = offsetof(struct flow_conf, http_port), .dflt = "0", .min = 0, .max = 65535,
      .doc = "Port of /metrics, /healthz, /readyz, /config and /version on 127.0.0.1; 0: none." },
    { .name = "log.format", .type = CONF_CHOICE, .at = offsetof(struct flow_conf, log_format), .dflt = "logfmt", .choices = "logfmt|json",
      .doc = "How log lines look.", .reload = CONF_LIVE },
    { .name = "log.level", .type = CONF_CHOICE, .at = offsetof(struct flow_conf, log_level), .dflt = "info", .choices = "error|warn|info|debug",
      .doc = "Least important lines that are logged; -q means error, -v debug.", .reload = CONF_LIVE },
    { .name = NULL },
};
/* clang-format on */
