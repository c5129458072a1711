/* SPDX-License-Identifier: MIT */
/* segment.h -- which parts of the stream are watched apart.
 *
 *     all                every comment
 *     <field>:<value>    those with that value of a field (drift/facet.h):
 *                        video:<id>, aspect:<name>, lang:<code>, is_reply:true ...
 *     <field>            a whole kind: each <field>:<value> that the baseline lists,
 *                        and <field>:__other__ for the values that it does not
 *
 *     drift.segments = all, lang, video:7231   with a baseline that lists lang:de, lang:en
 *                 ->   all, lang:__other__, lang:de, lang:en, video:7231
 *
 * The set is closed: it comes from the configuration and the baseline and never
 * grows by what comes in, since "who came first" would differ from run to run. A
 * value that no segment has is counted, whatever it is: an unknown one, one of
 * 10 kB, one that is no text; a comment without a value is in none of the kind. A
 * comment is in each aspect that it names, once. Kept sorted by name, which is the
 * order in which windows are written.
 *
 * At most SEGMENTS_MAX: more is an error of the configuration, at start. */
#ifndef DRIFT_SEGMENT_H
#define DRIFT_SEGMENT_H

#include <stddef.h>

#include "base/err.h"
#include "drift/baseline.h"
#include "drift/facet.h"
#include "record/score.h"

enum { SEGMENTS_MAX = BASELINE_SEGMENTS_MAX, SEGMENT_NAME_MAX = 256 };

#define SEGMENT_OTHER "__other__"

/* A field that segments name. */
struct segment_kind {
    const struct facet *facet;
    size_t other; /* position of <field>:__other__; none: SIZE_MAX */
};

struct segments {
    struct slice *name; /* sorted */
    size_t n;
    struct segment_kind kind[FACETS_MAX];
    size_t kinds;
    char *text; /* what the names borrow from, but for those of the baseline */
};

/* From a list with commas; spaces around a name are dropped. base is borrowed and must outlive it;
 * without one (NULL) no whole kind can be named. ST_FATAL, "config: drift.segments ...": an empty
 * or doubled name, an unknown kind, one of which the baseline lists nothing, over SEGMENTS_MAX. */
MUST_USE enum status segments_parse(struct segments *s, const char *list,
                                    const struct baseline *base, struct err *err);
void segments_release(struct segments *s);

/* Position of a name, or s->n. O(log n). */
size_t segments_find(const struct segments *s, struct slice name);

/* Fills hit[] (s->n places) with the positions of the segments that a score
 * belongs to, ascending; returns how many. O((kinds + aspects) log n). */
size_t segments_of(const struct segments *s, const struct score *score, size_t *hit);

#endif
