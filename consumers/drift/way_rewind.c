/* SPDX-License-Identifier: MIT */
/* absa drift rewind --to TIME. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/instant.h"
#include "base/time.h"
#include "consumers/drift/way.h"
#include "now/now.h"
#include "record/types.h"

enum { META_MAX = 64, SESSION_S = 60 };

/* Where each partition of absa.scores begins to be read again. */
struct places {
    struct kafka_offset *v;
    int32_t n;
    char meta[META_MAX]; /* the same for all: the number of the run */
};

static enum status parse(const struct way *w, int argc, struct order *o, struct err *err)
{
    enum status st = ST_OK;

    if (argc != 0 || !w->args->to)
        return err_set(err, ST_FATAL, "usage: rewind --to TIME, or --to start");
    if (strcmp(w->args->to, "start") != 0) {
        st = instant_parse("to", w->args->to, 0, &o->begin_ms, err);
        o->begin_ms = time_floor(o->begin_ms, w->args->props->window_ms);
    }
    return st;
}

/* One more than any run that absa.panes or absa.state knows. */
static enum status next_run(struct way *w, int32_t *run, struct err *err)
{
    const struct kafka_msg *m;
    int32_t last = w->state.known ? w->state.run : 1;
    enum status st = kafka_reader_open(w->reader, TOPIC_PANES, 0, -1, -1, err);

    while (st == ST_OK) {
        enum order_kind kind;
        struct order o = { .run = 0 };

        st = kafka_reader_next(w->reader, &m, err);
        if (st != ST_OK || !m)
            break;
        arena_reset(w->arena);
        st = order_kind_of(&m->rec, &kind, err);
        if (st == ST_OK && kind == ORDER_REWIND)
            st = order_read(w->wire, &m->rec, w->arena, &o, err);
        if (st == ST_OK && kind == ORDER_REWIND && o.run > last)
            last = o.run;
    }
    *run = last + 1;
    return st;
}

/* Where partition part is read again, and, in until_ms, up to when it no longer holds all: it
 * was cut at low, and no record left of it was appended before the run begins. */
static enum status find_place(struct way *w, int32_t part, struct order *o, int64_t *offset,
                              struct err *err)
{
    const char *scores = w->names.of[TOPIC_SCORES];
    int64_t low = 0;
    int64_t end = 0;
    int64_t at = 0;
    int64_t whole_ms = WM_NONE;
    enum status st = kafka_admin_range(w->admin, scores, part, &low, &end, err);

    if (st == ST_OK && o->begin_ms != WM_NONE)
        st = kafka_admin_offset_at(w->admin, scores, part, o->begin_ms, &at, err);
    if (st == ST_OK && low > 0 && at <= low)
        st = way_whole_from(w, part, low, &whole_ms, err);
    if (whole_ms > o->until_ms && whole_ms > o->begin_ms)
        o->until_ms = whole_ms;
    *offset = at > low ? at : low;
    return st;
}

static enum status find_places(struct way *w, struct order *o, struct places *p, struct err *err)
{
    const char *scores = w->names.of[TOPIC_SCORES];
    struct buf meta;
    enum status st = kafka_admin_partitions(w->admin, scores, &p->n, err);

    buf_init(&meta, META_MAX - 1);
    buf_str(&meta, "v1 a=0 ");
    order_run_write(o->run, &meta);
    snprintf(p->meta, sizeof(p->meta), "%.*s", (int)meta.n, meta.p);
    buf_release(&meta);
    p->v = calloc((size_t)p->n + 1, sizeof(*p->v));
    if (st == ST_OK && !p->v)
        st = err_set(err, ST_FATAL, "out of memory");
    for (int32_t i = 0; st == ST_OK && i < p->n; i++) {
        p->v[i] = (struct kafka_offset){ .part = i, .meta = slice_str(p->meta) };
        st = find_place(w, i, o, &p->v[i].offset, err);
    }
    return st;
}

/* A time is asked for of which absa.scores no longer holds all: nobody is to take what
 * would come of it for the windows that were. */
static enum status refuse_a_part(const struct way *w, const struct order *o, struct err *err)
{
    const int64_t window_ms = w->args->props->window_ms;
    char asked[TIME_INSTANT_LEN + 1];
    char whole[TIME_INSTANT_LEN + 1];

