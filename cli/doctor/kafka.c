/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/doctor/checks.h"
#include "kafka/producer.h"

static const char address_means[] = "everything goes through it";

/* What Kafka's own tools are told. */
static const char *where(const struct doctor *d)
{
    return kafka_conf_get(&d->kafka, "bootstrap.servers");
}

/* The one who asks learns more from what the client says than from "timed out". */
static bool cluster(struct doctor *d)
{
    struct kafka_cluster c;
    struct err err = { 0 };
    struct finding *f;
    enum status st = kafka_admin_new(&d->kafka, &d->admin, &err);

    if (st == ST_OK)
        st = kafka_admin_cluster(d->admin, (int)d->timeout_ms, &c, &err);
    if (st == ST_OK) {
        f = report_add(&d->report, FOUND_OK, "cluster", address_means);
        finding_value(f, "%d broker%s, %s, cluster %s", (int)c.brokers, c.brokers == 1 ? "" : "s",
                      c.where, c.id[0] ? c.id : "without a name");
        return true;
    }
    char *noise = strstr(err.msg, " (after ");
    if (noise)
        *noise = '\0';
    f = report_add(&d->report, st == ST_RETRY ? FOUND_GONE : FOUND_FAIL, "cluster", address_means);
    finding_value(f, "%s: %s", where(d), err.msg);
    finding_fix(f, "kcat -L -b %s   # is the address right, does it want TLS or a login?",
                where(d));
    return false;
}

static void topic_wrong(struct doctor *d, const char *name, const struct kafka_diff *diff)
{
    for (int i = 0; i < diff->n; i++) {
        struct finding *f = report_add(&d->report, FOUND_FAIL, "topic",
                                       "partitions are for life, Kafka's clock is ours, and state "
                                       "is compacted");

        finding_value(f, "%s", diff->line[i]);
        if (strstr(diff->line[i], "LogAppendTime")) {
            finding_fix(f,
                        "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config "
                        "message.timestamp.type=LogAppendTime",
                        where(d), name);
        } else {
            finding_fix(f, "absa topics plan%s   # then set what is there, or delete the topic",
                        d->same);
        }
    }
}

/* All topics that are not there, as one finding. */
static void topics_missing(struct doctor *d)
{
    struct finding *f = NULL;
    size_t at = 0;

    for (int i = 0; i < TOPIC_N; i++) {
        if (d->parts[i] > 0)
            continue;
        if (!f)
            f = report_add(&d->report, FOUND_FAIL, "topics", "no program makes a topic by itself");
        if (at < sizeof(f->value))
            (void)snprintf(f->value + at, sizeof(f->value) - at, "%s%s",
                           at > 0 ? ", " : "not there: ", d->names.of[i]);
        at += strlen(f->value + at);
    }
    if (f)
        finding_fix(f, "absa topics apply%s", d->same);
}

/* Whether the topic is there and as planned. */
static bool topic(struct doctor *d, enum topic_id id)
{
    const struct kafka_topic want = kafka_topic_plan(&d->conf->topics, &d->names, id);
    struct kafka_topic is = { .name = want.name };
    struct err err = { 0 };
    enum status st = kafka_admin_partitions(d->admin, want.name, &is.parts, &err);

    d->parts[id] = is.parts;
    if (st == ST_OK && is.parts == 0)
        return false;
    if (st == ST_OK)
        st = kafka_admin_describe(d->admin, &is, &err);
    if (st != ST_OK) {
        struct finding *f =
            report_add(&d->report, FOUND_WARN, want.name, "its settings decide what a time is");

        finding_value(f, "cannot be asked: %s", err.msg);
        return false;
    }
    const struct kafka_diff diff = kafka_topic_diff(&want, &is);
    topic_wrong(d, want.name, &diff);
    if (diff.n == 0 && kafka_topic_forgets(&want, &is)) {
        struct finding *f = report_add(&d->report, FOUND_WARN, want.name,
                                       "a stage that stands still for longer loses records");

        finding_value(f, "keeps records %.1f days, the plan is %.1f",
                      (double)is.retention_ms / 864e5, (double)want.retention_ms / 864e5);
        finding_fix(f,
                    "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config "
                    "retention.ms=%lld",
                    where(d), want.name, (long long)want.retention_ms);
        return false;
    }
    return diff.n == 0;
}

static void topics(struct doctor *d)
{
    int right = 0;

    for (int i = 0; i < TOPIC_N; i++)
        right += topic(d, (enum topic_id)i);
    topics_missing(d);
    if (right == 0)
        return;
    struct finding *f = report_add(&d->report, FOUND_OK, "topics",
                                   "partitions, cleanup, LogAppendTime and retention as planned");
    finding_value(f, "%d of %d under %s* are right", right, TOPIC_N, d->conf->topics.prefix);
}

/* Of its topics it only says how many partitions they have. */
static void topics_in_memory(struct doctor *d)
{
    struct err err = { 0 };
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < TOPIC_N; i++)
        st = kafka_admin_partitions(d->admin, d->names.of[i], &d->parts[i], &err);
    struct finding *f = report_add(&d->report, st == ST_OK ? FOUND_OK : FOUND_WARN, "topics",
                                   "exactly-once, and positions that last, are Apache Kafka's");
    finding_value(f, "%s",
                  st == ST_OK ? "a broker in memory: it makes them itself, as planned" : err.msg);
}

/* Begins and ends an empty transaction. */
static void transactions(struct doctor *d)
{
    static const char means[] = "results, positions and state are one transaction";
    struct kafka_producer *p = NULL;
    struct err err = { 0 };
    enum status st = kafka_producer_new_txn(&d->kafka, "absa-doctor", &p, &err);

    if (st == ST_OK)
        st = kafka_txn_begin(p, &err);
    if (st == ST_OK)
        st = kafka_txn_commit(p, &err);
    kafka_producer_free(p);
    struct finding *f =
        report_add(&d->report, st == ST_OK ? FOUND_OK : FOUND_FAIL, "transactions", means);
    finding_value(f, "%s", st == ST_OK ? "an empty one was begun and committed" : err.msg);
    if (st != ST_OK)
        finding_fix(f,
                    "kafka-acls.sh --bootstrap-server %s --list   # the user wants Write on "
                    "transactional id absa-*",
                    where(d));
}

bool check_kafka(struct doctor *d)
{
    d->report.area = "kafka";
    if (!kafka_conf_get(&d->kafka, "bootstrap.servers")) {
        struct finding *f = report_add(&d->report, FOUND_WARN, "cluster", address_means);

        finding_value(f, "not asked: kafka.bootstrap.servers is not set");
        finding_fix(f, "absa doctor -b HOST:PORT");
        return false;
    }
    if (!cluster(d))
        return false;
    struct err ignored = { 0 };
    if (kafka_admin_embedded(d->admin, &d->embedded, &ignored) == ST_OK && d->embedded)
        topics_in_memory(d);
    else
        topics(d);
    transactions(d);
    return true;
}
