/* SPDX-License-Identifier: MIT */
/* rig.h -- the ingest stage on a table: records in, decoded output to look at. */
#ifndef TEST_INGEST_RIG_H
#define TEST_INGEST_RIG_H

#include "base/arena.h"
#include "consumers/ingest/stage.h"
#include "record/comment.h"
#include "record/mark.h"
#include "stage/stage.h"

enum { RIG_RAW = 2, RIG_PARTS = 3 };

struct rig {
    struct topology topo;
    struct wire *wire;
    struct stage stage;
    struct out *out;
    struct arena *arena; /* of what was decoded */
    int64_t offset;      /* of the next raw record */
};

/* conf NULL: the default. Assigns nothing. */
void rig_open(struct rig *r, const struct ingest_conf *conf);
void rig_close(struct rig *r);

/* Assigns a raw partition; offset -1 and meta "" on its first day. */
void rig_assign(struct rig *r, int32_t part, int64_t offset, const char *meta);

/* Feeds one record and asserts that it is used. arrival_ms: Kafka's time. */
void rig_feed(struct rig *r, int32_t part, const char *value, int64_t arrival_ms);

/* The same with one header. */
void rig_feed_with(struct rig *r, int32_t part, const char *value, const char *header,
                   const char *header_value);

/* The i-th comment, mark or dead letter in the output, NULL when there are
 * fewer; and how many. */
const struct comment *rig_comment(struct rig *r, size_t i);
const struct mark *rig_mark(struct rig *r, size_t i, int32_t *part);
const struct deadletter *rig_dead(struct rig *r, size_t i);
size_t rig_marks(struct rig *r);

/* Commits: empties the output. */
void rig_commit(struct rig *r);

/* {"comment_text":..} with a time: a comment in partition of video v. */
const char *rig_text(const char *video, const char *iso);

#endif
