/* SPDX-License-Identifier: MIT */
/* topics.c -- absa topics: the topics that there should be, made and checked.
 *
 * plan says what apply would do and what is wrong; apply creates what is not
 * there. A topic that exists is never changed by them: another number of
 * partitions is another deployment, and another cleanup policy has already lost
 * data. The one exception is grow: more raw partitions are more sources, and
 * their marks say so by raw.epoch. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/arena.h"
#include "drift/matrix.h"
#include "kafka/admin.h"
#include "kafka/reader.h"
#include "kafka/topics.h"
#include "record/state.h"
#include "wire/wire.h"

enum { STATE_MEMORY_MAX = 64 << 20 };

static struct kafka_topics topics;
static const char *brokers;
static int64_t replication = 1;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "replication", 'r', "N", APP_INT, &replication, "replicas of a new topic (default 1)" },
    { .name = NULL },
};

struct plan {
    const struct kafka_conf *kafka;
    struct kafka_admin *admin;
    bool change;
    int created;
    int wrong;
};

static void print_topic(const struct kafka_topic *t, const char *what)
{
    printf("%-8s %-24s partitions=%d cleanup=%s time=%s", what, t->name, (int)t->parts,
           t->compact ? "compact" : "delete", t->log_append_time ? "LogAppendTime" : "CreateTime");
    if (!t->compact)
        printf(" retention.ms=%lld", (long long)t->retention_ms);
    fputc('\n', stdout);
}

/* Prints each difference. */
static int compare(const struct kafka_topic *want, const struct kafka_topic *is)
{
    const struct kafka_diff d = kafka_topic_diff(want, is);

    for (int i = 0; i < d.n; i++)
        fprintf(stderr, "absa topics: %s\n", d.line[i]);
    if (kafka_topic_forgets(want, is))
        fprintf(stderr, "absa topics: note: %s keeps records %lld ms, the plan is %lld ms\n",
                want->name, (long long)is->retention_ms, (long long)want->retention_ms);
    return d.n;
}

static enum status one(struct plan *p, const struct kafka_topic *want, struct err *err)
{
    struct kafka_topic is = { .name = want->name };
    enum status st = kafka_admin_partitions(p->admin, want->name, &is.parts, err);

    if (st != ST_OK)
        return st;
    if (is.parts == 0) {
        p->created++;
        print_topic(want, p->change ? "created" : "create");
        return p->change ? kafka_admin_create(p->admin, want, err) : ST_OK;
    }
    st = kafka_admin_describe(p->admin, &is, err);
    if (st != ST_OK)
        return st;
    int wrong = compare(want, &is);
    print_topic(&is, wrong ? "wrong" : "ok");
    p->wrong += wrong;
    return ST_OK;
}

static enum status all(struct plan *p, struct err *err)
{
    const struct kafka_names names = kafka_names_make(topics.prefix);
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < TOPIC_N; i++) {
        struct kafka_topic want = kafka_topic_plan(&topics, &names, (enum topic_id)i);

        want.replication = (int32_t)replication;
        st = one(p, &want, err);
    }
    if (st == ST_OK && p->wrong > 0)
        st = err_set(err, ST_FATAL, "config: %d differences from the plan", p->wrong);
    return st;
}

/* What the judge has heard: the epoch of the raw partitions, 1 before it heard any. */
static enum status known_epoch(struct plan *p, const struct kafka_names *names, int32_t *epoch,
                               struct err *err)
{
    struct kafka_reader *reader = NULL;
    const struct kafka_msg *m = NULL;
    struct arena *a = arena_new(STATE_MEMORY_MAX);
    struct wire *wire = NULL;
    enum status st = a ? wire_new(NULL, &wire, err) : err_set(err, ST_FATAL, "out of memory");

    *epoch = 1;
    if (st == ST_OK)
        st = kafka_reader_new(p->kafka, names, &reader, err);
    if (st == ST_OK)
        st = kafka_reader_open(reader, TOPIC_STATE, 0, -1, -1, err);
    while (st == ST_OK && (st = kafka_reader_next(reader, &m, err)) == ST_OK && m) {
        struct state s;

        if (!m->rec.value.p || !slice_is(m->rec.key, "judge"))
            continue;
        arena_reset(a);
        st = wire_decode(wire, RECORD_STATE, m->rec.value, &s, a, err);
        if (st == ST_OK && s.judge && s.judge->src_epoch > *epoch)
            *epoch = s.judge->src_epoch;
    }
    kafka_reader_free(reader);
    wire_free(wire);
    arena_free(a);
    return st;
}

/* Is everything but the number of raw partitions as it is to be? Else growing would make more
 * of what is wrong. */
static enum status others_are_right(struct plan *p, const struct kafka_names *names,
                                    struct err *err)
{
    enum status st = ST_OK;

