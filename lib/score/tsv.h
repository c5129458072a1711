/* SPDX-License-Identifier: MIT */
/* tsv.h -- lines of a TAB-separated table, one after the other. Empty lines and
 * lines that start with "# " are skipped; a CR before the LF is dropped. */
#ifndef SCORE_TSV_H
#define SCORE_TSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum { TSV_FIELDS_MAX = 4 };

struct tsv {
    struct slice rest;
    size_t line; /* number of the line that was read last, from 1 */
    struct slice field[TSV_FIELDS_MAX];
    size_t n; /* fields of that line; one more than the maximum when there are more */
};

/* A table over text, borrowed. */
struct tsv tsv_over(struct slice text);

/* Reads the next line; false at the end. */
bool tsv_next(struct tsv *t);

/* A decimal number that fills the whole slice, finite. */
bool tsv_number(struct slice s, double *out);

#endif
