/* SPDX-License-Identifier: MIT */
/* ks_inner.h -- the exact distribution of Kolmogorov's statistic by a matrix (ks_matrix.c). */
#ifndef STATS_KS_INNER_H
#define STATS_KS_INNER_H

enum { KS_MATRIX_N_MAX = 10000, KS_MATRIX_SIDE_MAX = 64 };

/* P(D < d), for whole n and t = n d, 1 < t <= KS_MATRIX_SIDE_MAX / 2. */
double ks_matrix_cdf(double n, double t);

#endif
