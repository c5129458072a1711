/* SPDX-License-Identifier: MIT */
/* sink.h -- from the log into PostgreSQL, each record exactly once.
 *
 *      poll ──> messages and rows (memory)   no transaction is open here
 *                  │
 *      limits or interval                    and on with the next ones
 *                  │
 *      begin ─ partitions ─ COPY             or, where a row is there already, COPY into
 *            ─ positions: from where they    temporary tables ─ INSERT ... ON CONFLICT
 *              were to where they are ─ commit
 *
 * It is no stage (stage/stage.h) on lib/flow, whose transactions are Kafka's: here what is
 * written and how far was read are one transaction of PostgreSQL. So the positions are in
 * the database too, are read from there at the start of each session, and no consumer
 * group is joined. Two things keep two sinks apart: an advisory lock, for which a second
 * one waits as a standby; and that a position only moves from the value that this session
 * last saw, else the transaction is rolled back. The first is for order, the second alone
 * is enough for the tables to be right.
 *
 * One way back: whatever fails that time may cure (the server restarts, its disk is full,
 * a deadlock, the broker is away) ends the session; the next one connects, reads the
 * positions and begins there. Whether a commit whose answer was lost had happened is then
 * no question.
 *
 * A value that the database can not hold fails a whole batch: the batch is cut in halves
 * until the record stands alone, and table refused names it. The log has its bytes. */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include "app/app.h"
#include "consumers/sink/config.h"
#include "kafka/topics.h"

struct sink_args {
    const struct sink_conf *conf; /* borrowed, all of them */
    const struct kafka_topics *topics;
    struct app_run *run;
    bool from_start; /* what was deleted before it was read is given up */
};

/* Runs until a signal ends it. ST_OK: all that was read is committed. ST_FATAL
 * "unavailable: ..." when the first session cannot be opened. */
MUST_USE enum status sink_run(const struct sink_args *args, struct err *err);

/* --migrate: brings the tables to this program's version, and says so on stdout. */
MUST_USE enum status sink_migrate(const struct sink_conf *conf, struct err *err);

#endif
