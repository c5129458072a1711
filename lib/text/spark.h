/* SPDX-License-Identifier: MIT */
/* spark.h -- a histogram as one line of blocks, for terminals and mails.
 *
 *     baseline  ▂▅█▇▄▂▁▁··
 *     window    ··▁▂▃▅▇█▆▄
 *
 * An empty bin is a dot, so that it is told from a small one. Two histograms
 * compare by eye when they are drawn to the same top. */
#ifndef TEXT_SPARK_H
#define TEXT_SPARK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { SPARK_BINS_MAX = 64, SPARK_LEVEL_MAX = 8 };

/* The counts of n cells summed into bins, as shares of all of them; bin[i] is
 * the bin of cell i. Returns how many bins there are, at most SPARK_BINS_MAX: a
 * cell of another bin is left out, and so is a count below 0. */
size_t spark_shares(const int64_t *counts, const int32_t *bin, size_t n,
                    double shares[SPARK_BINS_MAX]);

/* The greatest of n values; 0 of none. */
double spark_top(const double *v, size_t n);

/* 0 for an empty bin, else 1..SPARK_LEVEL_MAX: the height of v where top is the
 * full height. */
int spark_level(double v, double top);

/* Appends one character (UTF-8) a value. */
void spark_add(const double *v, size_t n, double top, struct buf *out);

#endif
