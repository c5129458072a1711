/* SPDX-License-Identifier: MIT */
/* rows.h -- the rows of files of judgements: JSON lines when the first byte is a {, else CSV or TSV
 * with a header that names fields of the schema. Other columns are not looked at. */
#ifndef PRODUCERS_LABEL_ROWS_H
#define PRODUCERS_LABEL_ROWS_H

#include <stddef.h>

#include "producers/label/row.h"

enum { LABEL_ROWS_MAX = 2000000 };

struct label_rows {
    struct arena *a; /* borrowed: of all text */
    struct label_row *v;
    size_t n;
    size_t cap;
    size_t dead;
};

/* Frees the rows, not the arena. */
void label_rows_release(struct label_rows *rows);

/* Adds all rows of a file's bytes; those that are no labels too, as dead. ST_REJECT: a CSV without
 * a column comment_id, or more than LABEL_ROWS_MAX; ST_FATAL: memory. */
MUST_USE enum status label_rows_add(struct label_rows *rows, struct slice bytes,
                                    const struct label_rules *rules, struct err *err);

/* Says that a row is none; why never holds the row's text. ST_FATAL: memory. */
MUST_USE enum status label_rows_kill(struct label_rows *rows, struct label_row *row,
                                     enum dead_reason reason, const char *why, struct err *err);

#endif
