/* SPDX-License-Identifier: MIT */
/* row.h -- one row of a file of judgements as a label.
 *
 * A row is a cell for each field of the schema (schemas/label.22.avsc), by its name; CSV and JSON
 * come down to the same cells. What a row must say: comment_id, and at least one of sentiment,
 * engagement and implicitness. What it may: the prediction that it judges (then with arrival_ms and
 * bundle_sha256, as they stand in absa.scores), confidence, interval, video_id, annotator, stage
 * and labelled_ms, which is a time in ms or in ISO 8601. */
#ifndef PRODUCERS_LABEL_ROW_H
#define PRODUCERS_LABEL_ROW_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "record/deadletter.h"
#include "record/label.h"

enum { LABEL_FIELDS_MAX = 16, LABEL_ID_MAX = 256 };

enum cell_kind { CELL_NONE, CELL_TEXT, CELL_NUMBER };

struct cell {
    enum cell_kind kind;
    struct slice text;
    double number;
};

/* What holds for rows that do not say it themselves. */
struct label_rules {
    struct slice annotator;
    struct slice stage;
    int64_t now_ms; /* labelled then; nothing was labelled later */
};

/* A row and what became of it. Slices live in the arena that it was read into. */
struct label_row {
    struct label label;
    struct slice raw;
    int64_t line;   /* of the file, from 1; of CSV the row, the header is 0  */
    bool predicted; /* label holds the prediction that it judges             */
    bool dead;      /* it is no label, or judges nothing: reason and why say */
    enum dead_reason reason;
    struct slice why;
};

/* Position of a field of the schema by its name, or -1. */
int label_field(struct slice name);

/* Fills row->label and row->predicted from a cell for each field, in the schema's order. ST_REJECT:
 * it is no label, row->reason says of what kind, err never holds the row's text. ST_FATAL: memory.
 */
MUST_USE enum status label_row_read(struct label_row *row, const struct cell *cells,
                                    const struct label_rules *rules, struct arena *a,
                                    struct err *err);

#endif
