/* SPDX-License-Identifier: MIT */
#include "kafka/admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/rdk.h"
#include "now/now.h"

enum { LEADER_NAP_MS = 100, KNOWN_NAP_MS = 20 };

struct kafka_admin {
    rd_kafka_t *rk;
    struct err last; /* of the connection, as the library told it */
};

static void on_error(rd_kafka_t *rk, int code, const char *why, void *ctx)
{
    struct kafka_admin *a = ctx;

    err_message(&a->last, "%s", why);
    rdk_on_error(rk, code, why, NULL);
}

enum status kafka_admin_new(const struct kafka_conf *conf, struct kafka_admin **out,
                            struct err *err)
{
    static const struct rdk_set must[] = {
        { "group.id", "absa-admin" }, /* never joined; a consumer must have one */
        { "isolation.level", "read_uncommitted" },
        { "enable.auto.commit", "false" },
    };
    rd_kafka_conf_t *rc;

    *out = NULL;
    enum status st = rdk_conf(RD_KAFKA_CONSUMER, conf, must, 3, &rc, err);
    if (st != ST_OK)
        return st;
    struct kafka_admin *a = calloc(1, sizeof(*a));
    if (!a) {
        rd_kafka_conf_destroy(rc);
        return err_set(err, ST_FATAL, "out of memory");
    }
    rd_kafka_conf_set_opaque(rc, a);
    rd_kafka_conf_set_error_cb(rc, on_error);
    st = rdk_new(RD_KAFKA_CONSUMER, rc, &a->rk, err);
    if (st != ST_OK) {
        free(a);
        return st;
    }
    *out = a;
    return ST_OK;
}

void kafka_admin_free(struct kafka_admin *a)
{
    if (!a)
        return;
    rd_kafka_destroy(a->rk);
    free(a);
}

static void take_cluster(const struct kafka_admin *a, const struct rd_kafka_metadata *meta,
                         struct kafka_cluster *out)
{
    char *id = rd_kafka_clusterid(a->rk, 0);

    *out = (struct kafka_cluster){ .brokers = meta->broker_cnt };
    snprintf(out->id, sizeof(out->id), "%s", id ? id : "");
    if (meta->broker_cnt > 0)
        snprintf(out->where, sizeof(out->where), "%s:%d", meta->brokers[0].host,
                 meta->brokers[0].port);
    if (id)
        rd_kafka_mem_free(a->rk, id);
}

enum status kafka_admin_cluster(struct kafka_admin *a, int timeout_ms, struct kafka_cluster *out,
                                struct err *err)
{
    const struct rd_kafka_metadata *meta;

    *out = (struct kafka_cluster){ 0 };
    enum status st =
        rdk_code(rd_kafka_metadata(a->rk, 0, NULL, &meta, timeout_ms), "the cluster", err);
    if (st != ST_OK) {
        rd_kafka_poll(a->rk, 0); /* serves on_error() */
        if (a->last.msg[0])
            *err = a->last;
        return st;
    }
    take_cluster(a, meta, out);
    rd_kafka_metadata_destroy(meta);
    return ST_OK;
}

enum status kafka_admin_members(struct kafka_admin *a, const char *group, int *n, struct err *err)
{
    const struct rd_kafka_group_list *list = NULL;
    enum status st =
        rdk_code(rd_kafka_list_groups(a->rk, group, &list, RDK_TIMEOUT_MS), group, err);

    *n = 0;
    for (int i = 0; st == ST_OK && i < list->group_cnt; i++) {
        if (strcmp(list->groups[i].group, group) == 0)
            *n = list->groups[i].member_cnt;
    }
    if (list)
        rd_kafka_group_list_destroy(list);
    return st;
}

enum status kafka_admin_partitions(struct kafka_admin *a, const char *topic, int32_t *n,
                                   struct err *err)
{
    const struct rd_kafka_metadata *meta;
    rd_kafka_topic_t *t = rd_kafka_topic_new(a->rk, topic, NULL);

