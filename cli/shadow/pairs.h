/* SPDX-License-Identifier: MIT */
/* pairs.h -- the same comments as two models score them, and how far the two are apart.
 *
 * Scores of either side are put in as they come; a pair is a score of each side of one
 * comment at one place of absa.raw (src, src_offset, src_index), so a re-crawl is a pair of
 * its own. Ends of a stretch leave some without a partner: they are counted. */
#ifndef CLI_SHADOW_PAIRS_H
#define CLI_SHADOW_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/bundle.h"
#include "record/score.h"

enum pairs_side { PAIRS_SCORES, PAIRS_SHADOW, PAIRS_SIDES };

/* About 500 MB. */
enum { PAIRS_ROWS_MAX = 5000000, PAIRS_BUNDLES_MAX = 8 };

struct pairs_row {
    uint64_t key;
    double output[OUTPUT_N];
};

struct pairs {
    struct buf rows[PAIRS_SIDES]; /* of struct pairs_row */
    char bundles[PAIRS_SIDES][PAIRS_BUNDLES_MAX][SHA256_HEX_LEN + 1];
    size_t n_bundles[PAIRS_SIDES]; /* different ones; more than there is room for are not held */
};

void pairs_init(struct pairs *p);
void pairs_release(struct pairs *p);

/* ST_FATAL: memory, or over PAIRS_ROWS_MAX ("usage: ..."). */
MUST_USE enum status pairs_add(struct pairs *p, enum pairs_side side, const struct score *s,
                               struct err *err);

/* Of one output: d is shadow - scores. Without pairs all but n is NaN; without any spread the
 * correlation is. */
struct pairs_output {
    double mean[PAIRS_SIDES];
    double sd[PAIRS_SIDES];
    double diff_mean;
    double diff_sd;
    double diff_abs;    /* mean of |d|                 */
    double diff_max;    /* largest |d|                 */
    double correlation; /* Pearson                     */
    double beyond;      /* share with |d| > the bound  */
    double flipped;     /* share on different sides of 0, either more than the bound from it */
};

struct pairs_report {
    size_t n;                  /* pairs              */
    size_t alone[PAIRS_SIDES]; /* without a partner  */
    double bound;
    struct pairs_output output[OUTPUT_N];
};

/* Compares all pairs; |d| over bound is "beyond". Sorts the rows. */
void pairs_compare(struct pairs *p, double bound, struct pairs_report *out);

/* Appends the report: for people, or as one JSON object. */
void pairs_text(const struct pairs *p, const struct pairs_report *r, struct buf *out);
void pairs_json(const struct pairs *p, const struct pairs_report *r, struct buf *out);

#endif
