/* SPDX-License-Identifier: MIT */
/* stage.h -- labels in, the errors of the predictions that they judge out, as a stream that drift
 * can judge.
 *
 *     absa.labels  { comment, annotator, labelled_ms, sentiment 0.5, predicted 0.25, ... }
 *          |
 *          v
 *     absa.errors.scores  { comment, features: error -0.25, absolute_error, covered,
 *                           confidence_gap, arrival_ms: labelled_ms, src, src_wm_ms }, marks
 *
 * What it writes has the shape of absa.scores, so absa drift, and all that reads what drift
 * writes, work on it as they are, with topic.prefix = absa.errors. The numbers and their names are
 * those of drift/label_error.h; the bundle is that of the prediction, the video its comment's.
 * Labels go on to judge a model long after it was exchanged, and drift judges no window with two
 * bundles (ADR 49): where one is named, others are counted apart and not written.
 *
 * A partition of absa.labels is a source with a clock of its own, as ingest's are (stage/source.h),
 * and its time is labelled_ms: that is when the error came to be known. A label that comes more
 * than the skew after it was given is late by that clock; other than a comment it is not lost to
 * its window, which nobody had looked at for it: it counts in the window in which it came, so its
 * arrival_ms is the watermark that it met.
 *
 * An annotator's second label of a comment and model is an update and no sample, within the
 * horizon, as a comment that is crawled again: of a file that was read twice the second reading
 * changes nothing. Each error carries the id of its label (header absa-label), by which a process
 * that takes over reads back who was seen. (The view absa.label_error keeps the newest of several
 * labels: it can look back, a stream has counted the first.)
 *
 * A label that judges no sentiment that was predicted is counted aside. One that is none, or was
 * given in the future, is a dead letter. */
#ifndef CONSUMERS_ERRORS_STAGE_H
#define CONSUMERS_ERRORS_STAGE_H

#include <stdint.h>

#include "base/err.h"
#include "stage/stage.h"
#include "wire/wire.h"

/* Header of a record of absa.errors.scores: id of the label, hash_id() of comment, annotator and
 * bundle. */
#define ERRORS_LABEL "absa-label"

enum errors_time {
    ERRORS_LIVE,     /* labels come as they are given: when none does, time goes on        */
    ERRORS_REPLAYED, /* labels of the past are read: time goes on as they say, and no more */
};

struct errors_conf {
    int64_t skew_ms;
    int64_t step_ms;
    int64_t idle_ms;
    int64_t horizon_ms;
    int64_t max_ids;
    int time;           /* enum errors_time                                            */
    const char *bundle; /* how the watched bundle's hash begins, borrowed; "": any does */
};

/* The properties' defaults: skew 1 h, step and idle 10 min, horizon 90 d, live. */
struct errors_conf errors_conf_default(void);

/* Makes the stage; conf and topo are copied, wire is borrowed. ST_FATAL: memory, "config: ...". */
MUST_USE enum status errors_stage_new(const struct errors_conf *conf, struct wire *wire,
                                      const struct topology *topo, struct stage *out,
                                      struct err *err);

#endif