    *n = 0;
    if (!t)
        return rdk_code(rd_kafka_last_error(), topic, err);
    enum status st = rdk_code(rd_kafka_metadata(a->rk, 0, t, &meta, RDK_TIMEOUT_MS), topic, err);
    rd_kafka_topic_destroy(t);
    if (st != ST_OK)
        return st;
    if (meta->topic_cnt == 1 && meta->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR)
        *n = meta->topics[0].partition_cnt;
    else if (meta->topic_cnt == 1 && meta->topics[0].err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        st = rdk_code(meta->topics[0].err, topic, err);
    rd_kafka_metadata_destroy(meta);
    return st;
}

/* The first offset at or after a time, or one of the two ends of the log. */
static rd_kafka_resp_err_t ask_offset(struct kafka_admin *a, const char *topic, int32_t part,
                                      int64_t time_ms, int64_t *offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *t = rd_kafka_topic_partition_list_add(list, topic, part);

    t->offset = time_ms;
    rd_kafka_resp_err_t e = rd_kafka_offsets_for_times(a->rk, list, RDK_TIMEOUT_MS);
    if (!e)
        e = t->err;
    *offset = t->offset;
    rd_kafka_topic_partition_list_destroy(list);
    return e;
}

/* The same, through changes of the leader, of which librdkafka hears nothing by itself when a
 * broker answers that it leads no more: it would ask the same one for minutes. */
static enum status offset_of(struct kafka_admin *a, const char *topic, int32_t part,
                             int64_t time_ms, int64_t *offset, struct err *err)
{
    const int64_t until = now_mono_ms() + RDK_TIMEOUT_MS;
    struct err ignored = { 0 };
    rd_kafka_resp_err_t e = ask_offset(a, topic, part, time_ms, offset);

    while (e && rdk_is_passing(e) && now_mono_ms() < until) {
        now_nap(LEADER_NAP_MS);
        if (rdk_learn_leaders(a->rk, topic, &ignored) == ST_OK)
            e = ask_offset(a, topic, part, time_ms, offset);
    }
    return rdk_code(e, topic, err);
}

/* Not by rd_kafka_query_watermark_offsets(): that asks for both ends at once, and when one
 * answer is an error and the other is not it may give the second for both. A log with an end
 * of 0 would then be restored as one without a record. */
enum status kafka_admin_range(struct kafka_admin *a, const char *topic, int32_t part, int64_t *low,
                              int64_t *end, struct err *err)
{
    enum status st = offset_of(a, topic, part, RD_KAFKA_OFFSET_BEGINNING, low, err);

    if (st == ST_OK)
        st = offset_of(a, topic, part, RD_KAFKA_OFFSET_END, end, err);
    if (st == ST_OK && (*low < 0 || *end < *low))
        st = err_set(err, ST_RETRY, "%s[%d]: an odd answer: from %lld to %lld", topic, (int)part,
                     (long long)*low, (long long)*end);
    return st;
}

enum status kafka_admin_embedded(struct kafka_admin *a, bool *is, struct err *err)
{
    char *id = rd_kafka_clusterid(a->rk, RDK_TIMEOUT_MS);

    if (!id)
        return err_set(err, ST_RETRY, "no broker answers");
    *is = strncmp(id, "mockCluster", strlen("mockCluster")) == 0;
    rd_kafka_mem_free(a->rk, id);
    return ST_OK;
}

/* What the embedded broker cannot do. */
static enum status need_kafka(struct kafka_admin *a, const char *what, struct err *err)
{
    bool embedded = false;
    enum status st = kafka_admin_embedded(a, &embedded, err);

    if (st == ST_OK && embedded)
        return err_set(err, ST_FATAL, "unavailable: the embedded broker cannot %s: use Kafka",
                       what);
    return st;
}

enum status kafka_admin_note(struct kafka_admin *a, const char *topic, int32_t part, int64_t offset,
                             struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, topic, part)->offset = offset;
    rd_kafka_resp_err_t e = rd_kafka_commit(a->rk, list, 0);
    rd_kafka_topic_partition_list_destroy(list);
    return rdk_code(e, topic, err);
}

