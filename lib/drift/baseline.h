/* SPDX-License-Identifier: MIT */
/* baseline.h -- what the scores looked like when all was well.
 *
 * A baseline is one integer histogram for each monitored feature, made from
 * scored comments in time order. Windows are counted in its cells and compared
 * with its counts, so whoever counts or compares must hold the same baseline:
 * panes, windows and alerts name it by the SHA-256 of its file.
 *
 *     names, columns --baseline_build()--> struct baseline --baseline_write()--> JSON
 *                                                 ^                               |
 *                                                 +--------baseline_read()--------+
 *
 * The file is canonical: the same baseline gives the same bytes, and one that was
 * written and read again too. Features stand in the order in which they
 * are monitored: sentiment_score, engagement_score, implicitness_degree,
 * confidence, then the bundle's; those of categories (drift/category.h) come last. The
 * file names the kind of each, and a kind that is not known is refused. */
#ifndef DRIFT_BASELINE_H
#define DRIFT_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"
#include "drift/calibration.h"
#include "drift/category.h"
#include "drift/evidence.h"
#include "drift/facet.h"
#include "drift/spread.h"
#include "record/pane.h"
#include "stats/axis.h"
#include "stats/cells.h"

enum {
    BASELINE_FORMAT = 3,          /* of the file, the newest: baseline_write()      */
    BASELINE_FORMAT_OLDEST = 2,   /* that is read still                             */
    BASELINE_METHOD = 1,          /* what the numbers mean: cells, psi bins, unit   */
    BASELINE_FEATURES_MAX = 1024, /* a vector of 384 and some                       */
    BASELINE_NAME_MAX = 128,      /* bytes of a name: printable ASCII without " or \ */
    BASELINE_SEGMENTS_MAX = 10000,
    BASELINE_BYTES_MAX = 64 << 20,
    BASELINE_SPLIT_MIN = 200, /* values in each half, or the split test says nothing */
};

#define BASELINE_SPLIT_PSI 0.2   /* halves further apart than this: refused */
#define BASELINE_VALUE_MAX 1e100 /* larger values are an error              */

/* PSI's bins: of numbers at most PSI_BINS_MAX, of categories one a cell. */
enum { BASELINE_BINS_MAX = CATEGORY_CELLS_MAX };

/* "sha256:" and the hash in hex, with a NUL. */
enum { BASELINE_ID_LEN = 7 + SHA256_HEX_LEN };

struct baseline_feature {
    char *name;
    struct categories *categories; /* NULL: numbers; else the rest is as said in category.h */
    const struct facet *facet;     /* where these come from                                 */
    struct cells *cells;
    size_t n_cells;
    uint64_t *counts;          /* of each cell                                          */
    int64_t *sums;             /* of the values of each cell, in unit, value by value   */
    int32_t *psi_bin;          /* of each cell                                          */
    struct cell_run *psi_runs; /* the same; derived, not in the file */
    size_t n_psi_runs;
    uint64_t *bin_counts; /* of each PSI bin; derived, not in the file             */
    size_t n_bins;
    double unit; /* a power of two: 2^floor(log2(sd)) * 2^-20, or so coarse
                    that no value of the baseline needs more than 2^42 units */
    int64_t n;   /* finite values                                           */
    int64_t missing;
    int64_t infinite;
    double min;
    double max;
    double mean;
    double sd;                 /* with ddof 0                                              */
    double icc;                /* intra-video correlation of the ranks, 0..1; 1 where the
                                  baseline cannot tell (see video_icc())                   */
    struct spread spread;      /* how much more its comments vary than independent ones */
    double training_skew;      /* PSI from the training data beyond noise; 0: none, or not known
                                  (drift/training.h)                                   */
    struct evidence *evidence; /* derived, not in the file                             */
    struct axis *axis;         /* the same, of its counts and sums; NULL for categories */
};

/* First half against second half, in time order: a baseline that does not
 * resemble itself cannot show what drift is. */
struct baseline_split {
    bool ok;
    int32_t tested;                    /* features with enough values in both halves */
    double psi;                        /* of the worst; 0 when none was tested       */
    char worst[BASELINE_NAME_MAX + 1]; /* its name; "" when none was tested        */
};

/* A part of the comments that is watched apart (drift/segment.h). */
struct baseline_segment {
    char *name; /* <field>:<value>, under the rule of names */
    int64_t comments;
    int64_t videos;
    double video_size;      /* as of the whole */
    struct pane_delta *own; /* its counts in the whole's cells (drift/reference.h); NULL: too
                               little is known of it. One block */
};

