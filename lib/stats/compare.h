/* SPDX-License-Identifier: MIT */
/* compare.h -- everything that `absa compare` says of one column.
 *
 * A figure that is not defined (an empty side, a distance that needs numbers, a
 * range that overflows) is NaN or infinite here and null with a reason outside. */
#ifndef STATS_COMPARE_H
#define STATS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stats/distance.h"
#include "stats/evidently.h"
#include "stats/nannyml.h"
#include "stats/sample.h"

/* Benjamini-Hochberg's level, the smallest effect, and the usual two steps. */
#define COMPARE_Q_MAX       0.05
#define COMPARE_EFFECT_MIN  0.02
#define COMPARE_PSI_WARNING 0.2
#define COMPARE_PSI_CRIT    0.3

struct comparison {
    uint64_t n_ref;
    uint64_t n_cur;
    size_t bins;             /* of psi, kl, hellinger, js, linf          */
    double psi;              /* dist_psi() on cells_psi_bins()            */
    double psi_quantile10;   /* sample_psi_quantile() of 10 bins         */
    double psi_quantile20;   /* and of 20                                */
    double ks;               /* ks_distance()                            */
    double ks_p;             /* ks_auto_p()                              */
    double ks_p_asymptotic;  /* dist_ks_p()                              */
    double wasserstein;      /* sample_wasserstein(), the column's unit  */
    double wasserstein_norm; /* over max(sd of ref, 0.001)               */
    double sd_reference;     /* sample_sd()                              */
    double energy;           /* scipy_energy()                           */
    double cvm;              /* scipy_cvm()                              */
    double mann_whitney_p;   /* scipy_mann_whitney_p()                   */
    double js;               /* dist_js()                                */
    double kl;               /* dist_kl()                                */
    double hellinger;        /* dist_hellinger()                         */
    struct chi2 chi2;        /* dist_chi2() by value where the reference has at
                                most 20 values or the column is a category, else
                                by psi's bins */
    double linf;             /* dist_linf()                              */
    double new_share;        /* of the values of cur that ref does not have;
                                by value as chi2, else NaN               */
    struct evidently evidently;
    struct nannyml nannyml;
    double missing_p; /* comparison_missing()                            */
    double p;         /* what q is of: ks_p of numbers, chi2.p of categories */
    double q;         /* comparison_decide()                      */
    bool decided;     /* whether psi and q are defined            */
    bool drift;
};

/* Numbers; the samples may hold infinities, which only nannyml sees. ST_FATAL: memory. O(n log n),
 * but for an exact ks_p: O(n m). */
MUST_USE enum status compare_numbers(struct sample ref, struct sample cur, struct comparison *out,
                                     struct err *err);

/* Categories: how often each is in either table. */
void compare_categories(const uint64_t *ref, const uint64_t *cur, size_t n, struct comparison *out);

/* What is missing of either side, beside what is there: a z-test of two shares. */
void comparison_missing(struct comparison *c, uint64_t ref_missing, uint64_t ref_rows,
                        uint64_t cur_missing, uint64_t cur_rows);

/* All columns together: q over those that have a p, and drift where
 * q < 0.05 and psi - (B-1)(1/n + 1/m) > 0.02. Returns how many drifted. ST_FATAL:
 * memory. O(columns^2). */
MUST_USE enum status comparison_decide(struct comparison *const *c, size_t n, size_t *drifted,
                                       struct err *err);

#endif
