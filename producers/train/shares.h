/* SPDX-License-Identifier: MIT */
/* shares.h -- what the training rows have of things that have categories (aspects, languages):
 * columns of the baseline beside those of numbers (drift/category.h). */
#ifndef TRAIN_SHARES_H
#define TRAIN_SHARES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "drift/baseline.h"
#include "drift/category.h"
#include "drift/facet.h"
#include "record/score.h"

struct shares {
    const struct facet *facet[FACETS_MAX];
    struct dictionary words[FACETS_MAX];
    double *value[FACETS_MAX]; /* a column each, in an arena */
    size_t n, rows;
};

/* Of the facets in a list with commas; NULL: of none. Release in any case. ST_FATAL "usage:
 * --categories ...": what is no facet, has no categories or is there twice; memory. */
MUST_USE enum status shares_init(struct shares *s, const char *list, struct err *err);
void shares_release(struct shares *s);

/* Before the first row: room for so many. */
MUST_USE enum status shares_room(struct shares *s, size_t rows, struct arena *a, struct err *err);

/* Adds a row. ST_FATAL: memory. */
MUST_USE enum status shares_add(struct shares *s, const struct score *row, struct err *err);

/* The columns in which any row has a value, as baseline_build() wants them; how many. */
size_t shares_words(struct shares *s, struct baseline_words out[FACETS_MAX]);

#endif
