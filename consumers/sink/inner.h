/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of consumers/sink share; nobody else includes it. */
#ifndef SINK_INNER_H
#define SINK_INNER_H

#include "consumers/sink/rows.h"
#include "consumers/sink/sink.h"
#include "consumers/sink/writer.h"
#include "kafka/admin.h"
#include "kafka/lanes.h"
#include "obs/health.h"
#include "obs/http.h"
#include "obs/metrics.h"
#include "obs/ready.h"
#include "store/store.h"

enum { SINK_AWAY_MS = 2 * STORE_SILENCE_MS };

/* A partition of a topic. */
struct lane {
    enum topic_id topic;
    int32_t part;
    int64_t saved; /* in the database; the writer's, as the next one is */
    int64_t next;  /* all before it is in the rows of this commit       */
    int64_t read;  /* all before it was read, or is no record           */
};

/* What was read and is not in the database yet: as it came, and as rows. */
struct batch {
    struct rows *rows;
    struct kafka_msg *msgs;
    size_t n;
    size_t room;
    size_t bytes;
    int64_t open_ms; /* monotonic: since when a record waits for its commit; -1 */
};

struct sink {
    const struct sink_args *args;
    const struct sink_conf *conf;
    struct kafka_conf kafka;
    struct kafka_names names;
    struct kafka_admin *admin;
    struct metrics *metrics;
    struct health *health;
    struct http *http;
    struct app_orders *orders;
    bool opened; /* a session was, at least once */
    int retries; /* in a row */

    /* of a session */
    struct store *store;
    struct kafka_lanes *reader;
    struct lane *lanes;
    size_t n_lanes;
    enum ready_parts ready;
    int64_t kept_ms;  /* monotonic: when old partitions were last looked for; -1 */
    bool catching_up; /* the last batch did not wait for its interval            */

    struct writer *writer;
    struct batch now;  /* the other one is the writer's */
    int64_t commit_ms; /* monotonic: of the last commit, or when input began to wait */
};

/* The lane of a topic and partition; NULL: none of ours. */
struct lane *sink_lane(struct sink *s, enum topic_id topic, int32_t part);

/* sink.c: what /readyz says; why there is no session, NULL: there is one. */
void sink_show_ready(struct sink *s, const char *why);

/* session.c: connects, waits for its turn, reads the positions, begins to read. */
MUST_USE enum status sink_open(struct sink *s, struct err *err);
void sink_close(struct sink *s);

/* batch.c: takes what is there, until there is enough for a commit. */
MUST_USE enum status sink_gather(struct sink *s, struct err *err);
bool sink_is_full(const struct sink *s);

/* batch.c: the batch is full; or a quarter of that, and the writer has nothing to do. */
bool sink_has_enough(const struct sink *s);

/* batch.c: all of it into the database; b is empty then. */
MUST_USE enum status batch_commit(struct sink *s, struct batch *b, struct err *err);

/* batch.c: an empty one; share: of the scores. Released in any case. */
MUST_USE enum status batch_init(struct batch *b, double share, struct err *err);

/* batch.c: forgets what is in it; release: and its memory. */
void batch_clear(struct batch *b);
void batch_release(struct batch *b);

/* write.c: one transaction of rows and the lanes. ST_REJECT: a value of some record; it is
 * rolled back. */
MUST_USE enum status sink_write(struct sink *s, struct rows *rows, struct err *err);

/* write.c: drops what is older than it is to be kept, once an hour. */
MUST_USE enum status sink_forget(struct sink *s, struct err *err);

#endif
