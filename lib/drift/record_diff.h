/* SPDX-License-Identifier: MIT */
/* record_diff.h -- the first field in which two records differ. */
#ifndef DRIFT_RECORD_DIFF_H
#define DRIFT_RECORD_DIFF_H

#include <stdbool.h>

#include "drift/alert.h"
#include "wire/table.h"

/* Walks two structs of one table; true when they differ: *diff then says where,
 * with a's value as recorded and b's as recomputed. Doubles differ when their
 * values do; NaN equals NaN. */
bool record_diff(const struct wire_table *table, const void *a, const void *b,
                 struct alert_diff *diff);

#endif
