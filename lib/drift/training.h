/* SPDX-License-Identifier: MIT */
/* training.h -- is what a model scores what it was trained on?
 *
 *     the bundle's baseline (training data) ─┐
 *                                            ├─ PSI of each feature, less its noise ─>
 * training_skew the stream that a baseline is made of ─┘
 *
 * A baseline is of the stream, so windows say whether the stream changes, and never that it was
 * something else than the training data all along: scores of such comments are guesses, and no
 * alert will come of it. So it is looked at once, when a baseline is made, and stands in its file.
 *
 *     file of a baseline ── judge begins a run ──> one record of rule training, segment all,
 *                                                  state training_skew: the baseline's stretch
 *
 * and each run says it once, so that who has the stream alone knows it. */
#ifndef DRIFT_TRAINING_H
#define DRIFT_TRAINING_H

#include <stddef.h>

#include "base/arena.h"
#include "drift/baseline.h"
#include "record/window.h"

#define TRAINING_RULE "training"

/* Beyond chance, and beyond what a model would not notice. */
#define TRAINING_SKEW_MIN 0.02
#define TRAINING_P_MAX    0.001

/* Of a baseline with skewed features, for people. */
#define TRAINING_SENTENCE                                                                          \
    "the stream this baseline was made from differs from what the model was trained on"

/* Compares b, made of in, with the baseline of its bundle: fills b->training, from_ms and each
 * feature's training_skew, so another file and another id. Features of categories, and those that
 * the bundle's has not, are not compared. ST_REJECT: the two are of different bundles; ST_FATAL:
 * memory. O(n rows log cells). */
MUST_USE enum status training_compare(struct baseline *b, const struct baseline *training,
                                      const struct baseline_input *in, struct err *err);

/* How many features are skewed. */
size_t training_skewed(const struct baseline *b);

/* How many records among its windows a run tells of that by, none or one: they are no windows. */
int64_t training_records(const struct baseline *b);

/* Of the skewed features the one behind `last`, the furthest first; last NULL: the first; NULL:
 * there is no more. O(features). */
const struct baseline_feature *training_next(const struct baseline *b,
                                             const struct baseline_feature *last);

/* Appends their names, the furthest first, with commas; at most max, then how many more. */
void training_names(const struct baseline *b, size_t max, struct buf *out);

/* What a run says of a baseline with skewed features: its stretch as a window whose features are
 * those, in the baseline's order, each with its PSI from the training data beyond noise. No
 * distances beside it, no severities: those of a window would be of the window against the
 * baseline. The caller fills run and policy; arrays live in a, strings are b's. ST_FATAL: memory.
 * O(features). */
MUST_USE enum status training_window(const struct baseline *b, struct arena *a, struct window *out,
                                     struct err *err);

#endif
