/* SPDX-License-Identifier: MIT */
/* record.h -- a comment and what a model says of it, as one record. */
#ifndef SCORE_RECORD_H
#define SCORE_RECORD_H

#include "model/bundle.h"
#include "record/comment.h"
#include "record/score.h"
#include "score/sightings.h"

/* The record of absa.scores, or of absa.scores.shadow. Borrows from all four. */
struct score score_record(const struct bundle_info *info, const struct comment *c,
                          const struct scored *scored, const struct sighted *seen);

#endif
