/* SPDX-License-Identifier: MIT */
/* dead.c -- absa dead: what was refused, why, and back again once the cause is mended. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/arena.h"
#include "cli/dead/requeue.h"
#include "wire/wire.h"

enum { ARENA_MAX = 64 << 20, OUT_MAX = 16 << 20, OFFSETS_MAX = 1024 };

static struct kafka_topics topics;
static const char *brokers;
static struct pick pick;
static int64_t offsets[OFFSETS_MAX];
static bool each;
static bool text;
static bool hex;
static bool all;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "reason", 0, "REASON", APP_STR, &pick.reason, "only these: json, clock, avro, ..." },
    { "stage", 0, "STAGE", APP_STR, &pick.stage,
      "only these: ingest, score, pane, errors, notify" },
    { "each", 0, NULL, APP_FLAG, &each, "list: a line for each letter" },
    { "text", 0, NULL, APP_FLAG, &text, "show: the bytes too, as text that cannot act" },
    { "hex", 0, NULL, APP_FLAG, &hex, "show: the bytes too, in hex" },
    { "all", 0, NULL, APP_FLAG, &all, "requeue: all that can go back" },
    { .name = NULL },
};

struct dead {
    const struct app_run *run;
    struct kafka_conf kafka;
    struct kafka_names names;
    struct kafka_admin *admin;
    struct kafka_reader *reader;
    struct wire *wire;
    struct arena *arena;
    struct buf out;
    struct dead_tally tally;
    struct requeue requeue;
    int64_t found;
};

typedef enum status letter_fn(struct dead *d, int64_t offset, const struct deadletter *l,
                              struct err *err);

static enum status read_part(struct dead *d, int32_t part, letter_fn *fn, struct err *err)
{
    const struct kafka_msg *m = NULL;
    enum status st = kafka_reader_open(d->reader, TOPIC_DEAD, part, -1, -1, err);

    while (st == ST_OK && !app_stopping()) {
        struct deadletter l;

        st = kafka_reader_next(d->reader, &m, err);
        if (st != ST_OK || !m)
            break;
        arena_reset(d->arena);
        if (!m->rec.value.p ||
            wire_decode(d->wire, RECORD_DEADLETTER, m->rec.value, &l, d->arena, err) != ST_OK)
            continue; /* not of ours */
        if (!pick_takes(&pick, m->rec.offset, &l))
            continue;
        d->found++;
        st = fn(d, m->rec.offset, &l, err);
        if (st == ST_OK)
            st = app_print(&d->out, err);
    }
    return st;
}

static enum status read_all(struct dead *d, letter_fn *fn, struct err *err)
{
    int32_t parts = 0;
    enum status st = kafka_admin_partitions(d->admin, d->names.of[TOPIC_DEAD], &parts, err);

    for (int32_t i = 0; st == ST_OK && i < parts; i++)
        st = read_part(d, i, fn, err);
    return st;
}

static enum status list_one(struct dead *d, int64_t offset, const struct deadletter *l,
                            struct err *err)
{
    (void)err;
    dead_tally_add(&d->tally, l);
    if (each)
        letter_line(offset, l, &d->out);
    return ST_OK;
}

static enum status list(struct dead *d, struct err *err)
{
    enum status st = read_all(d, list_one, err);

    if (st != ST_OK)
        return st;
    if (each)
        buf_byte(&d->out, '\n');
    dead_tally_print(&d->tally, &d->out);
    return app_print(&d->out, err);
}

static enum status show_one(struct dead *d, int64_t offset, const struct deadletter *l,
                            struct err *err)
{
    (void)err;
    if (d->found > 1)
        buf_byte(&d->out, '\n');
    letter_fields(offset, l, &d->out);
    if (text)
        letter_text(l, &d->out);
    if (hex)
        letter_hex(l, &d->out);
    return ST_OK;
}

