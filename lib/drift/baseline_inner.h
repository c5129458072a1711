/* SPDX-License-Identifier: MIT */
/* baseline_inner.h -- what the files of the baseline share. */
#ifndef DRIFT_BASELINE_INNER_H
#define DRIFT_BASELINE_INNER_H

#include "drift/baseline.h"

/* baseline_segment.c: lists the segments of the input, sorted. ST_REJECT, ST_FATAL as
 * baseline_build(). */
MUST_USE enum status baseline_add_segments(struct baseline *b, const struct baseline_input *in,
                                           struct err *err);

void baseline_free_segments(struct baseline *b);

#endif
