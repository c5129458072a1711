/* SPDX-License-Identifier: MIT */
/* run.h -- the report of a run: what a backtest wrote, as a page.
 *
 *     windows.jsonl ─┐
 *     alerts.jsonl  ─┤
 *     dead.jsonl    ─┼──> run_take(), run_render() ──> report.html
 *     summary.json  ─┤
 *     baseline      ─┘
 *
 * Features are ranked by the windows of the first segment in windows.jsonl, which
 * is `all` where that is watched; each is shown as it was in its worst window.
 * Fields that a newer version added are ignored (lib/wire). */
#ifndef REPORT_RUN_H
#define REPORT_RUN_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "drift/baseline.h"
#include "wire/wire.h"

/* A run in the making. */
struct run;

/* The files of a run that are read line by line, in this order. */
enum run_file { RUN_WINDOWS, RUN_ALERTS, RUN_DEAD, RUN_FILES };

/* What is known when all lines were taken. Borrowed during the call. */
struct run_end {
    struct slice summary; /* one JSON object               */
    struct slice command; /* how it was made; may be empty */
    const char *version;  /* of the program                */
};

/* Both are borrowed and must outlive the run. ST_FATAL: memory. */
MUST_USE enum status run_new(struct wire *w, const struct baseline *b, struct run **out,
                             struct err *err);

/* NULL is fine. */
void run_free(struct run *r);

/* "windows.jsonl", ...: what a file is called. */
const char *run_file_name(enum run_file file);

/* Takes one JSON line of a file. ST_REJECT: it is no such record, or a window of another
 * baseline; ST_FATAL: memory. Amortized O(line + segments). */
MUST_USE enum status run_take(struct run *r, enum run_file file, struct slice line,
                              struct err *err);

/* Appends the page; once. ST_REJECT: the summary is none; ST_FATAL: memory. O(all). */
MUST_USE enum status run_render(struct run *r, const struct run_end *end, struct buf *out,
                                struct err *err);

#endif
