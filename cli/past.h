/* SPDX-License-Identifier: MIT */
/* past.h -- the flags by which a program is told what to read of the past, and
 * the reading of it: shared by backtest and baseline. */
#ifndef CLI_PAST_H
#define CLI_PAST_H

#include "app/app.h"
#include "cli/history.h"
#include "cli/pipeline.h"

struct past {
    struct app_list inputs;
    const char *topic;
    const char *errors; /* file of what absa errors --pipe wrote; -: stdin */
    const char *brokers;
    const char *from;
    const char *until;
    int64_t from_ms;
    int64_t until_ms;
};

extern struct past past;

/* Rows of a struct app_opt table; which topics it takes is said by the program. */
/* clang-format off */
#define PAST_OPTS(topics)                                                                          \
    { "input", 'i', "FILE", APP_LIST, &past.inputs, "a scraper's file: CSV, JSON, JSON lines" },   \
    { "topic", 't', "TOPIC", APP_STR, &past.topic, "instead of files: " topics },                  \
    { "brokers", 'b', "HOST:PORT", APP_STR, &past.brokers, "kafka.bootstrap.servers" },            \
    { "from", 0, "TIME", APP_STR, &past.from,                                                      \
      "from this arrival on: 2025-07-03T13:16:27Z, or ms" },                                       \
    { "until", 0, "TIME", APP_STR, &past.until, "up to this arrival, without it" }
/* clang-format on */

/* Says what the flags, and the arguments behind them (files too), name: the
 * topic, and the first stage that its records still have to go through.
 * ST_FATAL "usage: ...". */
MUST_USE enum status past_plan(const struct app_run *run, enum topic_id *topic,
                               enum pipeline_stage *first, struct err *err);

/* Feeds it into p. */
MUST_USE enum status past_feed(const struct app_run *run, enum topic_id topic,
                               const struct pipeline *pipeline, struct pipe *p, struct err *err);

#endif
