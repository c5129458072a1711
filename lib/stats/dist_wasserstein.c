/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/distance_inner.h"

/* |F - G| integrated up to a point that moves up the axis. */
struct sweep {
    double n, m; /* sizes                        */
    double f, g; /* counts at or below the point */
    double at;   /* the point; NaN before any    */
    double area;
};

/* Moves the point up to x and adds the mass that lies there. */
static void sweep_step(struct sweep *s, double x, uint64_t f, uint64_t g)
{
    if (f + g == 0)
        return;
    if (x > s->at)
        s->area += fabs(s->f / s->n - s->g / s->m) * (x - s->at);
    if (!(x <= s->at))
        s->at = x;
    s->f += (double)f;
    s->g += (double)g;
}

double dist_wasserstein_cells(const uint64_t *ref, const int64_t *ref_sum, const uint64_t *cur,
                              const int64_t *cur_sum, size_t cells)
{
    struct sweep s = { .n = (double)total(ref, cells),
                       .m = (double)total(cur, cells),
                       .at = (double)NAN };

    if (s.n == 0.0 || s.m == 0.0)
        return (double)NAN;
    for (size_t i = 0; i < cells; i++) {
        double x = ref[i] > 0 ? (double)ref_sum[i] / (double)ref[i] : 0.0;
        double y = cur[i] > 0 ? (double)cur_sum[i] / (double)cur[i] : 0.0;

        if (x <= y)
            sweep_step(&s, x, ref[i], 0);
        sweep_step(&s, y, 0, cur[i]);
        if (x > y)
            sweep_step(&s, x, ref[i], 0);
    }
    return s.area;
}
