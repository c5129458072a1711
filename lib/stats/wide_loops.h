/* SPDX-License-Identifier: MIT */
/* wide_loops.h -- the loops of wide.h, and the table of them: in each file that includes it, for
 * the CPU of WIDE_TARGET and under the name WIDE_NAME; wide_portable unless told. */
#ifndef STATS_WIDE_LOOPS_H
#define STATS_WIDE_LOOPS_H

#include <float.h>
#include <math.h>
#include <stdbool.h>

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

WIDE_TARGET static void stirling_each(const double *x, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = stirling_series(x[i]);
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

/* Four doubles of an array: said outright where compilers do not see that four go together. Passed
 * by address alone, since how they are passed by value depends on the CPU. */
typedef double four __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double))));
typedef int64_t four_bits
    __attribute__((vector_size(4 * sizeof(int64_t)), aligned(sizeof(int64_t))));

static inline const four *fours(const double *x)
{
    return (const four *)(const void *)x;
}

/* Four fractions, a step at a time by Lentz's method. */
struct lentz_four {
    four c, d, f;
    four_bits moves; /* all ones; 0: there, and nothing that follows is taken */
};

/* lentz_step() of each of those that move, with its a, and 1 for b; over: a value that does not any
 * more stays. Who passes through 0, which takes a sum that is -1 to the last bit, ends as 0,
 * infinity or NaN. */
WIDE_TARGET static inline void lentz_fours(struct lentz_four *l, const four *a, bool over)
{
    four by;

    l->d = 1.0 / (1.0 + *a * l->d);
    l->c = 1.0 + *a / l->c;
    by = l->c * l->d;
    l->f = (four)(((four_bits)(l->f * by) & l->moves) | ((four_bits)l->f & ~l->moves));
    if (over)
        l->moves &= (four)((four_bits)(by - 1.0) & INT64_MAX) > DBL_EPSILON;
}

/* The fractions of fraction() in special_beta.c. */
WIDE_TARGET static void fraction_fours(const four *a, const four *b, const four *x, four *out)
{
    const four one = { 1.0, 1.0, 1.0, 1.0 };
    struct lentz_four l = { .c = one, .f = one, .moves = { -1, -1, -1, -1 } };

    for (int m = 0; m < SPECIAL_STEPS_MAX; m++) {
        const four at = *a + 2 * m;
        const four even = m * (*b - m) * *x / ((at - 1.0) * at);
        const four odd = -(*a + m) * (*a + *b + m) * *x / (at * (at + 1.0));

        if (m > 0)
            lentz_fours(&l, &even, false);
        lentz_fours(&l, &odd, true);
        if (!(l.moves[0] | l.moves[1] | l.moves[2] | l.moves[3]))
            break;
    }
    *out = l.f;
}

WIDE_TARGET static void fraction_each(const double *a, const double *b, const double *x, size_t n,
                                      double *out)
{
    double last[4][WIDE_FOUR] = { { 1, 1, 1, 1 }, { 1, 1, 1, 1 } };
    size_t i = 0;

    for (; i + WIDE_FOUR <= n; i += WIDE_FOUR)
        fraction_fours(fours(a + i), fours(b + i), fours(x + i), (four *)(void *)(out + i));
    memcpy(last[0], a + i, (n - i) * sizeof(*a));
    memcpy(last[1], b + i, (n - i) * sizeof(*b));
    memcpy(last[2], x + i, (n - i) * sizeof(*x));
    if (i < n)
        fraction_fours(fours(last[0]), fours(last[1]), fours(last[2]), (four *)(void *)last[3]);
    memcpy(out + i, last[3], (n - i) * sizeof(*out));
}

static inline double lower(double x, double y)
{
    return x < y ? x : y;
}

static inline double higher(double x, double y)
{
    return x < y ? y : x;
}

/* A whole number of less than WIDE_WHOLE, on both sides of 0: as the last bits of a double near
 * 1.5 2^52, since AVX2 has no instruction for it. */
static inline double whole(int64_t x)
{
    return double_of((uint64_t)x + UINT64_C(0x4338000000000000)) - 0x1.8p52;
}

