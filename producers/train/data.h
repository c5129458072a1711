/* SPDX-License-Identifier: MIT */
/* data.h -- labelled texts to learn from. */
#ifndef TRAIN_DATA_H
#define TRAIN_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum { FOLDS = 5, TEST_FOLD = 0, ROWS_MIN = 200, ROWS_MAX = 5000000 };

enum split {
    SPLIT_HASH, /* fold = SHA-256 of the text mod 5                     */
    SPLIT_TIME, /* rows are in time order: the last fifth is the test   */
};

/* One labelled text; a label that the data does not have is NaN. */
struct sample {
    struct slice text;
    bool is_reply;
    double sentiment;    /* -1..1 */
    double engagement;   /* 0..1  */
    double implicitness; /* 0..1  */
    double likes;        /* NaN: unknown; of its video, rank.h    */
    struct slice video;
    struct slice lang; /* empty: not known */
    int fold;          /* 0: test, 1..4: training */
};

struct dataset {
    struct sample *v; /* SPLIT_HASH: in the order of the texts' hashes */
    size_t n;
    bool has_engagement, has_implicitness;
    size_t ranked; /* engagement is the rank of likes, and so many rows have one; 0: it is not */
};

/* Names of the columns; likes and video are both NULL, or engagement is ranked from them. */
struct columns {
    const char *text, *sentiment, *engagement, *implicitness, *is_reply, *lang, *likes, *video;
};

/* Reads a file: Avro or JSON lines by its name (.avro; .jsonl, .ndjson), else CSV or TSV with
 * a header. ST_REJECT names the row: a column that is missing, a label that is
 * no number of its range, too few rows, one sentiment for all. ST_FATAL: it cannot be read. Text
 * lives in a. */
MUST_USE enum status data_read(const char *path, const struct columns *names, enum split split,
                               struct arena *a, struct dataset *out, struct err *err);

#endif
