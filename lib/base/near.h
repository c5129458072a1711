/* SPDX-License-Identifier: MIT */
/* near.h -- "did you mean": the distance between two words. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

#include "base/slice.h"

enum { NEAR_MAX = 128 }; /* bytes; longer words are near to nothing */

/* Letters to insert, delete, replace or swap with a neighbour to turn a into b
 * (optimal string alignment); SIZE_MAX when a word is longer than NEAR_MAX.
 * O(a.n * b.n). */
size_t near_distance(struct slice a, struct slice b);

/* Whether a person who typed a may well have meant b: at most one slip in three
 * letters, and never more than three. */
bool near_enough(struct slice a, struct slice b, size_t distance);

#endif
