/* SPDX-License-Identifier: MIT */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/progress.h"
#include "base/hash.h"
#include "kafka/reader.h"
#include "producers/import/feed.h"

enum { BATCH_MAX = 512, BATCH_BYTES = 4 << 20, ARENA_MAX = 64 << 20 };

/* Records on their way into the pipe, copied. */
struct feeder {
    struct pipe *pipe;
    const struct topology *topo;
    struct arena *arena;
    struct stage_rec batch[BATCH_MAX];
    size_t n;
    int64_t *next; /* offset behind the last record of absa.raw, a partition */
    int64_t last_ms;
};

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory");
}

static enum status feeder_open(struct feeder *f, const struct history *h, struct pipe *p,
                               struct err *err)
{
    f->pipe = p;
    f->topo = h->topo;
    f->n = 0;
    f->last_ms = 0;
    f->arena = arena_new(ARENA_MAX);
    f->next = calloc((size_t)h->topo->parts[TOPIC_RAW], sizeof(*f->next));
    return f->arena && f->next ? ST_OK : no_memory(err);
}

static void feeder_close(struct feeder *f)
{
    arena_free(f->arena);
    free(f->next);
}

static enum status flush(struct feeder *f, struct err *err)
{
    enum status st = f->n > 0 ? pipe_feed(f->pipe, f->batch, f->n, err) : ST_OK;

    f->n = 0;
    arena_reset(f->arena);
    return st;
}

static bool copy(struct feeder *f, struct slice *s)
{
    if (!s->p)
        return true;
    *s = arena_copy(f->arena, *s);
    return s->p != NULL;
}

/* Takes a copy of rec; arrival_ms, unless negative, as its header absa-arrival. */
static enum status take(struct feeder *f, const struct stage_rec *rec, int64_t arrival_ms,
                        struct err *err)
{
    struct stage_rec *r = &f->batch[f->n];
    struct hdr *h = arena_array(f->arena, rec->nhdr + 1, sizeof(*h));
    char text[24];

    if (!h)
        return no_memory(err);
    *r = *rec;
    r->hdr = h;
    bool ok = copy(f, &r->key) && copy(f, &r->value);
    for (size_t i = 0; i < rec->nhdr && ok; i++) {
        h[i] = rec->hdr[i];
        ok = copy(f, &h[i].name) && copy(f, &h[i].value);
    }
    if (ok && arrival_ms >= 0) {
        int n = snprintf(text, sizeof(text), "%lld", (long long)arrival_ms);
        h[r->nhdr] = (struct hdr){ slice_str("absa-arrival"), { text, (size_t)n } };
        ok = copy(f, &h[r->nhdr].value);
        r->nhdr++;
    }
    if (!ok)
        return no_memory(err);
    f->n++;
    if (rec->topic == TOPIC_RAW)
        f->next[rec->part] = rec->offset + 1;
    return f->n == BATCH_MAX || arena_used(f->arena) > BATCH_BYTES ? flush(f, err) : ST_OK;
}

static enum status finish(struct feeder *f, bool raw, struct err *err)
{
    enum status st = flush(f, err);

    return st == ST_OK && raw ? pipe_end_raw(f->pipe, f->next, f->last_ms, err) : st;
}

static bool is_stopped(const struct history *h)
{
    return h->stop && atomic_load(h->stop);
}

static enum status interrupted(struct err *err)
{
    return err_set(err, ST_RETRY, "interrupted before the end: what was written is not whole");
}

/* --- files -------------------------------------------------------------- */

struct files {
    const struct history *h;
    struct feeder feeder;
    struct progress bar;
};

/* The raw partition of a record is that of its video, as import places it. */
static enum status take_raw(void *ctx, const struct raw_record *raw, int64_t arrival_ms,
                            struct err *err)
{
    struct files *f = ctx;
    struct feeder *fd = &f->feeder;
    struct raw_headers headers;
    int32_t part = hash_partition(raw->video, fd->topo->parts[TOPIC_RAW]);

    if (is_stopped(f->h))
        return interrupted(err);
    if (arrival_ms < f->h->from_ms || arrival_ms >= f->h->until_ms)
        return ST_OK;
    raw_headers(raw, arrival_ms, &headers);
    fd->last_ms = arrival_ms;
    const struct stage_rec rec = { .topic = TOPIC_RAW,
                                   .part = part,
                                   .offset = fd->next[part],
                                   .arrival_ms = arrival_ms,
                                   .key = raw->video,
                                   .value = raw->value,
                                   .hdr = headers.v,
                                   .nhdr = headers.n };
    return take(fd, &rec, -1, err);
}

static void show(void *ctx, int64_t done, int64_t total)
{
    struct files *f = ctx;

    progress_at(&f->bar, done, total);
}

