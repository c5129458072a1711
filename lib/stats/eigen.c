/* SPDX-License-Identifier: MIT */
#include "stats/eigen.h"

#include <math.h>
#include <string.h>

#include "stats/wide.h"

enum { SWEEPS_MAX = 60 };

/* Sum of the squares off the diagonal. */
static double off_diagonal(const double *a, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            sum += a[i * n + k] * a[i * n + k];
    return sum;
}

/* Columns p and q of m, turned. */
static void turn_columns(double *m, size_t n, const size_t at[2], double c, double s)
{
    for (size_t i = 0; i < n; i++) {
        double x = m[i * n + at[0]];
        double y = m[i * n + at[1]];

        m[i * n + at[0]] = c * x - s * y;
        m[i * n + at[1]] = s * x + c * y;
    }
}

static void turn_rows(double *m, size_t n, const size_t at[2], double c, double s)
{
    for (size_t i = 0; i < n; i++) {
        double x = m[at[0] * n + i];
        double y = m[at[1] * n + i];

        m[at[0] * n + i] = c * x - s * y;
        m[at[1] * n + i] = s * x + c * y;
    }
}

/* One Jacobi rotation: a[p][q] becomes 0. */
static void rotate(double *a, double *v, size_t n, size_t p, size_t q)
{
    const size_t at[2] = { p, q };
    double apq = a[p * n + q];
    double theta;
    double t;
    double c;

    if (apq == 0)
        return;
    theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    t = 1 / (fabs(theta) + sqrt(theta * theta + 1));
    t = theta < 0 ? -t : t;
    c = 1 / sqrt(t * t + 1);
    turn_columns(a, n, at, c, t * c);
    turn_rows(a, n, at, c, t * c);
    turn_columns(v, n, at, c, t * c);
    a[p * n + q] = 0;
    a[q * n + p] = 0;
}

void eigen_symmetric(double *a, size_t n, double *values, double *v)
{
    double all = off_diagonal(a, n);

    memset(v, 0, n * n * sizeof(*v));
    for (size_t i = 0; i < n; i++) {
        v[i * n + i] = 1;
        all += a[i * n + i] * a[i * n + i];
    }
    for (int sweep = 0; sweep < SWEEPS_MAX && off_diagonal(a, n) > all * 1e-30; sweep++)
        for (size_t p = 0; p + 1 < n; p++)
            for (size_t q = p + 1; q < n; q++)
                rotate(a, v, n, p, q);
    for (size_t i = 0; i < n; i++)
        values[i] = a[i * n + i];
}

void eigen_make_psd(double *a, size_t n)
{
    double values[EIGEN_MAX];
    double v[EIGEN_MAX * EIGEN_MAX];

    eigen_symmetric(a, n, values, v);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = 0;

            for (size_t k = 0; k < n; k++)
                sum += v[i * n + k] * v[j * n + k] * fmax(values[k], 0);
            a[i * n + j] = sum;
        }
    }
}

/* w m w' for w of k rows; into out, k x k. */
static void congruence(const double *w, size_t k, const double *m, size_t n, double *out)
{
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++) {
            double sum = 0;

            for (size_t x = 0; x < n; x++)
                for (size_t y = 0; y < n; y++)
                    sum += w[i * n + x] * m[x * n + y] * w[j * n + y];
            out[i * k + j] = sum;
        }
    }
}

void pencil_init(struct pencil *p, const double *a, const double *b, size_t n)
{
    double work[EIGEN_MAX * EIGEN_MAX];
    double values[EIGEN_MAX];
    double v[EIGEN_MAX * EIGEN_MAX];
    double white[EIGEN_MAX * EIGEN_MAX] = { 0 }; /* k rows: white a white' = 1 */

    *p = (struct pencil){ .n = n };
    memcpy(work, a, n * n * sizeof(*work));
    eigen_symmetric(work, n, values, v);
    for (size_t i = 0; i < n; i++) {
        if (!(values[i] >= EIGEN_RANK_MIN))
            continue;
        for (size_t j = 0; j < n; j++)
            white[p->k * n + j] = v[j * n + i] / sqrt(values[i]);
        p->k++;
    }
    congruence(white, p->k, b, n, work);
    eigen_symmetric(work, p->k, p->lambda, v);
    for (size_t i = 0; i < p->k; i++) {
        p->lambda[i] = fmax(p->lambda[i], 0);
        for (size_t j = 0; j < n; j++)
            for (size_t x = 0; x < p->k; x++)
                p->t[j][i] += v[x * p->k + i] * white[x * n + j];
    }
}

void pencil_project(const struct pencil *p, const double *d, double *z)
{
    wide()->project(p->t, d, p->n, p->k, z);
}
