/* SPDX-License-Identifier: MIT */
#include "kafka/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "kafka/rdk.h"
#include "kafka/rdk_msg.h"
#include "kafka/rdk_poll.h"
#include "obs/log.h"

struct kafka_lanes {
    rd_kafka_t *rk;
    struct rdk_poll poll;
    const struct kafka_names *names;
};

static enum status open_client(struct kafka_lanes *l, const struct kafka_conf *conf,
                               struct err *err)
{
    static const struct rdk_set must[] = {
        { "group.id", "absa-lanes" }, /* never joined; a consumer must have one */
        { "isolation.level", "read_committed" },
        { "enable.auto.commit", "false" },
        { "enable.auto.offset.store", "false" },
        { "enable.partition.eof", "true" },
        { "auto.offset.reset", "error" },
        { "check.crcs", "true" },
    };
    rd_kafka_conf_t *rc;
    enum status st =
        rdk_conf(RD_KAFKA_CONSUMER, conf, must, sizeof(must) / sizeof(must[0]), &rc, err);

    if (st == ST_OK)
        st = rdk_new(RD_KAFKA_CONSUMER, rc, &l->rk, err);
    return st == ST_OK ? rdk_code(rd_kafka_poll_set_consumer(l->rk), "poll queue", err) : st;
}

static enum status assign(struct kafka_lanes *l, const struct kafka_lane *v, size_t n,
                          struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < n; i++) {
        const char *name = l->names->of[v[i].topic];

        if (i == 0 || v[i].topic != v[i - 1].topic)
            st = rdk_learn_leaders(l->rk, name, err);
        rd_kafka_topic_partition_list_add(list, name, v[i].part)->offset = v[i].offset;
    }
    if (st == ST_OK)
        st = rdk_code(rd_kafka_assign(l->rk, list), "assign", err);
    rd_kafka_topic_partition_list_destroy(list);
    return st;
}

enum status kafka_lanes_new(const struct kafka_conf *conf, const struct kafka_names *names,
                            const struct kafka_lane *v, size_t n, struct kafka_lanes **out,
                            struct err *err)
{
    struct kafka_lanes *l = calloc(1, sizeof(*l));

    *out = NULL;
    if (!l)
        return err_set(err, ST_FATAL, "out of memory");
    l->names = names;
    enum status st = open_client(l, conf, err);
    if (st == ST_OK)
        st = assign(l, v, n, err);
    if (st == ST_OK)
        *out = l;
    else
        kafka_lanes_free(l);
    return st;
}

void kafka_lanes_free(struct kafka_lanes *l)
{
    if (!l)
        return;
    if (l->rk)
        rd_kafka_destroy(l->rk);
    free(l);
}

static enum topic_id topic_of(const struct kafka_lanes *l, const rd_kafka_message_t *m)
{
    const char *name = m->rkt ? rd_kafka_topic_name(m->rkt) : "";
    int i = 0;

    while (i < TOPIC_N && strcmp(name, l->names->of[i]) != 0)
        i++;
    return (enum topic_id)i;
}

/* What a message that is no record means. */
static enum status judge(const rd_kafka_message_t *m, struct err *err)
{
    const char *topic = m->rkt ? rd_kafka_topic_name(m->rkt) : "Kafka";

    if (m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        return err_set(err, ST_FATAL, "config: %s[%d] no longer holds the position: %s", topic,
                       (int)m->partition, rd_kafka_message_errstr(m));
    if (rdk_is_config(m->err))
        return err_set(err, ST_FATAL, "config: %s: %s", topic, rd_kafka_message_errstr(m));
    if (!rdk_is_passing(m->err))
        log_warn("consumer error", LOG_STR("error", rd_kafka_err2name(m->err)),
                 LOG_STR("why", rd_kafka_message_errstr(m)));
    return ST_OK;
}

enum status kafka_lanes_poll(struct kafka_lanes *l, int timeout_ms, struct kafka_msg *m, bool *have,
                             struct err *err)
{
    rd_kafka_message_t *rm = rdk_poll(&l->poll, l->rk, timeout_ms);
    enum status st = ST_OK;

    *have = false;
    if (!rm)
        return ST_OK;
    const enum topic_id topic = topic_of(l, rm);
    if (!rm->err) {
        st = rdk_msg_take(rm, topic, m, err);
        *have = st == ST_OK;
        return st;
    }
    if (rm->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        *m = (struct kafka_msg){
            .rec = { .topic = topic, .part = rm->partition, .offset = rm->offset }, .end = true
        };
        *have = true;
    } else {
        st = judge(rm, err);
    }
    rd_kafka_message_destroy(rm);
    return st;
}

int64_t kafka_lanes_end(struct kafka_lanes *l, enum topic_id topic, int32_t part)
{
    int64_t low = -1;
    int64_t end = -1;

    if (rd_kafka_get_watermark_offsets(l->rk, l->names->of[topic], part, &low, &end))
        return -1;
    return end >= 0 ? end : -1;
}
