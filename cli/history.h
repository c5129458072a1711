/* SPDX-License-Identifier: MIT */
/* history.h -- what was, in the order of its arrival: files or a stretch of a
 * topic, fed into a pipe and ended as the end of an import ends it. */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include <stdatomic.h>
#include <stdint.h>

#include "ingest/ingest.h"
#include "kafka/client.h"
#include "kafka/msg.h"
#include "pipe/pipe.h"

struct history {
    const struct topology *topo;
    int64_t from_ms;  /* of raw records' arrival; INT64_MIN: all            */
    int64_t until_ms; /* exclusive; INT64_MAX: all                          */
    int64_t now_ms;   /* files: no comment was written later                */
    int verbosity;
    const atomic_bool *stop;
};

/* Feeds the records of n files into p, sorted by the time of their comments
 * (which becomes their arrival), then by place. ST_FATAL "unavailable: ..." names a
 * file that cannot be read. */
MUST_USE enum status history_files(const struct history *h, char *const *paths, size_t n,
                                   const struct ingest_rules *rules, struct pipe *p,
                                   struct err *err);

/* Feeds a topic (absa.raw, absa.comments or absa.scores) as kafka/stretch.h reads
 * it; live raw records are given their time in the log as absa-arrival, as a
 * replay would. ST_FATAL "unavailable: ..." when it cannot be read from the start,
 * "config: ..." when it has another number of partitions. */
MUST_USE enum status history_topic(const struct history *h, const struct kafka_conf *kafka,
                                   const struct kafka_names *names, enum topic_id topic,
                                   struct pipe *p, struct err *err);

#endif
