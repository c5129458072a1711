/* SPDX-License-Identifier: MIT */
#include "stats/cells.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The search tree is a perfect binary tree of 2^depth - 1 keys in breadth-first
 * order (Eytzinger), padded on the right with +inf. One step goes from node k to
 * 2k or 2k + 1; after depth steps k - 2^depth is the number of keys <= x, since
 * the leaves of a perfect tree lie in value order. No branch depends on x, and
 * the steps of several values overlap.
 * Khuong and Morin, Array Layouts for Comparison-Based Searching, 2017. */
struct cells {
    size_t n_edges;
    unsigned depth;
    double edges[CELLS_EDGES_MAX];
    double tree[1024]; /* 2^depth used; tree[0] is not a key */
};

static_assert(CELLS_EDGES_MAX < 1024, "the tree holds every edge");

/* Node j of level l comes, in value order, at (2 j + 1) 2^(depth-1-l) - 1. */
static void plant(struct cells *c)
{
    for (unsigned level = 0; level < c->depth; level++) {
        const size_t nodes = (size_t)1 << level;

        for (size_t j = 0; j < nodes; j++) {
            size_t at = ((2 * j + 1) << (c->depth - 1 - level)) - 1;

            c->tree[nodes + j] = at < c->n_edges ? c->edges[at] : (double)INFINITY;
        }
    }
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
    struct cells *c = calloc(1, sizeof(*c));
    if (!c)
        return err_set(err, ST_FATAL, "out of memory for cells");
    c->n_edges = n;
    for (size_t i = 0; i < n; i++)
        c->edges[i] = edges[i] + 0.0; /* -0.0 becomes 0.0 */
    while ((size_t)1 << c->depth <= n)
        c->depth++;
    plant(c);
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

/* One level down. Compiles to a compare, a set-on-flag and an add: no branch. */
static inline size_t down(const double *tree, size_t k, double x)
{
    return 2 * k + (x >= tree[k]);
}

size_t cells_find(const struct cells *c, double x)
{
    size_t k = 1;

    for (unsigned d = 0; d < c->depth; d++)
        k = down(c->tree, k, x);
    return k - ((size_t)1 << c->depth);
}

/* The cell of leaf k, or -1 where x is NaN or infinite: by a mask, not a branch. */
static inline int32_t leaf_cell(const struct cells *c, size_t k, double x)
{
    int32_t outside = -(int32_t) !(fabs(x) <= DBL_MAX);

    return (int32_t)(k - ((size_t)1 << c->depth)) | outside;
}

/* Six searches in flight hide the latency of each other's loads and still fit
 * the registers; written out, since gcc 12 -O2 keeps k in memory in a loop. */
enum { LANES = 6 };

void cells_find_many(const struct cells *c, const double *x, size_t n, int32_t *cell)
{
    const double *tree = c->tree;
    const unsigned depth = c->depth;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES) {
        const double v[LANES] = { x[i], x[i + 1], x[i + 2], x[i + 3], x[i + 4], x[i + 5] };
        size_t k[LANES] = { 1, 1, 1, 1, 1, 1 };

        for (unsigned d = 0; d < depth; d++) {
            k[0] = down(tree, k[0], v[0]);
            k[1] = down(tree, k[1], v[1]);
            k[2] = down(tree, k[2], v[2]);
            k[3] = down(tree, k[3], v[3]);
            k[4] = down(tree, k[4], v[4]);
            k[5] = down(tree, k[5], v[5]);
        }
        cell[i] = leaf_cell(c, k[0], v[0]);
        cell[i + 1] = leaf_cell(c, k[1], v[1]);
        cell[i + 2] = leaf_cell(c, k[2], v[2]);
        cell[i + 3] = leaf_cell(c, k[3], v[3]);
        cell[i + 4] = leaf_cell(c, k[4], v[4]);
        cell[i + 5] = leaf_cell(c, k[5], v[5]);
    }
    for (; i < n; i++)
        cell[i] = leaf_cell(c, cells_find(c, x[i]) + ((size_t)1 << c->depth), x[i]);
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

void cells_to_bins(const struct cells *c, const uint64_t *counts, const int32_t *bin_of_cell,
                   size_t n_bins, uint64_t *bins)
{
    memset(bins, 0, n_bins * sizeof(*bins));
    for (size_t i = 0; i < cells_n(c); i++)
        bins[bin_of_cell[i]] += counts[i];
}
