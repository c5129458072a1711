/* SPDX-License-Identifier: MIT */
/* prop.h -- property tests without a library: n random cases, the seed printed.
 *
 * PROP_SEED=... repeats a run; PROP_CASES=... sets the number of cases, and
 * CHECK_SEEDS=... that of the seeds of the expensive tests under tests/check. */
#ifndef PROP_H
#define PROP_H

#include <stdint.h>

struct prop {
    uint64_t state; /* splitmix64 */
    uint64_t seed;
    int cases;
};

struct prop prop_begin(int cases);
uint64_t prop_u64(struct prop *p);
uint64_t prop_below(struct prop *p, uint64_t n); /* 0..n-1, n > 0 */
uint64_t prop_seeds(uint64_t seeds);
double prop_double(struct prop *p, double lo, double hi);

#endif
