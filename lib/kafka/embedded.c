/* SPDX-License-Identifier: MIT */
#include "kafka/embedded.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>

#include "kafka/rdk.h"

struct kafka_embedded {
    rd_kafka_t *rk; /* a client that only carries the cluster */
    rd_kafka_mock_cluster_t *cluster;
};

static enum status create_topics(struct kafka_embedded *e, const struct kafka_topics *topics,
                                 struct err *err)
{
    const struct topology topo = kafka_topology(topics);
    const struct kafka_names names = kafka_names_make(topics->prefix);
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < TOPIC_N; i++)
        st = rdk_code(rd_kafka_mock_topic_create(e->cluster, names.of[i], topo.parts[i], 1),
                      names.of[i], err);
    return st;
}

static enum status start(struct kafka_embedded *e, const struct kafka_topics *topics,
                         struct err *err)
{
    static const struct rdk_set quiet = { "log_level", "4" }; /* not that it has no servers */
    rd_kafka_conf_t *conf;
    enum status st = rdk_conf(RD_KAFKA_PRODUCER, NULL, &quiet, 1, &conf, err);

    if (st == ST_OK)
        st = rdk_new(RD_KAFKA_PRODUCER, conf, &e->rk, err);
    if (st != ST_OK)
        return st;
    e->cluster = rd_kafka_mock_cluster_new(e->rk, 1);
    if (!e->cluster)
        return err_set(err, ST_FATAL, "unavailable: no free port on 127.0.0.1 for a broker");
    return create_topics(e, topics, err);
}

enum status kafka_embedded_start(const struct kafka_topics *topics, struct kafka_embedded **out,
                                 struct err *err)
{
    struct kafka_embedded *e = calloc(1, sizeof(*e));

    *out = NULL;
    if (!e)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = start(e, topics, err);
    if (st != ST_OK) {
        kafka_embedded_stop(e);
        return st;
    }
    *out = e;
    return ST_OK;
}

const char *kafka_embedded_address(const struct kafka_embedded *e)
{
    return rd_kafka_mock_cluster_bootstraps(e->cluster);
}

void kafka_embedded_stop(struct kafka_embedded *e)
{
    if (!e)
        return;
    if (e->cluster)
        rd_kafka_mock_cluster_destroy(e->cluster);
    if (e->rk)
        rd_kafka_destroy(e->rk);
    free(e);
}
