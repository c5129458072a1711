/* SPDX-License-Identifier: MIT */
/* monitored.h -- the numbers of a score that are watched, in the order of every baseline.
 *
 * The four scores, then what the bundle monitors. A stream of errors (drift/label_error.h) holds
 * records of the same shape, of which only the features are watched: the scores in them are those
 * of the predictions that were judged. Which of the two a baseline is for, the name of its first
 * feature says. */
#ifndef DRIFT_MONITORED_H
#define DRIFT_MONITORED_H

#include <stdbool.h>
#include <stddef.h>

#include "record/output.h"
#include "record/score.h"

enum { MONITORED_SCORES = OUTPUT_N };

/* Is it the name of a score? */
bool monitored_is_score(struct slice name);

/* So many scores stand before the features of a baseline whose first feature has this name:
 * MONITORED_SCORES or 0. */
size_t monitored_scores(const char *first);

/* Writes scores + s->features.n numbers. */
void monitored_put(const struct score *s, size_t scores, double *x);

/* The other way round, of at least scores numbers, which s->features borrows. */
void monitored_take(struct doubles row, size_t scores, struct score *s);

#endif
