/* SPDX-License-Identifier: MIT */
#include "kafka/client.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/rdk.h"
#include "obs/log.h"

/* Exactly-once stands on these: not for a configuration file to change. */
static const char *const ours[] = {
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.idempotence",
    "enable.partition.eof",
    "group.id",
    "group.instance.id",
    "isolation.level",
    "partition.assignment.strategy",
    "transactional.id",
    "auto.offset.reset",
    "plugin.library.paths",
    NULL,
};

static const struct rdk_set defaults[] = {
    { "client.id", "absa" },
    { "log.connection.close", "false" },
    { "reconnect.backoff.max.ms", "2000" },
    /* of consumers */
    { "allow.auto.create.topics", "false" },
    { "session.timeout.ms", "6000" }, /* a lost process is replaced after this */
    { "heartbeat.interval.ms", "1500" },
    { "fetch.wait.max.ms", "100" },
    /* A backlog waits in the log, not in memory: with 64 MB, the library's default, a consumer
     * that starts late takes three times what it takes else. A message counts by its bytes here
     * and takes some 500 more. A small queue is as fast as a large one (rdk_poll.h). */
    { "queued.max.messages.kbytes", "128" },
    { "fetch.message.max.bytes", "65536" }, /* of a partition at once; a larger batch comes alone */
    /* What a batch of zstd may unpack to, among others; the broker's limit of 1 MB is for what it
     * was packed into. */
    { "fetch.max.bytes", "4194304" },
    { "receive.message.max.bytes", "16777216" },
    /* of producers */
    { "transaction.timeout.ms", "10000" }, /* transactions are open for about 20 ms */
    { "linger.ms", "5" },
    /* Right after a commit the coordinator still writes its markers and sends the
     * next transaction away; with the default of 100 ms each of two in a row
     * takes 100 ms, with this 20. */
    { "retry.backoff.ms", "10" },
};

static bool is_ours(const char *name)
{
    for (const char *const *p = ours; *p; p++) {
        if (strcmp(*p, name) == 0)
            return true;
    }
    return false;
}

static struct kafka_prop *find(const struct kafka_conf *conf, const char *name)
{
    for (size_t i = 0; i < conf->n; i++) {
        if (strcmp(conf->v[i].name, name) == 0)
            return &conf->v[i];
    }
    return NULL;
}

/* Lets librdkafka judge name and value. */
static enum status try_prop(const char *name, const char *value, struct err *err)
{
    char why[200];
    rd_kafka_conf_t *scratch = rd_kafka_conf_new();
    rd_kafka_conf_res_t rc = rd_kafka_conf_set(scratch, name, value, why, sizeof(why));

    rd_kafka_conf_destroy(scratch);
    if (rc != RD_KAFKA_CONF_OK)
        return err_set(err, ST_FATAL, "config: kafka.%s: %s", name, why);
    return ST_OK;
}

static enum status append(struct kafka_conf *conf, const char *name, char *value, struct err *err)
{
    struct kafka_prop *v = realloc(conf->v, (conf->n + 1) * sizeof(*v));

    if (v)
        conf->v = v;
    char *copy = v ? strdup(name) : NULL;
    if (!copy) {
        free(value);
        return err_set(err, ST_FATAL, "out of memory");
    }
    conf->v[conf->n++] = (struct kafka_prop){ copy, value };
    return ST_OK;
}

enum status kafka_conf_set(struct kafka_conf *conf, const char *name, const char *value,
                           struct err *err)
{
    if (is_ours(name))
        return err_set(err, ST_FATAL, "config: kafka.%s cannot be set: exactly-once rests on it",
                       name);
    enum status st = try_prop(name, value, err);
    if (st != ST_OK)
        return st;
    char *copy = strdup(value);
    if (!copy)
        return err_set(err, ST_FATAL, "out of memory");
    struct kafka_prop *old = find(conf, name);
    if (!old)
        return append(conf, name, copy, err);
    free(old->value);
    old->value = copy;
    return ST_OK;
}

const char *kafka_conf_get(const struct kafka_conf *conf, const char *name)
{
    const struct kafka_prop *p = find(conf, name);

    return p ? p->value : NULL;
}

void kafka_conf_release(struct kafka_conf *conf)
{
    for (size_t i = 0; i < conf->n; i++) {
        free(conf->v[i].name);
        free(conf->v[i].value);
    }
    free(conf->v);
    *conf = (struct kafka_conf){ 0 };
}

const char *kafka_library(int *number)
{
    *number = rd_kafka_version();
    return rd_kafka_version_str();
}

/* librdkafka's own lines, at our levels (syslog's: 3 error, 4 warning). */
static void on_log(const rd_kafka_t *rk, int level, const char *fac, const char *text)
{
    enum log_level our = level <= 3 ? LOG_ERROR : level == 4 ? LOG_WARN : LOG_INFO;

    (void)rk;
    if (level >= 7 || strcmp(fac, "AUTOCREATE") == 0) /* of the embedded broker; expected */
        our = LOG_DEBUG;
    LOG_AT(our, "kafka client", LOG_STR("what", fac), LOG_STR("text", text));
}

/* Connection trouble heals by itself: it is worth a line and no more. */
void rdk_on_error(rd_kafka_t *rk, int code, const char *why, void *ctx)
{
    (void)rk;
    (void)ctx;
    log_warn("kafka connection", LOG_STR("error", rd_kafka_err2name((rd_kafka_resp_err_t)code)),
             LOG_STR("why", why));
}

