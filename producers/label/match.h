/* SPDX-License-Identifier: MIT */
/* match.h -- the prediction that a label judges, by the comment's id.
 *
 * The labels are few and the scores many, so the labels are held and the scores pass by once, in
 * any order. Of several scores of a comment (crawled again, another model) the label judges the one
 * that its annotator can have seen: the newest that had arrived when the label was given, else the
 * oldest. */
#ifndef PRODUCERS_LABEL_MATCH_H
#define PRODUCERS_LABEL_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "producers/label/rows.h"
#include "record/score.h"

struct match_want {
    uint64_t key;
    struct label_row *row;
};

struct match {
    struct label_rows *rows; /* borrowed; may not grow meanwhile */
    struct match_want *v;    /* by key                           */
    size_t n;
    struct slice bundle; /* of the score before: hashes are kept once for a stretch of one model */
    struct slice video;  /* the same of a video */
};

/* Looks for the predictions of all rows that lack one; n is 0 when none does. Release in any case.
 * ST_FATAL: memory. O(n log n). */
MUST_USE enum status match_init(struct match *m, struct label_rows *rows, struct err *err);
void match_release(struct match *m);

/* Shows a score. ST_FATAL: memory. O(log n). */
MUST_USE enum status match_score(struct match *m, const struct score *s, struct err *err);

/* After the last score: rows without any are dead. ST_FATAL: memory. */
MUST_USE enum status match_finish(struct match *m, struct err *err);

#endif
