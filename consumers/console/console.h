/* SPDX-License-Identifier: MIT */
/* console.h -- a page that says what the pipeline knows.
 *
 *     absa.windows ─┐  followed              ┌─ /  and  /a/ALERT   the page (page/)
 *     absa.alerts  ─┼─────────> model ───────┤
 *     absa.dead    ─┘          (bounded)     ├─ /api/...           what it shows
 *     offsets of all topics ──> flow ────────┤
 *     PostgreSQL ── asked ────> past models ─┘─ /events            when to ask again
 *
 * Read-only: no group is joined, nothing is written anywhere. The main thread follows the
 * log and asks the database; the server's thread (obs/web.h) answers from memory alone,
 * under a lock, so that no browser waits for a broker or a database, or makes one work.
 * What is further back than the memory holds is asked for by the main thread and answered
 * with 202 until it is there. */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include "app/app.h"
#include "consumers/console/config.h"
#include "kafka/topics.h"

struct console_args {
    const struct console_conf *conf; /* borrowed, all of them */
    const struct kafka_topics *topics;
    struct app_run *run;
};

/* Runs until a signal ends it. ST_FATAL "unavailable: ..." when there is no broker at the
 * start; later it waits for one. */
MUST_USE enum status console_run(const struct console_args *args, struct err *err);

#endif
