/* SPDX-License-Identifier: MIT */
/* rdk_consumer.h -- what the producer needs of a consumer. */
#ifndef KAFKA_RDK_CONSUMER_H
#define KAFKA_RDK_CONSUMER_H

#include <librdkafka/rdkafka.h>

struct kafka_consumer;

rd_kafka_t *rdk_consumer_handle(struct kafka_consumer *c);
const char *rdk_consumer_topic(const struct kafka_consumer *c);

#endif
