/* SPDX-License-Identifier: MIT */
/* season.h -- what the whole of a stream is compared with at an hour of the day, or on a day of
 * the week.
 *
 *     season hour    slot 0      slot 1      slot 2             ...   slot 23
 *     segment        hour:00     hour:01     hour:02                  hour:23
 *     against        reference   reference   the whole: too           reference
 *                                            little is known of it
 *
 * A run of the scan is within one slot. */
#ifndef DRIFT_SEASON_H
#define DRIFT_SEASON_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/baseline.h"
#include "drift/facet.h"

enum { SEASON_NAME_MAX = 32 };

struct season {
    const struct facet *facet;    /* of time; NULL: there is no season         */
    const struct baseline *whole; /* borrowed                                  */
    struct baseline **slot;       /* by facet_slot(); NULL: compared with the whole */
    size_t known;                 /* those that are not                        */
};

/* Of the segments that whole knows well enough. f: NULL for none. ST_FATAL: memory; release in
 * any case. */
MUST_USE enum status season_init(struct season *s, const struct facet *f,
                                 const struct baseline *whole, struct err *err);
void season_release(struct season *s);

/* What is compared with at a time. */
const struct baseline *season_at(const struct season *s, int64_t at_ms);

/* Runs that end there begin here or later; WM_NONE: anywhere. */
int64_t season_since(const struct season *s, int64_t at_ms);

/* The segment of a slot of a facet of time, "hour:07"; out holds SEASON_NAME_MAX bytes. */
void season_name(const struct facet *f, size_t slot, char *out);

/* Rows of a baseline by their slot, as its segments. */
struct season_rows {
    struct baseline_rows *part; /* n of them, none is empty */
    size_t n;
    size_t *row;
    char (*name)[SEASON_NAME_MAX];
};

/* Of rows that came at at_ms. ST_FATAL: memory; release in any case. O(rows + slots). */
MUST_USE enum status season_rows_init(struct season_rows *r, const struct facet *f,
                                      const int64_t *at_ms, size_t rows, struct err *err);
void season_rows_release(struct season_rows *r);

#endif
