/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

void dist_bh(const double *p, size_t n, double *q)
{
    size_t family = 0;

    for (size_t i = 0; i < n; i++)
        family += isnan(p[i]) ? 0 : 1;
    for (size_t i = 0; i < n; i++) {
        size_t rank = 0;

        for (size_t j = 0; j < n; j++)
            rank += p[j] <= p[i];
        q[i] = isnan(p[i]) ? p[i] : fmin(p[i] * (double)family / (double)rank, 1.0);
    }
    /* Made monotone: the least q of all that are at or above. In place, since a
     * minimum that was already taken only brings in values at or above too. */
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            q[i] = p[j] >= p[i] && q[j] < q[i] ? q[j] : q[i];
    }
}
