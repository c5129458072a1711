/* SPDX-License-Identifier: MIT */
/* toy.c -- a stage that counts, to try the host with: each raw record "v" of
 * partition p comes out in partition p of the comments as "<count> v", where
 * count is kept in the offset's metadata. So a record that was lost, doubled or
 * moved shows. Records may hold orders: "segv" dies, "retry" gives the batch up
 * twice, "stuck MS" sleeps.
 *
 * TOY_SLEEP_US sleeps before each record; TOY_MARK writes "mark <count>" at each
 * tick that proves the end of the log, TOY_HELLO "mark hello" at each assignment.
 * TOY_TELL says on stderr that it is at a record. TOY_AWAKE is deaf to "stuck".
 * TOY_AGAIN reads so many records again after a restart, which it knows already.
 * TOY_TIME makes a record of partition p last p + 1 times so many ms. TOY_META fills
 * the metadata up to so many bytes. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record/types.h"
#include "service/service.h"

enum { PARTS_MAX = 64 };

struct toy {
    long long count[PARTS_MAX];
    int64_t known[PARTS_MAX]; /* records before this are counted */
    int retries;
};

static void sleep_us(long us)
{
    struct timespec t = { us / 1000000, us % 1000000 * 1000 };

    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ; /* a signal does not wake who is stuck */
}

static long env_number(const char *name)
{
    const char *s = getenv(name);

    return s ? strtol(s, NULL, 10) : 0;
}

static enum status say(struct out *out, int32_t part, const char *text, struct err *err)
{
    const struct out_rec r = { .topic = TOPIC_COMMENTS, .part = part, .value = slice_str(text) };

    return out_put(out, &r) == OUT_ERROR ? out_error(out, err) : ST_OK;
}

static enum status toy_assign(void *ctx, int32_t part, struct stage_resume *resume, struct out *out,
                              struct err *err)
{
    struct toy *t = ctx;
    char text[32] = "";

    t->count[part] = 0;
    if (resume->meta.n > 2) { /* "n=...", and perhaps a filling */
        snprintf(text, sizeof(text), "%.*s", (int)resume->meta.n, resume->meta.p);
        t->count[part] = strtoll(text + 2, NULL, 10);
    }
    t->known[part] = resume->offset;
    if (resume->offset >= 0)
        resume->offset -=
            resume->offset < env_number("TOY_AGAIN") ? resume->offset : env_number("TOY_AGAIN");
    return getenv("TOY_HELLO") ? say(out, part, "mark hello", err) : ST_OK;
}

static void obey(struct toy *t, struct slice order, enum status *st)
{
    char text[32];

    snprintf(text, sizeof(text), "%.*s", (int)(order.n < 31 ? order.n : 31), order.p);
    if (slice_is(order, "segv"))
        raise(SIGSEGV);
    if (strncmp(text, "stuck ", 6) == 0 && !getenv("TOY_AWAKE"))
        sleep_us(strtol(text + 6, NULL, 10) * 1000);
    if (slice_is(order, "retry") && t->retries++ < 2)
        *st = ST_RETRY;
}

static enum status toy_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                               size_t *used, struct out *out, struct err *err)
{
    struct toy *t = ctx;
    enum status st = ST_OK;
    long us = env_number("TOY_SLEEP_US");

    for (*used = 0; *used < n; ++*used) {
        char text[300];
        struct out_rec r = { .topic = TOPIC_COMMENTS, .part = part };
        struct slice v = in[*used].value;

        if (in[*used].offset < t->known[part])
            continue;
        if (getenv("TOY_TELL"))
            fputs("at record\n", stderr);
        if (us > 0)
            sleep_us(us);
        obey(t, v, &st);
        if (st != ST_OK)
            return err_set(err, st, "told to");
        out_open(out);
        snprintf(text, sizeof(text), "%lld %.*s", t->count[part] + 1, SLICE_ARG(v));
        r.value = slice_str(text);
        if (out_put(out, &r) == OUT_FULL) {
            out_undo(out);
            break;
        }
        t->count[part]++;
    }
    return ST_OK;
}

static enum status toy_tick(void *ctx, int32_t part, const struct stage_tick *tick, struct out *out,
                            struct err *err)
{
    struct toy *t = ctx;
    char text[64];

    if (!getenv("TOY_MARK") || !tick->at_end)
        return ST_OK;
    snprintf(text, sizeof(text), "mark %lld", t->count[part]);
    return say(out, part, text, err);
}

static enum status toy_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                  struct err *err)
{
    struct toy *t = ctx;

    (void)out, (void)err;
    buf_fmt(meta, "n=%lld ", t->count[part]);
    for (long left = env_number("TOY_META") - (long)meta->n; left > 0; left--)
        buf_byte(meta, '.');
    return ST_OK;
}

static int64_t toy_time_of(const void *ctx, int32_t part)
{
    const struct toy *t = ctx;
    long ms = env_number("TOY_TIME");

    return ms > 0 && t->count[part] > 0 ? t->count[part] * (part + 1) * ms : WM_NONE;
}

static void toy_drop(void *ctx, int32_t part)
{
    struct toy *t = ctx;

    t->count[part] = 0;
}

static const struct stage_ops toy_ops = {
    .name = "toy",
    .needs = NEEDS_TICK,
    .input = TOPIC_RAW,
    .assign = toy_assign,
    .process = toy_process,
    .tick = toy_tick,
    .checkpoint = toy_checkpoint,
    .time_of = toy_time_of,
    .drop = toy_drop,
};

static struct flow_conf flow;
static struct kafka_topics topics;
static bool from_start;

static const struct conf_section sections[] = {
    { "Consumer", flow_props, &flow },
    { "Topics", kafka_topics_props, &topics },
    { NULL, NULL, NULL },
};

static const struct app_opt opts[] = {
    { "from-start", 0, NULL, APP_FLAG, &from_start, "begin where the log begins" },
    { .name = NULL },
};

static enum status run(struct app_run *run, struct err *err)
{
    struct toy toy = { .retries = 0 };
    struct stage stage = { &toy_ops, &toy };
    const struct service service = { .consumer = &flow,
                                     .topics = &topics,
                                     .from_start = from_start };

    return service_run(&service, run, &stage, err);
}

static const struct app app = {
    .name = "toy",
    .summary = "counts, to try the host with",
    .sections = sections,
    .pass_prefix = "kafka.",
    .opts = opts,
    .drain_s = 10,
    .run = run,
};

int main(int argc, char **argv)
{
    return app_main(&app, argc, argv);
}
