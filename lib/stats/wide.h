/* SPDX-License-Identifier: MIT */
/* wide.h -- loops over many doubles, as wide as the vectors of the CPU.
 *
 * Sums and functions of one number are chains of operations that wait for each other. What is many
 * and independent can go side by side, each in a lane of a vector:
 *
 *     one by one      a1 -> a2 -> a3 -> a4    b1 -> b2 -> b3 -> b4    ...
 *     side by side    a1 -> a2 -> a3 -> a4
 *                     b1 -> b2 -> b3 -> b4
 *                     ...
 *
 * Each loop is written once (wide_loops.h), in plain C, and compiled twice: for any CPU and for
 * AVX2. Which one runs is decided at run time, and is no part of the result: a lane does the
 * operations of IEEE 754 that it would do alone, in that order; none are fused (AVX2 is without
 * FMA), and no sum is split among lanes. prop/wide holds the two and the functions of one number
 * together, bit by bit. */
#ifndef STATS_WIDE_H
#define STATS_WIDE_H

#include <stddef.h>
#include <stdint.h>

enum {
    WIDE_FOUR = 4,
    WIDE_SIXTEEN = 16,
    WIDE_COLUMNS = 8, /* that toeplitz() takes together                            */
    WIDE_BLOCK = 64,  /* numbers that stay in the cache between two loops          */
    WIDE_TERMS = 2 * WIDE_BLOCK,
    WIDE_SUMS = 8, /* that add() takes together */
};

/* The next cells of a histogram on an axis, beside the reference's that the axis is of
 * (stats/axis.h). */
struct wide_cells {
    double m;              /* comments of the window                                           */
    const double *f;       /* share of the reference at or below each; f[-1]: before the first */
    const double *x;       /* mean of the reference, x[-1] as well                             */
    const uint64_t *below; /* comments of the window at or below: less than WIDE_WHOLE         */
    const uint64_t *count; /* in it                                                          */
    const int64_t *sum;    /* of their values                                                */
};

/* How far a sweep along an axis has come. */
struct wide_sweep {
    double g;          /* share of the window at or below the last cell                    */
    double high;       /* the higher of its two means                                      */
    double most;       /* largest |f - g|                                                  */
    uint64_t descends; /* not 0: a mean lay below those of the cell before, of either side */
    uint64_t sums;     /* from 2 WIDE_WHOLE on: the sum of a cell was not within +-WIDE_WHOLE */
};

#define WIDE_WHOLE (INT64_C(1) << 51)

/* A sum of n vectors of four, each so many times; counts are below 2^63. */
struct wide_combination {
    const double (*v)[WIDE_FOUR];
    const uint64_t *times;
    size_t n;
    double sum[WIDE_FOUR]; /* out */
};

/* k directions z = t d of a difference d of n numbers, and z^2 of each beside its variance, which
 * is a + b lambda; without those for which too little is there. Arrays are of sixteen; lambda is
 * not negative, and least infinite, behind k. */
struct wide_directions {
    size_t n, k;
    const double (*t)[WIDE_SIXTEEN]; /* columns                                            */
    const double *lambda;
    const double *least; /* what has to be there at least                               */
    double there;        /* what is: worth there / (1 + more lambda) in a direction     */
    double more;
    double a, b;
    size_t taken;     /* out: directions for which enough is there    */
    double statistic; /* out: of those the sum of z^2 / variance     */
    double excess;    /* out: and of z^2 - variance                  */
};

struct wide {
    /* xlog() of each, in place; all have to be normal and above 0. */
    void (*log)(double *x, size_t n);

    /* xexp() of each, in place; none may be NaN or above XEXP_MAX. */
    void (*exp)(double *x, size_t n);

    /* special_stirling_rest() of each x of at least STIRLING_MIN (stats/special_inner.h). */
    void (*stirling)(const double *x, size_t n, double *out);

    /* special_deviance() of each x and m, at most WIDE_BLOCK, where x / m is normal and above 0;
     * anything elsewhere. out is neither of them. */
    void (*deviance)(const double *x, const double *m, size_t n, double *out);

    /* The fraction of the incomplete beta function I_x(a, b) of each (special_beta.c); what is not
     * normal is no answer. */
    void (*fraction)(const double *a, const double *b, const double *x, size_t n, double *out);

    /* special_binomial() of each k of n at its p, where all of k, n - k are at least
     * WIDE_BINOMIAL_MIN and p is above 0 and below 1; anything elsewhere. */
    void (*binomial)(double n, const double *k, const double *p, size_t count, double *out);

    /* sum[j] += row[i] band[i - j] for i = j, j + 1, ... n - 1, one after the other, and j < n. The
     * band stands backwards behind the zeros above the diagonal: band[d] is back[n - 1 - d], and
     * back[n .. n + WIDE_COLUMNS - 2] are 0. All of row is finite. sum has room for n rounded up to
     * WIDE_COLUMNS, of which what is behind n is left as anything. */
    void (*toeplitz)(const double *row, const double *back, size_t n, double *sum);

    /* Goes along n cells, a multiple of WIDE_FOUR and at most WIDE_BLOCK: of each the area up to
     * the lower of the two means, and from there up to the higher. 2 n terms. */
    void (*sweep)(const struct wide_cells *c, struct wide_sweep *s, size_t n, double *term);

    /* The same of points: cells whose means are x on both sides, with nothing between. n terms. */
    void (*sweep_points)(const struct wide_cells *c, struct wide_sweep *s, size_t n, double *term);

    /* sum[k] += term[k][i], i = 0, 1, ... for WIDE_SUMS of k: n[0] terms of the first half of them,
     * n[1] of the second, multiples of WIDE_FOUR. */
    void (*add)(const double (*term)[WIDE_TERMS], const size_t n[2], double *sum);

    /* Each of k sums, of which every one is added up from the first to the last. */
    void (*combine)(struct wide_combination *c, size_t k);

    /* z = t d, of n columns of sixteen, of which the first k count; what is behind k, up to a
     * multiple of WIDE_FOUR, is left as anything. */
    void (*project)(const double (*t)[WIDE_SIXTEEN], const double *d, size_t n, size_t k,
                    double *z);

    void (*directions)(struct wide_directions *w, const double *d);
};

#define WIDE_BINOMIAL_MIN 16.0

/* Of this CPU. */
const struct wide *wide(void);

/* The two that there are; wide_avx2 only where cells_have_avx2() (stats/cells_inner.h). */
extern const struct wide wide_portable;
extern const struct wide wide_avx2;

#endif