    if (o->begin_ms == WM_NONE || o->until_ms == WM_NONE)
        return ST_OK;
    time_format_instant(o->begin_ms, asked);
    time_format_instant(time_floor(o->until_ms + window_ms - 1, window_ms), whole);
    return err_set(err, ST_REJECT,
                   "%s no longer holds all that arrived from %s on: absa drift rewind --to %s "
                   "begins at the first window that is whole; --to start at what is left, and "
                   "windows that miss something say incomplete",
                   w->names.of[TOPIC_SCORES], asked, whole);
}

static enum status say(struct way *w, const struct order *o, const struct places *p,
                       const char *group, struct err *err)
{
    int64_t *now = calloc((size_t)p->n + 1, sizeof(*now));
    char at[WAY_TIME_MAX];
    enum status st =
        now ? kafka_admin_committed(w->admin, group, w->names.of[TOPIC_SCORES], p->n, now, err)
            : err_set(err, ST_FATAL, "out of memory");

    if (st == ST_OK) {
        printf("now     run %" PRId32 ", closed up to %s\n", o->run - 1,
               way_time(w->state.known ? w->state.closed_ms : WM_NONE, at));
        printf("then    run %" PRId32
               " from %s on, with nothing remembered: windows and alerts from "
               "there are written again and say run %" PRId32 "\n",
               o->run, way_time(o->begin_ms, at), o->run);
    }
    if (st == ST_OK && o->until_ms != WM_NONE)
        printf("        %s was cut: windows that begin before %s say incomplete\n",
               w->names.of[TOPIC_SCORES], way_time(o->until_ms, at));
    for (int32_t i = 0; st == ST_OK && i < p->n; i++)
        printf("        %s[%" PRId32 "] is read again from %" PRId64 " (group %s stands at %" PRId64
               ")\n",
               w->names.of[TOPIC_SCORES], i, p->v[i].offset, group, now[i]);
    free(now);
    return st;
}

/* Static members stay in a group until their session ends: that is waited for. */
static enum status wait_for_nobody(struct way *w, const char *group, struct err *err)
{
    int members = 0;

    for (int i = 0; i < SESSION_S && !app_stopping(); i++) {
        enum status st = kafka_admin_members(w->admin, group, &members, err);

        if (st != ST_OK || members == 0)
            return st;
        if (i == 0)
            fprintf(stderr,
                    "absa drift: group %s has %d members: waiting until their sessions end\n",
                    group, members);
        now_nap(MS_SECOND);
    }
    return err_set(err, ST_RETRY, "group %s still has %d members: stop every pane first", group,
                   members);
}

/* The order and the places, in one transaction. */
static enum status write_order(const struct way *w, const struct order *o, const struct places *p,
                               const char *group, struct err *err)
{
    struct kafka_producer *producer = NULL;
    struct way_order sent;
    char txn_id[KAFKA_TOPIC_MAX];

    snprintf(txn_id, sizeof(txn_id), "%.200s.rewind", group);
    enum status st = way_make(w, o, &sent, err);
    if (st == ST_OK)
        st = kafka_producer_new_txn(&w->kafka, txn_id, &producer, err);
    if (st == ST_OK)
        st = kafka_txn_begin(producer, err);
    if (st == ST_OK)
        st = kafka_producer_send(producer, &sent.rec, err);
    if (st == ST_OK)
        st = kafka_txn_place(producer, group, w->names.of[TOPIC_SCORES], p->v, (size_t)p->n, err);
    if (st == ST_OK)
        st = kafka_txn_commit(producer, err);
    kafka_producer_free(producer);
    buf_release(&sent.bytes);
    return st;
}

enum status way_rewind(struct way *w, int argc, char **argv, struct err *err)
{
    const char *group = w->args->group[0] ? w->args->group : "absa-pane";
    struct order o = { .kind = ORDER_REWIND, .begin_ms = WM_NONE, .until_ms = WM_NONE };
    struct places p = { 0 };
    bool go = false;
    enum status st = parse(w, argc, &o, err);

    (void)argv;
    if (st == ST_OK)
        st = next_run(w, &o.run, err);
    if (st == ST_OK)
        st = find_places(w, &o, &p, err);
    if (st == ST_OK)
        st = refuse_a_part(w, &o, err);
    if (st == ST_OK)
        st = say(w, &o, &p, group, err);
    if (st == ST_OK)
        st = way_confirm(w, &go, err);
    if (st == ST_OK && go)
        st = wait_for_nobody(w, group, err);
    if (st == ST_OK && go)
        st = write_order(w, &o, &p, group, err);
    if (st == ST_OK && go)
        puts("written: start the panes and the judge again");
    free(p.v);
    return st;
}
