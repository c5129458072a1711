/* SPDX-License-Identifier: MIT */
/* hold.h -- holds back on the embedded broker, which forgets what is too much.
 *
 * A partition there keeps 5 MiB and drops the oldest records without a word. The
 * consumers note how far they are (kafka_admin_note), once a second; before more is
 * written, each of raw, comments, scores and panes must be less than
 * KAFKA_EMBEDDED_LAG_MAX records ahead of that. On Kafka nothing is held back. */
#ifndef PRODUCERS_IMPORT_HOLD_H
#define PRODUCERS_IMPORT_HOLD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "kafka/topics.h"

struct hold;

/* Both are borrowed. *out is NULL, which hold_record() takes, on any other broker. */
MUST_USE enum status hold_new(const struct kafka_conf *kafka, const struct kafka_topics *topics,
                              struct hold **out, struct err *err);
void hold_free(struct hold *h);

/* Call before each record. Waits when it must, until *stop: ST_RETRY. The first
 * wait of over 5 s says on stderr what it waits for, unless quiet. */
MUST_USE enum status hold_record(struct hold *h, const atomic_bool *stop, bool quiet,
                                 struct err *err);

#endif
