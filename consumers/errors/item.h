/* SPDX-License-Identifier: MIT */
/* item.h -- what a record of absa.labels holds, and the error that it makes. */
#ifndef CONSUMERS_ERRORS_ITEM_H
#define CONSUMERS_ERRORS_ITEM_H

#include "base/arena.h"
#include "base/hash.h"
#include "drift/label_error.h"
#include "record/deadletter.h"
#include "record/score.h"
#include "stage/stage.h"
#include "wire/wire.h"

struct errors_item {
    struct label label;
    enum dead_reason reason;      /* why not, after ST_REJECT                    */
    bool judges;                  /* a sentiment that was predicted: x is filled */
    double x[LABEL_ERROR_N];      /* drift/label_error.h                         */
    char id[HASH_ID_HEX_LEN + 1]; /* of the label, whenever it is given          */
};

/* Decodes into a, and refuses what no annotator can have meant. ST_REJECT: it->reason says which
 * dead letter it makes. */
MUST_USE enum status errors_item_read(struct wire *w, const struct stage_rec *rec, struct arena *a,
                                      struct errors_item *it, struct err *err);

/* The error as a score: it borrows from the item. */
struct score errors_item_score(struct errors_item *it, const struct origin *origin,
                               enum sighting sighting, bool evicted);

#endif
