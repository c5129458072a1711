/* SPDX-License-Identifier: MIT */
#include "stats/ks_inner.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "stats/special.h"
#include "stats/wide.h"
#include "stats/xmath.h"

/* H of Marsaglia, Tsang and Wang (2003): with k = ceil(n d), h = k - n d and a
 * side of 2k - 1, entry (i, j) is 1/(i-j+1)!, but for the first column and the
 * last row, which are edge[i+1] and edge[side-j], and the corner they share. */
struct mtw {
    int side;
    double back[2 * KS_MATRIX_SIDE_MAX]; /* 1 / i! from the last to the first, then zeros */
    double edge[KS_MATRIX_SIDE_MAX + 1]; /* (1 - h^i) / i!                                */
    double turned[KS_MATRIX_SIDE_MAX];   /* the last row, but for its first entry */
    double corner;                       /* (1 - 2 h^side + max(0, 2h - 1)^side) / side!  */
};

static void mtw_init(struct mtw *w, double t)
{
    double h = ceil(t) - t;
    double power = 1.0;
    double both = 1.0;
    double fact = 1.0;

    *w = (struct mtw){ .side = 2 * (int)ceil(t) - 1 };
    for (int i = 1; i <= w->side; i++) {
        if (i < w->side)
            w->back[w->side - 1 - i] = fact;
        power *= h;
        both *= fmax(0.0, 2.0 * h - 1.0);
        fact /= i;
        w->edge[i] = (1.0 - power) * fact;
    }
    w->corner = (1.0 - 2.0 * power + both) * fact;
    for (int j = 1; j < w->side; j++)
        w->turned[j - 1] = w->edge[w->side - j];
}

/* next = row H share. Of all columns the last row comes first, then the others from the diagonal
 * on; the first column is one of its own. */
static void mtw_step(const struct mtw *w, double *row, double *next, double share)
{
    const int last = w->side - 1;

    next[0] = row[last] * w->corner;
    for (int i = 0; i < last; i++)
        next[0] += row[i] * w->edge[i + 1];
    for (int j = 1; j <= last; j++)
        next[j] = row[last] * w->turned[j - 1];
    wide()->toeplitz(row, w->back, (size_t)last, next + 1);
    for (int j = 0; j <= last; j++)
        next[j] *= share;
}

/* The middle entry of H^n, each step times share: its row alone, times H, n times. O(n side^2). */
static double power_by_steps(const struct mtw *w, double n, double share)
{
    double rows[2][KS_MATRIX_SIDE_MAX + WIDE_COLUMNS] = { { 0 } };

    rows[0][w->side / 2] = 1.0;
    for (int step = 0; step < n; step++)
        mtw_step(w, rows[step % 2], rows[1 - step % 2], share);
    return rows[(int)n % 2][w->side / 2];
}

/* H x = lambda x row by row: above the diagonal H has but 1, right beside it, so that each row
 * gives the next x. What the last row leaves is as the characteristic polynomial, and of it and of
 * slope, the derivatives by lambda, Newton's step follows. (Hyman 1957; Wilkinson, The Algebraic
 * Eigenvalue Problem, 1965, 7.11.) O(side^2). */
static double hyman_step(const struct mtw *w, double lambda, double *x)
{
    const int last = w->side - 1;
    double slope[KS_MATRIX_SIDE_MAX];

    x[0] = 1.0;
    slope[0] = 0.0;
    for (int i = 0;; i++) {
        const double *row = i < last ? w->back + last - 1 - i : w->turned;
        const double first = i < last ? w->edge[i + 1] : w->corner;
        double sum = first * x[0];
        double slopes = first * slope[0];

        for (int j = 1; j <= i; j++) {
            sum += row[j - 1] * x[j];
            slopes += row[j - 1] * slope[j];
        }
        sum = lambda * x[i] - sum;
        slopes = x[i] + lambda * slope[i] - slopes;
        if (i == last)
            return sum / slopes;
        x[i + 1] = sum;
        slope[i + 1] = slopes;
    }
}

enum { HYMAN_STEPS_MAX = 30 };

/* The same for large n, by the largest eigenvalue alone: lambda^n x y / (x . y) in the middle, with
 * the eigenvectors x and y of H and of H', which is H with both its orders reversed. All entries of
 * H being at least 0, a vector that is positive belongs to the largest (Perron). False: not found.
 */
static bool power_by_largest(const struct mtw *w, double n, double t, double share, double *out)
{
    const double pi = 0x1.921fb54442d18p+1;
    const int last = w->side - 1;
    double lambda = xexp(-pi * pi / (8.0 * t * t)) / share; /* Kolmogorov's limit */
    double x[KS_MATRIX_SIDE_MAX] = { 0 };
    double step = lambda;
    double dot = 0.0;

    for (int i = 0; i < HYMAN_STEPS_MAX && fabs(step) > 4 * DBL_EPSILON * lambda; i++) {
        step = hyman_step(w, lambda, x);
        lambda -= step;
    }
    for (int i = 0; i <= last; i++) {
        if (!(x[i] > 0.0))
            return false;
        dot += x[i] * x[last - i];
    }
    *out = xexp(n * xlog(lambda * share)) * (x[last / 2] * x[last / 2] / dot);
    return fabs(step) <= 4 * DBL_EPSILON * lambda;
}

/* Below this z = t / sqrt n the second eigenvalue adds less than 1e-17 to P. Where n is small the
 * steps are done as soon. */
static const double largest_z_max = 0.36;
static const double largest_n_min = 140;

/* Exactly n!/n^n times the middle entry of H^n; n!/n^n is spread over the steps, so that it stays
 * within range. */
double ks_matrix_cdf(double n, double t)
{
    const double share = xexp(special_lgamma(n + 1.0) / n - xlog(n));
    struct mtw w;
    double p;

    mtw_init(&w, t);
    if (n > largest_n_min && t <= largest_z_max * sqrt(n) && power_by_largest(&w, n, t, share, &p))
        return p;
    return power_by_steps(&w, n, share);
}
