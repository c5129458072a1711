/* SPDX-License-Identifier: MIT */
/* matrix.h -- how far time has come: wm[scores partition][source].
 *
 * A source (a raw partition) is spread over all scores partitions, and each is
 * read at its own pace. That a mark of the source came through one of them says
 * nothing of the others, so a boundary has passed only when every source's
 * watermark has passed it in every partition: the minimum over the whole matrix.
 * (With one watermark a source, 448 of 5,371 records came after their window
 * had closed; with the matrix none.)
 *
 * Marks are progress only and come in any order over a restart: each is folded
 * in by maximum, and one that is behind what was known is stale: counted by the
 * caller, not obeyed. A newer epoch may bring more sources; until each row has
 * heard of all of them the minimum is WM_NONE. */
#ifndef DRIFT_MATRIX_H
#define DRIFT_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/mark.h"

enum { MATRIX_CELLS_MAX = 16384 };

struct matrix {
    int32_t parts;
    int32_t epoch; /* newest seen; 0 before the first mark */
    int32_t count; /* sources in it                        */
    int64_t *wm;   /* wm[part * count + src]               */
};

/* parts rows and no columns yet. */
void matrix_init(struct matrix *m, int32_t parts);
void matrix_release(struct matrix *m);

/* From what was stored; n must be parts * count. ST_REJECT: it is not, or too
 * large; ST_FATAL: memory. */
MUST_USE enum status matrix_load(struct matrix *m, int32_t epoch, int32_t count, const int64_t *wm,
                                 size_t n, struct err *err);

/* Folds in what partition part says; *stale when it was behind. ST_FATAL with
 * "config: " when the mark's sources do not fit what is known: another number of
 * them in the same epoch, fewer in a newer one, or too many. */
MUST_USE enum status matrix_fold(struct matrix *m, int32_t part, const struct mark *mark,
                                 bool *stale, struct err *err);

/* The minimum; WM_NONE while a cell is unknown. O(parts * count). */
int64_t matrix_min(const struct matrix *m);

/* The cell that holds everything up, the first such; false when there is none. */
bool matrix_slowest(const struct matrix *m, int32_t *part, int32_t *src);

/* Folds a later mark of the same source and partition into an earlier one, by
 * the same rule; true when it was stale (nothing changed). */
bool mark_fold(struct mark *into, const struct mark *later);

#endif
