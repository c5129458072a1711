/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"
#include "stats/special.h"

/* One cell's part of the statistic; Yates moves it up to 1/2 nearer. */
static double chi2_term(double observed, double expected, double yates)
{
    double gap = fabs(observed - expected);

    gap -= fmin(yates, gap);
    return gap * gap / expected;
}

static size_t held(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    size_t k = 0;

    for (size_t i = 0; i < bins; i++)
        k += ref[i] + cur[i] > 0 ? 1 : 0;
    return k;
}

struct chi2 dist_chi2(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const double n = (double)total(ref, bins);
    const double m = (double)total(cur, bins);
    const size_t k = held(ref, cur, bins);
    const double yates = k == 2 ? 0.5 : 0.0;
    double stat = 0.0;

    if (n == 0.0 || m == 0.0)
        return (struct chi2){ (double)NAN, (double)NAN, (double)NAN };
    if (k == 1)
        return (struct chi2){ 0.0, 0.0, 1.0 };
    for (size_t i = 0; i < bins; i++) {
        double both = (double)ref[i] + (double)cur[i];

        if (both == 0.0)
            continue;
        stat += chi2_term((double)ref[i], both * (n / (n + m)), yates);
        stat += chi2_term((double)cur[i], both * (m / (n + m)), yates);
    }
    double dof = (double)(k - 1);
    return (struct chi2){ stat, dof, special_chi2_sf(stat, dof) };
}

double dist_chi2_p(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    return dist_chi2(ref, cur, bins).p;
}
