/* SPDX-License-Identifier: MIT */
/* rank.h -- likes as a label: how a comment did among the comments of its video.
 *
 * Likes grow with the reach of a video, so that they compare only within one. Of n comments
 * with likes under a video the least liked gets 0, the most liked 1, the others their rank
 * between them, those of equal likes the mean of their ranks. One alone says nothing. */
#ifndef TRAIN_RANK_H
#define TRAIN_RANK_H

#include <stddef.h>

#include "base/err.h"
#include "producers/train/data.h"

/* Fills the engagement of n samples from their likes (NaN: unknown) and videos; NaN where
 * there is nothing to compare. *ranked is how many have one. ST_FATAL: memory. O(n log n). */
MUST_USE enum status rank_likes(struct sample *v, size_t n, size_t *ranked, struct err *err);

#endif
