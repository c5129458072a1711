/* SPDX-License-Identifier: MIT */
/* ages.h -- how many entries of a set are not older than a moment that moves on.
 *
 * A count a step of time, in order; what lies before the floor is not counted.
 * So the answer costs O(1), however large the set. */
#ifndef SCORE_AGES_H
#define SCORE_AGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct age {
    int64_t from; /* [from, from + step) */
    size_t n;
};

/* Zeroed but for step_ms > 0 and floor_ms = INT64_MIN it is empty. */
struct ages {
    int64_t step_ms;
    int64_t floor_ms; /* a multiple of step_ms; INT64_MIN: all is counted */
    size_t total;
    struct age *v; /* v[head] to v[n - 1], ascending */
    size_t head;
    size_t n;
    size_t max;
};

/* Frees the counts; safe on a zeroed struct. */
void ages_release(struct ages *a);

/* The start of the step that holds t; the first one begins at INT64_MIN. */
int64_t ages_step(const struct ages *a, int64_t t);

/* Room for one more step; false: out of memory. Before each ages_add(). */
bool ages_reserve(struct ages *a);

/* One more entry, one less, of time t. O(log of the steps held) but for a step
 * that is new and not the last. */
void ages_add(struct ages *a, int64_t t);
void ages_take(struct ages *a, int64_t t);

/* Raises the floor to the step that holds t; never lowers it. Amortised O(1). */
void ages_forget(struct ages *a, int64_t t);

#endif
