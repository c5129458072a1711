/* SPDX-License-Identifier: MIT */
/* log.h -- a Kafka of one page: topics, partitions, records, in memory.
 *
 * Only what was committed is ever in it. Offsets have gaps, as a transaction's
 * marker leaves one. For tests. */
#ifndef CHECK_LOG_H
#define CHECK_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stage/stage.h"

struct check_log;

/* topo is copied. NULL: out of memory. */
struct check_log *check_log_new(const struct topology *topo);

/* NULL is fine. */
void check_log_free(struct check_log *log);

const struct topology *check_log_topology(const struct check_log *log);

/* Appends a copy of rec; append_ms is its time in the log, and the arrival_ms
 * that a reader of absa.raw or absa.labels is given. ST_FATAL: out of memory. */
MUST_USE enum status check_log_append(struct check_log *log, const struct out_rec *rec,
                                      int64_t append_ms, struct err *err);

/* Leaves a gap of one offset in a partition, as the end of a transaction does. */
void check_log_gap(struct check_log *log, enum topic_id topic, int32_t part);

/* The next record gets offset, when that is not lower than it would get. */
void check_log_skip(struct check_log *log, enum topic_id topic, int32_t part, int64_t offset);

/* Records of a partition, and the i-th of them; borrowed from the log. */
size_t check_log_n(const struct check_log *log, enum topic_id topic, int32_t part);
const struct stage_rec *check_log_at(const struct check_log *log, enum topic_id topic, int32_t part,
                                     size_t i);

/* Index of the first record at or after offset; O(log n). */
size_t check_log_seek(const struct check_log *log, enum topic_id topic, int32_t part,
                      int64_t offset);

/* When the i-th record was appended. */
int64_t check_log_time(const struct check_log *log, enum topic_id topic, int32_t part, size_t i);

/* All records of a topic over all its partitions. */
size_t check_log_total(const struct check_log *log, enum topic_id topic);

/* Flags of a comparison. */
enum check_order {
    CHECK_ORDERED = 0,   /* the same records in the same order */
    CHECK_ANY_ORDER = 1, /* the same records, each as often    */
    CHECK_NO_MARKS = 2,  /* leaving marks (absa-kind) out      */
};

/* ST_OK when topic holds the same keys, values and headers in both, partition
 * by partition; offsets may differ. Else ST_REJECT, saying where. */
MUST_USE enum status check_log_equal(const struct check_log *a, const struct check_log *b,
                                     enum topic_id topic, unsigned order, struct err *err);

/* A reader of the log for assign(): what was committed when open() was called. */
struct check_reader {
    const struct check_log *log;
    enum topic_id topic;
    int32_t part;
    size_t at;
    size_t end;
};

struct log_reader check_reader_make(struct check_reader *r, const struct check_log *log);

#endif
