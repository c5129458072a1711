/* SPDX-License-Identifier: MIT */
/* reader.h -- a partition of a log from some point to its end as of now.
 *
 * Committed records only, and all of them: the end is asked uncommitted, and a
 * transaction that is still open before it is waited for. No group is joined.
 * Stages restore their state by it (struct log_reader); backtest, baseline and
 * replay read topics by it. */
#ifndef KAFKA_READER_H
#define KAFKA_READER_H

#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "kafka/msg.h"
#include "stage/stage.h"

struct kafka_reader;

/* conf and names are borrowed and must outlive the reader. */
MUST_USE enum status kafka_reader_new(const struct kafka_conf *conf,
                                      const struct kafka_names *names, struct kafka_reader **out,
                                      struct err *err);
void kafka_reader_free(struct kafka_reader *r);

/* What a stage is given. Lives as long as r. */
struct log_reader *kafka_reader_log(struct kafka_reader *r);

/* Starts at offset (-1: at the start of the log), or where the log starts if
 * that is higher, and ends before end (-1: as of now). A reader that is open is
 * closed first. */
MUST_USE enum status kafka_reader_open(struct kafka_reader *r, enum topic_id topic, int32_t part,
                                       int64_t offset, int64_t end, struct err *err);

/* Where an open reader ends: it reads up to before this offset. */
int64_t kafka_reader_end(const struct kafka_reader *r);

/* The next record, borrowed until the next call; NULL at the end. ST_RETRY: no
 * record for 60 s (a transaction that somebody left open, or no cluster). */
MUST_USE enum status kafka_reader_next(struct kafka_reader *r, const struct kafka_msg **m,
                                       struct err *err);

/* First offset appended at or after time_ms, the end when there is none. */
MUST_USE enum status kafka_reader_offset_at(struct kafka_reader *r, enum topic_id topic,
                                            int32_t part, int64_t time_ms, int64_t *offset,
                                            struct err *err);

#endif
