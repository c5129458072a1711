/* SPDX-License-Identifier: MIT */
/* distance_inner.h -- what the distances share: totals and smoothed shares. */
#ifndef STATS_DISTANCE_INNER_H
#define STATS_DISTANCE_INNER_H

#include <stddef.h>
#include <stdint.h>

enum { DIST_BLOCK = 64 }; /* bins whose logarithms are taken together */

/* A count as a double: below 2^63, so that one instruction does it. */
static inline double real(uint64_t count)
{
    return (double)(int64_t)count;
}

static inline uint64_t total(const uint64_t *counts, size_t bins)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < bins; i++)
        sum += counts[i];
    return sum;
}

/* Half a count in every bin: no share is 0. */
static inline double smoothed(uint64_t count, uint64_t n, size_t bins)
{
    return (real(count) + 0.5) / (real(n) + (double)bins / 2.0);
}

#endif
