/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

/* Loops over j outside and i inside: those inside do not wait for each other. */
static void count_ranks(const double *p, size_t n, double *rank)
{
    for (size_t i = 0; i < n; i++)
        rank[i] = 0;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            rank[i] += p[j] <= p[i] ? 1.0 : 0.0;
}

/* The least q of all that are at or above. In place, since a minimum that was already taken only
 * brings in values at or above too. */
static void make_monotone(const double *p, size_t n, double *q)
{
    for (size_t j = 0; j < n; j++) {
        const double at = p[j];
        const double least = q[j];

        if (least >= 1.0)
            continue;
        for (size_t i = 0; i < n; i++)
            q[i] = at >= p[i] && least < q[i] ? least : q[i];
    }
}

void dist_bh(const double *p, size_t n, double *q)
{
    double family = 0;

    for (size_t i = 0; i < n; i++)
        family += isnan(p[i]) ? 0 : 1;
    count_ranks(p, n, q);
    for (size_t i = 0; i < n; i++)
        q[i] = isnan(p[i]) ? p[i] : fmin(p[i] * family / q[i], 1.0);
    make_monotone(p, n, q);
}
