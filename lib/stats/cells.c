/* SPDX-License-Identifier: MIT */
#include "stats/cells_inner.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The key of either tree at a position of the edges: none is +inf. */
static double key(const struct cells *c, size_t at)
{
    return at < c->n_edges ? c->edges[at] : (double)INFINITY;
}

/* Node j of level l comes, in value order, at (2 j + 1) 2^(depth-1-l) - 1. */
static void plant(struct cells *c)
{
    for (unsigned level = 0; level < c->depth; level++) {
        const size_t nodes = (size_t)1 << level;

        for (size_t j = 0; j < nodes; j++) {
            size_t at = ((2 * j + 1) << (c->depth - 1 - level)) - 1;

            c->tree[nodes + j] = key(c, at);
        }
    }
}

/* The nodes of 16. */
static void plant_nodes(struct cells *c)
{
    for (size_t i = c->n_edges; i < CELLS_KEYS; i++)
        c->edges[i] = (double)INFINITY;
    for (size_t i = 0; i < CELLS_KEYS / CELLS_NODE; i++)
        c->mid[i] = key(c, CELLS_NODE * (i + 1));
    for (size_t i = 0; i < CELLS_KEYS / CELLS_NODE / CELLS_NODE; i++)
        c->top[i] = key(c, (size_t)CELLS_NODE * CELLS_NODE * (i + 1));
}

enum status cells_from_edges(const double *edges, size_t n, struct cells **out, struct err *err)
{
    *out = NULL;
    if (n > CELLS_EDGES_MAX)
        return err_set(err, ST_REJECT, "%zu edges, at most %d", n, CELLS_EDGES_MAX);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(edges[i]))
            return err_set(err, ST_REJECT, "edge %zu is not finite", i);
        if (i > 0 && edges[i] <= edges[i - 1])
            return err_set(err, ST_REJECT, "edge %zu (%.17g) is not above %.17g", i, edges[i],
                           edges[i - 1]);
    }
    struct cells *c = aligned_alloc(_Alignof(struct cells), sizeof(*c));
    if (!c)
        return err_set(err, ST_FATAL, "out of memory for cells");
    memset(c, 0, sizeof(*c));
    c->n_edges = n;
    for (size_t i = 0; i < n; i++)
        c->edges[i] = edges[i] + 0.0; /* -0.0 becomes 0.0 */
    while ((size_t)1 << c->depth <= n)
        c->depth++;
    plant(c);
    plant_nodes(c);
    *out = c;
    return ST_OK;
}

void cells_free(struct cells *c)
{
    free(c);
}

size_t cells_n(const struct cells *c)
{
    return c->n_edges + 1;
}

const double *cells_edges(const struct cells *c)
{
    return c->edges;
}

bool cells_is_atom(const struct cells *c, size_t i)
{
    assert(i <= c->n_edges);
    if (i == 0)
        return false;
    double above = nextafter(c->edges[i - 1], (double)INFINITY);

    return i < c->n_edges ? c->edges[i] == above : isinf(above);
}

void cells_find_many(const struct cells *c, const double *x, size_t n, int32_t *cell)
{
    if (cells_have_avx2())
        cells_avx2_many(c, x, n, cell);
    else
        cells_portable_many(c, x, n, cell);
}

void cells_find_row(const struct cells *const *c, const double *x, size_t n, int32_t *cell)
{
    if (cells_have_avx2())
        cells_avx2_row(c, x, n, cell);
    else
        cells_portable_row(c, x, n, cell);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Takes the atoms out of the n sorted values v: each gives its two edges, what
 * is left is moved to the front of v. Returns how many are left. */
static size_t take_atoms(double *v, size_t n, double *edges, size_t *n_edges)
{
    size_t left = 0;

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && v[end] == v[i];)
            end++;
        if ((end - i) * CELLS_QUANTILES > n) {
            double above = nextafter(v[i], (double)INFINITY);

            edges[(*n_edges)++] = v[i];
            if (isfinite(above))
                edges[(*n_edges)++] = above;
            continue;
        }
        memmove(v + left, v + i, (end - i) * sizeof(*v));
        left += end - i;
    }
    return left;
}

/* Edges of all n sorted values: at most 255 atoms with two edges each, and 255
 * quantiles of what they leave. Returns their number, sorted and unique. */
