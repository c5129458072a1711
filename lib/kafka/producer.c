/* SPDX-License-Identifier: MIT */
#include "kafka/producer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/rdk.h"
#include "kafka/rdk_consumer.h"
#include "now/now.h"
#include "obs/log.h"

enum { INIT_TIMEOUT_MS = 60000, COMMIT_TIMEOUT_MS = 30000, FULL_WAIT_MS = 100 };
enum { EXPLAIN_TRIES = 10, EXPLAIN_MS = 10 };

struct kafka_producer {
    rd_kafka_t *rk;
    const struct kafka_conf *conf; /* borrowed: a replacement is made of it */
    char *txn_id;                  /* NULL: plain                           */
    atomic_bool tainted;           /* set by librdkafka's threads           */
    int timeout_ms;                /* of offsets, commit and abort          */
    int64_t retired;
    int64_t delivered;
    int64_t stamped_ms;         /* time that a broker gave the newest record of ours; 0: none yet */
    int64_t stamped_at;         /* when we heard of it, by CLOCK_MONOTONIC                        */
    rd_kafka_resp_err_t failed; /* of the first record that was not delivered */
};

/* Requests of a transaction: Produce, AddPartitionsToTxn, AddOffsetsToTxn,
 * EndTxn, TxnOffsetCommit. One that failed may still be carried out later. */
static bool is_of_txn(int16_t api_key)
{
    return api_key == 0 || (api_key >= 24 && api_key <= 26) || api_key == 28;
}

static rd_kafka_resp_err_t on_response(rd_kafka_t *rk, int sockfd, const char *broker,
                                       int32_t broker_id, int16_t api_key, int16_t version,
                                       int32_t corr, size_t size, int64_t rtt,
                                       rd_kafka_resp_err_t err, void *opaque)
{
    struct kafka_producer *p = opaque;

    (void)rk, (void)sockfd, (void)broker, (void)broker_id, (void)version;
    (void)corr, (void)size, (void)rtt;
    if (err && is_of_txn(api_key))
        atomic_store(&p->tainted, true);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* NOLINTBEGIN(readability-non-const-parameter): librdkafka's signature */
static rd_kafka_resp_err_t on_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *opaque,
                                  char *why, size_t n)
{
    (void)conf, (void)why, (void)n;
    return rd_kafka_interceptor_add_on_response_received(rk, "taint", on_response, opaque);
}
/* NOLINTEND(readability-non-const-parameter) */

static void note_stamp(struct kafka_producer *p, const rd_kafka_message_t *m)
{
    rd_kafka_timestamp_type_t type;
    const int64_t ms = rd_kafka_message_timestamp(m, &type);

    if (type != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME || ms <= 0)
        return;
    p->stamped_ms = ms;
    p->stamped_at = now_mono_ms();
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct kafka_producer *p = opaque;

    (void)rk;
    if (!m->err) {
        p->delivered++;
        note_stamp(p, m);
    } else if (!p->failed) {
        p->failed = m->err;
    }
}

static enum status open_client(struct kafka_producer *p, struct err *err)
{
    const struct rdk_set must[] = {
        { "enable.idempotence", "true" },
        { "transactional.id", p->txn_id },
    };
    rd_kafka_conf_t *conf;
    enum status st = rdk_conf(RD_KAFKA_PRODUCER, p->conf, must, p->txn_id ? 2 : 1, &conf, err);

    if (st != ST_OK)
        return st;
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    if (p->txn_id)
        rd_kafka_conf_interceptor_add_on_new(conf, "taint", on_new, p);
    atomic_store(&p->tainted, false);
    p->failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    st = rdk_new(RD_KAFKA_PRODUCER, conf, &p->rk, err);
    if (st != ST_OK || !p->txn_id)
        return st;
    return rdk_error(rd_kafka_init_transactions(p->rk, INIT_TIMEOUT_MS), "init transactions", err);
}

static enum status producer_new(const struct kafka_conf *conf, const char *txn_id,
                                struct kafka_producer **out, struct err *err)
{
    struct kafka_producer *p = calloc(1, sizeof(*p));

