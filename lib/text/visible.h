/* SPDX-License-Identifier: MIT */
/* visible.h -- text of strangers that does nothing but be read.
 *
 * On a terminal a string can move the cursor, change the title or turn the line
 * around; in a mail's head it can begin another header. Here it cannot. */
#ifndef TEXT_VISIBLE_H
#define TEXT_VISIBLE_H

#include "base/buf.h"
#include "base/slice.h"

/* Appends s with these escaped: control characters (C0, DEL, C1), separators of
 * lines and paragraphs and the controls of direction as \n, \r, \t or \u001b;
 * what is not UTF-8 as \xff. So it stays one line, and JSON stays the same
 * JSON. O(n). */
void visible_add(struct slice s, struct buf *out);

#endif
