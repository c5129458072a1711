/* SPDX-License-Identifier: MIT */
#include "drift/days_differ.h"

#include <math.h>

#include "stats/family.h"
#include "stats/special.h"

/* Days that differ by less than this leaves to chance are alike. */
#define DAYS_DIFFER_P 0.05

#define ROUNDING 1e-12

/* Sums of squares of the means of videos, within days, and of days. */
struct days_anova {
    double videos;
    double days;
    double within;
    double between;
};

/* n, sum and sum of squares by weight. */
struct mean_sums {
    double n;
    double sum;
    double squares;
};

static void add_mean(struct mean_sums *into, double n, double sum)
{
    if (n <= 0)
        return;
    into->n += n;
    into->sum += sum;
    into->squares += sum * sum / n;
}

/* Ranks of a feature's cells, less their mean; NaN in an empty one is never read. */
static void ranks_of(const struct baseline_feature *f, double *rank)
{
    double below = 0;

    for (size_t i = 0; i < f->n_cells; i++) {
        rank[i] = (below + (double)f->counts[i] / 2) / (double)f->n - 0.5;
        below += (double)f->counts[i];
    }
}

/* n and the sum of the ranks of a video's comments. */
static struct mean_sums video_ranks(const struct pool *p, const struct pool_video *v,
                                    const double *x, const struct baseline_feature *f,
                                    const double *rank)
{
    struct mean_sums of = { 0 };

    for (size_t i = 0; i < v->n; i++) {
        double value = x[p->row[v->first + i]];

        if (!isfinite(value))
            continue;
        of.n += 1;
        of.sum += rank[cells_find(f->cells, value)];
    }
    return of;
}

/* a - b, both of n ranks: what is left where they are equal is rounding. */
static double gap(double a, double b, double n)
{
    return a - b > ROUNDING * n ? a - b : 0;
}

static void analyse(const struct pool *p, const double *x, const struct baseline_feature *f,
                    struct days_anova *a)
{
    double rank[CELLS_MAX];
    struct mean_sums all = { 0 };
    double videos_squares = 0;

    ranks_of(f, rank);
    for (size_t d = 0; d < p->days; d++) {
        struct mean_sums day = { 0 };

        for (size_t v = p->day[d]; v < p->day[d + 1]; v++) {
            struct mean_sums one = video_ranks(p, &p->video[v], x, f, rank);

            add_mean(&day, one.n, one.sum);
            a->videos += one.n > 0 ? 1 : 0;
        }
        a->days += day.n > 0 ? 1 : 0;
        add_mean(&all, day.n, day.sum);
        videos_squares += day.squares;
    }
    a->within = gap(videos_squares, all.squares, all.n);
    a->between = all.n > 0 ? gap(all.squares, all.sum * all.sum / all.n, all.n) : 0;
}

bool days_differ(const struct pool *p, const struct baseline_input *in, const struct baseline *base)
{
    for (size_t i = 0; i < base->numbers; i++) {
        struct days_anova a = { 0 };
        double f;

        if (base->features[i].n > 0)
            analyse(p, in->columns[i], &base->features[i], &a);
        if (a.days < 2 || a.videos <= a.days || a.between <= 0)
            continue;
        if (a.within <= 0) /* one value all day, and days have several */
            return true;
        f = a.between / (a.days - 1) / (a.within / (a.videos - a.days));
        if (family_bonferroni(special_f_sf(f, a.days - 1, a.videos - a.days), base->n) <
            DAYS_DIFFER_P)
            return true;
    }
    return false;
}
