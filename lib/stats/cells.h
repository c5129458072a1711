/* SPDX-License-Identifier: MIT */
/* cells.h -- how the values of one feature are cut into cells.
 *
 * Cells are cut at the quantiles of a baseline: about 256 of equal mass, and a
 * cell of its own for every value that holds more than 1/256 of it (an atom: a
 * zero, a constant). With edges e[0] < ... < e[n-1] there are n + 1 cells,
 *
 *     cell 0: x < e[0]     cell i: e[i-1] <= x < e[i]     cell n: x >= e[n-1]
 *
 * and an atom a is simply the cell [a, next double above a): so one ordered
 * array and one search serve both, and cumulative sums run in value order.
 *
 *                 a = 0.0          deciles, say, of the rest
 *     ------------[ ]--------|---|--|-|-|--|---|-------|------->
 *      cell 0    cell 1  cell 2 ...                     cell n
 *
 * -0.0 counts as 0.0. NaN and infinities fall in no cell.
 *
 * PSI's bins are unions of cells, so PSI from cells is exact: one bin for each
 * atom that holds at least 1/10 of the baseline, and up to 10 quantile bins of
 * the rest. A bin of the rest may lie on both sides of an atom. */
#ifndef STATS_CELLS_H
#define STATS_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CELLS_QUANTILES = 256, CELLS_EDGES_MAX = 1022, CELLS_MAX = CELLS_EDGES_MAX + 1 };
enum { PSI_BINS_MAX = 20 }; /* at most 9 atoms and 10 of the rest, or 10 and an empty rest */

struct cells; /* immutable: may be shared by threads */

/* Cuts n finite values (any order; not changed) into cells. A sample of one
 * value gives an atom; n == 0 gives a single cell. ST_REJECT: a value is not
 * finite; ST_FATAL: memory. *out is owned by the caller, NULL on failure.
 * O(n log n), needs n doubles of memory. */
MUST_USE enum status cells_build(const double *values, size_t n, struct cells **out,
                                 struct err *err);

/* From stored edges (strictly increasing, finite, n <= CELLS_EDGES_MAX; copied).
 * ST_REJECT when they are not; ST_FATAL: memory. */
MUST_USE enum status cells_from_edges(const double *edges, size_t n, struct cells **out,
                                      struct err *err);

/* NULL is fine. */
void cells_free(struct cells *c);

/* Number of cells, edges + 1. */
size_t cells_n(const struct cells *c);

/* The edges, cells_n() - 1 of them. Borrowed from c. */
const double *cells_edges(const struct cells *c);

/* Whether cell i is an atom: [a, next above a). */
bool cells_is_atom(const struct cells *c, size_t i);

/* The cell of a finite x: the number of edges <= x. O(log edges). */
size_t cells_find(const struct cells *c, double x);

/* The cells of n values of one feature (a column): cell[i], or -1 where x is NaN
 * or infinite. The kernel of the product, by AVX2 where the CPU has it; the answer
 * is the same without. (stats/cells_inner.h; tests/bench for its speed.) */
void cells_find_many(const struct cells *c, const double *x, size_t n, int32_t *cell);

/* The same for the values of n features (a row), each in its own cells. */
void cells_find_row(const struct cells *const *c, const double *x, size_t n, int32_t *cell);

/* The PSI bin of each cell, from the baseline's counts (both cells_n() long);
 * returns the number of bins, 1..PSI_BINS_MAX. Bins are numbered in value order
 * of their first cell. Every bin has mass in the baseline, but for one: when
 * atoms hold it all, the cells between them are one empty bin of the unseen. */
size_t cells_psi_bins(const struct cells *c, const uint64_t *counts, int32_t *bin_of_cell);

/* Neighbouring cells of one bin: those before end, and not before the end of the run before. */
struct cell_run {
    uint16_t end;
    uint16_t bin;
};

/* The bins of cells, at most CELLS_MAX of them, as runs; how many, at most one a cell. */
size_t cells_runs(const int32_t *bin_of_cell, size_t cells, struct cell_run *runs);

/* below[i] becomes what the counts of the cells before i add up to: cells + 1 of them. */
void cells_cumulate(const uint64_t *counts, size_t cells, uint64_t *below);

/* Cumulated counts per cell into counts per bin; bins is zeroed first. */
void cells_to_bins(const uint64_t *below, const struct cell_run *runs, size_t n_runs, size_t n_bins,
                   uint64_t *bins);

#endif
