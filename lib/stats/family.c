/* SPDX-License-Identifier: MIT */
#include "stats/family.h"

#include <math.h>

#define MONTH_MS 2592000000.0 /* 30 days */

double family_bonferroni(double p, size_t tests)
{
    return fmin(1, p * (double)tests);
}

double family_simes(const double *p, size_t n)
{
    double least = (double)NAN;
    size_t known = 0;

    for (size_t i = 0; i < n; i++)
        known += isnan(p[i]) ? 0 : 1;
    for (size_t i = 0; i < n; i++) {
        size_t rank = 0; /* of p[i], ties at their end */

        if (isnan(p[i]))
            continue;
        for (size_t k = 0; k < n; k++)
            rank += p[k] <= p[i] ? 1 : 0;
        least = fmin(least, p[i] * (double)known / (double)rank);
    }
    return least;
}

double family_share(int is_all, int all_is_due, size_t due)
{
    if (due <= 1)
        return 1;
    if (!all_is_due)
        return 1 / (double)due;
    return is_all ? 0.5 : 0.5 / (double)(due - 1);
}

double family_level(double per_month, int64_t pane_ms)
{
    return fmin(1, per_month * (double)pane_ms / MONTH_MS);
}
