/* SPDX-License-Identifier: MIT */
/* absa notify: alerts in, mail and messages out. */
#include <stdio.h>
#include <time.h>

#include "app/app.h"
#include "base/hash.h"
#include "consumers/notify/perform.h"
#include "service/service.h"

static struct notify_props props;
static struct receivers receivers;
static struct kafka_topics topics;
static struct flow_conf consumer;
static const char *test;
static bool from_start;
static bool running; /* a configuration that is read now is for a run that goes on */

static const struct conf_section sections[] = {
    { "Notify", notify_props, &props },
    { "Receiver", receiver_props, &receivers.family },
    { "Topics", kafka_topics_props, &topics },
    { "Consumer", flow_props, &consumer },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "test", 0, "NAME", APP_STR, &test, "send receiver NAME one message that says it is a test" },
    { "from-start", 0, NULL, APP_FLAG, &from_start, "a log that was cut at its start is fine" },
    { .name = NULL },
};

/* A key that no other test has. */
static void test_key(const char *name, char key[HASH_ID_HEX_LEN + 1])
{
    struct timespec t;
    char now[64];

    clock_gettime(CLOCK_REALTIME, &t);
    snprintf(now, sizeof(now), "%lld.%09ld", (long long)t.tv_sec, t.tv_nsec);
    const struct slice fields[] = { slice_str("test"), slice_str(name), slice_str(now) };
    hash_id(fields, sizeof(fields) / sizeof(fields[0]), key);
}

static enum status say(const struct receiver *r, const struct effect_result *res, struct err *err)
{
    switch (res->how) {
    case EFFECT_SENT:
        printf("%s: sent\n", r->name);
        return ST_OK;
    case EFFECT_RETRY:
        return err_set(err, ST_FATAL, "unavailable: %s: %s", r->name, res->why);
    case EFFECT_REFUSED:
        return err_set(err, ST_FATAL, "config: %s refuses: %s", r->name, res->why);
    case EFFECT_HOLD:
        break;
    }
    return err_set(err, ST_FATAL, "config: %s: %s", r->name, res->why);
}

static enum status run_test(struct err *err)
{
    const struct receiver *r;
    struct message m = { .severity = "TEST", .state = "test" };
    struct effect_result res = { 0 };
    char key[HASH_ID_HEX_LEN + 1];
    struct buf part[3];

    enum status st = receivers_find(&receivers, "--test", slice_str(test), &r, err);
    if (st != ST_OK)
        return st;
    test_key(test, key);
    for (size_t i = 0; i < 3; i++)
        buf_init(&part[i], MESSAGE_MAX);
    st = render_test(test, &part[0], &part[1], &part[2], err);
    if (st == ST_OK) {
        m.key = slice_str(key);
        m.subject = buf_slice(&part[0]);
        m.text = buf_slice(&part[1]);
        m.html = buf_slice(&part[2]);
        notify_tell(r, &m, &res);
        st = say(r, &res, err);
    }
    for (size_t i = 0; i < 3; i++)
        buf_release(&part[i]);
    return st;
}

/* What a stage is made of, again after a reload. */
struct maker {
    const struct receiver *chosen[NOTIFY_RECEIVERS_MAX];
    struct wire *wire;
};

static enum status make(void *ctx, struct stage *out, struct err *err)
{
    struct maker *m = ctx;
    struct notify_conf conf;
    enum status st = notify_conf_take(&props, &receivers, &conf, m->chosen, err);

    return st == ST_OK ? notify_stage_new(&conf, m->wire, out, err) : st;
}

static enum status run_kafka(struct app_run *run, struct err *err)
{
    struct maker maker = { { NULL }, NULL };
    const struct effects effects = { maker.chosen, notify_perform };
    struct stage stage = { NULL, NULL };
    enum status st = wire_new(NULL, &maker.wire, err);

    if (st == ST_OK)
        st = make(&maker, &stage, err);
    if (st == ST_OK) {
        const struct service service = { .consumer = &consumer,
                                         .topics = &topics,
                                         .effects = &effects,
                                         .from_start = from_start,
                                         .make = make,
                                         .ctx = &maker };
        st = service_run(&service, run, &stage, err);
    }
    stage_close(&stage);
    wire_free(maker.wire);
    return st;
}

static void check(struct conf *conf)
{
    const struct receiver *chosen[NOTIFY_RECEIVERS_MAX];
    struct notify_conf ignored;
    struct err err = { 0 };

    if (notify_conf_take(&props, &receivers, &ignored, chosen, &err) != ST_OK) {
        conf_refuse(conf, NULL, &err);
    } else if (running && ignored.n == 0) {
        err_message(&err, "notify.receivers names nobody");
        conf_refuse(conf, "notify.receivers", &err);
    }
    kafka_conf_check(conf);
}

static enum status run(struct app_run *run, struct err *err)
{
    const struct receiver *chosen[NOTIFY_RECEIVERS_MAX] = { NULL };
    struct notify_conf conf;
    enum status st = notify_conf_take(&props, &receivers, &conf, chosen, err);

    if (st == ST_OK && !test && conf.n == 0)
        return err_set(err, ST_FATAL, "config: notify.receivers names nobody");
    if (st == ST_OK)
        st = net_start(err);
    if (st != ST_OK)
        return st;
    running = !test;
    st = test ? run_test(err) : run_kafka(run, err);
    net_stop();
    return st;
}

static const struct app app = {
    .name = "notify",
    .summary = "alerts in, mail and messages out",
    .examples = "  absa notify -c absa.conf --test mail\n"
                "  absa notify -c absa.conf\n",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .check = check,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    receivers_init(&receivers);
    return app_main(&app, argc, argv);
}
