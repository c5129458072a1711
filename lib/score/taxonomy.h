/* SPDX-License-Identifier: MIT */
/* taxonomy.h -- the terms that aspects are known by, each of a category.
 *
 * A table has lines of "category TAB term", a term of one to three words. Words are
 * compared in lower case without a plural s. A user's own table is read by the same
 * rules (score.taxonomy). */
#ifndef SCORE_TAXONOMY_H
#define SCORE_TAXONOMY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum { TAXONOMY_TERMS_MAX = 20000, TERM_WORDS_MAX = 3, CATEGORY_BYTES_MAX = 64 };

struct term {
    uint64_t key; /* hash of its stems */
    struct slice category;
    struct slice term; /* its normal form */
};

struct taxonomy;

/* Reads a table; none has no terms. ST_FATAL: a line that is not so ("line 3: ..."), or
 * memory. */
MUST_USE enum status taxonomy_new(struct slice tsv, struct taxonomy **out, struct err *err);
void taxonomy_free(struct taxonomy *t);

size_t taxonomy_n(const struct taxonomy *t);

/* The terms one after the other, in an order that the table alone decides: the first after
 * NULL, NULL after the last. Borrowed until a term is added. */
const struct term *taxonomy_next(const struct taxonomy *t, const struct term *after);

/* The term of n <= TERM_WORDS_MAX words in their normal form. NULL: there is none. O(1). */
const struct term *taxonomy_find(const struct taxonomy *t, const struct slice *words, size_t n);

/* Adds a word in its normal form (copied) to a category that a term of t has (borrowed).
 * ST_FATAL: memory, or there are TAXONOMY_TERMS_MAX already. */
MUST_USE enum status taxonomy_add(struct taxonomy *t, struct slice category, struct slice word,
                                  struct err *err);

/* A word without a plural or possessive s: "prices", "price's" -> "price". Borrowed. */
struct slice taxonomy_stem(struct slice word);

#endif
