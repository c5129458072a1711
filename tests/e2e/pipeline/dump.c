/* SPDX-License-Identifier: MIT */
/* dump.c -- a topic's committed records as JSON lines, for tests.
 *
 *     dump -b HOST:PORT [-X topic.prefix=p.] windows
 *
 * Partition by partition, in order; a mark is {"absa_kind": "mark", ...}. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "kafka/reader.h"
#include "kafka/topics.h"

static struct kafka_topics topics;
static const char *brokers;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { .name = NULL },
};

struct dump {
    struct kafka_reader *reader;
    struct wire *wire;
    struct arena *arena;
    struct buf line;
};

/* Room for the struct of any record. */
union any {
    max_align_t align;
    char bytes[4096];
};

static enum status print_record(struct dump *d, const struct stage_rec *rec, struct err *err)
{
    union any any;
    enum record_kind kind;
    enum status st = wire_peek(d->wire, rec->value, &kind, err);

    if (st == ST_OK)
        st = wire_decode(d->wire, kind, rec->value, &any, d->arena, err);
    buf_clear(&d->line);
    if (st == ST_OK && kind == RECORD_MARK)
        buf_str(&d->line, "{\"absa_kind\": \"mark\"} ");
    if (st == ST_OK)
        st = wire_to_json(kind, &any, &d->line, err);
    if (st == ST_OK)
        printf("%.*s\n", (int)d->line.n, d->line.p);
    arena_reset(d->arena);
    return st;
}

static enum status dump_part(struct dump *d, enum topic_id topic, int32_t part, struct err *err)
{
    const struct kafka_msg *m = NULL;
    enum status st = kafka_reader_open(d->reader, topic, part, -1, -1, err);

    while (st == ST_OK) {
        st = kafka_reader_next(d->reader, &m, err);
        if (st != ST_OK || !m)
            break;
        if (m->rec.value.n > 0)
            st = print_record(d, &m->rec, err);
    }
    return st;
}

static enum status dump(struct dump *d, const char *name, struct err *err)
{
    const struct topology topo = kafka_topology(&topics);

    for (int t = 0; t < TOPIC_N; t++) {
        if (strcmp(topic_table[t].name, name) != 0)
            continue;
        enum status st = ST_OK;

        for (int32_t p = 0; st == ST_OK && p < topo.parts[t]; p++)
            st = dump_part(d, (enum topic_id)t, p, err);
        return st;
    }
    return err_set(err, ST_FATAL, "usage: no topic is called %.60s", name);
}

static enum status run(struct app_run *run, struct err *err)
{
    struct kafka_conf kafka = { 0 };
    struct kafka_names names;
    struct dump d = { .arena = arena_new(64 << 20) };

    buf_init(&d.line, WIRE_RECORD_MAX);
    if (run->argc != 1 || !d.arena)
        return err_set(err, ST_FATAL, "usage: name one topic");
    enum status st = kafka_conf_take(&kafka, run->conf, brokers, err);
    if (st == ST_OK)
        st = kafka_names_make(topics.prefix, &names, err);
    if (st == ST_OK)
        st = kafka_reader_new(&kafka, &names, &d.reader, err);
    if (st == ST_OK)
        st = wire_new(NULL, &d.wire, err);
    if (st == ST_OK)
        st = dump(&d, run->argv[0], err);
    kafka_reader_free(d.reader);
    wire_free(d.wire);
    kafka_conf_release(&kafka);
    buf_release(&d.line);
    arena_free(d.arena);
    return st;
}

static const struct app app = {
    .name = "dump",
    .args = "TOPIC",
    .summary = "a topic's committed records as JSON lines",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
