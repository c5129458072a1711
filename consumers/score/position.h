/* SPDX-License-Identifier: MIT */
/* position.h -- what score counts between the marks of one partition.
 *
 * Ingest says in each mark how many records of its source it wrote here since
 * the mark before; score compares that with what it read, and says in the mark
 * that it passes on how many it wrote. A record that cannot be decoded belongs
 * to a source that nobody knows: it is counted for all of them as a doubt.
 *
 * As the meta of a committed offset: "s2 <since>", the watermark that every source
 * has passed, and for each source whose counts are known
 * " <src>:<read>:<doubt>:<written>", in order, as long as they fit. However many
 * sources there are, the meta is legal: one that did not fit counts as unknown
 * after a restart, and its next mark then claims no count (n_since_last -1). */
#ifndef SCORE_POSITION_H
#define SCORE_POSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Of one source, since its last mark. */
struct position_src {
    bool known; /* false until the first mark: the counts mean nothing */
    int64_t read;
    int64_t doubt;
    int64_t written;
};

/* Appends the meta, at most max bytes (40 are enough for one without counts). */
void position_write(const struct position_src *src, int32_t n, int64_t since, size_t max,
                    struct buf *out);

/* Reads a meta into n sources (others are ignored) and the watermark; an empty one
 * leaves both as they are. ST_FATAL: it is none of ours. */
MUST_USE enum status position_read(struct slice meta, struct position_src *src, int32_t n,
                                   int64_t *since, struct err *err);

#endif
