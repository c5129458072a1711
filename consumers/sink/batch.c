/* SPDX-License-Identifier: MIT */
/* batch.c -- what was read, and its way into the database, whole or cut. */
#include <inttypes.h>
#include <stdlib.h>

#include "consumers/sink/inner.h"
#include "obs/log.h"

enum { POLL_MS = 50 };

static bool is_full(const struct sink *s)
{
    return s->n >= (size_t)s->conf->batch_records || s->bytes >= (size_t)s->conf->batch_bytes;
}

static enum status make_room(struct sink *s, struct err *err)
{
    if (s->n < s->room)
        return ST_OK;
    size_t room = s->room > 0 ? 2 * s->room : 256;
    struct kafka_msg *v = realloc(s->msgs, room * sizeof(*v));
    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    s->msgs = v;
    s->room = room;
    return ST_OK;
}

static void keep(struct sink *s, struct kafka_msg *m)
{
    struct lane *lane = sink_lane(s, m->rec.topic, m->rec.part);

    if (!lane) {
        kafka_msg_release(m);
        return;
    }
    lane->read = m->end ? m->rec.offset : m->rec.offset + 1;
    if (m->end)
        return;
    if (s->open_ms < 0)
        s->open_ms = sink_mono_ms();
    s->bytes += m->rec.key.n + m->rec.value.n;
    s->msgs[s->n++] = *m;
}

enum status sink_gather(struct sink *s, struct err *err)
{
    enum status st = ST_OK;
    bool have = true;
    int wait = POLL_MS;

    while (st == ST_OK && have && !is_full(s)) {
        struct kafka_msg m = { 0 };

        st = make_room(s, err);
        if (st == ST_OK)
            st = kafka_lanes_poll(s->reader, wait, &m, &have, err);
        if (st == ST_OK && have)
            keep(s, &m);
        wait = 0;
    }
    return st;
}

/* One record as rows, or as one that was refused; why: by the database, NULL: it was not asked. */
static enum status add(struct sink *s, const struct kafka_msg *m, const struct err *why,
                       struct err *err)
{
    struct lane *lane = sink_lane(s, m->rec.topic, m->rec.part);
    const char *name = s->names.of[m->rec.topic];
    const char *reason = "database";
    struct err own = { 0 };
    enum status st = why ? ST_REJECT : rows_add(s->rows, name, &m->rec, &reason, &own);

    lane->next = m->rec.offset + 1;
    if (st == ST_OK)
        return ST_OK;
    if (st != ST_REJECT) {
        *err = own;
        return st;
    }
    log_warn("record refused", LOG_STR("topic", name), LOG_INT("part", m->rec.part),
             LOG_INT("offset", m->rec.offset), LOG_STR("reason", reason),
             LOG_STR("why", why ? why->msg : own.msg));
    return rows_refuse(s->rows, name, &m->rec, reason, err);
}

/* A transaction of the n messages from first on. */
static enum status commit_some(struct sink *s, size_t first, size_t n, const struct err *why,
                               struct err *err)
{
    enum status st = ST_OK;

    rows_clear(s->rows);
    for (size_t i = 0; i < s->n_lanes; i++)
        s->lanes[i].next = s->lanes[i].saved;
    for (size_t i = first; st == ST_OK && i < first + n; i++)
        st = add(s, &s->msgs[i], why, err);
    return st == ST_OK ? sink_write(s, err) : st;
}

/* Half as many after a refusal, twice as many after a success. */
static enum status commit_in_parts(struct sink *s, struct err *err)
{
    size_t done = 0;
    size_t part = s->n;

    while (done < s->n) {
        struct err why = { 0 };
        const size_t n = part < s->n - done ? part : s->n - done;
        enum status st = commit_some(s, done, n, NULL, &why);

        if (st == ST_REJECT && n > 1) {
            part = n / 2;
            continue;
        }
        if (st == ST_REJECT)
            st = commit_some(s, done, 1, &why, err);
        else if (st != ST_OK)
            *err = why;
        if (st != ST_OK)
            return st == ST_REJECT ? ST_FATAL : st;
        done += n;
        part = 2 * n;
    }
    return ST_OK;
}

enum status sink_commit(struct sink *s, struct err *err)
{
    const int64_t began = sink_mono_ms();

    if (s->n == 0)
        return ST_OK;
    health_away(s->health, SINK_AWAY_MS);
    enum status st = commit_in_parts(s, err);
    if (st != ST_OK)
        return st;
    metrics_add(s->metrics, METRIC_RECORDS, METRIC_NO_LABEL, (double)s->n);
    metrics_add(s->metrics, METRIC_COMMIT_SECONDS, METRIC_NO_LABEL,
                (double)(sink_mono_ms() - began) / 1000);
    for (size_t i = 0; i < s->n; i++)
        kafka_msg_release(&s->msgs[i]);
    s->n = 0;
    s->bytes = 0;
    s->open_ms = -1;
    s->commit_ms = sink_mono_ms();
    s->retries = 0;
    return ST_OK;
}
