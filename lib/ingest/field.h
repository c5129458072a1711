/* SPDX-License-Identifier: MIT */
/* field.h -- one JSON value as an id, a count, a truth value. Each function takes
 * NULL for "not there" and says false when the value cannot be meant. */
#ifndef INGEST_FIELD_H
#define INGEST_FIELD_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/slice.h"
#include "record/types.h"

/* The string without white space around it and without the ="..." by which
 * exporters keep Excel from rounding ids; empty for what is no string. Borrows. */
struct slice field_string(const json_t *v);

/* An id as a string: at most INGEST_ID_MAX bytes, from a string or an integer;
 * empty when it is not there or "0". False for a real number, which has lost
 * digits, and for any other type. Lives in a; *oom when that is full. */
bool field_id(const json_t *v, struct arena *a, struct slice *id, bool *oom);

/* As field_id(), and the id within a URL of a video (.../video/123?x). */
bool field_video_id(const json_t *v, struct arena *a, struct slice *id, bool *oom);

/* 0..INGEST_COUNT_MAX from an integer, a real without fraction, or digits. */
bool field_count(const json_t *v, struct opt_long *n);

/* true, false, 0, 1, "yes", "no" and the like. */
bool field_bool(const json_t *v, struct opt_bool *b);

#endif