enum status kafka_admin_noted(struct kafka_admin *a, const char *topic, int32_t part,
                              int64_t *offset, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *t = rd_kafka_topic_partition_list_add(list, topic, part);
    rd_kafka_resp_err_t e = rd_kafka_committed(a->rk, list, RDK_TIMEOUT_MS);

    *offset = t->offset > 0 ? t->offset : 0;
    e = e ? e : t->err;
    rd_kafka_topic_partition_list_destroy(list);
    return rdk_code(e, topic, err);
}

enum status kafka_admin_offset_at(struct kafka_admin *a, const char *topic, int32_t part,
                                  int64_t time_ms, int64_t *offset, struct err *err)
{
    enum status st = need_kafka(a, "find an offset by time", err);

    if (st != ST_OK)
        return st;
    st = offset_of(a, topic, part, time_ms, offset, err);
    if (st == ST_OK && *offset < 0) {
        int64_t low;

        st = kafka_admin_range(a, topic, part, &low, offset, err);
    }
    return st;
}

/* Waits for the answer to one admin request; *ev must be destroyed. */
static enum status answer(rd_kafka_queue_t *q, const char *what, rd_kafka_event_t **ev,
                          struct err *err)
{
    *ev = rd_kafka_queue_poll(q, RDK_TIMEOUT_MS + 5000);
    if (!*ev)
        return err_set(err, ST_RETRY, "%s: no answer", what);
    if (rd_kafka_event_error(*ev))
        return err_set(err, ST_RETRY, "%s: %s", what, rd_kafka_event_error_string(*ev));
    return ST_OK;
}

static enum status take_positions(rd_kafka_event_t *ev, const struct kafka_group_of *of,
                                  void (*take)(void *ctx, const struct kafka_offset *o), void *ctx,
                                  struct err *err)
{
    size_t groups = 0;
    const rd_kafka_group_result_t **r = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(ev), &groups);

    if (groups != 1)
        return err_set(err, ST_RETRY, "offsets of %s: an odd answer", of->group);
    if (rd_kafka_group_result_error(r[0]))
        return err_set(err, ST_RETRY, "offsets of %s: %s", of->group,
                       rd_kafka_error_string(rd_kafka_group_result_error(r[0])));
    const rd_kafka_topic_partition_list_t *list = rd_kafka_group_result_partitions(r[0]);
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *t = &list->elems[i];

        if (!t->err && t->offset >= 0 && t->partition >= 0 && t->partition < of->parts)
            take(ctx, &(struct kafka_offset){ .part = t->partition,
                                              .offset = t->offset,
                                              .meta = { t->metadata, t->metadata_size } });
    }
    return ST_OK;
}

enum status kafka_admin_positions(struct kafka_admin *a, const struct kafka_group_of *of,
                                  void (*take)(void *ctx, const struct kafka_offset *o), void *ctx,
                                  struct err *err)
{
    rd_kafka_event_t *ev = NULL;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(of->parts);

