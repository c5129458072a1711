/* SPDX-License-Identifier: MIT */
/* absa drift accept-gap PART FROM TO. */
#include <inttypes.h>
#include <stdio.h>

#include "app/instant.h"
#include "consumers/drift/way.h"

enum { FLUSH_MS = 30000 };

static enum status number(const char *what, const char *text, int64_t *v, struct err *err)
{
    if (slice_to_int64(slice_str(text), v) && *v >= 0)
        return ST_OK;
    return err_set(err, ST_FATAL, "usage: %s %.40s is no number", what, text);
}

static enum status parse(const struct way *w, int argc, char **argv, struct order *o,
                         struct err *err)
{
    int64_t part = 0;

    if (argc != 3)
        return err_set(err, ST_FATAL,
                       "usage: accept-gap PART FROM TO, as the judge's last line says");
    enum status st = number("PART", argv[0], &part, err);
    if (st == ST_OK)
        st = number("FROM", argv[1], &o->from, err);
    if (st == ST_OK)
        st = number("TO", argv[2], &o->to, err);
    if (st != ST_OK)
        return st;
    if (o->from >= o->to)
        return err_set(err, ST_FATAL, "usage: TO is not behind FROM");
    if (!w->state.known || part >= (int64_t)w->state.n)
        return err_set(err, ST_REJECT, "absa.state knows no scores partition %" PRId64, part);
    o->part = (int32_t)part;
    o->run = w->state.run;
    if (w->state.next[o->part] != o->from)
        return err_set(err, ST_REJECT,
                       "the judge stands at %" PRId64 " in scores partition %" PRId32
                       ", not at %" PRId64,
                       w->state.next[o->part], o->part, o->from);
    return ST_OK;
}

/* Until when windows may miss what is lost. */
static enum status find_until(struct way *w, struct order *o, struct err *err)
{
    if (w->args->until)
        return instant_parse("until", w->args->until, 0, &o->until_ms, err);
    return way_whole_from(w, o->part, o->to, &o->until_ms, err);
}

static void say(const struct way *w, const struct order *o)
{
    char closed[WAY_TIME_MAX];
    char until[WAY_TIME_MAX];

    printf("now     run %" PRId32 ", scores partition %" PRId32 ": the judge stands at %" PRId64
           "; all before %s is closed\n",
           o->run, o->part, o->from, way_time(w->state.closed_ms, closed));
    printf("lost    positions %" PRId64 "..%" PRId64 " (%" PRId64 ", marks included)\n", o->from,
           o->to - 1, o->to - o->from);
    printf("then    it goes on at %" PRId64 "; windows that are open and begin before %s say "
           "incomplete\n",
           o->to, way_time(o->until_ms, until));
}

static enum status write_order(const struct way *w, const struct order *o, struct err *err)
{
    struct kafka_producer *p = NULL;
    struct way_order sent;

    enum status st = way_make(w, o, &sent, err);
    if (st == ST_OK)
        st = kafka_producer_new(&w->kafka, &p, err);
    if (st == ST_OK)
        st = kafka_producer_send(p, &sent.rec, err);
    if (st == ST_OK)
        st = kafka_producer_flush(p, FLUSH_MS, err);
    kafka_producer_free(p);
    buf_release(&sent.bytes);
    return st;
}

enum status way_accept_gap(struct way *w, int argc, char **argv, struct err *err)
{
    struct order o = { .kind = ORDER_GAP, .begin_ms = WM_NONE };
    bool go = false;
    enum status st = parse(w, argc, argv, &o, err);

    if (st == ST_OK)
        st = find_until(w, &o, err);
    if (st != ST_OK)
        return st;
    say(w, &o);
    st = way_confirm(w, &go, err);
    if (st == ST_OK && go)
        st = write_order(w, &o, err);
    if (st == ST_OK && go)
        puts("written: start the judge again");
    return st;
}
