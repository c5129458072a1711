/* SPDX-License-Identifier: MIT */
/* video_icc.h -- how alike the comments of one video are. */
#ifndef DRIFT_VIDEO_ICC_H
#define DRIFT_VIDEO_ICC_H

#include <stddef.h>
#include <stdint.h>

/* Intra-class correlation of y[] in the groups of video[], by one-way analysis
 * of variance (Donner 1986, Int. Stat. Rev. 54, section 2), held within 0..1.
 * 1, the cautious answer, when it cannot be told: fewer than two videos, never
 * two values of one video, or no variance at all. y may hold NaN (left out);
 * order[] holds the n positions sorted by video. O(n). */
double video_icc(const double *y, const uint64_t *video, const size_t *order, size_t n);

/* The design effect of clustering (Kish 1965): 1 + (b - 1) icc, where
 * b = sum n_v^2 / n is the mean size of the video that a comment belongs to. At
 * least 1. */
double video_design_effect(double b, double icc);

#endif
