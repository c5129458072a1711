/* SPDX-License-Identifier: MIT */
#include "prop.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t env_u64(const char *name, uint64_t dflt)
{
    const char *s = getenv(name);

    return s ? strtoull(s, NULL, 10) : dflt;
}

struct prop prop_begin(int cases)
{
    struct prop p = { 0 };

    p.seed = env_u64("PROP_SEED", 20240501);
    p.cases = (int)env_u64("PROP_CASES", (uint64_t)cases);
    p.state = p.seed;
    printf("# PROP_SEED=%llu PROP_CASES=%d\n", (unsigned long long)p.seed, p.cases);
    return p;
}

uint64_t prop_seeds(uint64_t seeds)
{
    return env_u64("CHECK_SEEDS", seeds);
}

uint64_t prop_u64(struct prop *p)
{
    uint64_t z = (p->state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t prop_below(struct prop *p, uint64_t n)
{
    return prop_u64(p) % n;
}

double prop_double(struct prop *p, double lo, double hi)
{
    return lo + (hi - lo) * ((double)(prop_u64(p) >> 11) * 0x1.0p-53);
}
