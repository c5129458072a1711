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
    uint64_t bins_before[BASELINE_BINS_MAX];
    uint64_t bins_now[BASELINE_BINS_MAX];
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

/* Moments of one side, were each value at the mean of its cell. */
struct shape {
    double mean;
    double sd;
    double skew;
};

static struct shape shape_of(const struct longs *counts, const struct longs *sums, double unit)
{
    double n = (double)total(counts);
    struct shape s = { 0 };
    double sum = 0;
    double squares = 0;
    double cubes = 0;

    if (n == 0)
        return s;
    for (size_t i = 0; i < sums->n; i++)
        sum += (double)sums->v[i];
    for (size_t i = 0; i < sums->n; i++) {
        double c = (double)counts->v[i];
        double d = c > 0 ? (double)sums->v[i] / c - sum / n : 0;

        squares += c * d * d;
        cubes += c * d * d * d;
    }
    s.mean = sum / n * unit;
    s.sd = sqrt(squares / n);
    s.skew = squares > 0 ? cubes / n / (s.sd * s.sd * s.sd) : 0;
    s.sd *= unit;
    return s;
}

/* Shares of both sides in the baseline's outer cells: the lowest (step 1) or the
 * highest (step -1), as many as hold at most 1/20 of it. */
static void tail_shares(const struct sides *s, int step, double n, double m, double *before,
                        double *now)
{
    size_t at = step > 0 ? 0 : s->cells - 1;
    double b = 0;
    double w = 0;

    for (size_t i = 0; i < s->cells && (b + (double)s->before[at]) * 20 <= m; i++) {
        b += (double)s->before[at];
        w += (double)s->now[at];
        at = step > 0 ? at + 1 : at - 1;
    }
    *before = m > 0 ? b / m : 0;
    *now = n > 0 ? w / n : 0;
}

static void measure_moments(struct alert *al, const struct sides *s)
{
    struct shape before = shape_of(&al->baseline_counts, &al->baseline_sums, al->unit);
    struct shape now = shape_of(&al->window_counts, &al->window_sums, al->unit);
    double n = (double)al->n;
    double m = (double)al->m;

    al->moments = (struct moments){
        .mean_before = before.mean,
        .mean_now = now.mean,
        .sd_before = before.sd,
        .sd_now = now.sd,
        .skew_before = before.skew,
        .skew_now = now.skew,
    };
    tail_shares(s, 1, n, m, &al->moments.low_before, &al->moments.low_now);
    tail_shares(s, -1, n, m, &al->moments.high_before, &al->moments.high_now);
}

/* What goes by the order of values; p as it is without evidence. */
static void measure_numbers(struct alert *al, const struct sides *s)
{
    double ks = dist_ks_cells(s->before, s->now, s->cells);
    double wasserstein =
        dist_wasserstein_cells(s->before, al->baseline_sums.v, s->now, al->window_sums.v, s->cells);

    al->ks = defined(ks);
    al->wasserstein = defined(wasserstein * al->unit / fmax(al->baseline_sd, WINDOW_SD_MIN));
    al->linf = al->chi2_p = (struct opt_double){ 0 };
    al->unseen = (struct opt_long){ 0 };
    if (al->ks.has)
        al->p = defined(dist_ks_p(ks, al->n_eff, (double)al->m));
    measure_moments(al, s);
}

static void measure_categories(struct alert *al, const struct sides *s)
{
    double worth = al->n > 0 ? al->n_eff / (double)al->n : 0;

    al->ks = al->wasserstein = (struct opt_double){ 0 };
    al->linf = defined(dist_linf(s->before, s->now, s->cells));
    al->chi2_p = defined(dist_chi2(s->before, s->now, s->cells).p);
    al->unseen = (struct opt_long){ (int64_t)s->now[s->cells - 1], true };
    al->p = defined(category_p(s->before, s->now, s->cells, worth));
    al->moments = (struct moments){ 0 };
}

enum status alert_measure(struct alert *al, struct arena *a, struct err *err)
{
    struct sides s;

    fold(al, &s);
    al->m = total(&al->baseline_counts);
    al->n = total(&al->window_counts);
    al->psi = defined(dist_psi(s.bins_before, s.bins_now, s.bins));
    al->js = defined(dist_js(s.bins_before, s.bins_now, s.bins));
    al->p = (struct opt_double){ 0 };
    if (al->categories.n > 0)
        measure_categories(al, &s);
    else
        measure_numbers(al, &s);
    if (measure_moved(al, &s, a) != ST_OK)
        return err_set(err, ST_FATAL, "no memory for an alert");
    al->q = (struct opt_double){ 0 };
    return al->evidence ? alert_weigh(al, a, err) : ST_OK;
}
