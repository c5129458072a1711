/* SPDX-License-Identifier: MIT */
/* copy.h -- rows as COPY ... (FORMAT binary) wants them.
 *
 *     "PGCOPY\n\377\r\n\0"  flags:4  extension:4        copy_begin()
 *     fields:2  { length:4 bytes }...                    copy_row()
 *     ...
 *     -1:2                                               copy_end()
 *
 * All big-endian; length -1 is NULL. (PostgreSQL 15 manual, COPY, Binary Format; the
 * formats of the types are those of its *_send functions.)
 *
 * A row is a struct and a list of columns that says where each value stands in it,
 * so that a table is described once: names for the statement, places for the rows.
 * Pure. */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum copy_type {
    COPY_BOOL,       /* bool                                     boolean          */
    COPY_INT,        /* int32_t                                  integer          */
    COPY_LONG,       /* int64_t                                  bigint           */
    COPY_OPT_LONG,   /* struct opt_long                          bigint           */
    COPY_DOUBLE,     /* double                                   double precision */
    COPY_OPT_DOUBLE, /* struct opt_double                        double precision */
    COPY_TEXT,       /* struct slice, UTF-8                      text             */
    COPY_OPT_TEXT,   /* the same, NULL when it is empty          text             */
    COPY_ENUM,       /* an enum from 0, by its names             text             */
    COPY_TIME,       /* int64_t, Unix ms                         timestamptz      */
    COPY_LONGS,      /* struct longs                             bigint[]         */
};

struct copy_column {
    const char *name; /* NULL ends a list */
    enum copy_type type;
    size_t at;                /* offset in the row's struct         */
    const char *const *names; /* COPY_ENUM: by value, ends with NULL */
};

enum {
    COPY_BYTES_MAX = 256 << 20, /* of one COPY                            */
    COPY_TEXT_MAX = 16 << 20,   /* of one text: the log's records are smaller */
};

void copy_begin(struct buf *out);

/* Appends one row, or nothing: ST_REJECT, a value that the type cannot hold (a time
 * before 1970 or after 9999, a name that the enum lacks, a text with a zero byte or
 * over COPY_TEXT_MAX); ST_FATAL: out of memory, or over out's maximum. */
MUST_USE enum status copy_row(const struct copy_column *columns, const void *row, struct buf *out,
                              struct err *err);

void copy_end(struct buf *out);

#endif
