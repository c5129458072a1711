/* SPDX-License-Identifier: MIT */
/* transcode.h -- records of the log as JSON lines, and lines as records.
 *
 * A mark is a line as {"absa_kind":"mark","src":0,...}; every other line has
 * the fields of its topic's schema and nothing else. */
#ifndef PIPE_TRANSCODE_H
#define PIPE_TRANSCODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "stage/stage.h"

/* Appends rec, of any topic but absa.raw, and a newline; scratch lives in a.
 * ST_REJECT: it is not what its topic holds. */
MUST_USE enum status transcode_out(struct wire *w, const struct out_rec *rec, struct arena *a,
                                   struct buf *out, struct err *err);

/* Makes the record that line stands for: value, key and headers, in a. Of
 * absa.raw the line itself is the value. A line that does not fit its schema
 * becomes a record of its bytes, for the stage to dead-letter. ST_FATAL: memory. */
MUST_USE enum status transcode_in(struct wire *w, enum topic_id topic, struct slice line,
                                  struct arena *a, struct stage_rec *rec, struct err *err);

#endif
