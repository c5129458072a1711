/* SPDX-License-Identifier: MIT */
/* stretch.h -- the records of a topic that arrived within some time, as one
 * sequence over all partitions in the order of arrival.
 *
 * Within a partition the order is the log's: of two partitions the one whose
 * next record arrived earlier goes first, on a tie the lower number. So the
 * same stretch always comes in the same order. */
#ifndef PRODUCERS_REPLAY_STRETCH_H
#define PRODUCERS_REPLAY_STRETCH_H

#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "kafka/msg.h"

enum { STRETCH_PARTS_MAX = 64 };

struct stretch;

/* Opens what arrived at from_ms or later and before until_ms; both ends as of
 * now. ST_FATAL "config: ...": no such topic, or too many partitions. kafka and
 * topic are borrowed. */
MUST_USE enum status stretch_open(const struct kafka_conf *kafka, const char *topic,
                                  int64_t from_ms, int64_t until_ms, struct stretch **out,
                                  struct err *err);

/* NULL is fine. */
void stretch_close(struct stretch *s);

int32_t stretch_parts(const struct stretch *s);

/* The next record and when it arrived first, borrowed until the next call; NULL
 * at the end. Control records are left out. */
MUST_USE enum status stretch_next(struct stretch *s, const struct stage_rec **rec,
                                  int64_t *arrival_ms, struct err *err);

#endif
