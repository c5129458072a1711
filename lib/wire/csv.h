/* SPDX-License-Identifier: MIT */
/* csv.h -- CSV from strangers, a row at a time (RFC 4180 and what is met).
 *
 *     taken: fields over several lines, "" in quotes, CRLF, LF and CR mixed, a
 *     byte order mark, ',' ';' or tab (whichever the first row has most), blank
 *     lines (skipped), NUL bytes (kept, and said)
 *
 * The caller does the I/O: it feeds chunks whenever csv_next() asks for more.
 *
 *     for (;;) {
 *         switch (csv_next(c, &row)) {
 *         case CSV_ROW:  use row until the next call                     break;
 *         case CSV_MORE: csv_feed(c, chunk, &err), or csv_finish(c)      break;
 *         case CSV_END:  goto done;
 *         ...
 *
 * A quote that is never closed would swallow the rest of the file. So a record
 * is broken when it passes the maximum, when the input ends within quotes, or
 * when text follows a closing quote. A broken record ends before the next line
 * that by itself has as many fields as the first row, and reading goes on there:
 *
 *     id,text            row 0
 *     1,"never closed    row 1: CSV_BROKEN, no fields, raw is this line
 *     2,"fine"           row 2
 *
 * Memory: the maximum and a chunk. The rows do not depend on how the input is
 * cut into chunks. */
#ifndef WIRE_CSV_H
#define WIRE_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum { CSV_RECORD_MAX = 1 << 20, CSV_CHUNK_MAX = 1 << 20, CSV_FIELDS_MAX = 4096 };

enum csv_fault {
    CSV_RAGGED = 1,   /* another number of fields than the first row, or over CSV_FIELDS_MAX */
    CSV_NUL = 2,      /* holds a NUL byte                                                    */
    CSV_BROKEN = 4,   /* quotes that do not fit: no fields                                   */
    CSV_TOO_LONG = 8, /* over the maximum: no fields; raw may be cut                         */
};

/* All slices are borrowed until the next call. */
struct csv_row {
    const struct slice *field; /* without quotes                             */
    size_t n;
    unsigned faults;  /* of enum csv_fault                                   */
    int64_t number;   /* 0: the first row, which is the header of most files */
    int64_t offset;   /* of raw in the input                                 */
    struct slice raw; /* the bytes of the record, without its line end       */
};

enum csv_rc { CSV_ROW, CSV_MORE, CSV_END, CSV_NO_MEMORY };

struct csv;

/* A reader of records of at most max bytes, line end included (0:
 * CSV_RECORD_MAX). NULL: memory. */
struct csv *csv_new(size_t max);

/* NULL is fine. */
void csv_free(struct csv *c);

/* Adds input (copied, at most CSV_CHUNK_MAX bytes), after csv_next() said
 * CSV_MORE. ST_FATAL: memory, or more than may be fed. */
MUST_USE enum status csv_feed(struct csv *c, struct slice chunk, struct err *err);

/* Says that there is no more input. */
void csv_finish(struct csv *c);

/* The next row. CSV_END only after csv_finish(). O(bytes of the row). */
MUST_USE enum csv_rc csv_next(struct csv *c, struct csv_row *row);

#endif
