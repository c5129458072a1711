/* SPDX-License-Identifier: MIT */
/* topics.h -- an account from what drift wrote into its topics. */
#ifndef CLI_WHY_TOPICS_H
#define CLI_WHY_TOPICS_H

#include "base/arena.h"
#include "cli/why/account.h"
#include "kafka/reader.h"
#include "stage/topic.h"
#include "wire/wire.h"

/* All borrowed. */
struct why_topics {
    struct kafka_reader *reader;
    struct wire *wire;
    struct arena *record; /* for the one at hand */
    struct why *why;
};

/* Whether anybody answers there. ST_FATAL "unavailable: ...": nobody does. */
MUST_USE enum status why_reach(const struct kafka_conf *kafka, struct err *err);

/* Reads a topic to its end as of now: absa.windows, from those on that were written when the time
 * asked for was past; then absa.alerts; absa.state. ST_FATAL "unavailable: ...": it cannot be read;
 * ST_REJECT: what stands there is none of ours. */
MUST_USE enum status why_read_topic(const struct why_topics *t, enum topic_id topic,
                                    struct err *err);

#endif
