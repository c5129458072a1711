/* SPDX-License-Identifier: MIT */
/* topic.h -- the topics, by number. schemas/README.md says what is in them. */
#ifndef STAGE_TOPIC_H
#define STAGE_TOPIC_H

#include <stdbool.h>
#include <stdint.h>

enum topic_id {
    TOPIC_RAW,
    TOPIC_COMMENTS,
    TOPIC_SCORES,
    TOPIC_LABELS,
    TOPIC_PANES,
    TOPIC_STATE,
    TOPIC_WINDOWS,
    TOPIC_ALERTS,
    TOPIC_NOTIFY,
    TOPIC_DEAD,
    TOPIC_SHADOW, /* scores of a second model */
    TOPIC_ERRORS, /* of labelled predictions, in the shape of scores: with the prefix absa.errors.
                     absa.scores of a drift of their own */
    TOPIC_N,
};

/* How the topics are cut. Fixed for the life of a deployment: an id's partition
 * is its hash modulo the count, so another count is another deployment. */
struct topology {
    int32_t parts[TOPIC_N];
    int32_t src_epoch; /* of absa.raw's partitioning, from 1 */
};

struct topic_info {
    const char *name;     /* "absa.raw" with the default prefix: here "raw" */
    int32_t parts;        /* default; 0: as many as absa.comments (scores, theirs in the shadow) */
    bool compact;         /* cleanup.policy=compact, else delete            */
    int64_t retention_ms; /* of the default plan; -1: for ever          */
};

/* One row a topic, in the order of enum topic_id. */
extern const struct topic_info topic_table[TOPIC_N];

/* The default topology but for the three numbers that a deployment chooses. */
struct topology topology_make(int32_t raw_parts, int32_t comments_parts, int32_t src_epoch);

#endif