static enum status show(struct dead *d, struct err *err)
{
    if (pick.n_offsets == 0)
        return err_set(err, ST_FATAL, "usage: show OFFSET...");
    enum status st = read_all(d, show_one, err);
    return st == ST_OK && d->found == 0 ? err_set(err, ST_REJECT, "no such letter") : st;
}

static enum status requeue_letter(struct dead *d, int64_t offset, const struct deadletter *l,
                                  struct err *err)
{
    letter_line(offset, l, &d->out);
    return requeue_one(&d->requeue, offset, l, pick.n_offsets > 0, err);
}

static enum status requeue(struct dead *d, struct err *err)
{
    if (pick.n_offsets == 0 && !pick.reason && !pick.stage && !all)
        return err_set(err, ST_FATAL, "usage: requeue OFFSET..., --reason, --stage or --all");
    d->requeue = (struct requeue){ .kafka = &d->kafka, .names = &d->names };
    enum status st = requeue_open(&d->requeue, d->run->dry_run, err);
    if (st == ST_OK)
        st = read_all(d, requeue_letter, err);
    if (st == ST_OK)
        st = requeue_finish(&d->requeue, err);
    if (st == ST_OK)
        printf("%s%" PRId64 " back, %" PRId64 " stay\n", d->run->dry_run ? "would send " : "sent ",
               d->requeue.sent, d->requeue.not_sent);
    requeue_close(&d->requeue);
    return st;
}

static const struct {
    const char *verb;
    enum status (*run)(struct dead *d, struct err *err);
} verbs[] = { { "list", list }, { "show", show }, { "requeue", requeue } };

static enum status take_offsets(const struct app_run *run, struct err *err)
{
    for (int i = 1; i < run->argc; i++) {
        if (pick.n_offsets == OFFSETS_MAX)
            return err_set(err, ST_FATAL, "usage: more than %d offsets", OFFSETS_MAX);
        if (!slice_to_int64(slice_str(run->argv[i]), &offsets[pick.n_offsets++]))
            return err_set(err, ST_FATAL, "usage: %.40s is no offset", run->argv[i]);
    }
    pick.offsets = offsets;
    return ST_OK;
}

static enum status open_all(struct dead *d, struct err *err)
{
    d->names = kafka_names_make(topics.prefix);
    buf_init(&d->out, OUT_MAX);
    d->arena = arena_new(ARENA_MAX);
    if (!d->arena)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = wire_new(NULL, &d->wire, err);
    if (st == ST_OK)
        st = kafka_conf_take(&d->kafka, d->run->conf, brokers, err);
    if (st == ST_OK)
        st = kafka_admin_new(&d->kafka, &d->admin, err);
    return st == ST_OK ? kafka_reader_new(&d->kafka, &d->names, &d->reader, err) : st;
}

static enum status run(struct app_run *run, struct err *err)
{
    const char *verb = run->argc > 0 ? run->argv[0] : "";
    struct dead d = { .run = run };
    size_t i = 0;

    while (i < sizeof(verbs) / sizeof(verbs[0]) && strcmp(verbs[i].verb, verb) != 0)
        i++;
    if (i == sizeof(verbs) / sizeof(verbs[0]))
        return err_set(err, ST_FATAL, "usage: say list, show or requeue");
    enum status st = take_offsets(run, err);
    if (st == ST_OK)
        st = open_all(&d, err);
    if (st == ST_OK)
        st = verbs[i].run(&d, err);
    kafka_reader_free(d.reader);
    kafka_admin_free(d.admin);
    kafka_conf_release(&d.kafka);
    wire_free(d.wire);
    arena_free(d.arena);
    buf_release(&d.out);
    return st;
}

static const struct app app = {
    .name = "dead",
    .args = "list | show OFFSET... | requeue [OFFSET...]",
    .summary = "dead letters: how many and why, one of them, and back to where they came from",
    .examples = "  absa dead list -b localhost:9092\n"
                "  absa dead list -b localhost:9092 --each --stage ingest\n"
                "  absa dead show -b localhost:9092 --hex 17\n"
                "  absa dead requeue -b localhost:9092 -n --reason clock\n",
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
