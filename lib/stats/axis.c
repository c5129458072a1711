/* SPDX-License-Identifier: MIT */
#include "stats/axis.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "stats/distance.h"
#include "stats/distance_inner.h"
#include "stats/wide.h"

struct axis {
    const uint64_t *counts;
    const int64_t *sums;
    size_t cells;
    double n;
    double *mean;  /* of each cell; NaN where there is none. share is in the same block */
    double *share; /* at or below each cell */
};

struct axis *axis_new(const uint64_t *counts, const int64_t *sums, size_t cells)
{
    struct axis *a = calloc(1, sizeof(*a));
    uint64_t below = 0;

    if (a)
        a->mean = malloc(2 * cells * sizeof(*a->mean));
    if (!a || !a->mean) {
        free(a);
        return NULL;
    }
    a->counts = counts;
    a->sums = sums;
    a->cells = cells;
    a->share = a->mean + cells;
    a->n = real(total(counts, cells));
    for (size_t i = 0; i < cells; i++) {
        below += counts[i];
        a->share[i] = a->n > 0.0 ? real(below) / a->n : 0.0;
        a->mean[i] = counts[i] > 0 ? (double)sums[i] / real(counts[i]) : (double)NAN;
    }
    return a;
}

void axis_free(struct axis *a)
{
    if (!a)
        return;
    free(a->mean);
    free(a);
}

/* Where a window's cells are. */
struct window_cells {
    const uint64_t *counts;
    const int64_t *sums;
    size_t at;
    uint64_t below; /* counts before at */
};

/* Those of the next cells that hold something on either side, until there are enough. */
static size_t take_cells(const struct axis *a, struct window_cells *w, struct wide_sweep *s)
{
    size_t n = 0;

    for (; w->at < a->cells && n < WIDE_BLOCK; w->at++) {
        const uint64_t count = w->counts[w->at];

        w->below += count;
        s->below[n] = real(w->below);
        s->count[n] = real(count);
        s->sum[n] = (double)w->sums[w->at];
        s->f[n + 1] = a->share[w->at];
        s->x[n + 1] = a->mean[w->at];
        n += count > 0 || !isnan(a->mean[w->at]) ? 1 : 0;
    }
    return n;
}

struct axis_distances axis_measure(const struct axis *a, const uint64_t *counts,
                                   const int64_t *sums)
{
    struct window_cells w = { .counts = counts, .sums = sums };
    struct axis_distances d = { (double)NAN, (double)NAN };
    struct wide_sweep s;
    size_t n;

    s.m = real(total(counts, a->cells));
    s.most = 0.0;
    s.descends = 0;
    s.f[0] = 0.0;
    s.g[0] = 0.0;
    s.x[0] = -DBL_MAX; /* low enough; nothing lies between it and the first point */
    s.y[0] = -DBL_MAX;
    if (a->n == 0.0 || s.m == 0.0)
        return d;
    for (d.wasserstein = 0.0; (n = take_cells(a, &w, &s)) > 0;) {
        wide()->sweep(&s, n);
        for (size_t i = 0; i < n; i++) {
            d.wasserstein += s.between[i];
            d.wasserstein += s.within[i];
        }
    }
    d.ks = s.most;
    if (s.descends)
        d.wasserstein = dist_wasserstein_cells(a->counts, a->sums, counts, sums, a->cells);
    return d;
}