static size_t cut(double *v, size_t n, double edges[CELLS_EDGES_MAX])
{
    size_t n_edges = 0;
    size_t rest = take_atoms(v, n, edges, &n_edges);
    size_t pieces = n > 0 ? (size_t)ceil((double)rest / (double)n * CELLS_QUANTILES) : 0;

    for (size_t i = 1; i < pieces; i++)
        edges[n_edges++] = v[(size_t)((double)rest / (double)pieces * (double)i)];
    qsort(edges, n_edges, sizeof(*edges), by_value);
    size_t unique = 0;
    for (size_t i = 0; i < n_edges; i++)
        if (unique == 0 || edges[i] != edges[unique - 1])
            edges[unique++] = edges[i];
    return unique;
}

enum status cells_build(const double *values, size_t n, struct cells **out, struct err *err)
{
    double edges[CELLS_EDGES_MAX];

    *out = NULL;
    if (n > SIZE_MAX / CELLS_QUANTILES / sizeof(double))
        return err_set(err, ST_FATAL, "too many values for cells");
    double *v = malloc((n > 0 ? n : 1) * sizeof(*v));
    if (!v)
        return err_set(err, ST_FATAL, "out of memory for %zu values", n);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            free(v);
            return err_set(err, ST_REJECT, "value %zu is not finite", i);
        }
        v[i] = values[i];
    }
    qsort(v, n, sizeof(*v), by_value);
    size_t n_edges = cut(v, n, edges);
    free(v);
    return cells_from_edges(edges, n_edges, out, err);
}

enum { TENTHS = 10 };

static bool is_big_atom(const struct cells *c, size_t i, uint64_t count, uint64_t total)
{
    return count > 0 && count >= (total + TENTHS - 1) / TENTHS && cells_is_atom(c, i);
}

/* The tenth of the rest's mass that the middle of a cell's mass lies in, with
 * the mass of the rest below that cell. */
static size_t tenth_of(uint64_t below, uint64_t count, uint64_t rest)
{
    size_t t = (size_t)(((double)below + (double)count / 2) / (double)rest * TENTHS);

    return t < TENTHS ? t : TENTHS - 1;
}

size_t cells_psi_bins(const struct cells *c, const uint64_t *counts, int32_t *bin_of_cell)
{
    int32_t name[TENTHS]; /* of each tenth of the rest, -1 until it has a cell */
    uint64_t total = 0;
    uint64_t rest = 0;
    uint64_t first = 0; /* mass of the rest's first cell that has any */
    uint64_t below = 0;
    int32_t bins = 0;

    for (size_t i = 0; i < TENTHS; i++)
        name[i] = -1;
    for (size_t i = 0; i < cells_n(c); i++)
        total += counts[i];
    for (size_t i = 0; i < cells_n(c); i++) {
        if (is_big_atom(c, i, counts[i], total))
            continue;
        if (rest == 0)
            first = counts[i];
        rest += counts[i];
    }
    /* A cell without mass joins the one before it; those in front, the first. */
    size_t tenth = rest > 0 ? tenth_of(0, first, rest) : 0;
    for (size_t i = 0; i < cells_n(c); i++) {
        if (is_big_atom(c, i, counts[i], total)) {
            bin_of_cell[i] = bins++;
            continue;
        }
        if (counts[i] > 0)
            tenth = tenth_of(below, counts[i], rest);
        below += counts[i];
        if (name[tenth] < 0)
            name[tenth] = bins++;
        bin_of_cell[i] = name[tenth];
    }
    return (size_t)bins;
}

size_t cells_runs(const int32_t *bin_of_cell, size_t cells, struct cell_run *runs)
{
    size_t n = 0;

    for (size_t i = 0; i < cells; i++) {
        if (i == 0 || bin_of_cell[i] != bin_of_cell[i - 1])
            runs[n++].bin = (uint16_t)bin_of_cell[i];
        runs[n - 1].end = (uint16_t)(i + 1);
    }
    return n;
}

void cells_cumulate(const uint64_t *counts, size_t cells, uint64_t *below)
{
    uint64_t sum = 0;

    below[0] = 0;
    for (size_t i = 0; i < cells; i++) {
        sum += counts[i];
        below[i + 1] = sum;
    }
}

/* Not by a loop over the cells of each run, which would end too soon to be foreseen by the CPU. */
void cells_to_bins(const uint64_t *below, const struct cell_run *runs, size_t n_runs, size_t n_bins,
                   uint64_t *bins)
{
    uint64_t before = 0;

    for (size_t i = 0; i < n_bins; i++)
        bins[i] = 0;
    for (size_t k = 0; k < n_runs; k++) {
        const uint64_t to = below[runs[k].end];

        bins[runs[k].bin] += to - before;
        before = to;
    }
}
