/* SPDX-License-Identifier: MIT */
/* writer.h -- commits one batch while the next one is read; see writer.c. */
#ifndef SINK_WRITER_H
#define SINK_WRITER_H

#include <stdbool.h>

#include "base/err.h"

struct sink;
struct batch;
struct writer;

/* Starts its thread. */
MUST_USE enum status writer_new(struct sink *s, struct writer **out, struct err *err);

/* Waits for the commit that is under way, and forgets what it came to. NULL is fine. */
void writer_free(struct writer *w);

/* Whether it is idle, at the latest after ms. */
MUST_USE bool writer_wait(struct writer *w, int ms);

/* Of an idle one: what the last commit came to; fresh: this was not asked before. After a
 * failure it is given no more. */
MUST_USE enum status writer_take(struct writer *w, bool *fresh, struct err *err);

/* Commits b, which becomes an empty one. It must be idle. */
void writer_give(struct writer *w, struct batch *b);

#endif