/* The largest of n, a multiple of four, and of most. */
WIDE_TARGET static double largest(const double *x, size_t n, double most)
{
    double of[WIDE_FOUR] = { most, most, most, most };

    for (size_t i = 0; i < n; i += WIDE_FOUR)
        for (size_t k = 0; k < WIDE_FOUR; k++)
            of[k] = higher(of[k], x[i + k]);
    return higher(higher(of[0], of[1]), higher(of[2], of[3]));
}

/* Shares of the window, that before the first cell in front, and |f - g|. */
WIDE_TARGET static void sweep_shares(const struct wide_cells *c, struct wide_sweep *s, size_t n,
                                     double *restrict g)
{
    const double *restrict f = c->f;
    const uint64_t *restrict below = c->below;
    const double m = c->m;
    double gap[WIDE_BLOCK];

    g[0] = s->g;
    for (size_t i = 0; i < n; i++) {
        const double share = whole((int64_t)below[i]) / m;

        g[i + 1] = share;
        gap[i] = fabs(f[i] - share);
    }
    s->g = g[n];
    s->most = largest(gap, n, s->most);
}

WIDE_TARGET static void sweep_points(const struct wide_cells *c, struct wide_sweep *s, size_t n,
                                     double *restrict term)
{
    double g[WIDE_BLOCK + 1];
    const double *restrict f = c->f - 1;
    const double *restrict x = c->x - 1;

    sweep_shares(c, s, n, g);
    for (size_t i = 0; i < n; i++)
        term[i] = fabs(f[i] - g[i]) * (x[i + 1] - x[i]);
    s->high = x[n];
}

