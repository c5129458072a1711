/* SPDX-License-Identifier: MIT */
/* html.h -- what strangers wrote, as text of a page and nothing else.
 *
 * A name or a message may hold tags, quotes, control characters, turns of
 * direction or bytes that are no text. Here all of that is only read: what acts
 * is shown as an escape (text/visible.h), what HTML means something by as an
 * entity. It is safe between tags and in quoted attributes. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

enum { HTML_TEXT_MAX = 400 }; /* bytes of a text that are shown; then an ellipsis */

/* Appends s, cut at HTML_TEXT_MAX. */
void html_text(struct buf *out, struct slice s);

/* All of it. O(n). */
void html_whole(struct buf *out, struct slice s);

/* 2025-07-03 13:16, UTC. */
void html_minute(struct buf *out, int64_t ms);

/* 3,521 */
void html_count(struct buf *out, int64_t n);

/* A number to three digits; a dash for what is not defined. */
void html_number(struct buf *out, double x);

/* A p; "< 1e-300" where doubles end, since nothing has a probability of 0. */
void html_chance(struct buf *out, double p);

/* 12.3 %; a dash for what is not defined. */
void html_share(struct buf *out, double share);

#endif
