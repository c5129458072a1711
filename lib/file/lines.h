/* SPDX-License-Identifier: MIT */
/* lines.h -- a file of lines, one at a time. */
#ifndef FILE_LINES_H
#define FILE_LINES_H

#include "base/err.h"
#include "base/slice.h"

/* Takes one line, without white space around it; borrowed until it returns. */
typedef enum status line_fn(void *ctx, struct slice line, struct err *err);

/* Hands on every line that is not blank, until one is not ST_OK: that is returned, with the
 * line's number in front. ST_FATAL "unavailable: ...": the file cannot be read. */
MUST_USE enum status file_lines(const char *path, line_fn *fn, void *ctx, struct err *err);

#endif
