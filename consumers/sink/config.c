/* SPDX-License-Identifier: MIT */
#include "consumers/sink/config.h"

#include <stddef.h>

#include "store/store.h"

/* clang-format off */
const struct conf_prop sink_database_props[] = {
    { .name = "sink.database", .type = CONF_STR, .at = offsetof(struct sink_conf, database), .dflt = "",
      .doc = "Where PostgreSQL is, as libpq takes it: host=... dbname=... user=... sslmode=verify-full, or a URL; no password (default: libpq's own)." },
    { .name = "sink.password", .type = CONF_SECRET, .at = offsetof(struct sink_conf, password), .dflt = "",
      .doc = "Password there." },
    { .name = NULL },
};

const struct conf_prop sink_props[] = {
    { .name = "sink.scores_share", .type = CONF_DOUBLE, .at = offsetof(struct sink_conf, scores_share), .dflt = "1", .min = 0, .max = 1,
      .doc = "Share of the comments whose scores are kept, chosen by a hash of the comment's id: always the same ones; 0: none." },
    { .name = "sink.keep.ms", .type = CONF_MS, .at = offsetof(struct sink_conf, keep_ms), .dflt = "400d", .min = 0, .max = 3153600000000.0,
      .doc = "Partitions that end longer than this before the newest row of their table are dropped; 0: never.", .reload = CONF_LIVE },
    { .name = "sink.keep_scores.ms", .type = CONF_MS, .at = offsetof(struct sink_conf, keep_scores_ms), .dflt = "30d", .min = 0, .max = 3153600000000.0,
      .doc = "The same for scores.", .reload = CONF_LIVE },
    { .name = "commit.interval.ms", .type = CONF_MS, .at = offsetof(struct sink_conf, commit_interval_ms), .dflt = "1s", .min = 1, .max = 60000,
      .doc = "Longest wait of a record for its commit.", .reload = CONF_LIVE },
    { .name = "batch.records", .type = CONF_INT, .at = offsetof(struct sink_conf, batch_records), .dflt = "10000", .min = 1, .max = 100000,
      .doc = "Most records of a commit; an idle database gets a quarter of that.", .reload = CONF_LIVE },
    { .name = "batch.bytes", .type = CONF_SIZE, .at = offsetof(struct sink_conf, batch_bytes), .dflt = "8M", .min = 1024, .max = 33554432,
      .doc = "A commit is made after records of this size, or a quarter of it.", .reload = CONF_LIVE },
    { .name = "http.port", .type = CONF_INT, .at = offsetof(struct sink_conf, http_port), .dflt = "0", .min = 0, .max = 65535,
      .doc = "Port of /metrics, /healthz, /readyz, /config and /version on 127.0.0.1; 0: none." },
    { .name = "log.format", .type = CONF_CHOICE, .at = offsetof(struct sink_conf, log_format), .dflt = "logfmt", .choices = "logfmt|json",
      .doc = "How log lines look.", .reload = CONF_LIVE },
    { .name = "log.level", .type = CONF_CHOICE, .at = offsetof(struct sink_conf, log_level), .dflt = "info", .choices = "error|warn|info|debug",
      .doc = "Least important lines that are logged; -q means error, -v debug.", .reload = CONF_LIVE },
    { .name = NULL },
};
/* clang-format on */

void sink_conf_check(struct conf *conf, const struct sink_conf *c)
{
    struct err err = { 0 };

    if (store_check(c->database, &err) != ST_OK)
        conf_refuse(conf, "sink.database", &err);
}
