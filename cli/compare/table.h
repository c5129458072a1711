/* SPDX-License-Identifier: MIT */
/* table.h -- a table out of a file, held by columns, as text.
 *
 * Takes CSV (lib/wire/csv.h), JSON lines, a JSON array of objects, or objects
 * one after another. A cell is missing when it is empty, NaN or null (in any
 * case of letters), or when a JSON object lacks it; missing cells are not held. */
#ifndef CLI_COMPARE_TABLE_H
#define CLI_COMPARE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { TABLE_COLUMNS_MAX = 4096 };

#define TABLE_FILE_MAX  ((size_t)512 << 20) /* bytes of a file                */
#define TABLE_CELLS_MAX ((size_t)1 << 30)   /* bytes of the cells of one column */

struct column {
    struct buf name;
    struct buf cells; /* each: 4 bytes of length, then its text */
    size_t n;         /* cells that are not missing             */
    bool numeric;     /* every one of them is a number          */
};

struct table {
    struct column *column;
    size_t n;
    size_t cap;
    size_t rows;
    size_t last; /* the column found last: the next one is a good guess */
};

void table_init(struct table *t);
void table_release(struct table *t);

/* Adds the rows of text, which is CSV unless it begins with '{' or '['.
 * ST_REJECT: it is no such table, with the row; ST_FATAL: memory, a limit. */
MUST_USE enum status table_read(struct table *t, struct slice text, struct err *err);

/* The column of that name, or NULL. O(columns), O(1) in the order of the table. */
struct column *table_column(struct table *t, struct slice name);

/* The cell at *at (0: the first), which is moved to the next; p == NULL: none
 * left. Borrowed from the column. */
struct slice column_cell(const struct column *c, size_t *at);

/* Whether a cell is a number as JSON, C and CSV write it in decimal, or an
 * infinity ("inf", "Infinity", a sign); *x is then its value. */
bool table_number(struct slice cell, double *x);

#endif
