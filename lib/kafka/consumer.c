/* SPDX-License-Identifier: MIT */
#include "kafka/consumer.h"

#include <stdio.h>
#include <stdlib.h>

#include "kafka/rdk.h"
#include "kafka/rdk_consumer.h"
#include "kafka/rdk_msg.h"
#include "kafka/rdk_poll.h"
#include "now/now.h"
#include "obs/log.h"

struct kafka_consumer {
    rd_kafka_t *rk;
    struct rdk_poll poll;
    struct kafka_handler handler;
    char topic[KAFKA_TOPIC_MAX];
    enum topic_id id;
    enum status st; /* what a handler said within the callback */
    struct err err;
};

rd_kafka_t *rdk_consumer_handle(struct kafka_consumer *c)
{
    return c->rk;
}

const char *rdk_consumer_topic(const struct kafka_consumer *c)
{
    return c->topic;
}

/* Committed offsets and metadata of list into v; borrowed from list. */
static enum status read_committed(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list,
                                  struct kafka_offset *v, struct err *err)
{
    const rd_kafka_resp_err_t e = rd_kafka_committed(c->rk, list, 2 * RDK_TIMEOUT_MS);
    enum status st = rdk_code(e,
                              e == RD_KAFKA_RESP_ERR__TIMED_OUT
                                  ? "committed offsets, which an open transaction may hold: see "
                                    "docs/runbook/open-transaction.md"
                                  : "committed offsets",
                              err);

    for (int i = 0; st == ST_OK && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *t = &list->elems[i];

        st = rdk_code(t->err, "committed offset", err);
        v[i] = (struct kafka_offset){ t->partition,
                                      t->offset >= 0 ? t->offset : -1,
                                      { t->metadata, t->metadata ? t->metadata_size : 0 } };
    }
    return st;
}

static enum status assign(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *parts)
{
    size_t n = (size_t)parts->cnt;
    struct kafka_offset *v = calloc(n + 1, sizeof(*v));
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_copy(parts);
    enum status st = v ? ST_OK : err_set(&c->err, ST_FATAL, "out of memory");

    if (st == ST_OK && n > 0)
        st = rdk_learn_leaders(c->rk, c->topic, &c->err);
    if (st == ST_OK && n > 0)
        st = read_committed(c, list, v, &c->err);
    if (st == ST_OK) /* none, too, is something to know: we are a standby */
        st = c->handler.assigned(c->handler.ctx, v, n, &c->err);
    for (size_t i = 0; st == ST_OK && i < n; i++)
        parts->elems[i].offset = v[i].offset;
    if (st == ST_OK)
        st = rdk_code(rd_kafka_assign(c->rk, parts), "assign", &c->err);
    rd_kafka_topic_partition_list_destroy(list);
    free(v);
    return st;
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t e,
                         rd_kafka_topic_partition_list_t *parts, void *opaque)
{
    struct kafka_consumer *c = opaque;
    enum status st;

    if (e == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && c->st == ST_OK) {
        st = assign(c, parts);
    } else {
        bool lost = rd_kafka_assignment_lost(rk) || e != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS;

        st = c->st;
        if (st == ST_OK && parts->cnt > 0)
            st = c->handler.revoked(c->handler.ctx, lost, &c->err);
        rd_kafka_assign(rk, NULL);
    }
    if (st != ST_OK)
        rd_kafka_assign(rk, NULL);
    if (c->st == ST_OK)
        c->st = st;
}

