/* SPDX-License-Identifier: MIT */
/* wide_loops.h -- the loops of wide.h, and the table of them: in each file that includes it, for
 * the CPU of WIDE_TARGET and under the name WIDE_NAME; wide_portable unless told. */
#ifndef STATS_WIDE_LOOPS_H
#define STATS_WIDE_LOOPS_H

#include <math.h>

#include "stats/special_inner.h"
#include "stats/wide.h"
#include "stats/xmath_inner.h"

#ifndef WIDE_NAME
#define WIDE_TARGET
#define WIDE_NAME wide_portable
#endif

WIDE_TARGET static void log_each(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = log_normal(x[i], 0.0);
}

WIDE_TARGET static void exp_each(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double y = exp_finite(x[i]);

        x[i] = x[i] < XEXP_MIN ? 0.0 : y;
    }
}

/* special_deviance() of each of up to WIDE_BLOCK. All take the steps of the longest series: a sum
 * that a term does not move is not moved by the smaller ones behind. */
WIDE_TARGET static void deviance_each(const double *x, const double *m, size_t n, double *out)
{
    double term[WIDE_BLOCK];
    double square[WIDE_BLOCK];
    uint64_t moved = 1;

    for (size_t i = 0; i < n; i++) {
        const double v = (x[i] - m[i]) / (x[i] + m[i]);

        out[i] = (x[i] - m[i]) * v;
        term[i] = 2.0 * x[i] * v;
        square[i] = deviance_is_large(x[i], m[i]) ? 0.0 : v * v;
    }
    for (int j = 1; moved; j++) {
        moved = 0;
        for (size_t i = 0; i < n; i++) {
            term[i] *= square[i];
            const double next = out[i] + term[i] / (2 * j + 1);

            moved |= bits_of(next) ^ bits_of(out[i]);
            out[i] = next;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const double large = x[i] * log_normal(x[i] / m[i], 0.0) + m[i] - x[i];

        out[i] = deviance_is_large(x[i], m[i]) ? large : out[i];
    }
}

WIDE_TARGET static void binomial_block(double n, const double *k, const double *p, size_t count,
                                       double *out)
{
    const double rest = stirling_series(n);
    double other[WIDE_BLOCK] = { 0 }; /* n - k */
    double mean[WIDE_BLOCK] = { 0 };  /* of k, then of n - k */
    double one[WIDE_BLOCK];           /* their deviances */
    double two[WIDE_BLOCK];

    for (size_t i = 0; i < count; i++) {
        other[i] = n - k[i];
        mean[i] = n * p[i];
    }
    deviance_each(k, mean, count, one);
    for (size_t i = 0; i < count; i++)
        mean[i] = n * (1.0 - p[i]);
    deviance_each(other, mean, count, two);
    for (size_t i = 0; i < count; i++)
        out[i] = rest - stirling_series(k[i]) - stirling_series(other[i]) - (one[i] + two[i]);
    exp_each(out, count);
    for (size_t i = 0; i < count; i++)
        out[i] *= sqrt(n / (SPECIAL_TWO_PI * k[i] * other[i]));
}

WIDE_TARGET static void binomial_each(double n, const double *k, const double *p, size_t count,
                                      double *out)
{
    for (size_t at = 0; at < count; at += WIDE_BLOCK)
        binomial_block(n, k + at, p + at, count - at < WIDE_BLOCK ? count - at : WIDE_BLOCK,
                       out + at);
}

/* Shares and means of the window; where a side has no mean it takes the other's. */
WIDE_TARGET static void sweep_points(struct wide_sweep *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double x = s->x[i + 1];
        const double mean = s->sum[i] / s->count[i];
        const double y = s->count[i] > 0.0 ? mean : x;

        s->g[i + 1] = s->below[i] / s->m;
        s->x[i + 1] = x == x ? x : y;
        s->y[i + 1] = y;
    }
}

static inline double lower(double x, double y)
{
    return x < y ? x : y;
}

static inline double higher(double x, double y)
{
    return x < y ? y : x;
}

WIDE_TARGET static void sweep(struct wide_sweep *s, size_t n)
{
    uint64_t most = bits_of(s->most); /* as bits: of numbers not below 0 in the same order */

    sweep_points(s, n);
    for (size_t i = 0; i < n; i++) {
        const double x = s->x[i + 1];
        const double y = s->y[i + 1];
        const double at = higher(s->x[i], s->y[i]);
        const double x_first = s->f[i + 1] - s->g[i];
        const double y_first = s->f[i] - s->g[i + 1];

        s->between[i] = fabs(s->f[i] - s->g[i]) * (lower(x, y) - at);
        s->within[i] = fabs(x <= y ? x_first : y_first) * (higher(x, y) - lower(x, y));
        s->descends |= lower(x, y) < at ? 1 : 0;
    }
    for (size_t i = 0; i < n; i++) {
        const uint64_t gap = bits_of(fabs(s->f[i + 1] - s->g[i + 1]));

        most = gap > most ? gap : most;
    }
    s->most = double_of(most);
    s->f[0] = s->f[n];
    s->g[0] = s->g[n];
    s->x[0] = s->x[n];
    s->y[0] = s->y[n];
}

/* Four doubles of an array. */
typedef double four __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double))));

static inline const four *fours(const double *x)
{
    return (const four *)(const void *)x;
}

/* Columns stay in vectors while rows pass: said outright, since compilers take rows for lanes. */
WIDE_TARGET static void toeplitz(const double *row, const double *back, size_t n, double *sum)
{
    for (size_t j = 0; j < n; j += WIDE_COLUMNS) {
        four *to = (four *)(void *)(sum + j);
        four a = to[0];
        four b = to[1];

        for (size_t i = j; i < n; i++) {
            const four *band = fours(back + (n - 1 - (i - j)));

            a += row[i] * band[0];
            b += row[i] * band[1];
        }
        to[0] = a;
        to[1] = b;
    }
}

WIDE_TARGET static void combine(const double (*v)[WIDE_FOUR], const uint64_t *times, size_t n,
                                double *sum)
{
    four *to = (four *)(void *)sum;
    four s = to[0];

    for (size_t i = 0; i < n; i++)
        s += (double)(int64_t)times[i] * *fours(v[i]);
    to[0] = s;
}

WIDE_TARGET static void project(const double (*t)[WIDE_SIXTEEN], const double *d, size_t n,
                                double *z)
{
    four s[4] = { { 0 } };

    for (size_t j = 0; j < n; j++) {
        const four *column = fours(t[j]);

        s[0] += column[0] * d[j];
        s[1] += column[1] * d[j];
        s[2] += column[2] * d[j];
        s[3] += column[3] * d[j];
    }
    memcpy(z, s, sizeof(s));
}

const struct wide WIDE_NAME = {
    .sweep = sweep,
    .combine = combine,
    .project = project,
    .log = log_each,
    .exp = exp_each,
    .binomial = binomial_each,
    .toeplitz = toeplitz,
};

#endif
