/* SPDX-License-Identifier: MIT */
/* line.h -- an entry as one line for a person. */
#ifndef TAIL_LINE_H
#define TAIL_LINE_H

#include <stdbool.h>

#include "consumers/tail/entry.h"

struct style {
    bool colour;
    bool terminal; /* JSON, too, is made harmless */
    bool local;    /* times in the zone of TZ     */
};

/* Appends e and a newline: an alert, a dead letter, a record that cannot be
 * read; anything else as its JSON. Strings of records cannot act on a terminal. */
void line_add(const struct entry *e, const struct style *style, struct buf *out);

/* Starts and ends a colour: "1;31". Nothing without colour. */
void line_colour(const struct style *style, const char *code, struct buf *out);
void line_plain(const struct style *style, struct buf *out);

/* The colour of an alert: CRITICAL red, WARNING yellow, resolved green. */
const char *line_colour_of(const struct alert *al);

/* "2025-07-03 13:00Z", with seconds where there are any. */
void line_time(int64_t ms, const struct style *style, struct buf *out);

#endif
