/* SPDX-License-Identifier: MIT */
#include "cli/history.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/progress.h"
#include "base/hash.h"
#include "kafka/stretch.h"
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

    return st == ST_OK && raw ? pipe_end(f->pipe, TOPIC_RAW, f->next, f->last_ms, err) : st;
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

/* The ends of past imports do not count: the end comes at the end. A live record
 * is given its time in the log as its own, as a replay would. */
static enum status take_msg(struct feeder *f, const struct stage_rec *rec, int64_t arrival_ms,
                            struct err *err)
{
    const bool live = rec->topic == TOPIC_RAW && !stage_header(rec, "absa-arrival").p;

    f->last_ms = arrival_ms;
    return take(f, rec, live ? arrival_ms : -1, err);
}

static enum status feed_stretch(struct feeder *f, const struct history *h, struct stretch *s,
                                struct err *err)
{
    struct progress bar = progress_begin("reading", h->verbosity);
    const struct stage_rec *rec = NULL;
    enum status st = ST_OK;
    int64_t arrival_ms = 0;
    int64_t done;
    int64_t total;

    while (st == ST_OK) {
        st = is_stopped(h) ? interrupted(err) : stretch_next(s, &rec, &arrival_ms, err);
        if (st != ST_OK || !rec)
            break;
        st = take_msg(f, rec, arrival_ms, err);
        stretch_progress(s, &done, &total);
        progress_at(&bar, done, total);
    }
    progress_end(&bar);
    return st;
}

static enum status open_stretch(const struct stretch_conf *conf, int32_t parts, struct stretch **s,
                                struct err *err)
{
    enum status st = stretch_open(conf, s, err);

    if (st == ST_RETRY) {
        err_prefix(err, "unavailable: is the address right, and is the topic there?");
        return ST_FATAL;
    }
    if (st == ST_OK && stretch_parts(*s) != parts)
        st = err_set(err, ST_FATAL, "config: %s has %d partitions, the configuration says %d",
                     conf->topic, (int)stretch_parts(*s), (int)parts);
    return st;
}

enum status history_topic(const struct history *h, const struct kafka_conf *kafka,
                          const struct kafka_names *names, enum topic_id topic, struct pipe *p,
                          struct err *err)
{
    const struct stretch_conf conf = { .kafka = kafka,
                                       .id = topic,
                                       .topic = names->of[topic],
                                       .from_ms = h->from_ms,
                                       .until_ms = h->until_ms };
    struct stretch *s = NULL;
    struct feeder f;
    enum status st = feeder_open(&f, h, p, err);

    if (st == ST_OK)
        st = open_stretch(&conf, h->topo->parts[topic], &s, err);
    if (st == ST_OK)
        st = feed_stretch(&f, h, s, err);
    if (st == ST_OK)
        st = finish(&f, topic == TOPIC_RAW, err);
    stretch_close(s);
    feeder_close(&f);
    return st;
}
