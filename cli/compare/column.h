/* SPDX-License-Identifier: MIT */
/* column.h -- one column of two tables, and all that was found out about it. */
#ifndef CLI_COMPARE_COLUMN_H
#define CLI_COMPARE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "cli/compare/table.h"
#include "record/window.h"
#include "stats/compare.h"
#include "stats/sample.h"

enum { WHY_MAX = 1024 };

/* How often a value is in each table. */
struct category {
    struct slice name;
    uint64_t ref;
    uint64_t cur;
};

/* One of the two sides: what was left out of it. */
struct side {
    bool present; /* whether the table has the column */
    size_t missing;
    size_t infinite;
    size_t not_numbers;   /* in the current table alone, of a numeric column */
    struct sample sample; /* infinities with the rest */
};

struct result {
    struct slice name; /* borrowed from the tables, as the categories are */
    bool numeric;
    struct side ref;
    struct side cur;
    struct category *category; /* sorted by name */
    size_t n_categories;
    struct comparison c;
    enum severity severity;
    char why[WHY_MAX]; /* what is not defined, and why; "" when all is */
    bool overflows;    /* and that it should be, but for its range     */
};

/* A report: the columns of both tables in the order of the reference, those that
 * the current table alone has behind them. */
struct report {
    const char *ref_name;
    const char *cur_name;
    size_t ref_rows;
    size_t cur_rows;
    struct result *column;
    size_t n;
    size_t drifted;
    size_t undecided;
};

/* Compares two tables in the n columns of names (none: in all). The tables must
 * outlive the report. ST_FATAL: memory, or "usage: " for a name that neither
 * table has. */
MUST_USE enum status report_make(struct report *r, struct table *ref, struct table *cur,
                                 const struct slice *names, size_t n, struct err *err);

void report_release(struct report *r);

/* Why a figure may be null where both sides have values. */
enum null_reason {
    NULL_OVERFLOW,
    NULL_NUMBERS,
    NULL_ONE_VALUE,
    NULL_FEW_VALUES,
    NULL_TWO_VALUES,
    NULL_INFINITE,
    NULL_REASONS
};

/* One figure of a comparison, by the name that all formats show it under. */
struct figure {
    const char *name;
    size_t offset;         /* in struct comparison */
    bool numbers;          /* not of categories    */
    enum null_reason null; /* why, where it has one */
};

extern const struct figure figures[]; /* ends with a NULL name */

double figure_of(const struct result *r, const struct figure *f);

/* Says in r->why what is null: one reason for a whole side, else the figures by
 * their reasons. */
void figures_explain(struct result *r);

/* "NONE", "WARNING", "CRITICAL": as in absa.windows. */
const char *severity_text(enum severity s);

/* "ok", "drift", "WARNING", "CRITICAL" or "not decided", for people. */
const char *verdict_text(const struct result *r);

/* The formats. ST_FATAL: memory. */
MUST_USE enum status report_text(const struct report *r, struct buf *out, struct err *err);
MUST_USE enum status report_json(const struct report *r, struct buf *out, struct err *err);
MUST_USE enum status report_html(const struct report *r, struct buf *out, struct err *err);

#endif
