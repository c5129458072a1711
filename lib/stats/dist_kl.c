/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"
#include "stats/xmath.h"

double dist_kl(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++) {
        double q = smoothed(cur[i], m, bins);

        sum += q * xlog(q / smoothed(ref[i], n, bins));
    }
    return sum > 0.0 ? sum : 0.0;
}
