/* SPDX-License-Identifier: MIT */
/* judge.h -- drift's reducer: panes in, windows, alerts and its own state out.
 *
 * One partition, one instance at work; another slot takes over in a second.
 *
 *   pane record --> chain (positions without a gap) --> open panes, summed
 *                   matrix (watermarks by maximum)          |
 *                        |                                  | a pane's end has passed
 *                        +-- minimum: boundary by boundary  v
 *                                                      closed: into absa.state,
 *                                                      packed, beside those of a day
 *                                                           | the window's end has passed
 *                                                           v
 *                                             decide, then segment by segment: its
 *                                             panes summed: window, alert, tombstones of its panes
 *
 * What it remembers is in absa.state, in the same transaction: where it stands
 * ("judge"), closed panes of the open window and of what the scan looks back to
 * ("pane|..."), alerts that fire
 * ("alert|..."), a close under way ("close"). Open panes are not: absa.panes is
 * their log, and replay_from says from where to read it again. next_offset in
 * the state is the truth over the committed offset. */
#ifndef CONSUMERS_DRIFT_JUDGE_H
#define CONSUMERS_DRIFT_JUDGE_H

#include "consumers/drift/drift.h"
#include "drift/baseline.h"
#include "stage/stage.h"
#include "wire/wire.h"

/* Makes the stage; wire, topology and baseline are borrowed and must outlive it.
 * ST_FATAL: memory or "config: ...". */
MUST_USE enum status judge_stage_new(const struct drift_conf *conf, struct wire *wire,
                                     const struct topology *topology,
                                     const struct baseline *baseline, struct stage *out,
                                     struct err *err);

#endif
