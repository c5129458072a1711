/* SPDX-License-Identifier: MIT */
/* comment.h -- one comment object of a known shape, field by field. */
#ifndef INGEST_COMMENT_H
#define INGEST_COMMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "ingest/ingest.h"
#include "ingest/shapes.h"

/* What a comment takes from what is around it. */
struct comment_context {
    const struct ingest_rules *rules;
    struct arena *arena;
    int64_t arrival_ms;
    struct slice video;  /* where the object names none                        */
    struct slice parent; /* of the enclosing comment, empty outside of one     */
    bool repaired;       /* bytes of the raw record had to be replaced         */
};

/* Fills item from obj: a comment, or refused with its reason (the id is filled
 * where it could be read, for replies below it). False: out of memory. */
bool comment_read(const struct comment_context *ctx, const struct shape *shape, const json_t *obj,
                  struct ingest_item *item);

/* Marks item as refused. */
void comment_refuse(struct ingest_item *item, enum dead_reason reason, const char *why);

#endif
