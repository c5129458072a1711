/* SPDX-License-Identifier: MIT */
#include "drift/video_icc.h"

#include <math.h>

struct group_sums {
    double n;
    double sum;
};

struct anova {
    double groups;
    double n;
    double n_squares; /* sum of n_g^2                       */
    double between;   /* sum of n_g (mean_g - mean)^2       */
    double total;     /* sum of (y - mean)^2                */
};

static void group_end(struct anova *a, const struct group_sums *g, double mean)
{
    double d;

    if (g->n == 0)
        return;
    d = g->sum / g->n - mean;
    a->groups += 1;
    a->n_squares += g->n * g->n;
    a->between += g->n * d * d;
}

static double mean_of(const double *y, size_t n)
{
    double sum = 0;
    double count = 0;

    for (size_t i = 0; i < n; i++) {
        if (!isnan(y[i])) {
            sum += y[i];
            count += 1;
        }
    }
    return count > 0 ? sum / count : 0;
}

double video_icc(const double *y, const uint64_t *video, const size_t *order, size_t n)
{
    struct anova a = { 0 };
    struct group_sums g = { 0 };
    double mean = mean_of(y, n);

    for (size_t i = 0; i < n; i++) {
        double v = y[order[i]];

        if (i > 0 && video[order[i]] != video[order[i - 1]]) {
            group_end(&a, &g, mean);
            g = (struct group_sums){ 0 };
        }
        if (isnan(v))
            continue;
        g.n += 1;
        g.sum += v;
        a.n += 1;
        a.total += (v - mean) * (v - mean);
    }
    group_end(&a, &g, mean);
    if (a.groups < 2 || a.n <= a.groups || a.total <= 0)
        return 1;

    double n0 = (a.n - a.n_squares / a.n) / (a.groups - 1);
    double between = a.between / (a.groups - 1);
    double within = (a.total - a.between) / (a.n - a.groups);
    double all = between + (n0 - 1) * within;

    if (!(all > 0))
        return 1;
    return fmin(1, fmax(0, (between - within) / all));
}

double video_design_effect(double b, double icc)
{
    return b > 1 ? 1 + (b - 1) * icc : 1;
}
