/* SPDX-License-Identifier: MIT */
/* file.h -- whole files in and out. */
#ifndef FILE_FILE_H
#define FILE_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { FILE_PATH_MAX = 4096 };

/* Writes "dir/name" to out. ST_FATAL: too long. */
MUST_USE enum status file_path(const char *dir, struct slice name, char out[FILE_PATH_MAX],
                               struct err *err);

/* Appends the whole file to out. ST_FATAL: it cannot be read, or is larger than
 * out's maximum. */
MUST_USE enum status file_read(const char *path, struct buf *out, struct err *err);

/* Data that a command was told to read: as file_read(), but that it cannot be read is
 * "unavailable: path: why", as of a service that is not there, since nothing is wrong with the
 * configuration (a file that a property names is another matter). */
MUST_USE enum status file_read_data(const char *path, struct buf *out, struct err *err);

/* What is to be said of such data that could not be opened or read, by errno: ST_FATAL. */
enum status file_away(const char *path, struct err *err);

/* Writes bytes to a file, made new or replaced: wholly or, when that fails at any
 * point, not at all (they go to "path.part" first). What is no plain file, a device
 * or a link, is written as it stands. ST_FATAL: it cannot be written. */
MUST_USE enum status file_write(const char *path, struct slice bytes, struct err *err);

/* Whether file_write() could write there, asked before the work that makes the bytes: nothing
 * that is there changes. ST_FATAL: it could not. */
MUST_USE enum status file_try(const char *path, struct err *err);

#endif
