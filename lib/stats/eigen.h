/* SPDX-License-Identifier: MIT */
/* eigen.h -- small symmetric matrices: eigenvectors, and two covariances at once.
 *
 * Matrices are full, row by row, at most EIGEN_MAX wide. Everything is plain
 * arithmetic and sqrt in a fixed order: the same bits on every CPU. */
#ifndef STATS_EIGEN_H
#define STATS_EIGEN_H

#include <stddef.h>

enum { EIGEN_MAX = 16 };

/* Eigenvalues of a symmetric n x n matrix a (destroyed), and eigenvectors as the
 * columns of v: a = v diag(values) v'. In no order. The cyclic Jacobi method
 * (Golub and Van Loan, Matrix Computations, 8.5). O(n^3). */
void eigen_symmetric(double *a, size_t n, double *values, double *v);

/* Replaces a symmetric matrix by the nearest without negative eigenvalues
 * (Higham 1988, in the Frobenius norm). O(n^3). */
void eigen_make_psd(double *a, size_t n);

/* A pencil of two covariances a and b, made diagonal together: in the coordinates
 * z = t d the covariance wa a + wb b is diag(wa + wb lambda). Directions in which
 * a has an eigenvalue below EIGEN_RANK_MIN do not exist: k of n remain. */
#define EIGEN_RANK_MIN 1e-6

struct pencil {
    size_t n;
    size_t k;
    double t[EIGEN_MAX][EIGEN_MAX]; /* n columns of k, zeros behind */
    double lambda[EIGEN_MAX];       /* k, not negative */
};

/* a and b are symmetric n x n without negative eigenvalues. O(n^3). */
void pencil_init(struct pencil *p, const double *a, const double *b, size_t n);

/* z = t d: n values to k, of which those up to a multiple of WIDE_FOUR of stats/wide.h are left as
 * anything. */
void pencil_project(const struct pencil *p, const double *d, double *z);

#endif
