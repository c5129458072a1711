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
    WIDE_BLOCK = 64,  /* numbers that stay in the cache between two loops */
};

/* Cells of two histograms on one axis, which sweep() goes along (stats/axis.h). f, g, x and y have
 * the cell before the first in front. */
struct wide_sweep {
    double m;                   /* comments of the window                                   */
    double below[WIDE_BLOCK];   /* of them at or below the cell                              */
    double count[WIDE_BLOCK];   /* in it                                                     */
    double sum[WIDE_BLOCK];     /* of their values                                          */
    double f[WIDE_BLOCK + 1];   /* share of the reference at or below                        */
    double x[WIDE_BLOCK + 1];   /* mean of the reference; NaN: it has none, and count is not 0 */
    double g[WIDE_BLOCK + 1];   /* out: share of the window at or below                      */
    double y[WIDE_BLOCK + 1];   /* out: mean of the window                                   */
    double between[WIDE_BLOCK]; /* out: area up to the lower point of the cell             */
    double within[WIDE_BLOCK];  /* out: area up to the higher one                          */
    double most;                /* in and out: largest |f - g|                             */
    uint64_t descends; /* in and out: not 0 when a point lies below those of the cell before */
};

struct wide {
    /* xlog() of each, in place; all have to be normal and above 0. */
    void (*log)(double *x, size_t n);

    /* xexp() of each, in place; none may be NaN or above XEXP_MAX. */
    void (*exp)(double *x, size_t n);

    /* special_binomial() of each k of n at its p, where all of k, n - k are at least
     * WIDE_BINOMIAL_MIN and p is above 0 and below 1; anything elsewhere. */
    void (*binomial)(double n, const double *k, const double *p, size_t count, double *out);

    /* sum[j] += row[i] band[i - j] for i = j, j + 1, ... n - 1, one after the other, and j < n. The
     * band stands backwards behind the zeros above the diagonal: band[d] is back[n - 1 - d], and
     * back[n .. n + WIDE_COLUMNS - 2] are 0. All of row is finite. sum has room for n rounded up to
     * WIDE_COLUMNS, of which what is behind n is left as anything. */
    void (*toeplitz)(const double *row, const double *back, size_t n, double *sum);

    /* Goes along the next n cells, at most WIDE_BLOCK. */
    void (*sweep)(struct wide_sweep *s, size_t n);

    /* sum += times[i] v[i], one after the other, of n vectors of four; counts are below 2^63. */
    void (*combine)(const double (*v)[WIDE_FOUR], const uint64_t *times, size_t n, double *sum);

    /* z = t d, of n columns of sixteen. */
    void (*project)(const double (*t)[WIDE_SIXTEEN], const double *d, size_t n, double *z);
};

#define WIDE_BINOMIAL_MIN 16.0

/* Of this CPU. */
const struct wide *wide(void);

/* The two that there are; wide_avx2 only where cells_have_avx2() (stats/cells_inner.h). */
extern const struct wide wide_portable;
extern const struct wide wide_avx2;

#endif
