/* SPDX-License-Identifier: MIT */
/* position.h -- what score counts between the marks of one partition.
 *
 * Ingest says in each mark how many records of its source it wrote here since
 * the mark before; score compares that with what it read, and says in the mark
 * that it passes on how many it wrote. A record that cannot be decoded belongs
 * to a source that nobody knows: it is counted for all of them as a doubt.
 *
 * As the meta of a committed offset: "s1 <newest arrival>" and for each source
 * whose counts are known " <src>:<read>:<doubt>:<written>". A source that does
 * not fit is left out and counts as unknown. */
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

/* Writes the meta, at most max bytes. */
void position_write(const struct position_src *src, int32_t n, int64_t newest, size_t max,
                    struct buf *out);

/* Reads a meta into n sources (others are ignored) and the newest arrival; an
 * empty one leaves both as they are. ST_FATAL: it is none of ours. */
MUST_USE enum status position_read(struct slice meta, struct position_src *src, int32_t n,
                                   int64_t *newest, struct err *err);

#endif
