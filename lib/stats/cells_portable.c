/* SPDX-License-Identifier: MIT */
/* The portable search; see cells_inner.h. */
#include <float.h>
#include <math.h>

#include "stats/cells_inner.h"

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

static int32_t find(const struct cells *c, double x)
{
    return leaf_cell(c, cells_find(c, x) + ((size_t)1 << c->depth), x);
}

/* Six searches in flight hide the latency of each other's loads and still fit
 * the registers; written out, since gcc 12 -O2 keeps k in memory in a loop. */
enum { LANES = 6 };

void cells_portable_many(const struct cells *c, const double *x, size_t n, int32_t *cell)
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
        cell[i] = find(c, x[i]);
}

void cells_portable_row(const struct cells *const *c, const double *x, size_t n, int32_t *cell)
{
    for (size_t i = 0; i < n; i++)
        cell[i] = find(c[i], x[i]);
}
