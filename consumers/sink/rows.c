/* SPDX-License-Identifier: MIT */
#include "consumers/sink/rows.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "wire/wire.h"

enum { ARENA_MAX = 64 << 20, JSON_MAX = 4 * WIRE_RECORD_MAX, MINUTE_MS = 60000, DAY_MS = 86400000 };

struct pile {
    struct buf bytes;
    size_t n;
    int64_t day[ROWS_DAYS_MAX];
    size_t n_days; /* ROWS_DAYS_MAX + 1: too many */
};

struct size {
    size_t bytes;
    size_t rows;
    size_t days;
};

struct rows {
    struct wire *wire;
    struct arena *arena;
    struct buf json;
    double share;
    struct pile pile[TABLE_N];
    struct flow_row flow; /* of the last record's topic, partition and minute */
};

enum status rows_new(double share, struct rows **out, struct err *err)
{
    struct rows *r = calloc(1, sizeof(*r));

    *out = NULL;
    if (!r)
        return err_set(err, ST_FATAL, "out of memory");
    r->share = share;
    r->arena = arena_new(ARENA_MAX);
    buf_init(&r->json, JSON_MAX);
    for (int i = 0; i < TABLE_N; i++)
        buf_init(&r->pile[i].bytes, COPY_BYTES_MAX);
    rows_clear(r);
    enum status st =
        r->arena ? wire_new(NULL, &r->wire, err) : err_set(err, ST_FATAL, "out of memory");
    if (st == ST_OK)
        *out = r;
    else
        rows_free(r);
    return st;
}

void rows_free(struct rows *r)
{
    if (!r)
        return;
    for (int i = 0; i < TABLE_N; i++)
        buf_release(&r->pile[i].bytes);
    buf_release(&r->json);
    arena_free(r->arena);
    wire_free(r->wire);
    free(r);
}

void rows_clear(struct rows *r)
{
    for (int i = 0; i < TABLE_N; i++) {
        buf_clear(&r->pile[i].bytes);
        copy_begin(&r->pile[i].bytes);
        r->pile[i].n = 0;
        r->pile[i].n_days = 0;
    }
    r->flow = (struct flow_row){ 0 };
}

/* Rows come by their time, more or less: the day is among the last ones. */
static void note_day(struct pile *p, int64_t day)
{
    size_t i = p->n_days;

    if (i > ROWS_DAYS_MAX)
        return;
    while (i > 0 && p->day[i - 1] != day)
        i--;
    if (i > 0)
        return;
    if (p->n_days < ROWS_DAYS_MAX)
        p->day[p->n_days] = day;
    p->n_days++;
}

static enum status add(struct rows *r, enum sink_table t, const void *row, struct err *err)
{
    const struct table *table = &sink_tables[t];
    struct pile *p = &r->pile[t];
    enum status st = copy_row(table->columns, row, &p->bytes, err);

    if (st != ST_OK)
        return st;
    p->n++;
    if (table->cut)
        note_day(p, table_time(table, row) / DAY_MS);
    return ST_OK;
}

static enum status add_window(struct rows *r, const struct window *w, struct err *err)
{
    enum status st = add(r, TABLE_WINDOW, w, err);

    for (size_t i = 0; st == ST_OK && i < w->features.n; i++) {
        const struct distance_row row = { w->start_ms, w->end_ms, w->segment,
                                          w->rule,     w->run,    w->features.v[i] };

        st = add(r, TABLE_DISTANCE, &row, err);
    }
    return st;
}

static enum status add_alert(struct rows *r, const struct alert *a, const struct stage_rec *rec,
                             struct err *err)
{
    buf_clear(&r->json);
    enum status st = wire_to_json(RECORD_ALERT, a, &r->json, err);
    if (st != ST_OK)
        return st;
    const struct alert_row row = { *a, buf_slice(&r->json), rec->arrival_ms };
    return add(r, TABLE_ALERT, &row, err);
}

static enum status add_dead(struct rows *r, const struct deadletter *d, const struct stage_rec *rec,
                            struct err *err)
{
    const struct dead_row row = { rec->arrival_ms - rec->arrival_ms % MINUTE_MS, d->stage,
                                  d->reason, 1 };

    return add(r, TABLE_DEAD, &row, err);
}

static bool is_kept(const struct rows *r, struct slice id)
{
    return r->share >= 1 || (double)hash64(id) < ldexp(r->share, 64);
}

/* The kind of record that a topic holds; RECORD_N: none of ours. */
static enum record_kind kind_of(enum topic_id topic)
{
    switch (topic) {
    case TOPIC_WINDOWS:
        return RECORD_WINDOW;
    case TOPIC_SCORES:
        return RECORD_SCORE;
    case TOPIC_LABELS:
        return RECORD_LABEL;
    case TOPIC_ALERTS:
        return RECORD_ALERT;
    case TOPIC_DEAD:
        return RECORD_DEADLETTER;
    default:
        return RECORD_N;
    }
}

