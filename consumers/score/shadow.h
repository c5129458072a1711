/* SPDX-License-Identifier: MIT */
/* shadow.h -- a second model beside the one that counts.
 *
 *     absa.comments/p ──> model ──> absa.scores/p            what drift reads
 *                    \──> shadow ──> absa.scores.shadow/p     what absa shadow compares
 *
 * One record each, of the same kind, in one transaction. The shadow never has a say: a
 * comment that it has no finite score for, or a whole batch that it fails on, is counted
 * (shadow_lost) and is missing there alone. It writes no marks, no dead letters, and no
 * canaries. */
#ifndef SCORE_SHADOW_H
#define SCORE_SHADOW_H

#include <stdbool.h>

#include "model/bundle.h"

struct shadow {
    struct bundle *bundle; /* borrowed; NULL: there is none  */
    bool lost;             /* the batch at hand, as a whole */
    struct scored scored[BUNDLE_BATCH_MAX];
};

/* Scores a batch; lists live in a. Never fails: it is lost. */
void shadow_score(struct shadow *s, const struct facts *in, size_t n, struct arena *a);

/* What it says of comment i of the batch; NULL: nothing that could be written. */
const struct scored *shadow_scored(const struct shadow *s, size_t i);

#endif
