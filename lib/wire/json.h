/* SPDX-License-Identifier: MIT */
/* json.h -- JSON from strangers, in one call and with a reason.
 *
 * jansson 2.14 takes 2,000 levels and lets the last of two equal keys win. So a
 * pre-scan that knows strings goes first (depth, numbers, escapes), and jansson
 * follows with JSON_REJECT_DUPLICATES; it seeds its hash by itself.
 *
 *     what                                                  reason
 *     longer than max                                       too_large
 *     nested deeper than WIRE_JSON_DEPTH_MAX                depth
 *     the same key twice in an object                       dup_key
 *     over double or 64 bits, NaN, Infinity, 01, 1., +1     number
 *     not UTF-8, \u0000, half a surrogate pair              encoding
 *     anything else that is not one JSON value              json
 *
 * 1e-400 is 0. A byte order mark is a fault (json) but with WIRE_JSON_BOM. */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "record/deadletter.h"

enum { WIRE_JSON_DEPTH_MAX = 32, WIRE_JSON_RAW_MAX = 256 * 1024 };

enum wire_json_flag {
    WIRE_JSON_BOM = 1, /* first of a file: one byte order mark is stepped over */
    WIRE_JSON_NUL = 2, /* \u0000 is taken: our own JSON lines may hold it      */
};

/* Parses text (at most max bytes) into *out, a new reference (json_decref()).
 * ST_REJECT: it is none; *reason then says why. ST_FATAL: memory. O(n). */
MUST_USE enum status wire_json_parse(struct slice text, size_t max, unsigned flags, json_t **out,
                                     enum dead_reason *reason, struct err *err);

/* Makes jansson allocate by way of a count of failures, for the process; wire_new()
 * calls it. Without it wire_json_parse() cannot tell every lack of memory: jansson
 * 2.14 calls some of them a syntax error, and drops bytes of a number whose buffer
 * cannot grow (of a string: it fails an assertion, which ends the process). May be called again,
 * not by two threads at once. */
void wire_json_watch_memory(void);

#endif
