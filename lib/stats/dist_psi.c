/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"
#include "stats/wide.h"
#include "stats/xmath.h"

double dist_share(const uint64_t *counts, size_t bins, size_t i)
{
    return smoothed(counts[i], total(counts, bins), bins);
}

double dist_psi_part(const uint64_t *ref, const uint64_t *cur, size_t bins, size_t i)
{
    const double p = dist_share(ref, bins, i);
    const double q = dist_share(cur, bins, i);

    return (q - p) * xlog(q / p);
}

double dist_psi(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double gap[DIST_BLOCK];
    double log[DIST_BLOCK];
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t at = 0; at < bins; at += DIST_BLOCK) {
        const size_t k = bins - at < DIST_BLOCK ? bins - at : DIST_BLOCK;

        for (size_t i = 0; i < k; i++) {
            const double p = smoothed(ref[at + i], n, bins);
            const double q = smoothed(cur[at + i], m, bins);

            gap[i] = q - p;
            log[i] = q / p;
        }
        wide()->log(log, k);
        for (size_t i = 0; i < k; i++)
            sum += gap[i] * log[i];
    }
    return sum;
}

double dist_psi_noise(double n, double m, size_t bins)
{
    return ((double)bins - 1.0) * (1.0 / n + 1.0 / m);
}