    *out = NULL;
    if (p)
        p->txn_id = txn_id ? strdup(txn_id) : NULL;
    if (!p || (txn_id && !p->txn_id)) {
        free(p);
        return err_set(err, ST_FATAL, "out of memory");
    }
    p->conf = conf;
    p->timeout_ms = COMMIT_TIMEOUT_MS;
    atomic_init(&p->tainted, false);
    enum status st = open_client(p, err);
    if (st != ST_OK) {
        kafka_producer_free(p);
        return st;
    }
    *out = p;
    return ST_OK;
}

enum status kafka_producer_new(const struct kafka_conf *conf, struct kafka_producer **out,
                               struct err *err)
{
    return producer_new(conf, NULL, out, err);
}

enum status kafka_producer_new_txn(const struct kafka_conf *conf, const char *txn_id,
                                   struct kafka_producer **out, struct err *err)
{
    return producer_new(conf, txn_id, out, err);
}

void kafka_producer_free(struct kafka_producer *p)
{
    if (!p)
        return;
    if (p->rk)
        rd_kafka_destroy(p->rk);
    free(p->txn_id);
    free(p);
}

enum status kafka_producer_learn(struct kafka_producer *p, const char *topic, struct err *err)
{
    return rdk_learn_leaders(p->rk, topic, err);
}

static enum status check_delivery(const struct kafka_producer *p, struct err *err)
{
    return rdk_code(p->failed, "a record was not delivered", err);
}

static rd_kafka_headers_t *headers_of(const struct kafka_rec *rec)
{
    if (rec->nhdr == 0)
        return NULL;
    rd_kafka_headers_t *h = rd_kafka_headers_new(rec->nhdr);
    for (size_t i = 0; i < rec->nhdr; i++) {
        const struct hdr *f = &rec->hdr[i];

        rd_kafka_header_add(h, f->name.p, (ssize_t)f->name.n, f->value.p, (ssize_t)f->value.n);
    }
    return h;
}

static rd_kafka_resp_err_t produce(struct kafka_producer *p, const struct kafka_rec *rec)
{
    rd_kafka_headers_t *h = headers_of(rec);
    /* They are copied (F_COPY), yet the call wants no const. NULL only for a null
     * value: an empty one is not the same. */
    void *key = (void *)(uintptr_t)rec->key.p;     /* NOLINT(performance-no-int-to-ptr) */
    void *value = (void *)(uintptr_t)rec->value.p; /* NOLINT(performance-no-int-to-ptr) */
    rd_kafka_resp_err_t e = rd_kafka_producev(
        p->rk, RD_KAFKA_V_TOPIC(rec->topic), RD_KAFKA_V_PARTITION(rec->part),
        RD_KAFKA_V_KEY(key, rec->key.n), RD_KAFKA_V_VALUE(value, rec->value.n),
        RD_KAFKA_V_HEADERS(h), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);

    if (e && h)
        rd_kafka_headers_destroy(h);
    return e;
}

enum status kafka_producer_send(struct kafka_producer *p, const struct kafka_rec *rec,
                                struct err *err)
{
    rd_kafka_resp_err_t e;

    rd_kafka_poll(p->rk, 0);
    while ((e = produce(p, rec)) == RD_KAFKA_RESP_ERR__QUEUE_FULL && !p->failed)
        rd_kafka_poll(p->rk, FULL_WAIT_MS);
    if (p->failed)
        return check_delivery(p, err);
    if (e == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        return err_set(err, ST_FATAL,
                       "config: a record of %zu bytes for %s is over kafka.message.max.bytes",
                       rec->value.n, rec->topic);
    if (e == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || e == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        return err_set(err, ST_FATAL, "config: %s has no partition %d: run absa topics plan",
                       rec->topic, (int)rec->part);
    return rdk_code(e, "produce", err);
}

enum status kafka_producer_flush(struct kafka_producer *p, int timeout_ms, struct err *err)
{
    enum status st = rdk_code(rd_kafka_flush(p->rk, timeout_ms), "flush", err);

    return st == ST_OK ? check_delivery(p, err) : st;
}

bool kafka_producer_broker_time(const struct kafka_producer *p, int64_t *ms)
{
    *ms = p->stamped_ms + (now_mono_ms() - p->stamped_at);
    return p->stamped_ms > 0;
}

int64_t kafka_producer_delivered(const struct kafka_producer *p)
{
    return p->delivered;
}

enum status kafka_txn_begin(struct kafka_producer *p, struct err *err)
{
    if (atomic_load(&p->tainted)) {
        log_info("producer replaced after a failed answer", LOG_STR("txn_id", p->txn_id));
        rd_kafka_destroy(p->rk);
        p->rk = NULL;
        p->retired++;
        enum status st = open_client(p, err);
        if (st != ST_OK)
            return st;
    }
    return rdk_error(rd_kafka_begin_transaction(p->rk), "begin", err);
}

/* A transaction that must be aborted often says no more than "erroneous state"; what a
 * record of it was refused for, its delivery report says, at once or very soon. */
static enum status explain(struct kafka_producer *p, enum status st, struct err *err)
{
    if (st != ST_RETRY)
        return st;
    for (int i = 0; i < EXPLAIN_TRIES && !p->failed; i++)
        rd_kafka_poll(p->rk, EXPLAIN_MS);
    return rdk_is_config(p->failed) ? check_delivery(p, err) : st;
}

static rd_kafka_topic_partition_list_t *offset_list(const char *topic, const struct kafka_offset *v,
                                                    size_t n)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);