    for (int32_t i = 0; i < of->parts; i++)
        rd_kafka_topic_partition_list_add(list, of->topic, i);
    rd_kafka_ListConsumerGroupOffsets_t *ask =
        rd_kafka_ListConsumerGroupOffsets_new(of->group, list);
    rd_kafka_AdminOptions_t *opt =
        rd_kafka_AdminOptions_new(a->rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    rd_kafka_AdminOptions_set_request_timeout(opt, RDK_TIMEOUT_MS, NULL, 0);
    rd_kafka_queue_t *q = rd_kafka_queue_new(a->rk);
    rd_kafka_ListConsumerGroupOffsets(a->rk, &ask, 1, opt, q);
    enum status st = answer(q, of->group, &ev, err);
    if (st == ST_OK)
        st = take_positions(ev, of, take, ctx, err);
    if (ev)
        rd_kafka_event_destroy(ev);
    rd_kafka_queue_destroy(q);
    rd_kafka_AdminOptions_destroy(opt);
    rd_kafka_ListConsumerGroupOffsets_destroy(ask);
    rd_kafka_topic_partition_list_destroy(list);
    return st;
}

static void take_offset(void *ctx, const struct kafka_offset *o)
{
    int64_t *offset = ctx;

    offset[o->part] = o->offset;
}

enum status kafka_admin_committed(struct kafka_admin *a, const char *group, const char *topic,
                                  int32_t n, int64_t *offset, struct err *err)
{
    for (int32_t i = 0; i < n; i++)
        offset[i] = -1;
    return kafka_admin_positions(a, &(struct kafka_group_of){ group, topic, n }, take_offset,
                                 offset, err);
}

static void set_config(rd_kafka_NewTopic_t *nt, const struct kafka_topic *t)
{
    char retention[32];

    snprintf(retention, sizeof(retention), "%lld", (long long)t->retention_ms);
    rd_kafka_NewTopic_set_config(nt, "cleanup.policy", t->compact ? "compact" : "delete");
    rd_kafka_NewTopic_set_config(nt, "message.timestamp.type",
                                 t->log_append_time ? "LogAppendTime" : "CreateTime");
    if (!t->compact)
        rd_kafka_NewTopic_set_config(nt, "retention.ms", retention);
}

static enum status created(rd_kafka_event_t *ev, const char *name, struct err *err)
{
    size_t n = 0;
    const rd_kafka_topic_result_t **r =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(ev), &n);

    if (n != 1)
        return err_set(err, ST_RETRY, "create %s: an odd answer", name);
    rd_kafka_resp_err_t e = rd_kafka_topic_result_error(r[0]);
    if (!e || e == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        return ST_OK;
    const char *why = rd_kafka_topic_result_error_string(r[0]);
    return err_set(err, ST_FATAL, "config: create %s: %s", name, why ? why : rd_kafka_err2str(e));
}

/* The controller's answer is no proof: brokers hear of a topic a little later. */
static enum status until_known(struct kafka_admin *a, const char *topic, struct err *err)
{
    const int64_t until = now_mono_ms() + RDK_TIMEOUT_MS;
    int32_t parts = 0;
    enum status st = kafka_admin_partitions(a, topic, &parts, err);

    while ((st == ST_RETRY || (st == ST_OK && parts == 0)) && now_mono_ms() < until) {
        now_nap(KNOWN_NAP_MS);
        st = kafka_admin_partitions(a, topic, &parts, err);
    }
    if (st == ST_OK && parts == 0)
        st = err_set(err, ST_RETRY, "%s was created, but is not known yet", topic);
    return st;
}

enum status kafka_admin_create(struct kafka_admin *a, const struct kafka_topic *t, struct err *err)
{
    char why[200];
    rd_kafka_event_t *ev = NULL;
    rd_kafka_NewTopic_t *nt =
        rd_kafka_NewTopic_new(t->name, t->parts, t->replication, why, sizeof(why));

    if (!nt)
        return err_set(err, ST_FATAL, "config: create %s: %s", t->name, why);
    set_config(nt, t);
    rd_kafka_AdminOptions_t *opt = rd_kafka_AdminOptions_new(a->rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_AdminOptions_set_request_timeout(opt, RDK_TIMEOUT_MS, NULL, 0);
    rd_kafka_AdminOptions_set_operation_timeout(opt, RDK_TIMEOUT_MS, NULL, 0);
    rd_kafka_queue_t *q = rd_kafka_queue_new(a->rk);
    rd_kafka_CreateTopics(a->rk, &nt, 1, opt, q);
    enum status st = answer(q, t->name, &ev, err);
    if (st == ST_OK)
        st = created(ev, t->name, err);
    if (ev)
        rd_kafka_event_destroy(ev);
    rd_kafka_queue_destroy(q);
    rd_kafka_AdminOptions_destroy(opt);
    rd_kafka_NewTopic_destroy(nt);
    return st == ST_OK ? until_known(a, t->name, err) : st;
}

static enum status grown(rd_kafka_event_t *ev, const char *topic, struct err *err)
{
    size_t n = 0;
    const rd_kafka_topic_result_t **r =
        rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(ev), &n);

