/* SPDX-License-Identifier: MIT */
/* utf8.h -- one code point after the other, whatever the bytes are. */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { UTF8_REPLACEMENT = 0xFFFD, UTF8_LEN_MAX = 4 };

/* Reads the code point at byte at < s.n into *cp and returns its length in
 * bytes, 1..4. A byte that starts no valid sequence is U+FFFD of length 1. */
size_t utf8_next(struct slice s, size_t at, int32_t *cp);

/* Writes cp (valid) to out and returns its length, 1..4. */
size_t utf8_put(int32_t cp, char out[UTF8_LEN_MAX]);

/* Lower case of one code point; itself where there is none. */
int32_t utf8_lower(int32_t cp);

bool utf8_is_upper(int32_t cp);
bool utf8_is_letter(int32_t cp); /* of any script */
bool utf8_is_digit(int32_t cp);  /* decimal       */
bool utf8_is_mark(int32_t cp);   /* combining     */
bool utf8_is_space(int32_t cp);  /* also separators and control characters */

/* A letter of the Latin script. */
bool utf8_is_latin(int32_t cp);

/* Length in bytes of the emoji that starts at byte at: a pictograph with its
 * modifiers and joined parts, or a flag. 0: none starts there. */
size_t utf8_emoji(struct slice s, size_t at);

#endif
