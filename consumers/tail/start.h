/* SPDX-License-Identifier: MIT */
/* start.h -- where to begin, as a person says it. */
#ifndef TAIL_START_H
#define TAIL_START_H

#include "kafka/follower.h"

enum { START_LAST = 10 };

/* By -o (beginning, end, -N or an offset) or --since (2h, a time); NULL: not
 * given. With neither it is START_LAST offsets before the end. ST_FATAL
 * "usage: ...". */
MUST_USE enum status start_parse(const char *offset, const char *since, int64_t now_ms,
                                 struct kafka_start *out, struct err *err);

#endif
