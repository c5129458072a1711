/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"
#include "stats/xmath.h"

static double psi_term(double p, double q)
{
    return (q - p) * xlog(q / p);
}

double dist_share(const uint64_t *counts, size_t bins, size_t i)
{
    return smoothed(counts[i], total(counts, bins), bins);
}

double dist_psi_part(const uint64_t *ref, const uint64_t *cur, size_t bins, size_t i)
{
    return psi_term(dist_share(ref, bins, i), dist_share(cur, bins, i));
}

double dist_psi(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++)
        sum += psi_term(smoothed(ref[i], n, bins), smoothed(cur[i], m, bins));
    return sum;
}

double dist_psi_noise(double n, double m, size_t bins)
{
    return ((double)bins - 1.0) * (1.0 / n + 1.0 / m);
}
