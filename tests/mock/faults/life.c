/* SPDX-License-Identifier: MIT */
#include "life.h"

#include <librdkafka/rdkafka_mock.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flow/flow.h"
#include "kafka/producer.h"
#include "kafka/reader.h"
#include "spy.h"

enum {
    PARTS = 2,
    RECORDS = 60,
    MIDWAY_AT = 20,
    LATE_MS = 2500,
    DOWN_MS = 2000,
    SLOW_MS = 30,
    TICKS_MAX = 12
};

struct life {
    const struct fault *fault;
    struct ending *end;
    void (*say)(const struct ending *end);
    rd_kafka_t *rk; /* carries the cluster */
    rd_kafka_mock_cluster_t *mock;
    struct conf *conf;
    struct flow_conf flow;
    struct kafka_topics topics;
    struct kafka_names names;
    atomic_bool stop;
    bool injected;
    int done;  /* records that the stage has used             */
    int calm;  /* ticks since all was done and the fault over */
    int ticks; /* since all was done                          */
    int count[PARTS];
};

/* There is one life in a process. */
static struct life life;

static const struct conf_section sections[] = { { "Consumer", flow_props, &life.flow },
                                                { "Topics", kafka_topics_props, &life.topics },
                                                { NULL, NULL, NULL } };

static void sleep_ms(int ms)
{
    const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&t, NULL);
}

/* --- the fault ------------------------------------------------------------- */

static void inject(struct life *l)
{
    const struct fault *f = l->fault;
    const rd_kafka_resp_err_t code = f->how == BY_ERROR        ? f->code
                                     : f->how == BY_DISCONNECT ? RD_KAFKA_RESP_ERR__TRANSPORT
                                                               : RD_KAFKA_RESP_ERR_NO_ERROR;

    l->injected = true;
    switch (f->how) {
    case BY_SILENCE:
        rd_kafka_mock_broker_set_down(l->mock, 1);
        sleep_ms(DOWN_MS);
        rd_kafka_mock_broker_set_up(l->mock, 1);
        return;
    case BY_SLOWNESS:
        rd_kafka_mock_broker_set_rtt(l->mock, 1, SLOW_MS);
        return;
    case BY_TOPIC:
        rd_kafka_mock_topic_set_error(l->mock, "absa.raw", f->code);
        if (f->when == AT_START)
            return;
        sleep_ms(DOWN_MS);
        rd_kafka_mock_topic_set_error(l->mock, "absa.raw", RD_KAFKA_RESP_ERR_NO_ERROR);
        return;
    case BY_ERROR:
    case BY_TIMEOUT:
    case BY_DISCONNECT:
        break;
    }
    for (int i = 0; i < f->times; i++)
        rd_kafka_mock_broker_push_request_error_rtts(l->mock, 1, f->api, 1, code,
                                                     f->how == BY_TIMEOUT ? LATE_MS : 0);
}

static int faults_left(const struct life *l)
{
    size_t n = 0;

    if (!l->injected)
        return l->fault->times;
    if (l->fault->how >= BY_SILENCE ||
        rd_kafka_mock_broker_error_stack_cnt(l->mock, 1, l->fault->api, &n))
        return 0;
    return (int)n;
}

/* --- the stage: "v" comes out as "<count> v" ---------------------------------- */

static enum status toy_assign(void *ctx, int32_t part, struct stage_resume *resume, struct out *out,
                              struct err *err)
{
    struct life *l = ctx;

    (void)resume, (void)out, (void)err;
    l->count[part] = 0;
    return ST_OK;
}

static enum status toy_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                               size_t *used, struct out *out, struct err *err)
{
    struct life *l = ctx;
    char text[64];

    (void)n;
    snprintf(text, sizeof(text), "%d %.*s", l->count[part] + 1, SLICE_ARG(in->value));
    const struct out_rec r = { .topic = TOPIC_COMMENTS, .part = part, .value = slice_str(text) };
    if (l->fault->when == MIDWAY && !l->injected && l->done >= MIDWAY_AT)
        inject(l);
    sleep_ms(5);
    out_open(out);
    if (out_put(out, &r) != OUT_OK)
        return out_error(out, err);
    l->count[part]++;
    l->done++;
    *used = 1; /* and a commit: several after the fault */
    return ST_OK;
}

