/* SPDX-License-Identifier: MIT */
/* utf8.h -- is it UTF-8, and what to do when it is not (RFC 3629; Unicode 15,
 * section 3.9: overlong forms, surrogates and all above U+10FFFF are invalid). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

/* Bytes of the character at the head of s, 1..4; if there is none, minus the
 * bytes of the broken one (its maximal subpart, 1..3). 0: s is empty. */
int utf8_step(struct slice s);

/* Whether all of s is UTF-8. O(n). */
bool utf8_valid(struct slice s);

/* The head of s, at most max bytes, that ends between two characters. O(n). */
struct slice utf8_cut(struct slice s, size_t max);

/* Appends s to out with U+FFFD for each maximal broken subpart, as Python's
 * errors="replace" does; returns how many there were. O(n). */
size_t utf8_repair(struct slice s, struct buf *out);

#endif
