/* SPDX-License-Identifier: MIT */
/* evidently.h -- what Evidently 0.7.23 says of a column, to the last digits it
 * has: for people who come from there, and to be checked against it. Nothing here
 * decides anything of ours. Its bins:
 *
 *     numbers, more than 20 different in ref    Sturges over both tables together
 *     other numbers, categories                 one for each value of either
 *
 * psi and kl replace empty shares: by 0.0001, or where the side's least share is
 * <= 0.0001 by a millionth of that. What is not defined is NaN. */
#ifndef STATS_EVIDENTLY_H
#define STATS_EVIDENTLY_H

#include <stdbool.h>

#include "stats/sample.h"

struct evidently {
    double psi;
    double js;        /* Jensen-Shannon distance, base e                      */
    double kl;        /* of ref from cur (ours is of cur from ref)            */
    double hellinger; /* numbers: always in Sturges' bins, for the number of
                         different values; sqrt(1 - sum sqrt(p q))            */
    double chi2_p;    /* fit of cur to the shares of ref, which are taken as
                         known; 0 when cur has a new value; NaN for numbers
                         with more than 20 values, or one value in all        */
    double z_p;       /* dist_z_p() of the values other than the least; NaN
                         for more than 2 values                               */
    const char *test; /* the one it picks by itself, under its name; NULL when
                         a side is empty                                      */
    double score;     /* of that test                                         */
    bool drift;       /* score >= 0.1 for distances, < 0.05 for p             */
};

/* All NaN and NULL. */
struct evidently evidently_undefined(void);

/* Numbers. wasserstein_norm and ks_p are given, since they are SciPy's.
 * ST_FATAL: memory. O(n + m). */
struct evidently_known {
    double wasserstein_norm;
    double ks_p;
};

MUST_USE enum status evidently_numbers(struct sample ref, struct sample cur,
                                       struct evidently_known known, struct evidently *out,
                                       struct err *err);

/* Categories: counts of each in either table, none 0 in both, in order of name. */
void evidently_categories(const uint64_t *ref, const uint64_t *cur, size_t n,
                          struct evidently *out);

#endif
