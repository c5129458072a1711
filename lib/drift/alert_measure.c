/* SPDX-License-Identifier: MIT */
/* The numbers of an alert, from its histograms alone. */
#include <math.h>
#include <stdlib.h>

#include "drift/alert.h"
#include "drift/window.h"
#include "stats/cells.h"
#include "stats/distance.h"

/* Both sides as the distances want them. Counts are not negative. */
struct sides {
    const uint64_t *before;
    const uint64_t *now;
    size_t cells;
    uint64_t bins_before[PSI_BINS_MAX];
    uint64_t bins_now[PSI_BINS_MAX];
    size_t bins;
};

static const uint64_t *as_counts(const struct longs *l)
{
    return (const void *)l->v;
}

static int64_t total(const struct longs *l)
{
    uint64_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        n += (uint64_t)l->v[i];
    return (int64_t)n;
}

static void fold(const struct alert *al, struct sides *s)
{
    *s = (struct sides){ .before = as_counts(&al->baseline_counts),
                         .now = as_counts(&al->window_counts),
                         .cells = al->baseline_counts.n };
    for (size_t i = 0; i < s->cells; i++) {
        size_t bin = (size_t)al->psi_bins.v[i];

        s->bins_before[bin] += s->before[i];
        s->bins_now[bin] += s->now[i];
        s->bins = bin + 1 > s->bins ? bin + 1 : s->bins;
    }
}

static int cmp_moved(const void *a, const void *b)
{
    const struct moved_bin *x = a;
    const struct moved_bin *y = b;

    if (x->psi_part != y->psi_part)
        return x->psi_part > y->psi_part ? -1 : 1;
    return (x->bin > y->bin) - (x->bin < y->bin);
}

static enum status measure_moved(struct alert *al, const struct sides *s, struct arena *a)
{
    struct moved_bin *v = arena_array(a, s->bins, sizeof(*v));

    if (!v)
        return ST_FATAL;
    for (size_t i = 0; i < s->bins; i++) {
        v[i] = (struct moved_bin){
            .bin = (int32_t)i,
            .share_before = dist_share(s->bins_before, s->bins, i),
            .share_now = dist_share(s->bins_now, s->bins, i),
            .psi_part = dist_psi_part(s->bins_before, s->bins_now, s->bins, i),
        };
    }
    qsort(v, s->bins, sizeof(*v), cmp_moved);
    al->moved = (struct moved_bin_list){ v, s->bins };
    return ST_OK;
}

/* Mean of the values, and their deviation were each at the mean of its cell. */
static void mean_and_sd(const struct longs *counts, const struct longs *sums, double unit,
                        double *mean, double *sd)
{
    double n = (double)total(counts);
    double sum = 0;
    double squares = 0;

    *mean = 0;
    *sd = 0;
    if (n == 0)
        return;
    for (size_t i = 0; i < sums->n; i++)
        sum += (double)sums->v[i];
    for (size_t i = 0; i < sums->n; i++) {
        double c = (double)counts->v[i];
        double d = c > 0 ? (double)sums->v[i] / c - sum / n : 0;

        squares += c * d * d;
    }
    *mean = sum / n * unit;
    *sd = sqrt(squares / n) * unit;
}

enum status alert_measure(struct alert *al, struct arena *a, struct err *err)
{
    struct sides s;
    double ks;
    double wasserstein;

    fold(al, &s);
    al->m = total(&al->baseline_counts);
    al->n = total(&al->window_counts);
    ks = dist_ks_cells(s.before, s.now, s.cells);
    wasserstein =
        dist_wasserstein_cells(s.before, al->baseline_sums.v, s.now, al->window_sums.v, s.cells);
    al->psi = defined(dist_psi(s.bins_before, s.bins_now, s.bins));
    al->js = defined(dist_js(s.bins_before, s.bins_now, s.bins));
    al->ks = defined(ks);
    al->wasserstein = defined(wasserstein * al->unit / fmax(al->baseline_sd, WINDOW_SD_MIN));
    al->p = (struct opt_double){ 0 };
    if (al->ks.has)
        al->p = defined(dist_ks_p(ks, al->n_eff, (double)al->m));
    mean_and_sd(&al->baseline_counts, &al->baseline_sums, al->unit, &al->moments.mean_before,
                &al->moments.sd_before);
    mean_and_sd(&al->window_counts, &al->window_sums, al->unit, &al->moments.mean_now,
                &al->moments.sd_now);
    if (measure_moved(al, &s, a) != ST_OK)
        return err_set(err, ST_FATAL, "no memory for an alert");
    return ST_OK;
}
