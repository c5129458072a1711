/* SPDX-License-Identifier: MIT */
/* follower.h -- partitions of a topic from some point on, for as long as one likes.
 *
 * For those who watch: no group, no position that is kept, committed records
 * only. Records of one partition come in order, those of several as they come.
 * A broker that is away is waited for without a word: kafka_follower_away()
 * says so. Where retention overtakes a slow reader, it goes on at what is left.
 *
 * The end of a partition is its end as it was when the follower began, asked
 * uncommitted: a transaction that was open then is waited for, and the marker
 * behind the last one, an offset without a record, holds nobody up. */
#ifndef KAFKA_FOLLOWER_H
#define KAFKA_FOLLOWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "kafka/msg.h"

enum kafka_from {
    KAFKA_FROM_BEGINNING,
    KAFKA_FROM_END,
    KAFKA_FROM_OFFSET, /* number: this one, or where the log starts or ends */
    KAFKA_FROM_LAST,   /* number: so many offsets before the end            */
    KAFKA_FROM_TIME,   /* number: the first record appended at or after ms  */
};

struct kafka_start {
    enum kafka_from from;
    int64_t number;
};

struct kafka_watch {
    const char *name; /* of the topic             */
    enum topic_id topic;
    int32_t part; /* -1: all that there are now */
    struct kafka_start start;
};

struct kafka_follower;

/* Asks where to begin and begins. conf is borrowed for the call. ST_RETRY: no
 * answer; ST_FATAL: there is no such topic or partition. */
MUST_USE enum status kafka_follower_new(const struct kafka_conf *conf,
                                        const struct kafka_watch *watch,
                                        struct kafka_follower **out, struct err *err);

/* NULL is fine. */
void kafka_follower_free(struct kafka_follower *f);

/* Waits at most timeout_ms for a record; *have says whether m was filled, to be
 * released by the caller. ST_FATAL: it is not permitted, or memory is out. */
MUST_USE enum status kafka_follower_poll(struct kafka_follower *f, int timeout_ms,
                                         struct kafka_msg *m, bool *have, struct err *err);

/* Whether every partition has been read to its end as it was at the start. */
bool kafka_follower_done(const struct kafka_follower *f);

/* Whether no broker is there, as far as it is known: a record ends it. */
bool kafka_follower_away(const struct kafka_follower *f);

#endif
