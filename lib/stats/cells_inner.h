/* SPDX-License-Identifier: MIT */
/* cells_inner.h -- the two searches behind cells_find_many() and cells_find_row().
 *
 * Both give the same answer, bit by bit (tests/prop/stats holds them together), so
 * which one runs is no part of the result: AVX2 where the CPU has it, else the
 * portable one.
 *
 * portable   Eytzinger: a perfect binary tree of 2^depth - 1 keys in breadth-first
 *            order, padded on the right with +inf. One step goes from node k to 2k
 *            or 2k + 1; after depth steps k - 2^depth is the number of keys <= x,
 *            since the leaves of a perfect tree lie in value order. No branch
 *            depends on x, and the steps of several values overlap. (Khuong and
 *            Morin, Array Layouts for Comparison-Based Searching, 2017.)
 *
 * AVX2       a tree of nodes of 16 keys: four compares count how many keys of a
 *            node are <= x, and that count is the child. The edges in their order
 *            are the leaves; mid has the first edge of each leaf but the first of
 *            its 16, and top the first edge of every 256.
 *
 *              top   [ e256  e512  e768  inf ]            more than 272 edges only
 *              mid   [ e16  e32  ...  e256 ] [ e272 ... ] ...
 *              edges [ e0 ... e15 ] [ e16 ... e31 ] ...   padded with +inf
 *
 *            A gather for each step of the binary tree costs more than the 8
 *            compares, and needs 4 values of one feature; this searches the
 *            values of a row, each in its own cells, as fast as those of a column. */
#ifndef STATS_CELLS_INNER_H
#define STATS_CELLS_INNER_H

#include <assert.h>

#include "stats/cells.h"

enum {
    CELLS_NODE = 16,
    CELLS_KEYS = 1024,      /* more than the edges: of each array */
    CELLS_TWO_LEVELS = 272, /* edges that need no top              */
};

/* Memory is by aligned_alloc(): a node is two lines of the cache, no more. */
struct cells {
    _Alignas(64) double edges[CELLS_KEYS];
    _Alignas(64) double mid[CELLS_KEYS / CELLS_NODE];
    _Alignas(64) double top[CELLS_KEYS / CELLS_NODE / CELLS_NODE];
    _Alignas(64) double tree[CELLS_KEYS]; /* 2^depth used; tree[0] is not a key */
    size_t n_edges;
    unsigned depth; /* of tree */
};

static_assert((int)CELLS_EDGES_MAX < CELLS_KEYS, "the trees hold every edge");

/* One value each: of a column (one struct cells for all) or of a row (one each).
 * -1 where x is NaN or infinite. */
void cells_portable_many(const struct cells *c, const double *x, size_t n, int32_t *cell);
void cells_portable_row(const struct cells *const *c, const double *x, size_t n, int32_t *cell);

/* Only where cells_have_avx2(). */
bool cells_have_avx2(void);
void cells_avx2_many(const struct cells *c, const double *x, size_t n, int32_t *cell);
void cells_avx2_row(const struct cells *const *c, const double *x, size_t n, int32_t *cell);

#endif
