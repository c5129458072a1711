/* SPDX-License-Identifier: MIT */
/* days_differ.h -- has each day of a baseline its own weather, beyond what its videos explain?
 *
 * Analysis of variance of the mean ranks of videos within days: F of days against videos, feature
 * by feature, Bonferroni over them (Searle, Casella and McCulloch 1992, Variance Components, 3).
 */
#ifndef DRIFT_DAYS_DIFFER_H
#define DRIFT_DAYS_DIFFER_H

#include <stdbool.h>

#include "drift/pool.h"

/* p is of in, and base was built from it. O(rows features). */
bool days_differ(const struct pool *p, const struct baseline_input *in,
                 const struct baseline *base);

#endif
