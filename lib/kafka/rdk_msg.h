/* SPDX-License-Identifier: MIT */
/* rdk_msg.h -- from librdkafka's message to ours. */
#ifndef KAFKA_RDK_MSG_H
#define KAFKA_RDK_MSG_H

#include <librdkafka/rdkafka.h>

#include "kafka/msg.h"

/* Takes m in any case. ST_FATAL: memory. */
MUST_USE enum status rdk_msg_take(rd_kafka_message_t *m, enum topic_id topic, struct kafka_msg *out,
                                  struct err *err);

#endif
