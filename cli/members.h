/* SPDX-License-Identifier: MIT */
/* members.h -- which comments of the past are of which segment (drift/segment.h). */
#ifndef CLI_MEMBERS_H
#define CLI_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drift/baseline.h"
#include "drift/facet.h"
#include "record/score.h"

/* Segments that are looked at; most of them have few comments. */
enum { MEMBERS_MAX = 1000000 };

struct member {
    char *name; /* <field>:<value> */
    size_t *row;
    size_t n;
    size_t cap;
};

struct members {
    const struct facet *facet[FACETS_MAX];
    size_t facets;
    struct member *v; /* in the order in which they came */
    size_t n;
    size_t *slot; /* by hash of the name: 1 + position in v, or 0 */
    size_t slots; /* a power of two */
};

/* Of the fields in a list with commas; NULL: of none. ST_FATAL "usage: --segments ..." for what
 * is no field, is there twice. Release in any case. */
MUST_USE enum status members_init(struct members *m, const char *list, struct err *err);
void members_release(struct members *m);

/* Adds the comment of a row, above all before. A value that cannot be in a name is passed over.
 * ST_FATAL: memory, over MEMBERS_MAX ("usage: ..."). */
MUST_USE enum status members_add(struct members *m, const struct score *s, size_t row,
                                 struct err *err);

/* Those of at least min comments: rows as they are numbered after moved[] (columns.h), ascending.
 * *out is for free(); what is in it is borrowed from m. ST_FATAL: memory, over
 * BASELINE_SEGMENTS_MAX ("usage: ..."). */
MUST_USE enum status members_take(struct members *m, const size_t *moved, int64_t min,
                                  struct baseline_rows **out, size_t *n, struct err *err);

#endif
