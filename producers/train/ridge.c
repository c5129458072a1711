/* SPDX-License-Identifier: MIT */
#include "producers/train/ridge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STILL 1e-12 /* a variance below this is none */

enum status gram_init(struct gram *g, size_t f, struct err *err)
{
    g->f = f;
    g->sum = calloc((f + 2) * (f + 2), sizeof(*g->sum));
    return g->sum ? ST_OK : err_set(err, ST_FATAL, "out of memory for training");
}

void gram_release(struct gram *g)
{
    free(g->sum);
    g->sum = NULL;
}

/* Sum of the products of columns i >= k; column f is 1, f + 1 the label. */
static double *cell(const struct gram *g, size_t i, size_t k)
{
    return g->sum + i * (g->f + 2) + k;
}

static void add_products(double *row, double v, const float *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        row[k] += v * (double)x[k];
}

void gram_row(struct gram *g, const float *x, double y)
{
    size_t f = g->f;

    for (size_t i = 0; i < f; i++)
        add_products(cell(g, i, 0), (double)x[i], x, i + 1);
    add_products(cell(g, f, 0), 1.0, x, f);
    add_products(cell(g, f + 1, 0), y, x, f);
    *cell(g, f, f) += 1.0;
    *cell(g, f + 1, f) += y;
    *cell(g, f + 1, f + 1) += y * y;
}

void gram_add(struct gram *g, const struct gram *other)
{
    for (size_t i = 0; i < (g->f + 2) * (g->f + 2); i++)
        g->sum[i] += other->sum[i];
}

/* Covariance of columns i >= k of which n rows were seen. */
static double covariance(const struct gram *g, size_t i, size_t k, double n)
{
    double mean_i = i < g->f ? *cell(g, g->f, i) / n : *cell(g, i, g->f) / n;

    return *cell(g, i, k) / n - mean_i * (*cell(g, g->f, k) / n);
}

/* In place: the lower triangle of a becomes its Cholesky factor L, a = L L^T. */
static void factor(double *a, size_t f)
{
    for (size_t i = 0; i < f; i++) {
        for (size_t k = 0; k <= i; k++) {
            double s = a[i * f + k];

            for (size_t j = 0; j < k; j++)
                s -= a[i * f + j] * a[k * f + j];
            a[i * f + k] = i == k ? sqrt(s) : s / a[k * f + k];
        }
    }
}

/* Solves L L^T x = b, x in place of b. */
static void substitute(const double *l, size_t f, double *b)
{
    for (size_t i = 0; i < f; i++) {
        for (size_t j = 0; j < i; j++)
            b[i] -= l[i * f + j] * b[j];
        b[i] /= l[i * f + i];
    }
    for (size_t i = f; i-- > 0;) {
        for (size_t j = i + 1; j < f; j++)
            b[i] -= l[j * f + i] * b[j];
        b[i] /= l[i * f + i];
    }
}

/* The system of the line on dimensions of mean 0 and deviation 1 (sd; 0: it does not
 * vary): the lower triangle of a, and its right-hand side b. */
static void standardise(const struct gram *g, double n, double *a, double *sd, double *b)
{
    size_t f = g->f;

    for (size_t i = 0; i < f; i++) {
        double var = covariance(g, i, i, n);

        a[i * f + i] = 1.0 + RIDGE_PENALTY / n;
        if (!(var > STILL))
            continue;
        sd[i] = sqrt(var);
        b[i] = covariance(g, f + 1, i, n) / sd[i];
        for (size_t k = 0; k < i; k++)
            a[i * f + k] = sd[k] > 0.0 ? covariance(g, i, k, n) / (sd[i] * sd[k]) : 0.0;
    }
}

enum status ridge_solve(const struct gram *g, double *weight, double *bias, struct err *err)
{
    size_t f = g->f;
    double n = *cell(g, f, f);
    double *a = calloc(f * f, sizeof(*a));
    double *sd = calloc(f, sizeof(*sd));
    enum status st = a && sd ? ST_OK : err_set(err, ST_FATAL, "out of memory for training");

    *bias = n > 0.0 ? *cell(g, f + 1, f) / n : 0.0;
    memset(weight, 0, f * sizeof(*weight));
    if (st == ST_OK && n > 0.0) {
        standardise(g, n, a, sd, weight);
        factor(a, f);
        substitute(a, f, weight);
        for (size_t i = 0; i < f; i++) {
            weight[i] = sd[i] > 0.0 ? weight[i] / sd[i] : 0.0;
            *bias -= weight[i] * *cell(g, f, i) / n;
        }
    }
    free(a);
    free(sd);
    return st;
}
