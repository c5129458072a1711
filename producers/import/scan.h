/* SPDX-License-Identifier: MIT */
/* scan.h -- where JSON values begin and end, without reading what they mean.
 *
 * Knows brackets and strings, nothing else; whatever it cuts out keeps its
 * bytes, broken or not. Ingest says what is wrong with it. */
#ifndef PRODUCERS_IMPORT_SCAN_H
#define PRODUCERS_IMPORT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* Index behind the value that starts at byte at (no white space), or 0 when s
 * ends before it does; a bare word or number that reaches the end of s is not
 * known to be whole. O(n). */
size_t scan_value(struct slice s, size_t at);

/* Index of the first byte at or behind at that is neither white space nor one
 * of the bytes of also; s.n if there is none. */
size_t scan_space(struct slice s, size_t at, const char *also);

/* The bytes of a member's value in the text of an object; n == 0 if it has none.
 * key is compared as written, without escapes. */
struct slice scan_member(struct slice object, const char *key);

/* The bytes of the next element of an array's text; *at starts at 0. False: no
 * more. An element that never ends is the rest. */
bool scan_element(struct slice array, size_t *at, struct slice *element);

#endif
