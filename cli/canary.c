/* SPDX-License-Identifier: MIT */
/* canary.c -- absa canary: does what is sent come through? Marked records into absa.raw,
 * followed through every topic up to a pane. They count in no window (stage.h). */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "cli/canary/account.h"
#include "kafka/follower.h"
#include "kafka/producer.h"
#include "kafka/topics.h"
#include "now/now.h"

enum { POLL_MS = 20, FLUSH_MS = 10000, WATCHED = 4 };

static struct kafka_topics topics;
static const char *brokers;
static int64_t count = 10;
static int64_t timeout_ms = 60000;

static const struct conf_section sections[] = {
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "brokers", 'b', "HOST:PORT", APP_STR, &brokers, "kafka.bootstrap.servers" },
    { "count", 'N', "N", APP_INT, &count, "canaries to send (default 10)" },
    { "timeout", 0, "TIME", APP_MS, &timeout_ms, "how long to wait for the last (default 60s)" },
    { .name = NULL },
};

/* What is followed, in the order of enum canary_hop; then the dead letters. */
static const enum topic_id watched[WATCHED] = { TOPIC_COMMENTS, TOPIC_SCORES, TOPIC_PANES,
                                                TOPIC_DEAD };

struct flight {
    struct kafka_conf kafka;
    struct kafka_names names;
    struct kafka_follower *follower[WATCHED];
    struct kafka_producer *producer;
    struct account account;
};

static enum status open_all(struct flight *f, const struct app_run *run, struct err *err)
{
    char name[CANARY_RUN_MAX];

    f->names = kafka_names_make(topics.prefix);
    snprintf(name, sizeof(name), "%" PRIx64 "-%lx", (uint64_t)now_wall_ms(),
             (unsigned long)getpid());
    enum status st = account_init(&f->account, name, (size_t)count, err);
    if (st == ST_OK)
        st = kafka_conf_take(&f->kafka, run->conf, brokers, err);
    for (int i = 0; st == ST_OK && i < WATCHED; i++) {
        const struct kafka_watch watch = { .name = f->names.of[watched[i]],
                                           .topic = watched[i],
                                           .part = -1,
                                           .start = { KAFKA_FROM_END, 0 } };

        st = kafka_follower_new(&f->kafka, &watch, &f->follower[i], err);
    }
    return st == ST_OK ? kafka_producer_new(&f->kafka, &f->producer, err) : st;
}

static enum status send_one(struct flight *f, size_t i, struct err *err)
{
    char id[CANARY_ID_MAX];
    char value[CANARY_VALUE_MAX];

    account_id(&f->account, i, id);
    const struct hdr hdr = { slice_str(STAGE_CANARY), slice_str(id) };
    const struct kafka_rec rec = { .topic = f->names.of[TOPIC_RAW],
                                   .part = (int32_t)(i % (size_t)topics.raw_partitions),
                                   .value = canary_value(id, now_wall_ms(), value),
                                   .hdr = &hdr,
                                   .nhdr = 1 };
    account_sent(&f->account, i, now_mono_ms());
    return kafka_producer_send(f->producer, &rec, err);
}

static void meet(struct flight *f, int which, const struct kafka_msg *m)
{
    const struct slice ids = stage_header(&m->rec, STAGE_CANARY);

    if (!ids.p)
        return;
    if (watched[which] == TOPIC_DEAD)
        account_dead(&f->account, ids);
    else
        account_met(&f->account, (enum canary_hop)which, ids, now_mono_ms());
}

/* All that is there now of one topic. */
static enum status drain(struct flight *f, int which, struct err *err)
{
    bool have = true;
    enum status st = ST_OK;

    for (int wait = POLL_MS; st == ST_OK && have; wait = 0) {
        struct kafka_msg m = { .owned = NULL };

        st = kafka_follower_poll(f->follower[which], wait, &m, &have, err);
        if (st == ST_OK && have) {
            meet(f, which, &m);
            kafka_msg_release(&m);
        }
    }
    return st;
}

static enum status fly(struct flight *f, struct err *err)
{
    const int64_t until = now_mono_ms() + timeout_ms;
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < f->account.n; i++)
        st = send_one(f, i, err);
    if (st == ST_OK)
        st = kafka_producer_flush(f->producer, FLUSH_MS, err);
    while (st == ST_OK && !account_complete(&f->account) && now_mono_ms() < until &&
           !app_stopping()) {
        for (int i = 0; st == ST_OK && i < WATCHED; i++)
            st = drain(f, i, err);
    }
    return st;
}

static enum status say(const struct flight *f, struct app_run *run, struct err *err)
{
    struct buf out;

    buf_init(&out, 1 << 20);
    bool well = account_report(&f->account, &out);
    enum status st = app_print(&out, err);
    buf_release(&out);
    run->exit_code = well ? 0 : 1;
    return st;
}

static enum status run(struct app_run *run, struct err *err)
{
    struct flight f = { .producer = NULL };

    if (count < 1 || count > CANARIES_AT_MOST)
        return err_set(err, ST_FATAL, "usage: --count is not in 1..%d", CANARIES_AT_MOST);
    enum status st = open_all(&f, run, err);
    if (st == ST_OK)
        st = fly(&f, err);
    if (st == ST_OK)
        st = say(&f, run, err);
    for (int i = 0; i < WATCHED; i++)
        kafka_follower_free(f.follower[i]);
    kafka_producer_free(f.producer);
    account_release(&f.account);
    kafka_conf_release(&f.kafka);
    return st;
}

static const struct app app = {
    .name = "canary",
    .summary = "marked records through the whole pipeline: does each come through, and how fast",
    .examples = "  absa canary -b localhost:9092 --count 20\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .check = kafka_conf_check,
    .opts = opts,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
