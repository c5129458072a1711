/* SPDX-License-Identifier: MIT */
/* chain.h -- the proof that nothing is missing and nothing counts twice.
 *
 * Each pane batch covers the positions from..to of one partition of absa.scores.
 * They must follow each other without a gap. A whole duplicate is dropped; a gap
 * or a partial overlap cannot be repaired by anyone but an operator.
 *
 * Open panes are rebuilt after a restart from the batches since some offset of
 * absa.panes (replay_from). To tell duplicates among them again, the chain also
 * knows where it stood at that offset: it remembers the batches since, and
 * chain_forget() walks that second end forward. */
#ifndef DRIFT_CHAIN_H
#define DRIFT_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/pane.h"

/* A batch that counted, since replay_from. */
struct chain_link {
    int64_t offset; /* of its record in absa.panes */
    int32_t part;
    int64_t to;
};

struct chain {
    int32_t parts;
    int64_t *next;        /* expected of each partition; -1 before the first */
    int64_t *replay_next; /* the same, as it was at replay_from              */
    struct chain_link *links;
    size_t first; /* links[first..n) */
    size_t n;
    size_t cap;
};

/* ST_FATAL: memory. Release with chain_release(); safe on a zeroed struct. */
MUST_USE enum status chain_init(struct chain *c, int32_t parts, struct err *err);
void chain_release(struct chain *c);

/* Takes a batch found at offset; *duplicate: it was wholly counted before. The
 * first batch of a partition starts its chain wherever it is. ST_FATAL: a gap,
 * an overlap, positions that are none, or memory. */
MUST_USE enum status chain_step(struct chain *c, int64_t offset, const struct pane *pane,
                                bool *duplicate, struct err *err);

/* Whether the batch begins behind where its partition stands: positions are missing. */
bool chain_is_gap(const struct chain *c, const struct pane *pane);

/* Batches before offset will not be read again. */
void chain_forget(struct chain *c, int64_t offset);

#endif
