/* SPDX-License-Identifier: MIT */
/* put.h -- JSON, member by member: commas put themselves. */
#ifndef CONSOLE_PUT_H
#define CONSOLE_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Before the value of a member, and before an item of an array. */
void put_key(struct buf *out, const char *name);
void put_item(struct buf *out);

/* Members. */
void put_text(struct buf *out, const char *name, const char *value);
void put_slice(struct buf *out, const char *name, struct slice value);
void put_int(struct buf *out, const char *name, int64_t value);
void put_bool(struct buf *out, const char *name, bool value);

/* To six digits; NaN and infinities are null. */
void put_double(struct buf *out, const char *name, double value);

/* An item of an array, to three digits. */
void put_point(struct buf *out, double value);

#endif
