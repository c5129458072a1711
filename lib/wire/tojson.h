/* SPDX-License-Identifier: MIT */
/* tojson.h -- a struct to a JSON object, by its table. */
#ifndef WIRE_TOJSON_H
#define WIRE_TOJSON_H

#include "base/buf.h"
#include "wire/table.h"

/* Appends rec as one object; the buf remembers a lack of memory. An enum out of
 * range is written as null. */
void to_json_record(const struct wire_table *t, const void *rec, struct buf *out);

/* Appends s as a JSON string: what is not UTF-8 becomes U+FFFD, and only what
 * must be escaped is. */
void to_json_string(struct slice s, struct buf *out);

/* Appends the shortest of %.15g, %.16g and %.17g that reads back the same, with
 * a point or an exponent always; NaN and infinities as null. */
void to_json_double(double v, struct buf *out);

#endif
