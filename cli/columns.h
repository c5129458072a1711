/* SPDX-License-Identifier: MIT */
/* columns.h -- the monitored vectors of many comments, column by column. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/category.h"
#include "drift/facet.h"
#include "record/score.h"

/* About 500 MB with 29 features. */
enum { COLUMNS_ROWS_MAX = 2000000 };

struct columns {
    size_t n;       /* features: scores, then score.features (drift/monitored.h) */
    size_t scores;  /* so many of them                                           */
    double *row;    /* of the score at hand                                      */
    double **value; /* n columns of rows values, then one a facet: numbers of its words */
    const struct facet *facet[FACETS_MAX];
    struct dictionary words[FACETS_MAX];
    size_t facets;
    uint64_t *video;  /* hash                                           */
    int64_t *arrival; /* ms                                             */
    size_t *moved;    /* sorted: the row that was the i-th when it was added is this one */
    size_t rows;
    size_t cap;
};

/* ST_FATAL: memory. Release in any case. */
MUST_USE enum status columns_init(struct columns *c, size_t scores, size_t features,
                                  struct err *err);

/* Before the first row: keeps facets as categories too, of a list with commas; NULL: of none.
 * ST_FATAL: memory; "usage: --categories ...", what is no facet, has no categories or is there
 * twice. */
MUST_USE enum status columns_categories(struct columns *c, const char *list, struct err *err);

void columns_release(struct columns *c);

/* Adds a row. ST_REJECT: it came at no time, which a file that somebody wrote may say; ST_FATAL:
 * memory, over COLUMNS_ROWS_MAX ("usage: ..."), or another number of features. */
MUST_USE enum status columns_add(struct columns *c, const struct score *s, struct err *err);

/* Puts the rows in the order of their arrival; equal ones stay in theirs. */
MUST_USE enum status columns_sort(struct columns *c, struct err *err);

#endif
