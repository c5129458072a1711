/* SPDX-License-Identifier: MIT */
/* source.h -- a partition with a time of its own, and what it tells each partition of the topic
 * that is made of it: absa.raw and absa.comments, absa.labels and absa.errors.scores.
 *
 * A mark goes into every partition of that topic, behind the records that it
 * follows and in the same commit, and says how many records of this source went
 * into that partition since the mark before: so a reader can prove that nothing
 * was lost or doubled. After an assignment nobody knows that number, and the
 * hello says -1, unless the source has never been read. */
#ifndef STAGE_SOURCE_H
#define STAGE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "record/mark.h"
#include "stage/clock.h"
#include "stage/stage.h"

/* A partition that is ours. */
struct source {
    struct clock clock;
    enum topic_id from; /* whose partition src it is */
    enum topic_id to;   /* what is made of it        */
    int32_t src;
    int64_t next_offset;
    int64_t *since;   /* records put into each partition of to since its last mark    */
    bool since_known; /* false until the hello is out, but for a source never read    */
    int32_t greeted;  /* partitions that the hello has reached                        */
};

/* A source as it stands after a record, a tick or an assignment, before it is
 * known that its output fits. */
struct source_mark {
    const struct clock *clock;
    int64_t next_offset;
    const int64_t *added; /* records of this step; NULL: none */
    enum mark_kind kind;
};

/* Of a source that nobody has read. NULL: out of memory. */
struct source *source_new(int32_t src, enum topic_id from, enum topic_id to,
                          const struct topology *topo);

/* NULL is fine. */
void source_free(struct source *s);

/* Goes on where the last commit left it: clock_save() was its meta. ST_FATAL: it was not. */
MUST_USE enum status source_resume(struct source *s, const struct stage_resume *resume,
                                   struct err *err);

/* Puts the mark into every partition and counts it. The source is not changed:
 * when all has gone well, source_keep(). */
enum out_rc source_put_marks(const struct source *s, const struct source_mark *m, int64_t skew_ms,
                             struct out *out);

/* The output of a step stands, marks included when there were any (marked): so does what it made
 * of the source. */
void source_keep(struct source *s, const struct source_mark *m, bool marked, const struct out *out);

/* Puts the hello into as many partitions as there is room for; OUT_FULL: call
 * again after a commit. */
enum out_rc source_greet(struct source *s, int64_t skew_ms, struct out *out);

/* Whether the hello has reached every partition. */
bool source_greeted(const struct source *s, const struct out *out);

/* Time has passed for a source of the living: raises the floor, and marks it, when it is proven
 * that nothing waits. A mark that does not fit comes with a later tick. */
MUST_USE enum status source_idle(struct source *s, const struct stage_tick *t, int64_t skew_ms,
                                 int64_t idle_ms, struct out *out, struct err *err);

#endif