/* Ends the life some time after all is done and the fault was met. */
static enum status toy_tick(void *ctx, int32_t part, const struct stage_tick *tick, struct out *out,
                            struct err *err)
{
    struct life *l = ctx;

    (void)tick, (void)out, (void)err;
    if (part != 0 || l->done < PARTS * RECORDS)
        return ST_OK;
    l->ticks++;
    l->calm += faults_left(l) == 0;
    if (l->calm >= 2 || l->ticks > TICKS_MAX)
        atomic_store(&l->stop, true);
    return ST_OK;
}

static enum status toy_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                  struct err *err)
{
    (void)ctx, (void)part, (void)meta, (void)out, (void)err;
    return ST_OK;
}

static void toy_drop(void *ctx, int32_t part)
{
    (void)ctx, (void)part;
}

static const struct stage_ops toy_ops = {
    .name = "toy",
    .needs = NEEDS_TICK,
    .input = TOPIC_RAW,
    .assign = toy_assign,
    .process = toy_process,
    .tick = toy_tick,
    .checkpoint = toy_checkpoint,
    .drop = toy_drop,
};

/* --- the world around it ------------------------------------------------------ */

static enum status settings(struct life *l, bool hurried, struct err *err)
{
    static const char *const hurry[] = { "raw.partitions=2",
                                         "comments.partitions=2",
                                         "commit.interval.ms=20ms",
                                         "kafka.socket.timeout.ms=1000",
                                         "kafka.heartbeat.interval.ms=200",
                                         "kafka.topic.metadata.refresh.interval.ms=500" };
    char servers[200];

    conf_free(l->conf);
    l->conf = conf_new(sections, "kafka.");
    if (!l->conf)
        return err_set(err, ST_FATAL, "out of memory");
    snprintf(servers, sizeof(servers), "kafka.bootstrap.servers=%s",
             rd_kafka_mock_cluster_bootstraps(l->mock));
    conf_option(l->conf, servers);
    for (size_t i = 0; hurried && i < sizeof(hurry) / sizeof(hurry[0]); i++)
        conf_option(l->conf, hurry[i]);
    return conf_finish(l->conf, err);
}

static enum status send_all(const struct kafka_conf *kc, struct err *err)
{
    struct kafka_producer *p = NULL;
    enum status st = kafka_producer_new(kc, &p, err);

    for (int i = 0; st == ST_OK && i < PARTS * RECORDS; i++) {
        char text[32];

        snprintf(text, sizeof(text), "r%d", i / PARTS);
        const struct kafka_rec rec = { .topic = "absa.raw",
                                       .part = i % PARTS,
                                       .value = slice_str(text) };
        st = kafka_producer_send(p, &rec, err);
    }
    if (st == ST_OK)
        st = kafka_producer_flush(p, 60000, err);
    kafka_producer_free(p);
    return st;
}

/* The input, written in no hurry: a batch sent again would be in the mock's log twice. */
static enum status fill(struct life *l, struct err *err)
{
    struct kafka_conf kc = { 0 };
    enum status st = settings(l, false, err);

    if (st == ST_OK)
        st = kafka_conf_take(&kc, l->conf, NULL, err);
    if (st == ST_OK)
        st = send_all(&kc, err);
    kafka_conf_release(&kc);
    return st;
}

static enum status build(struct life *l, struct err *err)
{
    char why[200];

    l->rk = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof(why));
    l->mock = l->rk ? rd_kafka_mock_cluster_new(l->rk, 1) : NULL;
    if (!l->mock)
        return err_set(err, ST_FATAL, "no mock cluster");
    l->names = kafka_names_make("absa.");
    enum status st = settings(l, true, err);
    const struct topology topo = kafka_topology(&l->topics);
    for (int i = 0; st == ST_OK && i < TOPIC_N; i++)
        if (rd_kafka_mock_topic_create(l->mock, l->names.of[i], topo.parts[i], 1))
            st = err_set(err, ST_FATAL, "topic");
    return st;
}

