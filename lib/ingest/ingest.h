/* SPDX-License-Identifier: MIT */
/* ingest.h -- from what a scraper wrote to comments that can be trusted.
 *
 *      raw record                                       items, in order
 *     { one comment }  ---.                          .--> comment
 *     [ comments ]     ----+--> JSON -> shape -> ----+--> comment (a reply, parent filled)
 *     { a page of them } -'     fields by alias      '--> refused: reason and index
 *
 * What the fields of a scraper are called stands in a table (shapes.c), not in
 * code. A comment fails alone: its neighbours on the page are not touched.
 * Whatever arrives is either a valid comment or refused with a reason:
 *
 *     text   valid UTF-8 of at most INGEST_TEXT_MAX bytes, as written
 *     ids    strings; an id given as a JSON integer keeps all its digits
 *     counts 0..INGEST_COUNT_MAX, or unknown; never a guess ("1.2K" is refused)
 *     time   checked against the comment id, whose upper 32 bits are its
 *            second of creation on TikTok; within 2005 .. arrival + 5 minutes
 *     user   a keyed hash; the id itself goes no further than this library
 *
 * Nothing here reads a clock: arrival comes with the record. */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"
#include "base/time.h"
#include "record/comment.h"
#include "record/deadletter.h"

enum {
    INGEST_TEXT_MAX = 64 << 10, /* bytes of a comment's text                     */
    INGEST_ID_MAX = 128,        /* bytes of any id                               */
};
#define INGEST_COUNT_MAX INT64_C(1000000000000)

/* What an operator chooses. */
struct ingest_rules {
    uint8_t user_key[HMAC_KEY_LEN];
    enum time_unit time_unit; /* of numbers in fields that document no unit */
};

/* One raw record; borrowed. */
struct ingest_raw {
    struct slice value;
    struct slice shape; /* header absa-shape: a shape's name when the producer knows it */
    struct slice video; /* header absa-video: for shapes that have no such field; what
                           is no id (too long, not UTF-8) is not taken               */
    int64_t arrival_ms; /* nothing was written more than 5 minutes after it              */
};

/* One comment found in a raw record, or why there is none. */
struct ingest_item {
    bool refused;
    enum dead_reason reason; /* refused: the code ...                                     */
    const char *why;         /* ... and a sentence without the user's text; static       */
    int32_t index;           /* within the record; -1: the record as a whole was refused  */
    struct slice value;      /* refused comment of a page: itself as JSON, without replies */
    struct comment comment;  /* else; its origin is left zero but for src_index           */
};

struct ingest_items {
    struct ingest_item *v;
    size_t n;
};

/* Reads a raw record into items whose strings live in a (as do the items). A
 * page without comments gives none. ST_OK, also for hostile bytes; ST_FATAL:
 * out of memory. O(bytes). */
MUST_USE enum status ingest_read(const struct ingest_rules *rules, const struct ingest_raw *raw,
                                 struct arena *a, struct ingest_items *out, struct err *err);

/* The absa-shape of a row that its producer could not split: refused as csv. */
#define INGEST_SHAPE_BROKEN_ROW "broken-row"

#endif
