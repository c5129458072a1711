/* SPDX-License-Identifier: MIT */
/* aspects.h -- what a comment talks about, and how.
 *
 * An aspect is a term of the taxonomy that the comment names. Its sentiment is that of
 * its clause: the tokens around the term up to a contrasting word or a sign that ends
 * a clause. */
#ifndef SCORE_ASPECTS_H
#define SCORE_ASPECTS_H

#include "base/arena.h"
#include "base/err.h"
#include "record/score.h"
#include "score/reading.h"
#include "score/taxonomy.h"

enum { ASPECTS_MAX = 16 };

/* The aspects of a comment in the order of the text, at most ASPECTS_MAX; each
 * term once. Categories and terms are borrowed from the taxonomy, the list lives
 * in a. ST_FATAL: memory. O(tokens). */
MUST_USE enum status aspects_find(const struct taxonomy *t, const struct reading *r,
                                  struct arena *a, struct aspect_list *out, struct err *err);

#endif