static void tear_down(struct life *l)
{
    conf_free(l->conf);
    if (l->mock)
        rd_kafka_mock_cluster_destroy(l->mock);
    if (l->rk)
        rd_kafka_destroy(l->rk);
}

/* --- what came of it ------------------------------------------------------- */

/* One partition of the output: 1, 2, 3, ... without a gap. The mock does not tell a
 * repeated batch from a new one, so one that was sent again is seen twice. */
static int read_part(struct kafka_reader *r, int32_t part, bool sent_again, struct ending *end)
{
    const struct kafka_msg *m = NULL;
    int next = 1;
    enum status st = kafka_reader_open(r, TOPIC_COMMENTS, part, -1, -1, &end->err);

    while (st == ST_OK) {
        char want[64];
        char text[64];

        st = kafka_reader_next(r, &m, &end->err);
        if (st != ST_OK || !m)
            break;
        snprintf(text, sizeof(text), "%.*s", SLICE_ARG(m->rec.value));
        if (sent_again && strtol(text, NULL, 10) < next)
            continue;
        snprintf(want, sizeof(want), "%d r%d", next, next - 1);
        if (strcmp(text, want) != 0)
            snprintf(end->bad, sizeof(end->bad), "part %d has '%s' for '%s'", (int)part, text,
                     want);
        next++;
    }
    if (st != ST_OK)
        snprintf(end->bad, sizeof(end->bad), "cannot read: %.150s", end->err.msg);
    return next - 1;
}

/* It ends, and nothing will change any more: what came of it is looked at now, as
 * closing may take for ever (then the alarm ends it, as app_ending() would). */
static void judge(enum status st, const struct err *err)
{
    struct life *l = &life;
    struct ending *end = l->end;
    const bool sent_again = l->fault->api == 0 || l->fault->how == BY_SILENCE;
    struct kafka_conf kc = { 0 };
    struct kafka_reader *r = NULL;

    *end = (struct ending){ .status = st, .left = faults_left(l), .failed = spy_failed() };
    rd_kafka_mock_clear_request_errors(l->mock, l->fault->api);
    rd_kafka_mock_broker_set_rtt(l->mock, 1, 0);
    if (kafka_conf_take(&kc, l->conf, NULL, &end->err) != ST_OK ||
        kafka_reader_new(&kc, &l->names, &r, &end->err) != ST_OK)
        snprintf(end->bad, sizeof(end->bad), "cannot read: %.150s", end->err.msg);
    for (int32_t p = 0; r && p < PARTS; p++)
        end->copied += read_part(r, p, sent_again, end);
    kafka_reader_free(r);
    kafka_conf_release(&kc);
    if (st == ST_OK && end->copied != PARTS * RECORDS)
        snprintf(end->bad, sizeof(end->bad), "ended well with %d of %d records", end->copied,
                 PARTS * RECORDS);
    if (spy_wrong() > 0)
        snprintf(end->bad, sizeof(end->bad), "a transaction began after a failed answer");
    end->err = *err;
    l->say(end);
}

static enum status run(struct life *l, struct err *err)
{
    const struct stage stage = { &toy_ops, l };
    struct flow_args args = { .conf = &l->flow,
                              .topics = &l->topics,
                              .stage = &stage,
                              .stop = &l->stop,
                              .ending = judge,
                              .version = "test" };
    enum status st = build(l, err);

    if (st == ST_OK)
        st = fill(l, err);
    if (st == ST_OK)
        st = settings(l, true, err);
    if (st != ST_OK)
        return err_set(err, ST_REJECT, "no cluster");
    if (l->fault->when == AT_START)
        inject(l);
    args.props = l->conf;
    return flow_run(&args, err);
}

void life_run(const struct fault *fault, void (*say)(const struct ending *end))
{
    struct ending end = { .status = ST_REJECT };
    struct err err = { 0 };

    life.fault = fault;
    life.end = &end;
    life.say = say;
    if (run(&life, &err) == ST_REJECT) {
        snprintf(end.bad, sizeof(end.bad), "%.150s", err.msg);
        say(&end);
    }
    tear_down(&life);
}