enum status history_files(const struct history *h, char *const *paths, size_t n,
                          const struct ingest_rules *rules, struct pipe *p, struct err *err)
{
    struct files f = { .h = h, .bar = progress_begin("reading", h->verbosity) };
    const struct feed feed = { .paths = paths,
                               .n = n,
                               .arrival = FEED_CREATED,
                               .now_ms = h->now_ms,
                               .rules = rules,
                               .take = take_raw,
                               .progress = show,
                               .ctx = &f };
    enum status st = feeder_open(&f.feeder, h, p, err);

    if (st == ST_OK)
        st = feed_run(&feed, err);
    if (st == ST_OK)
        st = finish(&f.feeder, true, err);
    progress_end(&f.bar);
    feeder_close(&f.feeder);
    return st;
}

/* --- a topic ------------------------------------------------------------ */

/* The partitions of a topic, each with its next record in sight. */
struct merge {
    const struct history *h;
    enum topic_id topic;
    struct kafka_reader **reader;
    const struct kafka_msg **head;
    int32_t parts;
    int64_t done;
};

/* Nothing that arrived from from_ms on was appended before it. */
static enum status open_part(struct merge *m, int32_t part, struct err *err)
{
    int64_t from = -1;
    struct kafka_reader *r = m->reader[part];
    enum status st = ST_OK;

    if (m->h->from_ms > INT64_MIN)
        st = kafka_reader_offset_at(r, m->topic, part, m->h->from_ms, &from, err);
    if (st == ST_OK)
        st = kafka_reader_open(r, m->topic, part, from, -1, err);
    return st == ST_OK ? kafka_reader_next(r, &m->head[part], err) : st;
}

/* The partition whose next record is the oldest; -1: none has any. */
static int32_t oldest(const struct merge *m)
{
    int32_t best = -1;

    for (int32_t p = 0; p < m->parts; p++) {
        if (m->head[p] && (best < 0 || m->head[p]->rec.arrival_ms < m->head[best]->rec.arrival_ms))
            best = p;
    }
    return best;
}

/* A record of absa.raw tells its arrival itself, or it is its time in the log. */
static int64_t arrival_of(const struct stage_rec *rec, bool *own)
{
    struct slice header = stage_header(rec, "absa-arrival");
    int64_t ms = rec->arrival_ms;

    *own = header.p && slice_to_int64(header, &ms);
    return ms;
}

/* The ends of past imports do not count: the end comes at the end. */
static enum status take_raw_msg(struct feeder *f, const struct history *h,
                                const struct stage_rec *rec, struct err *err)
{
    bool own;
    int64_t ms = arrival_of(rec, &own);

    f->next[rec->part] = rec->offset + 1;
    if (ms < h->from_ms || ms >= h->until_ms || slice_is(stage_header(rec, "absa-kind"), "end"))
        return ST_OK;
    f->last_ms = ms;
    return take(f, rec, own ? -1 : ms, err);
}

static enum status feed_merge(struct feeder *f, struct merge *m, struct err *err)
{
    enum status st = ST_OK;
    int32_t p;

    while (st == ST_OK && (p = oldest(m)) >= 0) {
        const struct stage_rec *rec = &m->head[p]->rec;
        if (is_stopped(m->h))
            st = interrupted(err);
        else if (m->topic == TOPIC_RAW)
            st = take_raw_msg(f, m->h, rec, err);
        else
            st = take(f, rec, -1, err);
        if (st == ST_OK)
            st = kafka_reader_next(m->reader[p], &m->head[p], err);
    }
    return st;
}

static enum status open_parts(struct merge *m, const struct kafka_conf *kafka,
                              const struct kafka_names *names, struct err *err)
{
    enum status st = ST_OK;

    for (int32_t i = 0; i < m->parts && st == ST_OK; i++) {
        st = kafka_reader_new(kafka, names, &m->reader[i], err);
        if (st == ST_OK)
            st = open_part(m, i, err);
    }
    if (st != ST_RETRY)
        return st;
    err_prefix(err, "unavailable: is the address right, and is the topic there?");
    return ST_FATAL;
}

enum status history_topic(const struct history *h, const struct kafka_conf *kafka,
                          const struct kafka_names *names, enum topic_id topic, struct pipe *p,
                          struct err *err)
{
    struct merge m = { .h = h, .topic = topic, .parts = h->topo->parts[topic] };
    struct feeder f;
    enum status st = feeder_open(&f, h, p, err);

    m.reader = calloc((size_t)m.parts, sizeof(struct kafka_reader *));
    m.head = calloc((size_t)m.parts, sizeof(const struct kafka_msg *));
    if (st == ST_OK && (!m.reader || !m.head))
        st = no_memory(err);
    if (st == ST_OK)
        st = open_parts(&m, kafka, names, err);
    if (st == ST_OK)
        st = feed_merge(&f, &m, err);
    if (st == ST_OK)
        st = finish(&f, topic == TOPIC_RAW, err);
    for (int32_t i = 0; m.reader && i < m.parts; i++)
        kafka_reader_free(m.reader[i]);
    free(m.reader);
    free(m.head);
    feeder_close(&f);
    return st;
}
