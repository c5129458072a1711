/* SPDX-License-Identifier: MIT */
/* pane.h -- drift's combiner: scores in, one pane record a partition and commit out.
 *
 *     absa.scores, partition p            absa.panes
 *     ..., 812, 813, mark, 815, ...  -->  { part: p, from: 812, to: 816, marks, deltas }
 *
 * It has no memory but the number of its run, which absa drift rewind puts into the
 * metadata of the offsets that it sets: what it counted since the last commit goes out with the
 * next one, in one record that says which positions it covers, so that the judge can prove that
 * nothing is missing or double. Whether a comment is late, and in which pane it counts, follows
 * from the comment alone:
 *
 *     pane of arrival_ms ends at or before src_wm_ms    late: counted as such in
 *                                                       the pane that holds
 *                                                       src_wm_ms, which the
 *                                                       judge cannot have closed
 *     its source had ended                              late, and in no window
 *     seen before                                       an update: counted as such
 *     scored by another bundle than the baseline's      counted as such: what the judge
 *                                                       makes of it says against.c
 *     else                                              in the histograms */
#ifndef CONSUMERS_DRIFT_PANE_H
#define CONSUMERS_DRIFT_PANE_H

#include "consumers/drift/drift.h"
#include "drift/baseline.h"
#include "stage/stage.h"
#include "wire/wire.h"

/* Makes the stage; wire, topology and baseline are borrowed and must outlive it.
 * ST_FATAL: memory or "config: ...". Its process() is ST_FATAL with "config: "
 * when a score of the baseline's bundle has not its features. */
MUST_USE enum status pane_stage_new(const struct drift_conf *conf, struct wire *wire,
                                    const struct topology *topology,
                                    const struct baseline *baseline, struct stage *out,
                                    struct err *err);

#endif
