/* SPDX-License-Identifier: MIT */
/* segment.h -- which parts of the stream are watched apart.
 *
 *     all            every comment
 *     video:<id>     the comments of one video
 *     aspect:<name>  the comments that name an aspect; once each
 *     lang:<code>    the comments of one language
 *
 * The set is closed: it comes from the configuration and never grows by what
 * comes in, since "who came first" would differ from run to run. Kept sorted by
 * name, which is the order in which windows are written. */
#ifndef DRIFT_SEGMENT_H
#define DRIFT_SEGMENT_H

#include <stddef.h>

#include "base/err.h"
#include "record/score.h"

enum { SEGMENTS_MAX = 10000, SEGMENT_NAME_MAX = 256 };

struct segments {
    struct slice *name; /* sorted */
    size_t n;
    char *text; /* what the names borrow from */
};

/* From a list with commas; spaces around a name are dropped. ST_FATAL, "config:
 * drift.segments ...": an empty or doubled name, an unknown kind. */
MUST_USE enum status segments_parse(struct segments *s, const char *list, struct err *err);
void segments_release(struct segments *s);

/* Position of a name, or s->n. O(log n). */
size_t segments_find(const struct segments *s, struct slice name);

/* Fills hit[] (s->n places) with the positions of the segments that a score
 * belongs to, ascending; returns how many. O(aspects log n). */
size_t segments_of(const struct segments *s, const struct score *score, size_t *hit);

#endif
