/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"

static double at_least(double least, double x)
{
    return x > least ? x : least;
}

/* |F - G| integrated from point to point; a cell has two, the means of its values on both sides.
 * Without a branch on which of them is lower: that is anybody's guess. */
double dist_wasserstein_cells(const uint64_t *ref, const int64_t *ref_sum, const uint64_t *cur,
                              const int64_t *cur_sum, size_t cells)
{
    const double n = real(total(ref, cells));
    const double m = real(total(cur, cells));
    uint64_t below_n = 0; /* at or below the last point of the cell */
    uint64_t below_m = 0;
    double f = 0.0; /* below_n / n, of the cell before         */
    double g = 0.0;
    double at = -INFINITY; /* the last point                          */
    double area = 0.0;

    if (n == 0.0 || m == 0.0)
        return (double)NAN;
    for (size_t i = 0; i < cells; i++) {
        if (ref[i] + cur[i] == 0)
            continue;
        const double mean = (double)ref_sum[i] / (ref[i] > 0 ? real(ref[i]) : 1.0);
        const double y = cur[i] > 0 ? (double)cur_sum[i] / real(cur[i]) : mean;
        const double x = ref[i] > 0 ? mean : y;
        const double low = at_least(at, x < y ? x : y);
        const double high = at_least(low, x < y ? y : x);
        const double before = below_n + below_m > 0 ? low - at : 0.0;

        below_n += ref[i];
        below_m += cur[i];
        const double next_f = real(below_n) / n;
        const double next_g = real(below_m) / m;
        const double ref_first = next_f - g;
        const double cur_first = f - next_g;

        area += fabs(f - g) * before;
        area += fabs(x <= y ? ref_first : cur_first) * (high - low);
        f = next_f;
        g = next_g;
        at = high;
    }
    return area;
}
