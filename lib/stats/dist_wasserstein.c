/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"

/* |F - G| integrated up to a point that moves up the axis. Without a branch on which side's
 * point is lower: that is anybody's guess. */
struct sweep {
    double n, m;   /* sizes                                    */
    uint64_t of_n; /* counts at or below the point             */
    uint64_t of_m;
    double f, g; /* of_n / n and of_m / m                    */
    double at;   /* the point                                */
    double area;
};

static double at_least(double least, double x)
{
    return x > least ? x : least;
}

/* Over a cell with a values of mean x on one side, b of mean y on the other. */
static inline void sweep_cell(struct sweep *s, uint64_t a, double x, uint64_t b, double y)
{
    const double low = at_least(s->at, x < y ? x : y);
    const double high = at_least(low, x < y ? y : x);
    const double before = s->of_n + s->of_m > 0 ? low - s->at : 0.0;

    s->of_n += a;
    s->of_m += b;
    const double f = real(s->of_n) / s->n;
    const double g = real(s->of_m) / s->m;
    const double x_first = f - s->g;
    const double y_first = s->f - g;

    s->area += fabs(s->f - s->g) * before;
    s->area += fabs(x <= y ? x_first : y_first) * (high - low);
    s->f = f;
    s->g = g;
    s->at = high;
}

double dist_wasserstein_cells(const uint64_t *ref, const int64_t *ref_sum, const uint64_t *cur,
                              const int64_t *cur_sum, size_t cells)
{
    struct sweep s = { .n = real(total(ref, cells)),
                       .m = real(total(cur, cells)),
                       .at = (double)-INFINITY };

    if (s.n == 0.0 || s.m == 0.0)
        return (double)NAN;
    for (size_t i = 0; i < cells; i++) {
        if (ref[i] + cur[i] == 0)
            continue;
        const double mean = (double)ref_sum[i] / (ref[i] > 0 ? real(ref[i]) : 1.0);
        const double y = cur[i] > 0 ? (double)cur_sum[i] / real(cur[i]) : mean;

        sweep_cell(&s, ref[i], ref[i] > 0 ? mean : y, cur[i], y);
    }
    return s.area;
}
