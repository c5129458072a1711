/* SPDX-License-Identifier: MIT */
/* tests/arch/commands.py compares both lists with what the programs say. */
#include "app/app.h"

const char *const app_programs[] = {
    "import",   "ingest",   "score",  "drift",  "notify",  "sink",   "tail",   "replay",  "broker",
    "backtest", "baseline", "topics", "doctor", "up",      "dead",   "canary", "console", "why",
    "train",    "serve",    "shadow", "label",  "explain", "errors", NULL,
};

/* What more than one of them knows, but for the names that tell processes apart. */
const char *const app_shared_props[] = {
    "topic.prefix",
    "raw.partitions",
    "raw.epoch",
    "comments.partitions",
    "watermark.max_skew.ms",
    "ingest.time_unit",
    "commit.interval.ms",
    "batch.records",
    "batch.bytes",
    "batch.ms",
    "log.format",
    "log.level",
    "score.bundle",
    "score.model",
    "score.taxonomy",
    "score.model_poll",
    "score.model_cache",
    "score.model_keep",
    "mlflow.url",
    "mlflow.user",
    "mlflow.password_file",
    "mlflow.token_file",
    "mlflow.ca_file",
    "mlflow.plain",
    NULL,
};
