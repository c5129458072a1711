/* SPDX-License-Identifier: MIT */
/* craft.c -- what no program of ours writes, for tests:
 *
 *     craft create HOST:PORT TOPIC RETENTION_MS   one partition, with CreateTime
 *     craft old    HOST:PORT TOPIC N AGE_MS       N records that claim to be so old
 *     craft open   HOST:PORT TOPIC                one record in a transaction, which is
 *                                                 committed when a line comes on stdin */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kafka/admin.h"

enum { WAIT_MS = 30000 };

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "craft: %s: %s\n", what, why);
    return 1;
}

static int create(const char *broker, const char *topic, const char *retention)
{
    const struct kafka_topic t = {
        .name = topic, .parts = 1, .replication = 1, .retention_ms = strtoll(retention, NULL, 10)
    };
    struct kafka_conf conf = { 0 };
    struct kafka_admin *a = NULL;
    struct err err = { 0 };
    enum status st = kafka_conf_set(&conf, "bootstrap.servers", broker, &err);

    if (st == ST_OK)
        st = kafka_admin_new(&conf, &a, &err);
    if (st == ST_OK)
        st = kafka_admin_create(a, &t, &err);
    kafka_admin_free(a);
    kafka_conf_release(&conf);
    return st == ST_OK ? 0 : fail("create", err.msg);
}

static rd_kafka_t *producer(const char *broker, const char *txn_id)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[200] = "";

    rd_kafka_conf_set(conf, "bootstrap.servers", broker, why, sizeof(why));
    if (txn_id)
        rd_kafka_conf_set(conf, "transactional.id", txn_id, why, sizeof(why));
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
}

static int put(rd_kafka_t *rk, const char *topic, int64_t time_ms)
{
    char text[] = "held"; /* librdkafka wants no const, and copies it */

    return (int)rd_kafka_producev(
        rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_VALUE(text, strlen(text)),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_TIMESTAMP(time_ms), RD_KAFKA_V_END);
}

static int old(const char *broker, const char *topic, const char *n, const char *age_ms)
{
    rd_kafka_t *rk = producer(broker, NULL);
    int64_t time_ms = (int64_t)time(NULL) * 1000 - strtoll(age_ms, NULL, 10);
    int failed = rk ? 0 : 1;

    for (long i = strtol(n, NULL, 10); i > 0 && !failed; i--)
        failed = put(rk, topic, time_ms);
    if (!failed)
        failed = (int)rd_kafka_flush(rk, WAIT_MS);
    if (rk)
        rd_kafka_destroy(rk);
    return failed ? fail("old", topic) : 0;
}

/* Says "open" when the record stands in the log. */
static int open_txn(const char *broker, const char *topic)
{
    rd_kafka_t *rk = producer(broker, "craft");
    rd_kafka_error_t *e = rk ? rd_kafka_init_transactions(rk, WAIT_MS) : NULL;
    int failed = rk && !e ? 0 : 1;

    if (!failed)
        e = rd_kafka_begin_transaction(rk);
    failed = failed || e || put(rk, topic, 0) || rd_kafka_flush(rk, WAIT_MS);
    if (!failed) {
        puts("open");
        fflush(stdout);
        (void)getchar();
        e = rd_kafka_commit_transaction(rk, WAIT_MS);
        failed = e != NULL;
    }
    if (e)
        rd_kafka_error_destroy(e);
    if (rk)
        rd_kafka_destroy(rk);
    return failed ? fail("open", topic) : 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "create") == 0)
        return create(argv[2], argv[3], argv[4]);
    if (argc == 6 && strcmp(argv[1], "old") == 0)
        return old(argv[2], argv[3], argv[4], argv[5]);
    if (argc == 4 && strcmp(argv[1], "open") == 0)
        return open_txn(argv[2], argv[3]);
    return fail("usage", "see the head of craft.c");
}
