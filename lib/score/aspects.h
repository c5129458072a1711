/* SPDX-License-Identifier: MIT */
/* aspects.h -- what a comment talks about, and how.
 *
 * A taxonomy is a table of "category TAB term" lines; a term is one to three
 * words. Words are compared in lower case without a plural s. The sentiment of
 * an aspect is that of its clause: the tokens around the term up to a
 * contrasting word or a sign that ends a clause. */
#ifndef SCORE_ASPECTS_H
#define SCORE_ASPECTS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "record/score.h"
#include "score/reading.h"

enum { TAXONOMY_TERMS_MAX = 20000, TERM_WORDS_MAX = 3, ASPECTS_MAX = 16 };

struct taxonomy;

/* Reads a table. ST_FATAL: a line that is not so ("line 3: ..."), or memory. */
MUST_USE enum status taxonomy_new(struct slice tsv, struct taxonomy **out, struct err *err);
void taxonomy_free(struct taxonomy *t);

/* The aspects of a comment in the order of the text, at most ASPECTS_MAX; each
 * term once. Categories and terms are borrowed from the taxonomy, the list lives
 * in a. ST_FATAL: memory. O(tokens). */
MUST_USE enum status aspects_find(const struct taxonomy *t, const struct reading *r,
                                  struct arena *a, struct aspect_list *out, struct err *err);

#endif
