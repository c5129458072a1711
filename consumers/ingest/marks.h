/* SPDX-License-Identifier: MIT */
/* marks.h -- one raw partition and what it tells each partition of absa.comments.
 *
 * A mark goes into every partition of absa.comments, behind the records that it
 * follows and in the same commit, and says how many records of this source went
 * into that partition since the mark before: so a reader can prove that nothing
 * was lost or doubled. After an assignment nobody knows that number, and the
 * hello says -1, unless the source has never been read. */
#ifndef CONSUMERS_INGEST_MARKS_H
#define CONSUMERS_INGEST_MARKS_H

#include <stdbool.h>
#include <stdint.h>

#include "consumers/ingest/clock.h"
#include "record/mark.h"
#include "stage/out.h"

/* A raw partition that is ours. */
struct source {
    struct clock clock;
    int32_t src;
    int64_t next_offset;
    int64_t *since;   /* records put into each partition of comments since its last mark */
    bool since_known; /* false until the hello is out, but for a source never read        */
    int32_t greeted;  /* partitions that the hello has reached                            */
};

/* A source as it stands after a record, a tick or an assignment, before it is
 * known that its output fits. */
struct source_mark {
    const struct clock *clock;
    int64_t next_offset;
    const int64_t *added; /* records of this step; NULL: none */
    enum mark_kind kind;
};

/* NULL: out of memory. */
struct source *source_new(int32_t src, int32_t comment_parts);

/* NULL is fine. */
void source_free(struct source *s);

/* Puts the mark into every partition and counts it. The source is not changed:
 * when all has gone well, source_marked(). */
enum out_rc source_put_marks(const struct source *s, const struct source_mark *m, int64_t skew_ms,
                             struct out *out);

/* All that was put since counts from here. */
void source_marked(struct source *s, const struct out *out);

/* Puts the hello into as many partitions as there is room for; OUT_FULL: call
 * again after a commit. */
enum out_rc source_greet(struct source *s, int64_t skew_ms, struct out *out);

/* Whether the hello has reached every partition. */
bool source_greeted(const struct source *s, const struct out *out);

#endif
