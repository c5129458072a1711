/* SPDX-License-Identifier: MIT */
/* rows.h -- CSV rows as JSON objects: the header's names as keys, the cells as
 * strings. Bytes stay as they are (ingest repairs UTF-8), but for a NUL, which
 * JSON cannot hold: it goes on as the byte FF, for ingest to replace and count. */
#ifndef PRODUCERS_IMPORT_ROWS_H
#define PRODUCERS_IMPORT_ROWS_H

#include <stdbool.h>

#include "base/err.h"
#include "producers/import/split.h"
#include "producers/import/window.h"

struct rows;

/* Reads the header; w is borrowed. ST_FATAL: cannot be read, or no memory. */
MUST_USE enum status rows_new(struct window *w, struct rows **out, struct err *err);

/* NULL is fine. */
void rows_free(struct rows *r);

/* Fills value and shape of rec with the next row. */
MUST_USE enum status rows_next(struct rows *r, struct raw_record *rec, bool *more, struct err *err);

#endif
