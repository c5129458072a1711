/* SPDX-License-Identifier: MIT */
/* target.h -- the raw topic that an import writes, and when it must not. */
#ifndef PRODUCERS_IMPORT_TARGET_H
#define PRODUCERS_IMPORT_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kafka/client.h"
#include "producers/import/split.h"

struct target;

/* Opens topic with parts partitions. own_time: records will carry their own
 * arrival. ST_FATAL "config: ..." saying what to do: there is no such topic, it
 * has another number of partitions, it has ended, or it holds records of the
 * other kind of time. kafka is borrowed. */
MUST_USE enum status target_open(const struct kafka_conf *kafka, const char *topic, int32_t parts,
                                 bool own_time, struct target **out, struct err *err);

/* NULL is fine. */
void target_close(struct target *t);

/* Sends a record into the partition of its video. arrival_ms < 0: Kafka's. */
MUST_USE enum status target_send(struct target *t, const struct raw_record *rec, int64_t arrival_ms,
                                 struct err *err);

/* Ends every partition, when end is true, and waits until all is written. */
MUST_USE enum status target_finish(struct target *t, bool end, struct err *err);

#endif
