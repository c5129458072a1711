/* SPDX-License-Identifier: MIT */
/* scipy.h -- further two-sample statistics as SciPy has them, on sorted finite
 * samples, for `compare`. What is not defined (an empty side) is NaN. */
#ifndef STATS_SCIPY_H
#define STATS_SCIPY_H

#include "stats/sample.h"

/* scipy.stats.energy_distance: sqrt(2 integral (F - G)^2). O(n + m). */
double scipy_energy(struct sample ref, struct sample cur);

/* The statistic T of scipy.stats.cramervonmises_2samp, by mid-ranks (Anderson
 * 1962). NaN below 2 values on a side. O(n + m). */
double scipy_cvm(struct sample ref, struct sample cur);

/* Two-sided p of scipy.stats.mannwhitneyu(method="auto"): exact when a side has at
 * most 8 values and none is there twice, else normal with corrections for ties and
 * continuity. ST_FATAL: memory. O(n + m), exact O(n m). */
MUST_USE enum status scipy_mann_whitney_p(struct sample ref, struct sample cur, double *p,
                                          struct err *err);

#endif