struct baseline {
    char id[BASELINE_ID_LEN + 1];
    char bundle_sha256[SHA256_HEX_LEN + 1]; /* of the scores' bundle, in hex */
    int32_t method;
    int64_t comments;
    int64_t videos;    /* 0: not known                                           */
    double video_size; /* mean size of the video that a comment belongs to, >= 1 */
    int64_t until_ms;  /* arrival of the last comment; 0: not known              */
    int64_t from_ms;   /* of the first, where training is; 0: not known          */
    struct baseline_split split;
    char training[BASELINE_ID_LEN + 1]; /* id of its bundle's baseline, which it was compared with;
                                           "": with none */
    struct calibration calibration;     /* of absa baseline; see baseline_calibrated() */
    struct baseline_feature *features;  /* those of numbers first */
    size_t n;
    size_t numbers; /* so many are of numbers: the scores, then what the bundle monitors */
    struct baseline_segment *segments; /* sorted by name */
    size_t n_segments;
};

/* Comments of a segment: their rows, ascending. */
struct baseline_rows {
    const char *name;
    const size_t *row;
    size_t n;
};

/* A facet as categories: in each row the number of a word, as dictionary_add() gave it. */
struct baseline_words {
    const char *name; /* of the facet */
    const struct dictionary *words;
    const double *number;
};

/* Columns of equal length, in time order. All borrowed during the call. */
struct baseline_input {
    const char *bundle_sha256;    /* 64 hex digits                              */
    const char *const *names;     /* n names                                    */
    const double *const *columns; /* n columns of rows values; NaN is missing   */
    size_t n;
    const uint64_t *videos; /* hash of each row's video; NULL: not known */
    size_t rows;
    int64_t from_ms;  /* arrival of the first row; 0: not known               */
    int64_t until_ms; /* of the last one                                      */
    const struct baseline_words *categories; /* n_categories of them */
    size_t n_categories;
    const struct baseline_rows *segments; /* n_segments of them, in any order */
    size_t n_segments;
    bool segments_known; /* all are compared with themselves, however little they hold */
};

/* Makes a baseline, split test included (whether it passed is for the caller to
 * judge). ST_REJECT: no rows, a name that is doubled or not allowed, a hash that
 * is none, a value beyond BASELINE_VALUE_MAX, no facet, segments without videos or over
 * BASELINE_SEGMENTS_MAX; ST_FATAL: memory. Release with baseline_free().
 * O(n rows log rows). */
MUST_USE enum status baseline_build(const struct baseline_input *in, struct baseline **out,
                                    struct err *err);

/* Puts a calibration into a baseline that has none: another file, so another id.
 * ST_FATAL: memory. */
MUST_USE enum status baseline_calibrated(struct baseline *b, const struct calibration *c,
                                         struct err *err);

/* Appends the canonical file, of the oldest format that can say it: who knows no
 * segments and categories can read a baseline without any. ST_FATAL: memory or out's maximum. */
MUST_USE enum status baseline_write(const struct baseline *b, struct buf *out, struct err *err);

/* Reads a file and checks all of it: counts against totals, PSI bins against
 * the rule, edges, units. ST_REJECT says what does not fit; ST_FATAL: memory. */
MUST_USE enum status baseline_read(struct slice bytes, struct baseline **out, struct err *err);

/* NULL is fine. */
void baseline_free(struct baseline *b);

/* A segment that it lists; NULL: it does not. O(log segments). */
const struct baseline_segment *baseline_segment_find(const struct baseline *b, struct slice name);

/* Position of a feature, or -1. */
int32_t baseline_find(const struct baseline *b, struct slice name);

/* x in units of f, rounded half away from zero and held within +-2^42: the one
 * way in which a value enters a sum. x is finite. */
int64_t baseline_units(const struct baseline_feature *f, double x);

/* Edges that cut the cells of categories. ST_FATAL: memory. */
MUST_USE enum status baseline_cut_categories(struct baseline_feature *f, struct err *err);

/* For the file's reader: fills what is derived from counts, cells and spread
 * (n_cells set, the derived ones given as NULL). ST_FATAL: memory. */
MUST_USE enum status baseline_derive(struct baseline_feature *f, double video_size,
                                     struct err *err);

/* What is wrong with a name, or NULL. */
const char *baseline_name_fault(struct slice name);

#endif