/* Decoded; since: when what it is made of was complete, -1: not known. */
static enum status add_body(struct rows *r, enum record_kind kind, const void *body,
                            const struct stage_rec *rec, int64_t *since, struct err *err)
{
    const struct score *s = body;

    *since = -1;
    switch (kind) {
    case RECORD_WINDOW:
        if (((const struct window *)body)->state != WINDOW_TRAINING_SKEW) /* waited for nothing */
            *since = ((const struct window *)body)->end_ms;
        return add_window(r, body, err);
    case RECORD_SCORE:
        *since = s->origin.arrival_ms;
        return is_kept(r, s->comment_id) ? add(r, TABLE_SCORE, s, err) : ST_OK;
    case RECORD_LABEL:
        return add(r, TABLE_LABEL, body, err);
    case RECORD_ALERT:
        *since = ((const struct alert *)body)->end_ms;
        return add_alert(r, body, rec, err);
    case RECORD_DEADLETTER:
        return add_dead(r, body, rec, err);
    default:
        return err_set(err, ST_FATAL, "no table for records of kind %d", (int)kind);
    }
}

static enum status flush_flow(struct rows *r, struct err *err)
{
    enum status st = r->flow.records > 0 ? add(r, TABLE_FLOW, &r->flow, err) : ST_OK;

    r->flow = (struct flow_row){ 0 };
    return st;
}

/* since_ms as in add_body(). */
static enum status count(struct rows *r, const char *name, const struct stage_rec *rec,
                         int64_t since_ms, struct err *err)
{
    const int64_t at_ms = rec->arrival_ms - rec->arrival_ms % MINUTE_MS;
    const struct slice topic = slice_str(name);
    struct flow_row *f = &r->flow;
    enum status st = ST_OK;

    if (f->at_ms != at_ms || f->part != rec->part || !slice_eq(f->topic, topic)) {
        st = flush_flow(r, err);
        *f = (struct flow_row){ .at_ms = at_ms, .topic = topic, .part = rec->part };
    }
    f->records++;
    f->bytes += (int64_t)(rec->key.n + rec->value.n);
    if (since_ms >= 0 && since_ms <= rec->arrival_ms) {
        f->waited++;
        f->waited_ms += rec->arrival_ms - since_ms;
    }
    return st;
}

/* Decodes and adds all rows of a record, or none. */
static enum status add_record(struct rows *r, const struct stage_rec *rec, int64_t *since,
                              const char **reason, struct err *err)
{
    const enum record_kind kind = kind_of(rec->topic);
    struct size was[TABLE_N];

    if (kind == RECORD_N)
        return err_set(err, ST_FATAL, "no table for topic %d", (int)rec->topic);
    arena_reset(r->arena);
    void *body = arena_zalloc(r->arena, wire_tables[kind]->size);
    if (!body)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = wire_decode(r->wire, kind, rec->value, body, r->arena, err);
    if (st != ST_OK) {
        *reason = dead_reason_name(wire_reason(r->wire));
        return st;
    }
    for (int i = 0; i < TABLE_N; i++)
        was[i] = (struct size){ r->pile[i].bytes.n, r->pile[i].n, r->pile[i].n_days };
    st = add_body(r, kind, body, rec, since, err);
    for (int i = 0; st != ST_OK && i < TABLE_N; i++) {
        buf_truncate(&r->pile[i].bytes, was[i].bytes);
        r->pile[i].n = was[i].rows;
        r->pile[i].n_days = was[i].days;
    }
    *reason = "value";
    return st;
}

enum status rows_add(struct rows *r, const char *name, const struct stage_rec *rec,
                     const char **reason, struct err *err)
{
    int64_t since = -1;
    enum status st = ST_OK;

    *reason = NULL;
    if (rec->arrival_ms < 0) {
        *reason = "no_time";
        return err_set(err, ST_REJECT, "the log has no time for it");
    }
    if (rec->value.p && !slice_is(stage_header(rec, "absa-kind"), "mark"))
        st = add_record(r, rec, &since, reason, err);
    return st == ST_OK ? count(r, name, rec, since, err) : st;
}

enum status rows_refuse(struct rows *r, const char *name, const struct stage_rec *rec,
                        const char *reason, struct err *err)
{
    const struct refused_row row = { slice_str(name), rec->part, rec->offset, slice_str(reason) };
    enum status st = add(r, TABLE_REFUSED, &row, err);

    return st == ST_OK && rec->arrival_ms >= 0 ? count(r, name, rec, -1, err) : st;
}

enum status rows_finish(struct rows *r, struct err *err)
{
    enum status st = flush_flow(r, err);

    for (int i = 0; st == ST_OK && i < TABLE_N; i++) {
        copy_end(&r->pile[i].bytes);
        if (buf_failed(&r->pile[i].bytes))
            st = err_set(err, ST_FATAL, "out of memory for rows");
    }
    return st;
}

struct slice rows_of(const struct rows *r, enum sink_table t, size_t *n)
{
    *n = r->pile[t].n;
    return buf_slice(&r->pile[t].bytes);
}

bool rows_days(const struct rows *r, enum sink_table t, const int64_t **days, size_t *n)
{
    const struct pile *p = &r->pile[t];

    *days = p->day;
    *n = p->n_days;
    return p->n_days <= ROWS_DAYS_MAX;
}