    for (int i = 0; st == ST_OK && i < TOPIC_N; i++) {
        struct kafka_topic want = kafka_topic_plan(&topics, names, (enum topic_id)i);
        struct kafka_topic is = { .name = want.name };

        st = kafka_admin_partitions(p->admin, want.name, &is.parts, err);
        if (st == ST_OK && is.parts == 0)
            continue; /* apply makes it */
        if (i == TOPIC_RAW)
            want.parts = is.parts;
        if (st == ST_OK)
            st = kafka_admin_describe(p->admin, &is, err);
        if (st == ST_OK)
            p->wrong += compare(&want, &is);
    }
    if (st == ST_OK && p->wrong > 0)
        st = err_set(err, ST_FATAL, "config: %d differences from the plan: mend these first",
                     p->wrong);
    return st;
}

/* More partitions are more sources. What would break the identity of what is already there is
 * refused: fewer, an epoch that the marks of now carry, more than the judge can hold. */
static enum status may_grow(struct plan *p, const struct kafka_names *names, int32_t is,
                            struct err *err)
{
    const int64_t want = topics.raw_partitions;
    int32_t epoch = 0;

    if (want < is)
        return err_set(err, ST_FATAL, "config: %s has %d partitions: it cannot shrink to %d",
                       names->of[TOPIC_RAW], (int)is, (int)want);
    if (want * topics.comments_partitions > MATRIX_CELLS_MAX) {
        return err_set(err, ST_FATAL,
                       "config: raw.partitions x comments.partitions is over %d: another "
                       "deployment (topic.prefix) has to take the rest",
                       MATRIX_CELLS_MAX);
    }
    enum status st = others_are_right(p, names, err);
    if (st == ST_OK)
        st = known_epoch(p, names, &epoch, err);
    if (st == ST_OK && want > is && topics.raw_epoch <= epoch)
        st = err_set(err, ST_FATAL,
                     "config: raw.epoch is %d, and marks of epoch %d tell of %d partitions: say "
                     "raw.epoch = %d with raw.partitions = %d, here and then in every program",
                     (int)topics.raw_epoch, (int)epoch, (int)is, (int)epoch + 1, (int)want);
    return st;
}

/* More raw partitions, up to raw.partitions. */
static enum status grow(struct plan *p, struct err *err)
{
    const struct kafka_names names = kafka_names_make(topics.prefix);
    int32_t want = (int32_t)topics.raw_partitions;
    int32_t is = 0;
    enum status st = kafka_admin_partitions(p->admin, names.of[TOPIC_RAW], &is, err);

    if (st == ST_OK && is == 0)
        st = err_set(err, ST_FATAL, "config: there is no topic %s: run absa topics apply",
                     names.of[TOPIC_RAW]);
    if (st == ST_OK)
        st = may_grow(p, &names, is, err);
    if (st != ST_OK)
        return st;
    printf("%-8s %-24s partitions=%d was=%d\n",
           want == is  ? "ok"
           : p->change ? "grown"
                       : "grow",
           names.of[TOPIC_RAW], (int)want, (int)is);
    if (want == is || !p->change)
        return ST_OK;
    st = kafka_admin_grow(p->admin, names.of[TOPIC_RAW], want, err);
    if (st == ST_OK)
        printf("now set raw.partitions = %d and raw.epoch = %d for every program and restart them "
               "all: ingest first, and no window closes before every source was heard of\n",
               (int)want, (int)topics.raw_epoch);
    return st;
}

static const struct {
    const char *verb;
    enum status (*run)(struct plan *p, struct err *err);
    bool changes;
} verbs[] = {
    { "plan", all, false },
    { "apply", all, true },
    { "grow", grow, true },
};

static enum status run(struct app_run *run, struct err *err)
{
    const char *verb = run->argc == 1 ? run->argv[0] : "";
    struct kafka_conf kafka = { 0 };
    struct plan p = { .kafka = &kafka };
    size_t i = 0;

    while (i < sizeof(verbs) / sizeof(verbs[0]) && strcmp(verbs[i].verb, verb) != 0)
        i++;
    if (i == sizeof(verbs) / sizeof(verbs[0]))
        return err_set(err, ST_FATAL, "usage: say plan, apply or grow");
    p.change = verbs[i].changes && !run->dry_run;
    if (replication < 1 || replication > 32)
        return err_set(err, ST_FATAL, "usage: --replication is not in 1..32");
    enum status st = kafka_conf_take(&kafka, run->conf, brokers, err);
    if (st == ST_OK)
        st = kafka_admin_new(&kafka, &p.admin, err);
    if (st == ST_OK)
        st = verbs[i].run(&p, err);
    kafka_admin_free(p.admin);
    kafka_conf_release(&kafka);
    return st;
}

static const struct app app = {
    .name = "topics",
    .args = "plan|apply|grow",
    .summary = "the topics that there should be: compared with the cluster, or created",
    .examples = "  absa topics plan -b localhost:9092\n"
                "  absa topics apply -b localhost:9092 -X raw.partitions=3 --replication 3\n"
                "  absa topics grow -b localhost:9092 -n -X raw.partitions=6 -X raw.epoch=2\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .has_dry_run = true,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
