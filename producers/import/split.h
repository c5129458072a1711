/* SPDX-License-Identifier: MIT */
/* split.h -- a scraper's file as raw records, and nothing more.
 *
 *     a,b            CSV: each row as an object, the header's names as keys,
 *     1,2            all values as strings, untouched     {"a":"1","b":"2"}
 *     {"cid":..}     JSON lines: each line, as it stands
 *     [{..},{..}]    an array: each element, as it stands
 *     {"comments":   a whole-file wrapper over 256 KiB: each element of its
 *        [..]}       comments[], with the wrapper's video; a smaller one is a page
 *
 * What fields mean is ingest's alone. A row too broken to cut goes on as its
 * bytes, so that ingest can refuse it with a reason. Rows and lines stream; an
 * element or a wrapper is held whole, SPLIT_DOC_MAX bytes at most. */
#ifndef PRODUCERS_IMPORT_SPLIT_H
#define PRODUCERS_IMPORT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"
#include "stage/out.h"

enum {
    SPLIT_DOC_MAX = 256 << 20, /* bytes of a JSON document that is no line and no row     */
    SPLIT_VALUE_MAX = 900000,  /* bytes of a record; the rest is cut: too large for ingest */
    SPLIT_HEADERS_MAX = 5,
};

/* One raw record, borrowed until the next split_next(). */
struct raw_record {
    struct slice value;
    struct slice shape; /* absa-shape: empty, or that of a broken row        */
    struct slice video; /* absa-video: from the wrapper or the file's name   */
    struct slice file;  /* absa-file: its name without folders               */
    int64_t row;        /* absa-row: from 1, a header does not count         */
};

struct split;

/* Splits what f (borrowed) holds; path names it and tells CSV by its ending
 * where the first bytes do not. ST_FATAL: cannot be read, or out of memory.
 * ST_REJECT: a line or document over SPLIT_DOC_MAX. */
MUST_USE enum status split_new(FILE *f, const char *path, struct split **out, struct err *err);

/* NULL is fine. */
void split_free(struct split *s);

/* The next record; *more = false at the end. Errors as split_new(). */
MUST_USE enum status split_next(struct split *s, struct raw_record *rec, bool *more,
                                struct err *err);

/* Bytes of the file that have been read. */
int64_t split_position(const struct split *s);

/* What raw_headers() prints numbers into. */
struct raw_headers {
    struct hdr v[SPLIT_HEADERS_MAX];
    size_t n;
    char row[24];
    char arrival[24];
};

/* The Kafka headers of a record, borrowed from it and from h. arrival_ms < 0:
 * none, the broker's time counts. */
void raw_headers(const struct raw_record *rec, int64_t arrival_ms, struct raw_headers *h);

#endif
