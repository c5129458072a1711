/* SPDX-License-Identifier: MIT */
/* baseline_inner.h -- what the files of the baseline share. */
#ifndef DRIFT_BASELINE_INNER_H
#define DRIFT_BASELINE_INNER_H

#include <jansson.h>

#include "drift/baseline.h"
#include "drift/reference.h"

/* A value has at most so many units, on both sides of 0. */
#define UNITS_MAX (INT64_C(1) << 42)

/* baseline_read.c: whether so many values can have this sum. */
bool baseline_sum_fits(int64_t sum, int64_t count);

/* baseline_segment.c: lists the segments of the input, sorted; its columns are those of all
 * features, of categories their cells. ST_REJECT, ST_FATAL as baseline_build(). */
MUST_USE enum status baseline_add_segments(struct baseline *b, const struct baseline_input *in,
                                           struct err *err);

/* baseline_own.c: fills s->own from the segment's rows. ST_FATAL: memory, a count that overflows.
 */
MUST_USE enum status baseline_own_build(const struct baseline *b, const struct baseline_input *in,
                                        const struct baseline_rows *rows,
                                        struct baseline_segment *s, struct err *err);

/* The member "own" of a segment that has one. */
void baseline_own_write(const struct baseline_segment *s, struct buf *out);

/* Reads it; NULL: there is none. ST_REJECT: it is not what a segment of s->comments has. */
MUST_USE enum status baseline_own_read(const json_t *list, const struct baseline *b,
                                       struct baseline_segment *s, struct err *err);

/* Names it by the hash of the file that it would be. ST_FATAL: memory. */
MUST_USE enum status baseline_name(struct baseline *b, struct err *err);

void baseline_free_segments(struct baseline *b);

#endif
