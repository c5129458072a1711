/* SPDX-License-Identifier: MIT */
/* nannyml.h -- what NannyML 0.13.1 says of a column where it differs from SciPy and
 * from us: for people who come from there. Its chi2 and wasserstein are SciPy's,
 * its l_infinity is dist_linf() on categories.
 *
 * Numbers are counted in Doane's bins of the reference, categories one by one; what
 * is outside of the reference's bins is one bin more. It counts infinities as
 * values; of a reference with one it has no bins. From 10,000 reference values on
 * it estimates ks by a histogram, unless told calculation_method='exact', which is
 * what this is. What is not defined is NaN. */
#ifndef STATS_NANNYML_H
#define STATS_NANNYML_H

#include "stats/sample.h"

struct nannyml {
    double js;        /* Jensen-Shannon distance, base 2 */
    double hellinger; /* sqrt(sum (sqrt p - sqrt q)^2 / 2) */
    double ks;        /* numbers only                    */
};

/* Numbers; both samples may hold infinities. O(n + m). */
struct nannyml nannyml_numbers(struct sample ref, struct sample cur);

/* Categories: counts of each in either table. */
struct nannyml nannyml_categories(const uint64_t *ref, const uint64_t *cur, size_t n);

#endif
