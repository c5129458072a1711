/* SPDX-License-Identifier: MIT */
/* answer.h -- what a model says of a request, as MLflow's server would write it.
 *
 *     {"predictions": [{"sentiment_score": 0.3, "engagement_score": 0.6,
 *                       "implicitness_degree": 0.1, "confidence": 0.9,
 *                       "aspects_detected": [{"category": "shipping", ...}]}]}
 *     {"error_code": "BAD_REQUEST", "message": "..."}
 *
 * The same core as absa score: the same text has the same scores, to the last digit. */
#ifndef CLI_SERVE_ANSWER_H
#define CLI_SERVE_ANSWER_H

#include "base/buf.h"
#include "cli/serve/request.h"
#include "model/bundle.h"

enum { ANSWER_MAX = 64 << 20 };

/* Scores the rows and appends the answer. ST_REJECT: a score is no finite number; ST_FATAL:
 * memory, the library, or out's maximum. */
MUST_USE enum status answer_rows(struct bundle *b, const struct request *in, struct arena *a,
                                 struct buf *out, struct err *err);

/* Appends what went wrong. */
void answer_error(const char *code, const char *message, struct buf *out);

#endif
