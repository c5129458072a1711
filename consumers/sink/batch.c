/* SPDX-License-Identifier: MIT */
/* batch.c -- what was read, and its way into the database, whole or cut. */
#include <stdlib.h>

#include "consumers/sink/inner.h"
#include "now/now.h"
#include "obs/log.h"

enum { POLL_MS = 50, ENOUGH_PARTS = 4 };

enum status batch_init(struct batch *b, double share, struct err *err)
{
    *b = (struct batch){ .open_ms = -1 };
    return rows_new(share, &b->rows, err);
}

void batch_clear(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        kafka_msg_release(&b->msgs[i]);
    if (b->rows)
        rows_clear(b->rows);
    b->n = 0;
    b->bytes = 0;
    b->open_ms = -1;
}

void batch_release(struct batch *b)
{
    batch_clear(b);
    rows_free(b->rows);
    free(b->msgs);
    *b = (struct batch){ .open_ms = -1 };
}

/* Whether the batch is 1/parts of a full one. */
static bool is_part(const struct sink *s, size_t parts)
{
    return parts * s->now.n >= (size_t)s->conf->batch_records ||
           parts * s->now.bytes >= (size_t)s->conf->batch_bytes;
}

bool sink_is_full(const struct sink *s)
{
    return is_part(s, 1);
}

bool sink_has_enough(const struct sink *s)
{
    return is_part(s, 1) || (is_part(s, ENOUGH_PARTS) && writer_wait(s->writer, 0));
}

static enum status make_room(struct batch *b, struct err *err)
{
    if (b->n < b->room)
        return ST_OK;
    size_t room = b->room > 0 ? 2 * b->room : 256;
    struct kafka_msg *v = realloc(b->msgs, room * sizeof(*v));
    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    b->msgs = v;
    b->room = room;
    return ST_OK;
}

/* One record as rows, or as one that was refused; why: by the database, NULL: it was not asked. */
static enum status add(const struct sink *s, struct rows *rows, const struct kafka_msg *m,
                       const struct err *why, struct err *err)
{
    const char *name = s->names.of[m->rec.topic];
    const char *reason = "database";
    struct err own = { 0 };
    enum status st = why ? ST_REJECT : rows_add(rows, name, &m->rec, &reason, &own);

    if (st == ST_OK)
        return ST_OK;
    if (st != ST_REJECT) {
        *err = own;
        return st;
    }
    log_warn("record refused", LOG_STR("topic", name), LOG_INT("part", m->rec.part),
             LOG_INT("offset", m->rec.offset), LOG_STR("reason", reason),
             LOG_STR("why", why ? why->msg : own.msg));
    return rows_refuse(rows, name, &m->rec, reason, err);
}

/* Takes m. */
static enum status keep(struct sink *s, struct kafka_msg *m, struct err *err)
{
    struct lane *lane = sink_lane(s, m->rec.topic, m->rec.part);

    if (!lane) {
        kafka_msg_release(m);
        return ST_OK;
    }
    lane->read = m->end ? m->rec.offset : m->rec.offset + 1;
    if (m->end)
        return ST_OK;
    struct batch *b = &s->now;
    if (b->open_ms < 0)
        b->open_ms = now_mono_ms();
    b->bytes += m->rec.key.n + m->rec.value.n;
    b->msgs[b->n++] = *m;
    return add(s, b->rows, m, NULL, err);
}

enum status sink_gather(struct sink *s, struct err *err)
{
    enum status st = ST_OK;
    bool have = true;
    int wait = POLL_MS;

    while (st == ST_OK && have && !sink_has_enough(s)) {
        struct kafka_msg m = { 0 };

        st = make_room(&s->now, err);
        if (st == ST_OK)
            st = kafka_lanes_poll(s->reader, wait, &m, &have, err);
        if (st == ST_OK && have)
            st = keep(s, &m, err);
        wait = 0;
    }
    return st;
}

/* A transaction of n messages from first on; all of them are rows already. */
static enum status commit_some(struct sink *s, const struct batch *b, size_t first, size_t n,
                               const struct err *why, struct err *err)
{
    const bool again = n < b->n || why;
    enum status st = ST_OK;

    if (again)
        rows_clear(b->rows);
    for (size_t i = 0; i < s->n_lanes; i++)
        s->lanes[i].next = s->lanes[i].saved;
    for (size_t i = first; st == ST_OK && i < first + n; i++) {
        const struct stage_rec *rec = &b->msgs[i].rec;

        sink_lane(s, rec->topic, rec->part)->next = rec->offset + 1;
        if (again)
            st = add(s, b->rows, &b->msgs[i], why, err);
    }
    return st == ST_OK ? sink_write(s, b->rows, err) : st;
}

/* Half as many after a refusal, twice as many after a success. */
static enum status commit_in_parts(struct sink *s, const struct batch *b, struct err *err)
{
    size_t done = 0;
    size_t part = b->n;

    while (done < b->n) {
        struct err why = { 0 };
        const size_t n = part < b->n - done ? part : b->n - done;
        enum status st = commit_some(s, b, done, n, NULL, &why);

        if (st == ST_REJECT && n > 1) {
            part = n / 2;
            continue;
        }
        if (st == ST_REJECT)
            st = commit_some(s, b, done, 1, &why, err);
        else if (st != ST_OK)
            *err = why;
        if (st != ST_OK)
            return st == ST_REJECT ? ST_FATAL : st;
        done += n;
        part = 2 * n;
    }
    return ST_OK;
}

enum status batch_commit(struct sink *s, struct batch *b, struct err *err)
{
    const int64_t began = now_mono_ms();
    enum status st = commit_in_parts(s, b, err);

    if (st != ST_OK)
        return st;
    metrics_add(s->metrics, METRIC_RECORDS, METRIC_NO_LABEL, (double)b->n);
    metrics_add(s->metrics, METRIC_COMMIT_SECONDS, METRIC_NO_LABEL,
                (double)(now_mono_ms() - began) / 1000);
    metrics_set(s->metrics, METRIC_LAST_COMMIT, METRIC_NO_LABEL, (double)now_wall_ms() / 1e3);
    batch_clear(b);
    return ST_OK;
}
