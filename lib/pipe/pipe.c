/* SPDX-License-Identifier: MIT */
#include "pipe/pipe.h"

#include <assert.h>
#include <stdlib.h>

enum { STALLS_MAX = 1000 };

/* One stage in its place. */
struct link {
    const struct stage *stage;
    struct out *out;
    struct buf meta;
    int32_t parts;
    int64_t *next; /* offset of the next record, a partition */
    bool *touched; /* since the last commit, a partition     */
    struct stage_rec *batch;
    size_t cap;
};

struct pipe {
    struct pipe_conf conf;
    struct link link[PIPE_STAGES_MAX];
    size_t n;
    int64_t counters[COUNTER_N];
    int64_t dead[DEAD_N];
};

static const struct out_limits default_limits = { .records = 2000, .bytes = 8 << 20 };

static enum status feed(struct pipe *p, struct link *l, size_t n, struct err *err);

/* A log that holds nothing: nothing was there before. */
static enum status nothing_open(void *ctx, enum topic_id topic, int32_t part, int64_t from_ms,
                                struct err *err)
{
    (void)ctx, (void)topic, (void)part, (void)from_ms, (void)err;
    return ST_OK;
}

static enum status nothing_next(void *ctx, struct stage_rec *rec, bool *more, struct err *err)
{
    (void)ctx, (void)rec, (void)err;
    *more = false;
    return ST_OK;
}

static void nothing_close(void *ctx)
{
    (void)ctx;
}

/* Names the stage that a failure came from. */
static enum status named(const struct link *l, enum status st, struct err *err)
{
    if (st != ST_OK)
        err_prefix(err, "%s", l->stage->ops->name);
    return st;
}

/* Makes room for n records in the batch of l. */
static enum status reserve(struct link *l, size_t n, struct err *err)
{
    if (n <= l->cap)
        return ST_OK;
    struct stage_rec *v = realloc(l->batch, n * sizeof(*v));
    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    l->batch = v;
    l->cap = n;
    return ST_OK;
}

/* Puts the records of one partition of a topic that from has put into the
 * batch of to; they live until from's output is cleared. */
static enum status take(const struct link *from, struct link *to, int32_t part, size_t *n,
                        struct err *err)
{
    *n = 0;
    for (size_t i = 0; i < out_n(from->out); i++) {
        const struct out_rec *r = out_at(from->out, i);
        if (r->topic != to->stage->ops->input || r->part != part)
            continue;
        enum status st = reserve(to, *n < 64 ? 64 : *n + *n / 2, err);
        if (st != ST_OK)
            return st;
        to->batch[(*n)++] = (struct stage_rec){ .topic = r->topic,
                                                .part = part,
                                                .offset = to->next[part]++,
                                                .arrival_ms = -1,
                                                .key = r->key,
                                                .value = r->value,
                                                .hdr = r->hdr,
                                                .nhdr = r->nhdr };
    }
    return ST_OK;
}

/* Whether a stage behind l reads the topic. */
static bool is_read(const struct pipe *p, const struct link *l, enum topic_id topic)
{
    for (const struct link *to = l + 1; to < p->link + p->n; to++) {
        assert(to->stage);
        if (to->stage->ops->input == topic)
            return true;
    }
    return false;
}

/* What nobody behind l reads, and copies. */
static enum status to_sink(struct pipe *p, const struct link *l, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; i < out_n(l->out) && st == ST_OK; i++) {
        const struct out_rec *r = out_at(l->out, i);
        if (!is_read(p, l, r->topic) || (p->conf.copies & 1u << r->topic))
            st = p->conf.sink(p->conf.ctx, r, err);
    }
    return st;
}

static enum status deliver(struct pipe *p, struct link *l, struct err *err)
{
    enum status st = to_sink(p, l, err);

    for (struct link *to = l + 1; to < p->link + p->n; to++) {
        for (int32_t part = 0; part < to->parts && st == ST_OK; part++) {
            size_t n = 0;
            st = take(l, to, part, &n, err);
            if (st == ST_OK && n > 0)
                st = feed(p, to, n, err);
        }
    }
    return st;
}

/* Checkpoints what was touched, hands the output on and empties it. */
static enum status commit(struct pipe *p, struct link *l, struct err *err)
{
    const struct stage *s = l->stage;

    for (int32_t part = 0; part < l->parts; part++) {
        if (!l->touched[part])
            continue;
        buf_clear(&l->meta);
        enum status st = named(l, s->ops->checkpoint(s->ctx, part, &l->meta, l->out, err), err);
        if (st != ST_OK)
            return st;
        l->touched[part] = false;
    }
    enum status st = deliver(p, l, err);
    for (int c = 0; c < COUNTER_N; c++)
        p->counters[c] += out_counter(l->out, (enum counter)c);
    for (int r = 0; r < DEAD_N; r++)
        p->dead[r] += out_dead_count(l->out, (enum dead_reason)r);
    out_clear(l->out);
    return st;
}

/* Asks resume() until there is no more, with a commit after each. */
static enum status drain(struct pipe *p, struct link *l, int32_t part, struct err *err)
{
    const struct stage *s = l->stage;
    bool more = s->ops->resume != NULL;

