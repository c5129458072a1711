/* SPDX-License-Identifier: MIT */
/* reference.h -- what a part of the stream is compared with.
 *
 * Comments in German are no drift of the comments of all languages: compared with the
 * whole they would be one for ever. So a segment, or an hour of the day, has a baseline
 * of its own when enough is known of it. It is counted in the cells of the whole, for
 * panes are, and has its own counts, ranks and PSI bins there:
 *
 *     baseline    cells, names, units  --borrowed-->  reference = a struct baseline too
 *     delta       counts, sums         --copied---->
 *
 * So where a struct baseline is asked for, a reference will do. It is coarser than a
 * baseline of the part alone would be, since its cells are quantiles of the whole. Mean
 * and deviation are those of the means of its cells. How alike the comments of a video
 * are takes hundreds of videos to learn; a reference has its parent's (spread_carry()). */
#ifndef DRIFT_REFERENCE_H
#define DRIFT_REFERENCE_H

#include "base/err.h"
#include "drift/baseline.h"
#include "record/pane.h"

/* So much of a part must be known before it is a reference. */
enum { REFERENCE_COMMENTS = 2000, REFERENCE_VIDEOS = 10 };

/* From counts that delta_check() accepted, of which a comment's video has video_size
 * comments (>= 1). parent is borrowed and must outlive it; d is only read. Release with
 * reference_free(). ST_FATAL: memory. O(cells). */
MUST_USE enum status reference_new(const struct baseline *parent, const struct pane_delta *d,
                                   double video_size, struct baseline **out, struct err *err);

/* NULL is fine. */
void reference_free(struct baseline *r);

#endif
