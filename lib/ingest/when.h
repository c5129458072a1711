/* SPDX-License-Identifier: MIT */
/* when.h -- when was this comment written?
 *
 * The upper 32 bits of a TikTok comment id are its second of creation. Exports
 * carry local time without a zone (one file: +2 h in summer, +1 h in winter);
 * the id tells which.
 *
 *     field = id within 3 min              field as given          (field)
 *     a multiple of 15 min up to 14 h off  field less that offset  (zone)
 *     before 2005                          refused: clock
 *     after arrival + 5 min                refused: clock_skew; not if the id
 *                                          is within the 24 hours before it
 *     off in any other way                 the id's second         (id)
 *     no field                             the id's second         (id)
 *     neither                              arrival                 (arrival)
 *
 * An id that is no TikTok id (too short, or a second before 2014 or after
 * arrival) tells nothing, and the field stands. */
#ifndef INGEST_WHEN_H
#define INGEST_WHEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/time.h"
#include "ingest/shapes.h"
#include "record/comment.h"
#include "record/deadletter.h"

struct when {
    int64_t created_ms;
    enum time_source source;
};

/* A time as a shape writes it; v may be NULL (*has = false). False: it is there
 * and cannot be read, or is a number without a known unit. */
bool when_read(const json_t *v, enum time_form form, enum time_unit unit, int64_t *ms, bool *has);

/* The rule above for a time as read. NULL: fine; else why it is refused, with
 * *reason. */
const char *when_decide(int64_t field_ms, bool has, struct slice id, int64_t arrival_ms,
                        struct when *out, enum dead_reason *reason);

#endif
