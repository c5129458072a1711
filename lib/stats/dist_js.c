/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"
#include "stats/xmath.h"

double dist_js(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++) {
        double p = (double)ref[i] / (double)n;
        double q = (double)cur[i] / (double)m;
        double mid = (p + q) / 2.0;

        sum += p > 0.0 ? p * xlog(p / mid) : 0.0;
        sum += q > 0.0 ? q * xlog(q / mid) : 0.0;
    }
    return sum > 0.0 ? sqrt(sum / 2.0) : 0.0;
}
