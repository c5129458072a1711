/* SPDX-License-Identifier: MIT */
/* request.h -- the bodies that MLflow's scoring server takes, as comments.
 *
 *     {"dataframe_split": {"columns": ["text"], "data": [["good"], ["bad"]]}}
 *     {"dataframe_records": [{"text": "good"}, {"text": "bad", "is_reply": true}]}
 *     {"instances": ["good", "bad"]}          or a list of records
 *     {"inputs": {"text": ["good", "bad"]}}   or as instances
 *
 * One of the four. The text is the column text, comment_text or comment, the first of them
 * that there is; is_reply (true, false, 1, 0, null) may be missing; other columns are let
 * go. "params" may be there if it says nothing. Messages name rows, never what is in them. */
#ifndef CLI_SERVE_REQUEST_H
#define CLI_SERVE_REQUEST_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "score/reading.h"

enum { REQUEST_BYTES_MAX = 4 << 20, REQUEST_ROWS_MAX = 10000, REQUEST_COLUMNS_MAX = 256 };

struct request {
    struct facts *v; /* in the arena, texts too */
    size_t n;
};

/* Reads a body. ST_REJECT: it is none of these, with the reason; ST_FATAL: memory. */
MUST_USE enum status request_read(struct slice body, struct arena *a, struct request *out,
                                  struct err *err);

#endif