WIDE_TARGET static void sweep(const struct wide_cells *c, struct wide_sweep *s, size_t n,
                              double *restrict term)
{
    double g[WIDE_BLOCK + 1];
    double high[WIDE_BLOCK + 1]; /* with that before the first cell in front */
    double y[WIDE_BLOCK];
    const double *restrict f = c->f - 1;
    const double *restrict x = c->x;
    const uint64_t *restrict count = c->count;
    const int64_t *restrict sum = c->sum;
    uint64_t descends = 0;
    uint64_t sums = 0;

    sweep_shares(c, s, n, g);
    high[0] = s->high;
    for (size_t i = 0; i < n; i++) {
        const double mean = whole(sum[i]) / whole((int64_t)count[i]);

        y[i] = count[i] != 0 ? mean : x[i];
        sums |= (uint64_t)sum[i] + WIDE_WHOLE;
        high[i + 1] = higher(x[i], y[i]);
    }
    for (size_t i = 0; i < n; i++) {
        const double low = lower(x[i], y[i]);
        const double x_first = f[i + 1] - g[i];
        const double y_first = f[i] - g[i + 1];

        term[2 * i] = fabs(f[i] - g[i]) * (low - high[i]);
        term[2 * i + 1] = fabs(x[i] <= y[i] ? x_first : y_first) * (high[i + 1] - low);
        descends |= low < high[i] ? 1 : 0;
    }
    s->high = high[n];
    s->descends |= descends;
    s->sums |= sums;
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

/* Four terms each of four sums, given row by row, to sum by sum. */
WIDE_TARGET static inline void transpose(four *r)
{
    const four a = __builtin_shufflevector(r[0], r[1], 0, 4, 2, 6);
    const four b = __builtin_shufflevector(r[0], r[1], 1, 5, 3, 7);
    const four c = __builtin_shufflevector(r[2], r[3], 0, 4, 2, 6);
    const four d = __builtin_shufflevector(r[2], r[3], 1, 5, 3, 7);

    r[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    r[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    r[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    r[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

WIDE_TARGET static inline void add_fours(const double (*term)[WIDE_TERMS], size_t i, four *sum)
{
    four r[WIDE_FOUR];

    for (size_t k = 0; k < WIDE_FOUR; k++)
        r[k] = *fours(term[k] + i);
    transpose(r);
    for (size_t k = 0; k < WIDE_FOUR; k++)
        *sum += r[k];
}

WIDE_TARGET static void add(const double (*term)[WIDE_TERMS], const size_t n[2], double *sum)
{
    const size_t both = n[0] < n[1] ? n[0] : n[1];
    four *to = (four *)(void *)sum;
    four s[2] = { to[0], to[1] };

    for (size_t i = 0; i < both; i += WIDE_FOUR) {
        add_fours(term, i, &s[0]);
        add_fours(term + WIDE_FOUR, i, &s[1]);
    }
    for (size_t i = both; i < n[0]; i += WIDE_FOUR)
        add_fours(term, i, &s[0]);
    for (size_t i = both; i < n[1]; i += WIDE_FOUR)
        add_fours(term + WIDE_FOUR, i, &s[1]);
    to[0] = s[0];
    to[1] = s[1];
}

WIDE_TARGET static inline void combine_one(const struct wide_combination *c, size_t i, four *sum)
{
    *sum += (double)(int64_t)c->times[i] * *fours(c->v[i]);
}

/* Four sums at once as far as all of them go, then each to its end. */
WIDE_TARGET static void combine_fours(struct wide_combination *c)
{
    four sum[WIDE_FOUR] = { { 0 } };
    size_t all = c[0].n;

    for (size_t k = 1; k < WIDE_FOUR; k++)
        all = c[k].n < all ? c[k].n : all;
    for (size_t i = 0; i < all; i++)
        for (size_t k = 0; k < WIDE_FOUR; k++)
            combine_one(&c[k], i, &sum[k]);
    for (size_t k = 0; k < WIDE_FOUR; k++) {
        for (size_t i = all; i < c[k].n; i++)
            combine_one(&c[k], i, &sum[k]);
        memcpy(c[k].sum, &sum[k], sizeof(sum[k]));
    }
}

WIDE_TARGET static void combine(struct wide_combination *c, size_t k)
{
    struct wide_combination last[WIDE_FOUR] = { { 0 } };
    size_t i = 0;

    for (; i + WIDE_FOUR <= k; i += WIDE_FOUR)
        combine_fours(c + i);
    if (i == k)
        return;
    memcpy(last, c + i, (k - i) * sizeof(*c));
    combine_fours(last);
    memcpy(c + i, last, (k - i) * sizeof(*c));
}

WIDE_TARGET static void project(const double (*t)[WIDE_SIXTEEN], const double *d, size_t n,
                                size_t k, double *z)
{
    for (size_t i = 0; i < k; i += WIDE_FOUR) {
        four sum = { 0 };

        for (size_t j = 0; j < n; j++)
            sum += *fours(t[j] + i) * d[j];
        *(four *)(void *)(z + i) = sum;
    }
}

WIDE_TARGET static void directions(struct wide_directions *w, const double *d)
{
    double z[WIDE_SIXTEEN];
    four_bits taken = { 0 };
    double statistic = 0.0;
    double excess = 0.0;

    project(w->t, d, w->n, w->k, z);
    for (size_t i = 0; i < w->k; i += WIDE_FOUR) {
        const four lambda = *fours(w->lambda + i);
        const four var = w->a + w->b * lambda;
        const four there = w->there / (1.0 + lambda * w->more);
        const four_bits take = ~(there < *fours(w->least + i));
        const four squared = *fours(z + i) * *fours(z + i);
        const four share = (four)((four_bits)(squared / var) & take);
        const four over = (four)((four_bits)(squared - var) & take);

        taken -= take;
        for (size_t k = 0; k < WIDE_FOUR; k++) {
            statistic += share[k];
            excess += over[k];
        }
    }
    w->taken = (size_t)(taken[0] + taken[1] + taken[2] + taken[3]);
    w->statistic = statistic;
    w->excess = excess;
}

const struct wide WIDE_NAME = {
    .sweep = sweep,
    .sweep_points = sweep_points,
    .add = add,
    .combine = combine,
    .project = project,
    .directions = directions,
    .log = log_each,
    .exp = exp_each,
    .stirling = stirling_each,
    .deviance = deviance_each,
    .fraction = fraction_each,
    .binomial = binomial_each,
    .toeplitz = toeplitz,
};

#endif
