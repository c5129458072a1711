/* SPDX-License-Identifier: MIT */
/* meta.h -- what the host keeps in the metadata of a committed offset.
 *
 *     v2 a=<attempts> t=<ms> <meta of the stage>   t: where the stage stands in event time
 *     v1 a=<attempts> <meta of the stage>          it has no idea of that
 *     v0 a=<attempts>                              no stage has committed here yet
 */
#ifndef FLOW_META_H
#define FLOW_META_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "stage/stage.h"

/* Attempts: what a start finds. */
enum {
    META_STARTED = 1,     /* the start before it died, or was killed, early              */
    META_AGAIN = 2,       /* so did the one before that                                  */
    META_ALONE = 3,       /* and more: the next record was tried, alone, so often less 3 */
    META_TRIES_TRIAL = 2, /* deaths of one record, alone, that make it suspect           */
    META_TRIES_MAX = 6,   /* as many set it aside although a child lived through it      */
    META_LEN_MAX = STAGE_META_MAX + 64,
};

struct meta {
    bool fresh; /* v0 */
    bool timed; /* v2 */
    uint32_t attempts;
    int64_t time_ms;
    char stage[STAGE_META_MAX];
    size_t n;
};

/* Reads committed metadata; empty (somebody moved the offset by a tool) is no
 * attempts and no meta. ST_FATAL "config: ...": not ours, or of a newer version. */
MUST_USE enum status meta_parse(struct slice s, struct meta *out, struct err *err);

/* Appends it. */
void meta_format(const struct meta *m, struct buf *out);

/* ST_FATAL: longer than STAGE_META_MAX or not printable ASCII. */
MUST_USE enum status meta_set_stage(struct meta *m, struct slice stage, struct err *err);

#endif
