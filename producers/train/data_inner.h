/* SPDX-License-Identifier: MIT */
/* data_inner.h -- what the readers of labelled texts share: data.c has CSV and JSON lines,
 * data_avro.c Avro. Each gives a row's labels, then the row; errors name it. */
#ifndef TRAIN_DATA_INNER_H
#define TRAIN_DATA_INNER_H

#include "producers/train/data.h"

enum column {
    COL_TEXT,
    COL_SENTIMENT,
    COL_ENGAGEMENT,
    COL_IMPLICITNESS,
    COL_REPLY,
    COL_LIKES,
    COL_VIDEO,
    COL_LANG,
    COL_N,
};

/* The rows while they are gathered. */
struct gather {
    struct arena *a;
    const char *name[COL_N]; /* of the columns; NULL: not asked for */
    struct sample *v;
    size_t n, cap;
    bool has[COL_N];
    struct err *err;
};

/* What a row begins as. */
extern const struct sample data_no_labels;

/* Takes a label of s, sentiment to implicitness. ST_REJECT: no number, or none of its range. */
MUST_USE enum status data_label(struct gather *g, enum column c, bool number, double v,
                                struct sample *s);

/* Takes the likes of a row and the video that they are of, which is copied; without a video there
 * are none. ST_REJECT: no number of likes; ST_FATAL: memory. */
MUST_USE enum status data_likes(struct gather *g, bool number, double likes, struct slice video,
                                struct sample *s);

/* Takes the text of a row and, if it says one, its language; both are copied. ST_FATAL: memory. */
MUST_USE enum status data_text(struct gather *g, struct slice text, struct slice lang,
                               struct sample *s);

/* Adds a row; its text and video live in g->a. ST_REJECT: too many; ST_FATAL: memory. */
MUST_USE enum status data_add(struct gather *g, const struct sample *s);

/* Reads an Avro object container file of records. */
MUST_USE enum status data_read_avro(struct gather *g, struct slice bytes);

#endif
