/* SPDX-License-Identifier: MIT */
/* rdk.h -- what the files of lib/kafka share; nobody else includes it. */
#ifndef KAFKA_RDK_H
#define KAFKA_RDK_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "kafka/client.h"

enum { RDK_TIMEOUT_MS = 30000 }; /* of one question to the cluster */

struct rdk_set {
    const char *name;
    const char *value;
};

/* A new configuration: defaults of ours, the pass-through properties that fit
 * a client of this type, then the n that must hold. */
MUST_USE enum status rdk_conf(rd_kafka_type_t type, const struct kafka_conf *pass,
                              const struct rdk_set *must, size_t n, rd_kafka_conf_t **out,
                              struct err *err);

/* A client made of conf, which is taken in any case. */
MUST_USE enum status rdk_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **out,
                             struct err *err);

/* The error callback of every client: a log line. */
void rdk_on_error(rd_kafka_t *rk, int code, const char *why, void *ctx);

/* "what: why", judged by attributes; frees e. NULL is ST_OK. */
enum status rdk_error(rd_kafka_error_t *e, const char *what, struct err *err);

/* The same for a plain code. NO_ERROR is ST_OK. */
enum status rdk_code(rd_kafka_resp_err_t e, const char *what, struct err *err);

/* Makes a client know who leads the partitions of a topic before it is used:
 * else it finds out by a timer of a second, which every start and every restore
 * would wait for. */
MUST_USE enum status rdk_learn_leaders(rd_kafka_t *rk, const char *topic, struct err *err);

/* Is it an error that no restart cures: authorisation, a limit of the broker? */
bool rdk_is_config(rd_kafka_resp_err_t e);

/* Is it an error that says only that something is on its way again? */
bool rdk_is_passing(rd_kafka_resp_err_t e);

#endif
