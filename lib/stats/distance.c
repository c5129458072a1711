/* SPDX-License-Identifier: MIT */
#include "stats/distance.h"

#include <math.h>

#include "stats/ks.h"
#include "stats/special.h"
#include "stats/xmath.h"

static uint64_t total(const uint64_t *counts, size_t bins)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < bins; i++)
        sum += counts[i];
    return sum;
}

static double smoothed(uint64_t count, uint64_t n, size_t bins)
{
    return ((double)count + 0.5) / ((double)n + (double)bins / 2.0);
}

static double psi_term(double p, double q)
{
    return (q - p) * xlog(q / p);
}

double dist_share(const uint64_t *counts, size_t bins, size_t i)
{
    return smoothed(counts[i], total(counts, bins), bins);
}

double dist_psi_part(const uint64_t *ref, const uint64_t *cur, size_t bins, size_t i)
{
    return psi_term(dist_share(ref, bins, i), dist_share(cur, bins, i));
}

double dist_psi(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++)
        sum += psi_term(smoothed(ref[i], n, bins), smoothed(cur[i], m, bins));
    return sum;
}

double dist_psi_noise(double n, double m, size_t bins)
{
    return ((double)bins - 1.0) * (1.0 / n + 1.0 / m);
}

double dist_kl(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++) {
        double q = smoothed(cur[i], m, bins);

        sum += q * xlog(q / smoothed(ref[i], n, bins));
    }
    return sum > 0.0 ? sum : 0.0;
}

double dist_hellinger(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++) {
        double gap = sqrt(smoothed(ref[i], n, bins)) - sqrt(smoothed(cur[i], m, bins));

        sum += gap * gap;
    }
    return sqrt(sum / 2.0);
}

double dist_js(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double sum = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++) {
        double p = (double)ref[i] / (double)n;
        double q = (double)cur[i] / (double)m;
        double mid = (p + q) / 2.0;

        sum += p > 0.0 ? p * xlog(p / mid) : 0.0;
        sum += q > 0.0 ? q * xlog(q / mid) : 0.0;
    }
    return sum > 0.0 ? sqrt(sum / 2.0) : 0.0;
}

double dist_linf(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const uint64_t n = total(ref, bins);
    const uint64_t m = total(cur, bins);
    double most = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++)
        most = fmax(most, fabs((double)cur[i] / (double)m - (double)ref[i] / (double)n));
    return most;
}

/* One cell's part of the statistic; Yates moves it up to 1/2 nearer. */
static double chi2_term(double observed, double expected, double yates)
{
    double gap = fabs(observed - expected);

    gap -= fmin(yates, gap);
    return gap * gap / expected;
}

double dist_chi2_p(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const double n = (double)total(ref, bins);
    const double m = (double)total(cur, bins);
    size_t k = 0;
    double stat = 0.0;

    if (n == 0.0 || m == 0.0)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++)
        k += ref[i] + cur[i] > 0;
    if (k == 1)
        return 1.0;
    const double yates = k == 2 ? 0.5 : 0.0;
    for (size_t i = 0; i < bins; i++) {
        double both = (double)ref[i] + (double)cur[i];

        if (both == 0.0)
            continue;
        stat += chi2_term((double)ref[i], both * (n / (n + m)), yates);
        stat += chi2_term((double)cur[i], both * (m / (n + m)), yates);
    }
    return special_chi2_sf(stat, (double)(k - 1));
}

double dist_ks_cells(const uint64_t *ref, const uint64_t *cur, size_t cells)
{
    const uint64_t n = total(ref, cells);
    const uint64_t m = total(cur, cells);
    uint64_t below_n = 0;
    uint64_t below_m = 0;
    double most = 0.0;

    if (n == 0 || m == 0)
        return (double)NAN;
    for (size_t i = 0; i < cells; i++) {
        below_n += ref[i];
        below_m += cur[i];
        most = fmax(most, fabs((double)below_m / (double)m - (double)below_n / (double)n));
    }
    return most;
}

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

double dist_ks_p(double d, double n, double m)
{
    if (isnan(d) || !(n > 0.0) || !(m > 0.0))
        return (double)NAN;
    return ks_kolmogorov_sf(fmax(rint(n * m / (n + m)), 1.0), d);
}

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
