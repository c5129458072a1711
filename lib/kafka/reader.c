/* SPDX-License-Identifier: MIT */
#include "kafka/reader.h"

#include <stdlib.h>

#include "kafka/admin.h"
#include "kafka/rdk.h"
#include "kafka/rdk_msg.h"
#include "kafka/rdk_poll.h"
#include "now/now.h"

enum { STALL_MS = 60000, POLL_MS = 1000 };

struct kafka_reader {
    rd_kafka_t *rk;
    struct rdk_poll poll;
    struct kafka_admin *admin;
    const struct kafka_names *names;
    enum topic_id topic;
    int32_t part;
    int64_t end; /* read up to before this */
    bool done;
    struct kafka_msg msg;
    struct log_reader log;
};

static enum status log_open(void *ctx, enum topic_id topic, int32_t part, int64_t from_ms,
                            struct err *err)
{
    struct kafka_reader *r = ctx;
    int64_t offset = -1;
    enum status st = ST_OK;

    if (from_ms > 0)
        st = kafka_reader_offset_at(r, topic, part, from_ms, &offset, err);
    return st == ST_OK ? kafka_reader_open(r, topic, part, offset, -1, err) : st;
}

static enum status log_open_at(void *ctx, enum topic_id topic, int32_t part, int64_t offset,
                               struct err *err)
{
    return kafka_reader_open(ctx, topic, part, offset, -1, err);
}

static enum status log_next(void *ctx, struct stage_rec *rec, bool *more, struct err *err)
{
    const struct kafka_msg *m;
    enum status st = kafka_reader_next(ctx, &m, err);

    *more = st == ST_OK && m;
    if (*more)
        *rec = m->rec;
    return st;
}

static void reader_close(struct kafka_reader *r)
{
    kafka_msg_release(&r->msg);
    rd_kafka_assign(r->rk, NULL);
    r->done = true;
}

static void log_close(void *ctx)
{
    reader_close(ctx);
}

static enum status reader_init(struct kafka_reader *r, const struct kafka_conf *conf,
                               struct err *err)
{
    static const struct rdk_set must[] = {
        { "group.id", "absa-reader" }, /* never joined; a consumer must have one */
        { "isolation.level", "read_committed" }, { "enable.auto.commit", "false" },
        { "enable.auto.offset.store", "false" }, { "enable.partition.eof", "true" },
        { "auto.offset.reset", "error" },        { "check.crcs", "true" },
        { "fetch.wait.max.ms", "10" }, /* the end is told by an empty fetch */
    };
    rd_kafka_conf_t *rc;
    enum status st =
        rdk_conf(RD_KAFKA_CONSUMER, conf, must, sizeof(must) / sizeof(must[0]), &rc, err);

    if (st == ST_OK)
        st = rdk_new(RD_KAFKA_CONSUMER, rc, &r->rk, err);
    if (st == ST_OK)
        st = rdk_code(rd_kafka_poll_set_consumer(r->rk), "poll queue", err);
    if (st == ST_OK)
        st = kafka_admin_new(conf, &r->admin, err);
    return st;
}

enum status kafka_reader_new(const struct kafka_conf *conf, const struct kafka_names *names,
                             struct kafka_reader **out, struct err *err)
{
    struct kafka_reader *r = calloc(1, sizeof(*r));

    *out = NULL;
    if (!r)
        return err_set(err, ST_FATAL, "out of memory");
    r->names = names;
    r->done = true;
    r->log = (struct log_reader){ r, log_open, log_open_at, log_next, log_close };
    enum status st = reader_init(r, conf, err);
    if (st != ST_OK) {
        kafka_reader_free(r);
        return st;
    }
    *out = r;
    return ST_OK;
}

void kafka_reader_free(struct kafka_reader *r)
{
    if (!r)
        return;
    kafka_msg_release(&r->msg);
    if (r->rk)
        rd_kafka_destroy(r->rk);
    kafka_admin_free(r->admin);
    free(r);
}

struct log_reader *kafka_reader_log(struct kafka_reader *r)
{
    return &r->log;
}

enum status kafka_reader_offset_at(struct kafka_reader *r, enum topic_id topic, int32_t part,
                                   int64_t time_ms, int64_t *offset, struct err *err)
{
    return kafka_admin_offset_at(r->admin, r->names->of[topic], part, time_ms, offset, err);
}

enum status kafka_reader_open(struct kafka_reader *r, enum topic_id topic, int32_t part,
                              int64_t offset, int64_t end, struct err *err)
{
    const char *name = r->names->of[topic];
    int64_t low = 0;
    int64_t now = 0;

    reader_close(r);
    enum status st = kafka_admin_range(r->admin, name, part, &low, &now, err);
    if (st != ST_OK)
        return st;
    if (offset < low)
        offset = low;
    r->topic = topic;
    r->part = part;
    r->end = end >= 0 && end < now ? end : now;
    r->done = offset >= r->end;
    if (r->done)
        return ST_OK;
    st = rdk_learn_leaders(r->rk, name, err);
    if (st != ST_OK)
        return st;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, name, part)->offset = offset;
    rd_kafka_resp_err_t e = rd_kafka_assign(r->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return rdk_code(e, name, err);
}

int64_t kafka_reader_end(const struct kafka_reader *r)
{
    return r->end;
}

/* One message of the library: a record, the end, or nothing yet. */
static enum status take(struct kafka_reader *r, rd_kafka_message_t *m, struct err *err)
{
    enum status st = ST_OK;

    if (!m->err && m->offset < r->end) {
        r->done = m->offset + 1 == r->end;
        return rdk_msg_take(m, r->topic, &r->msg, err);
    }
    if (!m->err || (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && m->offset >= r->end))
        r->done = true;
    else if (m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF && !rdk_is_passing(m->err))
        st = err_set(err, ST_RETRY, "%s[%d]: %s", r->names->of[r->topic], (int)r->part,
                     rd_kafka_message_errstr(m));
    rd_kafka_message_destroy(m);
    return st;
}

enum status kafka_reader_next(struct kafka_reader *r, const struct kafka_msg **m, struct err *err)
{
    int64_t until = now_mono_ms() + STALL_MS;
    enum status st = ST_OK;

    *m = NULL;
    kafka_msg_release(&r->msg);
    while (st == ST_OK && !r->done && !r->msg.owned) {
        rd_kafka_message_t *rm = rdk_poll(&r->poll, r->rk, POLL_MS);

        if (rm)
            st = take(r, rm, err);
        else if (now_mono_ms() > until)
            st =
                err_set(err, ST_RETRY, "%s[%d]: nothing before %lld for 60 s: an open transaction?",
                        r->names->of[r->topic], (int)r->part, (long long)r->end);
    }
    if (st == ST_OK && r->msg.owned)
        *m = &r->msg;
    return st;
}
