/* SPDX-License-Identifier: MIT */
/* estimate.h -- how well the model does, estimated without labels.
 *
 * The confidence of a comment is calibrated: of all with a confidence of 0.7 the sentiment of 70 %
 * is within 0.25 of the truth (schemas/score.avsc). So the share of a window for which it is has
 * the mean of their confidence as its expectation. (Confidence-based performance estimation, as
 * NannyML calls it; Guillory et al., Predicting with Confidence on Unseen Distributions, 2021.)
 *
 * That is an estimate and no measurement. It sees other comments (shorter ones, more irony), and
 * nothing of the same ones that mean something else than they did: what labels are for. */
#ifndef DRIFT_ESTIMATE_H
#define DRIFT_ESTIMATE_H

#include "drift/tally.h"
#include "record/window.h"

/* Mean confidence of the window and of the baseline, and what the former may be off by the luck
 * of n_eff draws: sqrt(p (1 - p) / n_eff), the most that n_eff shares of mean p can have. All
 * without a value where the baseline has no numeric feature "confidence", or the window no
 * comment with it. */
void estimate_fill(const struct tally *t, struct window *out);

#endif
