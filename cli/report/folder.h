/* SPDX-License-Identifier: MIT */
/* folder.h -- the report of a folder that a backtest wrote.
 *
 *     windows.jsonl  alerts.jsonl  dead.jsonl  baseline.json  command.txt
 *     summary.json, written last: without it the folder is of a run that did not end well
 *     report.html, made from all of these: by the backtest, and again by absa report */
#ifndef CLI_REPORT_FOLDER_H
#define CLI_REPORT_FOLDER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "drift/baseline.h"
#include "wire/wire.h"

#define FOLDER_SUMMARY  "summary.json"
#define FOLDER_BASELINE "baseline.json"
#define FOLDER_COMMAND  "command.txt"
#define FOLDER_REPORT   "report.html"

struct folder {
    const char *dir;
    struct wire *wire;
    const struct baseline *baseline;
    struct slice summary;
    struct slice command;
};

/* Appends the page. ST_REJECT: a file is not what it should be; ST_FATAL: memory, or
 * "unavailable: ..." of a file that cannot be read. */
MUST_USE enum status folder_report(const struct folder *f, struct buf *out, struct err *err);

/* Appends an argument as a shell reads it. */
void folder_quote(struct buf *out, const char *arg);

#endif
