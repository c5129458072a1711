/* SPDX-License-Identifier: MIT */
/* kindred.h -- words that a taxonomy does not list, and that mean what its terms mean.
 *
 *     terms of a category --vectors, each of length 1--> their mean direction
 *     a word of the vocabulary --cosine with each of these--> the nearest category
 *
 * How near is near enough, the terms themselves say: each is taken out of its category and
 * placed again. Of those that come home, a share `apart` is less near than the threshold; a
 * category in which fewer than half come home, or of fewer than KINDRED_TERMS_MIN terms, says
 * too little of what belongs to it and gets no words. (The nearest centroid, or Rocchio's,
 * classifier: Manning et al., Introduction to Information Retrieval, 14.2.)
 *
 * Only whole words of letters that are no opinion (the lexicon) become terms: an aspect is what
 * an opinion is of. Everything is decided when the tables are loaded, from the tables alone; a
 * comment costs what it cost before. */
#ifndef SCORE_KINDRED_H
#define SCORE_KINDRED_H

#include "score/lexicon.h"
#include "score/taxonomy.h"
#include "score/vectors.h"

enum { KINDRED_TERMS_MIN = 3, KINDRED_CATEGORIES_MAX = 256, KINDRED_CHARS_MIN = 3 };

/* Adds the kindred words of a vocabulary to a taxonomy; apart is 0..1. ST_FATAL: memory, or too
 * many categories. O(pieces x categories x dimensions): a tenth of a second for 30,000 pieces
 * and 15 categories. */
MUST_USE enum status kindred_add(struct taxonomy *t, const struct vectors *v,
                                 const struct lexicon *lex, double apart, struct err *err);

#endif
