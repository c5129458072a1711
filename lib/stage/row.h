/* SPDX-License-Identifier: MIT */
/* row.h -- how far a partition has come: wm[source], one row of the judge's matrix.
 *
 * A partition of comments or scores holds marks of every source. What has been
 * read of it lets the judge close up to the row's minimum and no further, so that
 * is where the partition stands in event time; how far the minima of two rows are
 * apart is what the judge has to hold open. (The maximum would be the wrong end:
 * a source that lives now hides how far another one's backlog has been read.) */
#ifndef STAGE_ROW_H
#define STAGE_ROW_H

#include <stdbool.h>
#include <stdint.h>

struct row {
    int32_t n;   /* sources                 */
    int64_t *wm; /* by source; WM_NONE: unknown */
};

/* n sources, of which nothing is known. False: out of memory. */
bool row_init(struct row *r, int32_t n);

/* Safe on a zeroed struct, which it leaves. */
void row_release(struct row *r);

/* A mark of src says wm_ms; by maximum, as the judge does. Other sources than the
 * row's are ignored: the stage complains of them elsewhere. */
void row_note(struct row *r, int32_t src, int64_t wm_ms);

/* WM_NONE until all sources were heard of, WM_END when all have ended. O(n). */
int64_t row_min(const struct row *r);

#endif
