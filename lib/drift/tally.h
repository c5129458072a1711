/* SPDX-License-Identifier: MIT */
/* tally.h -- all that was counted of one segment in a stretch of time.
 *
 * A tally is dense and in memory; a struct pane_delta (record/pane.h) is the
 * same thing sparse and on the wire. Both are integers and bottom-k samples
 * only, so adding is exact, associative and commutative: however a stretch of
 * comments is cut into deltas and in whichever order they are added, the sum is
 * the same. Minimum and maximum are no integers but merge as exactly. */
#ifndef DRIFT_TALLY_H
#define DRIFT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "drift/baseline.h"
#include "drift/sample.h"
#include "record/pane.h"
#include "record/score.h"

/* Integer histogram of one feature in the baseline's cells. */
struct hist {
    int64_t n;
    int64_t missing;
    int64_t infinite;
    double min; /* 0 when n is 0 */
    double max;
    uint64_t *counts;
    int64_t *sums;
};

/* Memory: 16 bytes a cell and 56 a feature, beside the two samples. The usual
 * 256 cells: 4,152 bytes a feature (the window of 25 features: 101 KiB), and on
 * the wire about 10 bytes for each cell that holds something. */
struct tally {
    const struct baseline *base; /* borrowed */
    int64_t n;                   /* first sightings on time */
    int64_t late;
    int64_t late_by_floor;
    int64_t updates;
    int64_t cross_source_updates;
    int64_t dedupe_evicted;
    int64_t overtaken;
    int64_t other_bundle; /* first sightings on time that another bundle scored: in no histogram */
    struct hist *hists;   /* one a feature of the baseline */
    struct video_sample videos;
    struct example_sample examples;
    size_t touched; /* cells that hold something */
};

/* One scored comment, looked up: what is added to every segment it belongs to.
 * Owned by who counts; made once, filled for each comment. */
struct sighting_values {
    size_t n;      /* features of the baseline                        */
    size_t scores; /* so many of them are scores (drift/monitored.h) */
    double *x;
    int32_t *cell;              /* -1: missing or infinite       */
    int64_t *units;             /* baseline_units() of x         */
    const struct cells **cells; /* of each feature, borrowed from the baseline */
    uint64_t video;             /* hash of the video id, or of the comment id without one: such
                                   a comment counts as a video of its own, as in its key */
    struct example example;
};

/* For scores against that baseline alone, which is borrowed and must outlive it.
 * NULL: out of memory. */
struct sighting_values *sighting_values_new(const struct baseline *base);
void sighting_values_free(struct sighting_values *v);

/* Looks up a score; borrows its strings. ST_REJECT: it does not have the
 * baseline's number of features. */
MUST_USE enum status sighting_values_fill(struct sighting_values *v, const struct baseline *base,
                                          const struct score *score, struct err *err);

/* Empty. NULL: out of memory. base is borrowed and must outlive it. */
struct tally *tally_new(const struct baseline *base);
void tally_free(struct tally *t);

/* Empties it; keeps the memory of the histograms. */
void tally_clear(struct tally *t);

/* Compares it with a baseline of the same cells from now on (drift/reference.h), borrowed. */
void tally_against(struct tally *t, const struct baseline *base);

/* Counts one first sighting. ST_FATAL: memory or overflow. */
MUST_USE enum status tally_add(struct tally *t, const struct sighting_values *v, struct err *err);

/* Adds a delta that delta_check() accepted. ST_FATAL: memory or overflow. */
MUST_USE enum status tally_merge(struct tally *t, const struct pane_delta *d, struct err *err);

/* Writes what is in it as a delta, sparse; arrays live in a, strings and
 * examples are borrowed from t. ST_FATAL: memory. */
MUST_USE enum status tally_delta(const struct tally *t, struct arena *a, struct pane_delta *out,
                                 struct err *err);

/* About how many bytes tally_delta() takes on the wire. */
size_t tally_wire_size(const struct tally *t);

/* Says what is wrong with a delta from the wire: cells out of range or not
 * ascending, counts that do not add up, samples out of order. ST_REJECT. */
MUST_USE enum status delta_check(const struct baseline *base, const struct pane_delta *d,
                                 struct err *err);

/* A copy of d in one block, to be given to free(); its size in *bytes. NULL: out
 * of memory. */
struct pane_delta *delta_copy(const struct pane_delta *d, size_t *bytes);

#endif
