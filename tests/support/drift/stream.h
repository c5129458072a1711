/* SPDX-License-Identifier: MIT */
/* stream.h -- scores as score would write them, made up from a seed.
 *
 * What a source says (ids, values, times, lateness) follows from seed alone; how
 * the sources are woven into the partitions of absa.scores follows from order.
 * So two orders are two timings of the same raw log. */
#ifndef SUPPORT_DRIFT_STREAM_H
#define SUPPORT_DRIFT_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "check/log.h"
#include "drift/baseline.h"
#include "wire/wire.h"

#define STREAM_BUNDLE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
/* Its scores are moved up. */
#define STREAM_OTHER_BUNDLE "8899aabbccddeeff00112233445566778899aabbccddeeff0011223344556677"

enum { STREAM_FEATURES = 6, STREAM_CATEGORIES = 2, STREAM_STEP_MS = 10000, STREAM_SKEW_MS = 10000 };

struct stream_conf {
    uint64_t seed;
    uint64_t order;
    int32_t sources;
    int32_t parts;
    int records; /* of each source                                   */
    int videos;
    int64_t start_ms;
    int64_t span_ms;   /* from the first arrival to the last                */
    double gap_at;     /* share of the records after which nobody ...       */
    int64_t gap_ms;    /* ... comments for so long                          */
    double shift_from; /* share of the records from which scores move       */
    double shift_to;   /* ... and until which                               */
    double shift;      /* how far the sentiment moves; 0: far               */
    double other_from; /* share of the records from which another bundle scores ... */
    double other_to;   /* ... and until which               */
    bool ends;         /* an end mark of each source, at last               */
    int64_t grain_ms;  /* > 0: arrivals are multiples of it and one in 10 is early, so that
                          watermarks fall on the ends of panes; 0: not */
};

/* A baseline of rows comments that did not move, which lists segments
 * lang:de and aspect:food of a stream that has lang:en and aspect:price too. NULL: failed, printed
 * why. */
struct baseline *stream_baseline(size_t rows);

/* One of the other bundle, as it scores. */
struct baseline *stream_baseline_of_other(size_t rows);

/* One of which the first half, hour:13, did not move and the second, hour:14, did. */
struct baseline *stream_baseline_of_hours(size_t rows);
/* The same with lang and aspect as categories behind the features. */
struct baseline *stream_baseline_of_categories(size_t rows);

/* Appends the stream to absa.scores in log, which has conf->parts partitions. */
MUST_USE enum status stream_write(const struct stream_conf *conf, struct wire *wire,
                                  struct check_log *log, struct err *err);

#endif
