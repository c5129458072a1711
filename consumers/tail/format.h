/* SPDX-License-Identifier: MIT */
/* format.h -- kcat's format strings.
 *
 *     %t topic   %p partition   %o offset   %T timestamp, ms   %% a percent sign
 *     %k key     %s value, decoded to JSON  %K %S their lengths in bytes
 *     \n \r \t \\ \xHH */
#ifndef TAIL_FORMAT_H
#define TAIL_FORMAT_H

#include <stdbool.h>

#include "consumers/tail/entry.h"

/* ST_FATAL "usage: ...": something behind % or \ is none of these. */
MUST_USE enum status format_check(const char *format, struct err *err);

/* Appends e by a format that was checked; harmless: key and value are made so
 * that they cannot act on a terminal. */
void format_add(const char *format, const struct entry *e, bool harmless, struct buf *out);

#endif
