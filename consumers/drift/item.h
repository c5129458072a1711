/* SPDX-License-Identifier: MIT */
/* item.h -- what a record of absa.scores holds, before pane counts it. */
#ifndef CONSUMERS_DRIFT_ITEM_H
#define CONSUMERS_DRIFT_ITEM_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "record/deadletter.h"
#include "record/mark.h"
#include "record/score.h"
#include "wire/wire.h"

struct pane_item {
    enum record_kind kind;   /* RECORD_MARK or RECORD_SCORE */
    enum dead_reason reason; /* why not, after ST_REJECT  */
    struct mark mark;
    struct score score;
};

/* Decodes into a and refuses numbers that no stage of ours writes. ST_REJECT: it->reason says
 * which dead letter it makes. */
MUST_USE enum status pane_item_read(struct wire *w, struct slice value, int64_t pane_ms,
                                    struct arena *a, struct pane_item *it, struct err *err);

#endif
