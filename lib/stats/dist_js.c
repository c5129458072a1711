/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"
#include "stats/wide.h"

/* What p ln(p / mid) takes its logarithm of, with 0 ln 0 = 0. */
static double ratio(double p, double mid)
{
    return p > 0.0 ? p / mid : 1.0;
}

double dist_js(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double share[2 * DIST_BLOCK]; /* of ref, then of cur, by turns */
    double log[2 * DIST_BLOCK];
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t at = 0; at < bins; at += DIST_BLOCK) {
        const size_t k = bins - at < DIST_BLOCK ? bins - at : DIST_BLOCK;

        for (size_t i = 0; i < k; i++) {
            const double p = real(ref[at + i]) / real(n);
            const double q = real(cur[at + i]) / real(m);
            const double mid = (p + q) / 2.0;

            share[2 * i] = p;
            share[2 * i + 1] = q;
            log[2 * i] = ratio(p, mid);
            log[2 * i + 1] = ratio(q, mid);
        }
        wide()->log(log, 2 * k);
        for (size_t i = 0; i < 2 * k; i++)
            sum += share[i] * log[i];
    }
    return sum > 0.0 ? sqrt(sum / 2.0) : 0.0;
}
