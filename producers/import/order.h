/* SPDX-License-Identifier: MIT */
/* order.h -- records in the order in which their comments were written.
 *
 * A file lists comments by rank, not by time: 98 of 100 are older than one seen
 * before. So a bounded replay (absa import --arrival created, the backtest)
 * sorts first: by the latest time of the record's comments, as ingest would
 * read and repair it, then by place in the files. That time is the arrival to
 * give it. A record without any stands with the one before it.
 *
 * The records wait in a temporary file; 24 bytes of each stay in memory. */
#ifndef PRODUCERS_IMPORT_ORDER_H
#define PRODUCERS_IMPORT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ingest/ingest.h"
#include "producers/import/split.h"

struct order;

/* rules is borrowed. No comment was written after now_ms; it is also the arrival
 * of all records when no time is known of any. ST_FATAL: out of memory, or no
 * temporary file. */
MUST_USE enum status order_new(const struct ingest_rules *rules, int64_t now_ms, struct order **out,
                               struct err *err);

/* NULL is fine. */
void order_free(struct order *o);

/* Takes a copy of rec. ST_FATAL: out of memory, or the disk is full. */
MUST_USE enum status order_add(struct order *o, const struct raw_record *rec, struct err *err);

/* Sorts; call once, before the first order_next(). O(n log n). */
void order_sort(struct order *o);

/* The next record (borrowed until the next call) and its arrival. */
MUST_USE enum status order_next(struct order *o, struct raw_record *rec, int64_t *arrival_ms,
                                bool *more, struct err *err);

#endif
