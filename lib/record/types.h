/* SPDX-License-Identifier: MIT */
/* types.h -- what the records are made of.
 *
 * Records are plain data. A record that was decoded borrows its strings and
 * arrays from the arena that it was decoded into. Every array type is a
 * pointer and a count, in this order, so that one codec can walk them all
 * (wire/wire.h). The fields and their meaning stand in schemas/. */
#ifndef RECORD_TYPES_H
#define RECORD_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct opt_long {
    int64_t v;
    bool has;
};

struct opt_double {
    double v;
    bool has;
};

struct opt_bool {
    bool v;
    bool has;
};

struct ints {
    int32_t *v;
    size_t n;
};

struct longs {
    int64_t *v;
    size_t n;
};

struct doubles {
    double *v;
    size_t n;
};

struct strings {
    struct slice *v;
    size_t n;
};

/* A watermark before the first record, and after an end. */
#define WM_NONE INT64_MIN
#define WM_END  INT64_MAX

enum late_by {
    LATE_BY_NONE,
    LATE_BY_FLOOR,
};

/* Where a comment came from and how late it was: stamped once, by ingest. */
struct origin {
    int32_t src;
    int64_t src_offset;
    int32_t src_index;
    int64_t arrival_ms;
    int64_t src_wm_ms;
    enum late_by late_by;
};

#endif
