/* SPDX-License-Identifier: MIT */
/* stretch.h -- a topic, or what of it arrived within some time, as one sequence
 * over all partitions in the order of arrival.
 *
 * Within a partition the order is the log's: of two partitions the one whose
 * next record arrived earlier goes first, on a tie the lower number. So the
 * same stretch always comes in the same order. */
#ifndef KAFKA_STRETCH_H
#define KAFKA_STRETCH_H

#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "kafka/msg.h"

enum { STRETCH_PARTS_MAX = 64 };

struct stretch;

/* What to read; pointers are borrowed for as long as the stretch lives. */
struct stretch_conf {
    const struct kafka_conf *kafka;
    enum topic_id id;  /* what the topic holds */
    const char *topic; /* what it is called    */
    int64_t from_ms;   /* INT64_MIN: all       */
    int64_t until_ms;  /* INT64_MAX: all       */
};

/* Opens a topic up to its end as of now. TOPIC_RAW: the records that arrived at
 * from_ms or later and before until_ms, without control records. Canaries are never there. Others:
 * all that was appended from from_ms on, which is no less than what arrived. ST_FATAL "config:
 * ...": no such topic, or too many partitions. */
MUST_USE enum status stretch_open(const struct stretch_conf *conf, struct stretch **out,
                                  struct err *err);

/* NULL is fine. */
void stretch_close(struct stretch *s);

int32_t stretch_parts(const struct stretch *s);

/* Records behind us and in all, about: offsets have gaps. For a progress bar. */
void stretch_progress(const struct stretch *s, int64_t *done, int64_t *total);

/* The next record, borrowed until the next call (NULL at the end), and when it
 * arrived first: what it says itself wins over the log. */
MUST_USE enum status stretch_next(struct stretch *s, const struct stage_rec **rec,
                                  int64_t *arrival_ms, struct err *err);

#endif
