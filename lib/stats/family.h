/* SPDX-License-Identifier: MIT */
/* family.h -- many tests at once: how small must a p-value be?
 *
 *   runs and tests of a feature   Bonferroni   family_bonferroni()
 *   features of a segment         Simes        family_simes(); which of them:
 *                                 Benjamini-Hochberg, dist_bh(): its least q is
 *                                 Simes' p, so a segment passes exactly when its
 *                                 list is not empty
 *   segments of a boundary        weighted Bonferroni  family_share()
 *   boundaries of a month         a level for each     family_level()
 *
 * NaN is a test that could not be done: it is not in its family. */
#ifndef STATS_FAMILY_H
#define STATS_FAMILY_H

#include <stddef.h>
#include <stdint.h>

/* min(1, tests p): valid however the tests depend on each other. */
double family_bonferroni(double p, size_t tests);

/* min over i of n p_(i) / i: p of the hypothesis that nothing moved (Simes 1986,
 * Biometrika 73; valid under independence and positive dependence, Sarkar 1998).
 * NaN when there is no p. O(n^2). */
double family_simes(const double *p, size_t n);

/* The share of a boundary's level that a segment gets among due of them (itself
 * included): all gets as much as all others together, they share the rest evenly.
 * Without all they share everything. */
double family_share(int is_all, int all_is_due, size_t due);

/* Level of one boundary, so that boundaries each pane_ms apart give per_month
 * false alarms in 30 days at most, by the sum of their levels. */
double family_level(double per_month, int64_t pane_ms);

#endif
