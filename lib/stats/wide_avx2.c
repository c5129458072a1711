/* SPDX-License-Identifier: MIT */
/* The loops of wide.h for AVX2, by an attribute: the program runs on a CPU without. Elsewhere this
 * is the portable ones again. */
#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE_TARGET __attribute__((target("avx2")))
#else
#define WIDE_TARGET
#endif

#define WIDE_NAME wide_avx2
#include "stats/wide_loops.h"