static enum status set_prop(rd_kafka_conf_t *conf, const char *name, const char *value,
                            struct err *err)
{
    char why[200];

    if (rd_kafka_conf_set(conf, name, value, why, sizeof(why)) != RD_KAFKA_CONF_OK)
        return err_set(err, ST_FATAL, "config: kafka.%s: %s", name, why);
    return ST_OK;
}

/* librdkafka warns of a property that is for the other type of client, which
 * a file for several programs always has; these are the ones that matter. */
static bool fits(rd_kafka_type_t type, const char *name)
{
    static const char *const consumer_only[] = { "session.",   "heartbeat.",  "max.poll.",
                                                 "fetch.",     "allow.auto.", "queued.",
                                                 "check.crcs", NULL };
    static const char *const producer_only[] = {
        "transaction.", "linger.",          "batch.",  "queue.buffering.", "message.timeout.ms",
        "acks",         "request.required", "retries", "retry.",           "delivery",
        "compression",  "request.timeout",  NULL
    };
    const char *const *not_for = type == RD_KAFKA_PRODUCER ? consumer_only : producer_only;

    for (; *not_for; not_for++) {
        if (strncmp(name, *not_for, strlen(*not_for)) == 0)
            return false;
    }
    return true;
}

enum status rdk_conf(rd_kafka_type_t type, const struct kafka_conf *pass,
                     const struct rdk_set *must, size_t n, rd_kafka_conf_t **out, struct err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum status st = ST_OK;

    *out = NULL;
    for (size_t i = 0; st == ST_OK && i < sizeof(defaults) / sizeof(defaults[0]); i++)
        if (fits(type, defaults[i].name))
            st = set_prop(conf, defaults[i].name, defaults[i].value, err);
    for (size_t i = 0; st == ST_OK && pass && i < pass->n; i++)
        if (fits(type, pass->v[i].name))
            st = set_prop(conf, pass->v[i].name, pass->v[i].value, err);
    for (size_t i = 0; st == ST_OK && i < n; i++)
        st = set_prop(conf, must[i].name, must[i].value, err);
    if (st != ST_OK) {
        rd_kafka_conf_destroy(conf);
        return st;
    }
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, rdk_on_error);
    *out = conf;
    return ST_OK;
}

enum status rdk_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **out, struct err *err)
{
    char why[200];

    *out = rd_kafka_new(type, conf, why, sizeof(why));
    if (*out)
        return ST_OK;
    const rd_kafka_resp_err_t e = rd_kafka_last_error();
    rd_kafka_conf_destroy(conf);
    /* Threads that cannot be had or do not come up: the machine is at fault, not the file. */
    if (e == RD_KAFKA_RESP_ERR__TIMED_OUT || e == RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
        return err_set(err, ST_RETRY, "kafka: %s", why);
    return err_set(err, ST_FATAL, "config: kafka: %s", why);
}

/* What no restart cures: the one place where codes are named, as librdkafka
 * has no attribute for it. */
bool rdk_is_config(rd_kafka_resp_err_t e)
{
    return e == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           e == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           e == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
           e == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
           e == RD_KAFKA_RESP_ERR__AUTHENTICATION || e == RD_KAFKA_RESP_ERR__INVALID_ARG ||
           /* the broker's own limits: the same batch meets the same one again */
           e == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           e == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           e == RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE ||
           e == RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT ||
           e == RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT;
}

enum status rdk_error(rd_kafka_error_t *e, const char *what, struct err *err)
{
    if (!e)
        return ST_OK;
    enum status st = rdk_is_config(rd_kafka_error_code(e)) ? ST_FATAL : ST_RETRY;
    err_set(err, st, "%s%s: %s%s%s", st == ST_FATAL ? "config: " : "", what,
            rd_kafka_error_string(e), rd_kafka_error_is_fatal(e) ? " (fatal)" : "",
            rd_kafka_error_txn_requires_abort(e) ? " (abort)" : "");
    rd_kafka_error_destroy(e);
    return st;
}

enum status rdk_code(rd_kafka_resp_err_t e, const char *what, struct err *err)
{
    if (e == RD_KAFKA_RESP_ERR_NO_ERROR)
        return ST_OK;
    enum status st = rdk_is_config(e) ? ST_FATAL : ST_RETRY;
    return err_set(err, st, "%s%s: %s", st == ST_FATAL ? "config: " : "", what,
                   rd_kafka_err2str(e));
}

enum status rdk_learn_leaders(rd_kafka_t *rk, const char *topic, struct err *err)
{
    const struct rd_kafka_metadata *meta;
    rd_kafka_topic_t *t = rd_kafka_topic_new(rk, topic, NULL);

    if (!t)
        return rdk_code(rd_kafka_last_error(), topic, err);
    rd_kafka_resp_err_t e = rd_kafka_metadata(rk, 0, t, &meta, RDK_TIMEOUT_MS);
    if (!e)
        rd_kafka_metadata_destroy(meta);
    rd_kafka_topic_destroy(t);
    return rdk_code(e, topic, err);
}

bool rdk_is_passing(rd_kafka_resp_err_t e)
{
    return e == RD_KAFKA_RESP_ERR__TRANSPORT || e == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
           e == RD_KAFKA_RESP_ERR__RESOLVE || e == RD_KAFKA_RESP_ERR__TIMED_OUT ||
           e == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           e == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
           e == RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE ||
           e == RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR;
}