    for (size_t i = 0; i < n; i++) {
        rd_kafka_topic_partition_t *t = rd_kafka_topic_partition_list_add(list, topic, v[i].part);

        t->offset = v[i].offset;
        t->metadata = v[i].meta.n > 0 ? malloc(v[i].meta.n) : NULL;
        if (t->metadata) {
            memcpy(t->metadata, v[i].meta.p, v[i].meta.n);
            t->metadata_size = v[i].meta.n;
        } else if (v[i].meta.n > 0) {
            rd_kafka_topic_partition_list_destroy(list);
            return NULL;
        }
    }
    return list;
}

/* Puts positions into the transaction in the name of group, which is freed. */
static enum status send_offsets(struct kafka_producer *p, rd_kafka_topic_partition_list_t *list,
                                rd_kafka_consumer_group_metadata_t *group, struct err *err)
{
    rd_kafka_error_t *e = rd_kafka_send_offsets_to_transaction(p->rk, list, group, p->timeout_ms);

    rd_kafka_consumer_group_metadata_destroy(group);
    rd_kafka_topic_partition_list_destroy(list);
    return explain(p, rdk_error(e, "send offsets", err), err);
}

enum status kafka_txn_offsets(struct kafka_producer *p, struct kafka_consumer *c,
                              const struct kafka_offset *v, size_t n, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = offset_list(rdk_consumer_topic(c), v, n);

    if (!list)
        return err_set(err, ST_FATAL, "out of memory");
    return send_offsets(p, list, rd_kafka_consumer_group_metadata(rdk_consumer_handle(c)), err);
}

enum status kafka_txn_place(struct kafka_producer *p, const char *group, const char *topic,
                            const struct kafka_offset *v, size_t n, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = offset_list(topic, v, n);

    if (!list)
        return err_set(err, ST_FATAL, "out of memory");
    return send_offsets(p, list, rd_kafka_consumer_group_metadata_new(group), err);
}

/* Ends the transaction by op, which says "again" by the attribute retriable. */
static enum status end(struct kafka_producer *p,
                       rd_kafka_error_t *(*op)(rd_kafka_t *rk, int timeout_ms), const char *what,
                       struct err *err)
{
    int64_t until = now_mono_ms() + p->timeout_ms;
    rd_kafka_error_t *e = op(p->rk, p->timeout_ms);

    while (e && rd_kafka_error_is_retriable(e) && now_mono_ms() < until) {
        rd_kafka_error_destroy(e);
        e = op(p->rk, p->timeout_ms);
    }
    return rdk_error(e, what, err);
}

enum status kafka_txn_commit(struct kafka_producer *p, struct err *err)
{
    return explain(p, end(p, rd_kafka_commit_transaction, "commit", err), err);
}

enum status kafka_txn_abort(struct kafka_producer *p, struct err *err)
{
    enum status st = end(p, rd_kafka_abort_transaction, "abort", err);

    p->failed = RD_KAFKA_RESP_ERR_NO_ERROR; /* those records are gone by intent */
    return st;
}

void kafka_producer_hurry(struct kafka_producer *p, int timeout_ms)
{
    p->timeout_ms = timeout_ms;
}

bool kafka_producer_tainted(const struct kafka_producer *p)
{
    return atomic_load(&p->tainted);
}

int64_t kafka_producer_retired(const struct kafka_producer *p)
{
    return p->retired;
}
