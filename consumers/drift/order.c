/* SPDX-License-Identifier: MIT */
#include "consumers/drift/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "record/types.h"

enum status order_kind_of(const struct stage_rec *rec, enum order_kind *kind, struct err *err)
{
    const struct slice said = stage_header(rec, "absa-kind");

    *kind = ORDER_NONE;
    if (!said.p)
        return ST_OK;
    if (slice_is(said, "gap")) {
        *kind = ORDER_GAP;
    } else if (slice_is(said, "rewind")) {
        *kind = ORDER_REWIND;
    } else {
        return err_set(err, ST_FATAL,
                       "config: absa.panes %" PRId64
                       " is an order of a kind that this program does "
                       "not know: it is of a newer one",
                       rec->offset);
    }
    return ST_OK;
}

/* A time in a header; WM_NONE: there is none. */
static enum status read_time(const struct stage_rec *rec, const char *header, int64_t *ms,
                             struct err *err)
{
    const struct slice text = stage_header(rec, header);

    *ms = WM_NONE;
    if (text.p && (!slice_to_int64(text, ms) || *ms < TIME_MIN_MS || *ms > TIME_MAX_MS))
        return err_set(err, ST_FATAL, "absa.panes %" PRId64 ": an order at no time", rec->offset);
    return ST_OK;
}

enum status order_read(struct wire *w, const struct stage_rec *rec, struct arena *a,
                       struct order *out, struct err *err)
{
    struct pane p;

    *out = (struct order){ .offset = rec->offset };
    enum status st = order_kind_of(rec, &out->kind, err);
    if (st == ST_OK)
        st = wire_decode(w, RECORD_PANE, rec->value, &p, a, err);
    if (st != ST_OK)
        return ST_FATAL;
    if (read_time(rec, "absa-from", &out->begin_ms, err) != ST_OK ||
        read_time(rec, "absa-until", &out->until_ms, err) != ST_OK)
        return ST_FATAL;
    out->run = p.run;
    out->part = p.part;
    out->from = p.from_offset;
    out->to = p.to_offset;
    return ST_OK;
}

/* The header of a time, unless there is none. */
static void put_time(const char *name, int64_t ms, char text[ORDER_TIME_MAX], struct hdr *hdr,
                     size_t *nhdr)
{
    if (ms == WM_NONE)
        return;
    (void)snprintf(text, ORDER_TIME_MAX, "%" PRId64, ms);
    hdr[(*nhdr)++] = (struct hdr){ slice_str(name), slice_str(text) };
}

struct pane order_pane(const struct order *o, struct hdr hdr[ORDER_HEADERS], size_t *nhdr,
                       struct order_times *times)
{
    const bool gap = o->kind == ORDER_GAP;

    *nhdr = 1;
    hdr[0] = (struct hdr){ slice_str("absa-kind"), slice_str(gap ? "gap" : "rewind") };
    if (!gap)
        put_time("absa-from", o->begin_ms, times->begin, hdr, nhdr);
    put_time("absa-until", o->until_ms, times->until, hdr, nhdr);
    return (
        struct pane){ .run = o->run, .part = o->part, .from_offset = o->from, .to_offset = o->to };
}

static enum status keep(struct orders *o, const struct order *one, struct err *err)
{
    struct order *v;

    if (o->n == ORDERS_MAX)
        return err_set(err, ST_FATAL, "absa.panes holds more than %d orders", ORDERS_MAX);
    if ((o->n & (o->n + 1)) == 0) { /* full: it holds 2^k - 1 */
        v = realloc(o->v, (2 * o->n + 1) * sizeof(*v));
        if (!v)
            return err_set(err, ST_FATAL, "out of memory");
        o->v = v;
    }
    o->v[o->n++] = *one;
    return ST_OK;
}

enum status orders_scan(struct orders *o, struct log_reader *log, int64_t offset, struct wire *w,
                        struct arena *a, struct err *err)
{
    struct stage_rec rec;
    bool more = true;

    orders_release(o);
    enum status st = log->open_at(log->ctx, TOPIC_PANES, 0, offset, err);
    if (st != ST_OK)
        return st;
    while ((st = log->next(log->ctx, &rec, &more, err)) == ST_OK && more) {
        enum order_kind kind;
        struct order one;

        arena_reset(a);
        st = order_kind_of(&rec, &kind, err);
        if (st == ST_OK && kind != ORDER_NONE)
            st = order_read(w, &rec, a, &one, err);
        if (st == ST_OK && kind != ORDER_NONE)
            st = keep(o, &one, err);
        if (st != ST_OK)
            break;
    }
    log->close(log->ctx);
    return st;
}

void orders_release(struct orders *o)
{
    free(o->v);
    *o = (struct orders){ NULL, 0 };
}

const struct order *orders_gap(const struct orders *o, int32_t run, const struct pane *batch,
                               int64_t expected)
{
    for (size_t i = 0; i < o->n; i++) {
        const struct order *one = &o->v[i];

        if (one->kind == ORDER_GAP && one->run == run && one->part == batch->part &&
            one->from == expected && one->to == batch->from_offset)
            return one;
    }
    return NULL;
}

const struct order *orders_rewind(const struct orders *o, int32_t run, int64_t offset)
{
    for (size_t i = 0; i < o->n; i++) {
        if (o->v[i].kind == ORDER_REWIND && o->v[i].run > run && o->v[i].offset >= offset)
            return &o->v[i];
    }
    return NULL;
}

void order_run_write(int32_t run, struct buf *meta)
{
    if (run > 1)
        buf_fmt(meta, "run=%" PRId32, run);
}

enum status order_run_parse(struct slice meta, int32_t *run, struct err *err)
{
    static const char word[] = "run=";
    const size_t n = strlen(word);
    int64_t v = 0;

    if (meta.n <= n || memcmp(meta.p, word, n) != 0 ||
        !slice_to_int64((struct slice){ meta.p + n, meta.n - n }, &v) || v < 1 || v > INT32_MAX)
        return err_set(err, ST_FATAL, "config: the committed metadata is of no version we know");
    *run = (int32_t)v;
    return ST_OK;
}
