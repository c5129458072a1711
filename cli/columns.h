/* SPDX-License-Identifier: MIT */
/* columns.h -- the monitored vectors of many comments, column by column. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/score.h"

/* About 500 MB with 29 features. */
enum { COLUMNS_ROWS_MAX = 2000000 };

struct columns {
    size_t n;         /* features: the four scores, then score.features */
    double **value;   /* n columns of rows values                       */
    uint64_t *video;  /* hash                                           */
    int64_t *arrival; /* ms                                             */
    size_t *moved;    /* sorted: the row that was the i-th when it was added is this one */
    size_t rows;
    size_t cap;
};

/* ST_FATAL: memory. Release in any case. */
MUST_USE enum status columns_init(struct columns *c, size_t n, struct err *err);

void columns_release(struct columns *c);

/* Adds a row. ST_FATAL: memory, over COLUMNS_ROWS_MAX ("usage: ..."), or another
 * number of features. */
MUST_USE enum status columns_add(struct columns *c, const struct score *s, struct err *err);

/* Puts the rows in the order of their arrival; equal ones stay in theirs. */
MUST_USE enum status columns_sort(struct columns *c, struct err *err);

#endif