static enum status subscribe(struct kafka_consumer *c, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, c->topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t e = rd_kafka_subscribe(c->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return rdk_code(e, "subscribe", err);
}

enum status kafka_consumer_new(const struct kafka_conf *conf, const struct kafka_member *member,
                               const struct kafka_handler *handler, struct kafka_consumer **out,
                               struct err *err)
{
    const struct rdk_set must[] = {
        { "group.id", member->group },
        { "group.instance.id", member->slot },
        { "enable.auto.commit", "false" },
        { "enable.auto.offset.store", "false" },
        { "isolation.level", "read_committed" },
        { "auto.offset.reset", "error" },
        { "enable.partition.eof", "true" },
        { "partition.assignment.strategy", "range" },
        { "check.crcs", "true" },
    };
    rd_kafka_conf_t *rc;
    struct kafka_consumer *c = calloc(1, sizeof(*c));

    *out = NULL;
    if (!c)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st =
        rdk_conf(RD_KAFKA_CONSUMER, conf, must, sizeof(must) / sizeof(must[0]), &rc, err);
    if (st != ST_OK) {
        free(c);
        return st;
    }
    c->handler = *handler;
    c->id = member->topic;
    snprintf(c->topic, sizeof(c->topic), "%s", member->name);
    rd_kafka_conf_set_opaque(rc, c);
    rd_kafka_conf_set_rebalance_cb(rc, on_rebalance);
    st = rdk_new(RD_KAFKA_CONSUMER, rc, &c->rk, err);
    if (st == ST_OK)
        st = rdk_code(rd_kafka_poll_set_consumer(c->rk), "poll queue", err);
    if (st == ST_OK)
        st = subscribe(c, err);
    if (st != ST_OK) {
        kafka_consumer_free(c);
        return st;
    }
    *out = c;
    return ST_OK;
}

/* What a message that is no record means. */
static enum status judge(const struct kafka_consumer *c, const rd_kafka_message_t *m,
                         struct err *err)
{
    if (m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        return err_set(err, ST_FATAL, "config: %s[%d] no longer holds the position: %s", c->topic,
                       (int)m->partition, rd_kafka_message_errstr(m));
    if (m->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        /* Gone, or a broker that has just come up: the next start finds out. */
        return err_set(err, ST_RETRY, "topic %s is not there any more", c->topic);
    if (m->err == RD_KAFKA_RESP_ERR__FATAL || m->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED)
        return err_set(err, ST_RETRY, "membership lost: %s", rd_kafka_message_errstr(m));
    if (m->err == RD_KAFKA_RESP_ERR__BAD_COMPRESSION) /* no start ever gets past it */
        return err_set(err, ST_FATAL,
                       "config: %s[%d]: a batch cannot be unpacked, see "
                       "docs/runbook/unreadable-batch.md: %s",
                       c->topic, (int)m->partition, rd_kafka_message_errstr(m));
    if (rdk_is_config(m->err))
        return err_set(err, ST_FATAL, "config: %s: %s", c->topic, rd_kafka_message_errstr(m));
    if (!rdk_is_passing(m->err))
        log_warn("consumer error", LOG_STR("error", rd_kafka_err2name(m->err)),
                 LOG_STR("why", rd_kafka_message_errstr(m)));
    return ST_OK;
}

static enum status take_error(struct kafka_consumer *c, struct err *err)
{
    *err = c->err;
    return c->st;
}

enum status kafka_consumer_poll(struct kafka_consumer *c, int timeout_ms, struct kafka_msg *m,
                                bool *have, struct err *err)
{
    rd_kafka_message_t *rm = rdk_poll(&c->poll, c->rk, timeout_ms);
    enum status st;

    *have = false;
    if (c->st != ST_OK) {
        if (rm)
            rd_kafka_message_destroy(rm);
        return take_error(c, err);
    }
    if (!rm)
        return ST_OK;
    if (!rm->err) {
        *have = true;
        return rdk_msg_take(rm, c->id, m, err);
    }
    if (rm->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        *m = (struct kafka_msg){
            .rec = { .topic = c->id, .part = rm->partition, .offset = rm->offset }, .end = true
        };
        *have = true;
        st = ST_OK;
    } else {
        st = judge(c, rm, err);
    }
    rd_kafka_message_destroy(rm);
    return st;
}

/* librdkafka 2.0.2 takes the milliseconds it is to wait for microseconds: on a busy machine it
 * gives up after 30 ms. To seek once more is to seek. */
static rd_kafka_error_t *seek_patiently(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    const int64_t until = now_mono_ms() + RDK_TIMEOUT_MS;
    rd_kafka_error_t *e;

    while ((e = rd_kafka_seek_partitions(rk, list, RDK_TIMEOUT_MS))) {
        if (rd_kafka_error_code(e) != RD_KAFKA_RESP_ERR__TIMED_OUT || now_mono_ms() >= until)
            break;
        rd_kafka_error_destroy(e);
    }
    return e;
}

enum status kafka_consumer_seek(struct kafka_consumer *c, const struct kafka_offset *v, size_t n,
                                struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);

    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, c->topic, v[i].part)->offset = v[i].offset;
    enum status st = rdk_error(seek_patiently(c->rk, list), "seek", err);
    for (int i = 0; st == ST_OK && i < list->cnt; i++)
        st = rdk_code(list->elems[i].err, "seek", err);
    rd_kafka_topic_partition_list_destroy(list);
    return st;
}

typedef rd_kafka_resp_err_t switch_fn(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list);

/* Pauses or resumes one partition. */
static enum status switch_one(struct kafka_consumer *c, int32_t part, switch_fn *fn,
                              const char *what, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, c->topic, part);
    enum status st = rdk_code(fn(c->rk, list), what, err);
    if (st == ST_OK)
        st = rdk_code(list->elems[0].err, what, err);
    rd_kafka_topic_partition_list_destroy(list);
    return st;
}

enum status kafka_consumer_pause(struct kafka_consumer *c, int32_t part, struct err *err)
{
    return switch_one(c, part, rd_kafka_pause_partitions, "pause", err);
}

enum status kafka_consumer_resume(struct kafka_consumer *c, int32_t part, int64_t offset,
                                  struct err *err)
{
    const struct kafka_offset at = { .part = part, .offset = offset };
    enum status st = switch_one(c, part, rd_kafka_resume_partitions, "resume", err);

    return st == ST_OK ? kafka_consumer_seek(c, &at, 1, err) : st;
}

int64_t kafka_consumer_end(struct kafka_consumer *c, int32_t part)
{
    int64_t low = -1;
    int64_t end = -1;

    if (rd_kafka_get_watermark_offsets(c->rk, c->topic, part, &low, &end))
        return -1;
    return end >= 0 ? end : -1;
}

enum status kafka_consumer_close(struct kafka_consumer *c, struct err *err)
{
    if (!c)
        return ST_OK;
    enum status st = rdk_code(rd_kafka_consumer_close(c->rk), "close", err);
    if (c->st != ST_OK)
        st = take_error(c, err);
    kafka_consumer_free(c);
    return st;
}

void kafka_consumer_free(struct kafka_consumer *c)
{
    if (!c)
        return;
    if (c->rk)
        rd_kafka_destroy_flags(c->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    free(c);
}