    if (n != 1)
        return err_set(err, ST_RETRY, "grow %s: an odd answer", topic);
    if (rd_kafka_topic_result_error(r[0]) == RD_KAFKA_RESP_ERR_NO_ERROR)
        return ST_OK;
    return err_set(err, ST_FATAL, "config: grow %s: %s", topic,
                   rd_kafka_err2str(rd_kafka_topic_result_error(r[0])));
}

enum status kafka_admin_grow(struct kafka_admin *a, const char *topic, int32_t parts,
                             struct err *err)
{
    char why[200];
    rd_kafka_event_t *ev = NULL;
    rd_kafka_NewPartitions_t *np =
        rd_kafka_NewPartitions_new(topic, (size_t)parts, why, sizeof(why));

    if (!np)
        return err_set(err, ST_FATAL, "config: grow %s: %s", topic, why);
    rd_kafka_queue_t *q = rd_kafka_queue_new(a->rk);
    rd_kafka_CreatePartitions(a->rk, &np, 1, NULL, q);
    enum status st = answer(q, topic, &ev, err);
    if (st == ST_OK)
        st = grown(ev, topic, err);
    if (ev)
        rd_kafka_event_destroy(ev);
    rd_kafka_queue_destroy(q);
    rd_kafka_NewPartitions_destroy(np);
    return st;
}

static void take_config(struct kafka_topic *t, const char *name, const char *value)
{
    if (!value)
        return;
    if (strcmp(name, "cleanup.policy") == 0)
        t->compact = strcmp(value, "compact") == 0;
    else if (strcmp(name, "message.timestamp.type") == 0)
        t->log_append_time = strcmp(value, "LogAppendTime") == 0;
    else if (strcmp(name, "message.timestamp.after.max.ms") == 0 ||
             strcmp(name, "message.timestamp.difference.max.ms") == 0)
        t->bounded_ahead = t->bounded_ahead || strtoll(value, NULL, 10) < INT64_MAX;
    else if (strcmp(name, "retention.ms") == 0)
        t->retention_ms = strtoll(value, NULL, 10);
}

static enum status described(rd_kafka_event_t *ev, struct kafka_topic *t, struct err *err)
{
    size_t n = 0;
    const rd_kafka_ConfigResource_t **r =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(ev), &n);

    if (n != 1)
        return err_set(err, ST_RETRY, "describe %s: an odd answer", t->name);
    enum status st = rdk_code(rd_kafka_ConfigResource_error(r[0]), t->name, err);
    if (st != ST_OK)
        return st;
    size_t nconf = 0;
    const rd_kafka_ConfigEntry_t **v = rd_kafka_ConfigResource_configs(r[0], &nconf);
    for (size_t i = 0; i < nconf; i++)
        take_config(t, rd_kafka_ConfigEntry_name(v[i]), rd_kafka_ConfigEntry_value(v[i]));
    return ST_OK;
}

enum status kafka_admin_describe(struct kafka_admin *a, struct kafka_topic *t, struct err *err)
{
    rd_kafka_event_t *ev = NULL;
    enum status st = need_kafka(a, "describe topics", err);

    if (st != ST_OK)
        return st;
    rd_kafka_ConfigResource_t *r = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, t->name);
    rd_kafka_AdminOptions_t *opt =
        rd_kafka_AdminOptions_new(a->rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);

    rd_kafka_AdminOptions_set_request_timeout(opt, RDK_TIMEOUT_MS, NULL, 0);
    rd_kafka_queue_t *q = rd_kafka_queue_new(a->rk);
    rd_kafka_DescribeConfigs(a->rk, &r, 1, opt, q);
    st = answer(q, t->name, &ev, err);
    if (st == ST_OK)
        st = described(ev, t, err);
    if (ev)
        rd_kafka_event_destroy(ev);
    rd_kafka_queue_destroy(q);
    rd_kafka_AdminOptions_destroy(opt);
    rd_kafka_ConfigResource_destroy(r);
    return st;
}