    for (int idle = 0; more; idle++) {
        enum status st = named(l, s->ops->resume(s->ctx, part, l->out, &more, err), err);
        if (st != ST_OK || !more)
            return st;
        if (out_n(l->out) > 0)
            idle = 0;
        if (idle > STALLS_MAX)
            return err_set(err, ST_FATAL, "resume() makes no progress");
        l->touched[part] = true;
        st = commit(p, l, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

/* Runs the n records of one partition in the batch of l. */
static enum status feed_part(struct pipe *p, struct link *l, const struct stage_rec *in, size_t n,
                             struct err *err)
{
    const struct stage *s = l->stage;
    int stalls = 0;

    for (size_t i = 0; i < n;) {
        size_t used = 0;
        l->touched[in->part] = true;
        enum status st =
            named(l, s->ops->process(s->ctx, in->part, in + i, n - i, &used, l->out, err), err);
        if (st == ST_OK)
            st = drain(p, l, in->part, err);
        i += used;
        stalls = used > 0 ? 0 : stalls + 1;
        if (st == ST_OK && (used > n || stalls > STALLS_MAX))
            st = err_set(err, ST_FATAL, "process() makes no progress");
        if (st == ST_OK && i < n)
            st = commit(p, l, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

/* Runs the batch of l, all of one partition, and all that comes of it. */
static enum status feed(struct pipe *p, struct link *l, size_t n, struct err *err)
{
    enum status st = feed_part(p, l, l->batch, n, err);

    if (st == ST_OK)
        st = commit(p, l, err);
    return st;
}

/* Nobody reads them: they are the sink's as they are. */
static enum status past_all(struct pipe *p, const struct stage_rec *in, size_t n, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; i < n && st == ST_OK; i++) {
        const struct stage_rec *r = &in[i];
        const struct out_rec rec = { r->topic, r->part, r->key, r->value, r->hdr, r->nhdr };
        st = p->conf.sink(p->conf.ctx, &rec, err);
    }
    return st;
}

enum status pipe_feed(struct pipe *p, const struct stage_rec *in, size_t n, struct err *err)
{
    struct link *l = p->link;

    while (l < p->link + p->n && n > 0 && l->stage->ops->input != in[0].topic)
        l++;
    if (l == p->link + p->n)
        return past_all(p, in, n, err);
    for (int32_t part = 0; part < l->parts; part++) {
        size_t k = 0;
        enum status st = reserve(l, n, err);
        for (size_t i = 0; i < n && st == ST_OK; i++) {
            if (in[i].part == part)
                l->batch[k++] = in[i];
        }
        if (st == ST_OK && k > 0)
            st = feed(p, l, k, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

enum status pipe_end(struct pipe *p, enum topic_id topic, const int64_t *next, int64_t arrival_ms,
                     struct err *err)
{
    const struct hdr h = { slice_str("absa-kind"), slice_str("end") };

    for (int32_t part = 0; part < p->conf.topo->parts[topic]; part++) {
        const struct stage_rec end = { .topic = topic,
                                       .part = part,
                                       .offset = next[part],
                                       .arrival_ms = arrival_ms,
                                       .value = slice_str(""),
                                       .hdr = &h,
                                       .nhdr = 1 };
        enum status st = pipe_feed(p, &end, 1, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status link_init(struct pipe *p, struct link *l, const struct stage *s, struct err *err)
{
    bool has_limits = p->conf.limits.records > 0;

    l->stage = s;
    l->parts = p->conf.topo->parts[s->ops->input];
    buf_init(&l->meta, STAGE_META_MAX);
    l->out = out_new(p->conf.wire, p->conf.topo, has_limits ? p->conf.limits : default_limits);
    l->next = calloc((size_t)l->parts, sizeof(*l->next));
    l->touched = calloc((size_t)l->parts, sizeof(*l->touched));
    return l->out && l->next && l->touched ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

static enum status assign(struct link *l, struct err *err)
{
    struct log_reader nothing = { NULL, nothing_open, nothing_open, nothing_next, nothing_close };

    for (int32_t part = 0; part < l->parts; part++) {
        struct stage_resume resume = { .offset = -1, .log = &nothing };
        l->touched[part] = true;
        enum status st =
            named(l, l->stage->ops->assign(l->stage->ctx, part, &resume, l->out, err), err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

/* What there is to emit before the first record: hello marks. */
static enum status begin(struct pipe *p, struct link *l, struct err *err)
{
    for (int32_t part = 0; part < l->parts; part++) {
        enum status st = drain(p, l, part, err);
        if (st != ST_OK)
            return st;
    }
    return commit(p, l, err);
}

enum status pipe_new(const struct stage *stages, size_t n, const struct pipe_conf *conf,
                     struct pipe **out, struct err *err)
{
    struct pipe *p = calloc(1, sizeof(*p));
    enum status st = ST_OK;

    assert(n <= PIPE_STAGES_MAX);
    if (!p)
        return err_set(err, ST_FATAL, "out of memory");
    p->conf = *conf;
    p->n = n;
    for (size_t i = 0; i < n && st == ST_OK; i++)
        st = link_init(p, &p->link[i], &stages[i], err);
    for (size_t i = 0; i < n && st == ST_OK; i++)
        st = assign(&p->link[i], err);
    for (size_t i = n; i > 0 && st == ST_OK; i--) /* a reader begins before its writer */
        st = begin(p, &p->link[i - 1], err);
    if (st != ST_OK) {
        pipe_free(p);
        p = NULL;
    }
    *out = p;
    return st;
}

void pipe_free(struct pipe *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++) {
        struct link *l = &p->link[i];
        out_free(l->out);
        buf_release(&l->meta);
        free(l->next);
        free(l->touched);
        free(l->batch);
    }
    free(p);
}

int64_t pipe_counter(const struct pipe *p, enum counter c)
{
    return p->counters[c];
}

int64_t pipe_dead_count(const struct pipe *p, enum dead_reason r)
{
    return p->dead[r];
}
