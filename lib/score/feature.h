/* SPDX-License-Identifier: MIT */
/* feature.h -- the registry of features: one row a feature.
 *
 * A bundle names the features of its model, in order; training and scoring go
 * through the same rows, so the two cannot differ. A new feature of a comment is
 * one row and one pure function. Each is finite and within its range for any
 * bytes; those of MiniLM are NaN where it was not asked. */
#ifndef SCORE_FEATURE_H
#define SCORE_FEATURE_H

#include <stddef.h>

#include "base/slice.h"
#include "score/reading.h"

struct feature {
    const char *name;
    const char *unit;
    double min, max; /* both inclusive */
    double (*of)(const struct reading *r);
    const char *doc;
};

/* All rows, in the order of the default model. */
extern const struct feature feature_table[];
extern const size_t feature_n;

/* The row of a name; NULL: there is none. O(rows). */
const struct feature *feature_find(struct slice name);

/* What it is made of. */
enum feature_source {
    FEATURE_OF_TEXT,
    FEATURE_OF_VECTORS, /* 0 without score/vectors.h          */
    FEATURE_OF_MINILM,  /* the same without model/minilm.h    */
};

enum feature_source feature_source(const struct feature *f);

#endif
