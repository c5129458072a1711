/* SPDX-License-Identifier: MIT */
#include "kafka/follower.h"

#include <stdlib.h>

#include "kafka/admin.h"
#include "kafka/rdk.h"
#include "kafka/rdk_msg.h"
#include "kafka/rdk_poll.h"

struct kafka_follower {
    rd_kafka_t *rk;
    struct rdk_poll poll;
    enum topic_id topic;
    bool away;
    int32_t n;    /* partitions of the topic                             */
    int32_t left; /* of those: not yet read to their end                 */
    int64_t *end; /* by partition: read up to before this; -1: is read   */
};

/* Called from within poll, as all that librdkafka says goes through its queue. */
static void on_error(rd_kafka_t *rk, int code, const char *why, void *opaque)
{
    struct kafka_follower *f = opaque;

    (void)rk;
    (void)why;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        f->away = true;
}

static enum status open_client(struct kafka_follower *f, const struct kafka_conf *conf,
                               struct err *err)
{
    static const struct rdk_set must[] = {
        { "group.id", "absa-follower" }, /* never joined; a consumer must have one */
        { "isolation.level", "read_committed" },
        { "enable.auto.commit", "false" },
        { "enable.auto.offset.store", "false" },
        { "enable.partition.eof", "true" },
        { "auto.offset.reset", "earliest" },
        { "check.crcs", "true" },
        { "log_level", "2" }, /* an outage is told by away, once, and not by the second */
    };
    rd_kafka_conf_t *rc;
    enum status st =
        rdk_conf(RD_KAFKA_CONSUMER, conf, must, sizeof(must) / sizeof(must[0]), &rc, err);

    if (st != ST_OK)
        return st;
    rd_kafka_conf_set_opaque(rc, f);
    rd_kafka_conf_set_error_cb(rc, on_error);
    st = rdk_new(RD_KAFKA_CONSUMER, rc, &f->rk, err);
    return st == ST_OK ? rdk_code(rd_kafka_poll_set_consumer(f->rk), "poll queue", err) : st;
}

static int64_t clamp(int64_t offset, int64_t low, int64_t end)
{
    if (offset < low)
        return low;
    return offset < end ? offset : end;
}

/* Where to begin in a partition, and its end. */
static enum status begin_at(struct kafka_admin *a, const struct kafka_watch *w, int32_t part,
                            int64_t *offset, int64_t *end, struct err *err)
{
    int64_t low = 0;
    enum status st = kafka_admin_range(a, w->name, part, &low, end, err);

    if (st != ST_OK)
        return st;
    switch (w->start.from) {
    case KAFKA_FROM_BEGINNING:
        *offset = low;
        break;
    case KAFKA_FROM_END:
        *offset = *end;
        break;
    case KAFKA_FROM_OFFSET:
        *offset = clamp(w->start.number, low, *end);
        break;
    case KAFKA_FROM_LAST:
        *offset = *end - low > w->start.number ? *end - w->start.number : low;
        break;
    case KAFKA_FROM_TIME:
        st = kafka_admin_offset_at(a, w->name, part, w->start.number, offset, err);
        break;
    }
    return st;
}

/* How many partitions there are, and room for their ends. */
static enum status count(struct kafka_follower *f, struct kafka_admin *a,
                         const struct kafka_watch *w, struct err *err)
{
    enum status st = kafka_admin_partitions(a, w->name, &f->n, err);

    if (st != ST_OK)
        return st;
    if (f->n == 0)
        return err_set(err, ST_FATAL, "config: there is no topic %s: absa topics plan says more",
                       w->name);
    if (w->part >= f->n)
        return err_set(err, ST_FATAL, "config: %s has no partition %d, it has %d", w->name,
                       (int)w->part, (int)f->n);
    f->end = calloc((size_t)f->n, sizeof(*f->end));
    return f->end ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

static enum status assign(struct kafka_follower *f, struct kafka_admin *a,
                          const struct kafka_watch *w, struct err *err)
{
    enum status st = count(f, a, w, err);

    if (st != ST_OK)
        return st;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(f->n);
    for (int32_t p = 0; st == ST_OK && p < f->n; p++) {
        int64_t offset = 0;

        f->end[p] = -1;
        if (w->part >= 0 && w->part != p)
            continue;
        st = begin_at(a, w, p, &offset, &f->end[p], err);
        rd_kafka_topic_partition_list_add(list, w->name, p)->offset = offset;
        if (offset < f->end[p])
            f->left++;
        else
            f->end[p] = -1;
    }
    if (st == ST_OK)
        st = rdk_learn_leaders(f->rk, w->name, err);
    if (st == ST_OK)
        st = rdk_code(rd_kafka_assign(f->rk, list), w->name, err);
    rd_kafka_topic_partition_list_destroy(list);
    return st;
}

enum status kafka_follower_new(const struct kafka_conf *conf, const struct kafka_watch *watch,
                               struct kafka_follower **out, struct err *err)
{
    struct kafka_follower *f = calloc(1, sizeof(*f));
    struct kafka_admin *admin = NULL;

    *out = NULL;
    if (!f)
        return err_set(err, ST_FATAL, "out of memory");
    f->topic = watch->topic;
    enum status st = kafka_admin_new(conf, &admin, err);
    if (st == ST_OK)
        st = open_client(f, conf, err);
    if (st == ST_OK)
        st = assign(f, admin, watch, err);
    kafka_admin_free(admin);
    if (st == ST_OK)
        *out = f;
    else
        kafka_follower_free(f);
    return st;
}

void kafka_follower_free(struct kafka_follower *f)
{
    if (!f)
        return;
    if (f->rk)
        rd_kafka_destroy(f->rk);
    free(f->end);
    free(f);
}

/* All before next has been read. */
static void advance(struct kafka_follower *f, int32_t part, int64_t next)
{
    if (part < 0 || part >= f->n || f->end[part] < 0 || next < f->end[part])
        return;
    f->end[part] = -1;
    f->left--;
}

/* What no record means: the end of a partition, something that passes, or that
 * we may not. */
static enum status judge(struct kafka_follower *f, const rd_kafka_message_t *m, struct err *err)
{
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        f->away = false;
        advance(f, m->partition, m->offset);
        return ST_OK;
    }
    enum status st = rdk_code(m->err, rd_kafka_message_errstr(m), err);
    return st == ST_FATAL ? st : ST_OK;
}

enum status kafka_follower_poll(struct kafka_follower *f, int timeout_ms, struct kafka_msg *m,
                                bool *have, struct err *err)
{
    rd_kafka_message_t *rm = rdk_poll(&f->poll, f->rk, timeout_ms);

    *have = false;
    if (!rm)
        return ST_OK;
    if (rm->err) {
        enum status st = judge(f, rm, err);

        rd_kafka_message_destroy(rm);
        return st;
    }
    f->away = false;
    advance(f, rm->partition, rm->offset + 1);
    enum status st = rdk_msg_take(rm, f->topic, m, err);
    *have = st == ST_OK;
    return st;
}

bool kafka_follower_done(const struct kafka_follower *f)
{
    return f->left == 0;
}

bool kafka_follower_away(const struct kafka_follower *f)
{
    return f->away;
}
