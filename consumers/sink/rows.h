/* SPDX-License-Identifier: MIT */
/* rows.h -- records of the log as rows of the tables.
 *
 * A window gives one row and one a feature; an alert keeps its evidence as it is verified;
 * a score is kept when the hash of its comment's id falls into the share, so that it is
 * the same comments each time; a dead letter is counted. Every record counts in flow, by
 * the minute in which it came into the log. Pure, but for memory. */
#ifndef SINK_ROWS_H
#define SINK_ROWS_H

#include <stddef.h>

#include "base/err.h"
#include "consumers/sink/table.h"
#include "stage/stage.h"

struct rows;

enum { ROWS_DAYS_MAX = 64 };

/* share: of the comments, 0..1. */
MUST_USE enum status rows_new(double share, struct rows **out, struct err *err);

/* NULL is fine. */
void rows_free(struct rows *r);

/* Takes a record of topic name (borrowed until rows_clear()). ST_REJECT: it cannot be
 * read or written, and nothing of it was added; reason is then one word, for
 * rows_refuse(). ST_FATAL: memory. */
MUST_USE enum status rows_add(struct rows *r, const char *name, const struct stage_rec *rec,
                              const char **reason, struct err *err);

/* Notes instead that the record was refused. */
MUST_USE enum status rows_refuse(struct rows *r, const char *name, const struct stage_rec *rec,
                                 const char *reason, struct err *err);

/* Ends the rows of all tables: no more may be added. */
MUST_USE enum status rows_finish(struct rows *r, struct err *err);

/* Then those of one table for a COPY; n: how many. Borrowed until rows_clear(). */
struct slice rows_of(const struct rows *r, enum sink_table t, size_t *n);

/* The days (of UTC, since 1970) on which those of a table with partitions lie, each once, in no
 * order. False: more than ROWS_DAYS_MAX. Borrowed until rows_clear(). */
MUST_USE bool rows_days(const struct rows *r, enum sink_table t, const int64_t **days, size_t *n);

void rows_clear(struct rows *r);

#endif
