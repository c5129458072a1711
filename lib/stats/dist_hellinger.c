/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"

double dist_hellinger(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++) {
        double gap = sqrt(smoothed(ref[i], n, bins)) - sqrt(smoothed(cur[i], m, bins));

        sum += gap * gap;
    }
    return sqrt(sum / 2.0);
}
