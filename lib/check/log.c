/* SPDX-License-Identifier: MIT */
#include "check/log.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"

enum { LOG_BYTES_MAX = 1 << 30 };

struct entry {
    struct stage_rec rec;
    int64_t append_ms;
};

struct partition {
    struct entry *v;
    size_t n;
    size_t cap;
    int64_t next; /* offset */
};

struct check_log {
    struct topology topo;
    struct partition *part[TOPIC_N];
    struct arena *arena;
};

struct check_log *check_log_new(const struct topology *topo)
{
    struct check_log *log = calloc(1, sizeof(*log));

    if (!log)
        return NULL;
    log->topo = *topo;
    log->arena = arena_new(LOG_BYTES_MAX);
    bool ok = log->arena != NULL;
    for (int t = 0; t < TOPIC_N && ok; t++) {
        log->part[t] = calloc((size_t)topo->parts[t], sizeof(*log->part[t]));
        ok = log->part[t] != NULL;
    }
    if (!ok) {
        check_log_free(log);
        return NULL;
    }
    return log;
}

void check_log_free(struct check_log *log)
{
    if (!log)
        return;
    for (int t = 0; t < TOPIC_N; t++) {
        for (int32_t p = 0; log->part[t] && p < log->topo.parts[t]; p++)
            free(log->part[t][p].v);
        free(log->part[t]);
    }
    arena_free(log->arena);
    free(log);
}

const struct topology *check_log_topology(const struct check_log *log)
{
    return &log->topo;
}

static struct partition *partition_of(const struct check_log *log, enum topic_id topic,
                                      int32_t part)
{
    assert(part >= 0 && part < log->topo.parts[topic]);
    return &log->part[topic][part];
}

static bool grow(struct partition *p)
{
    if (p->n < p->cap)
        return true;
    size_t cap = p->cap > 0 ? p->cap * 2 : 64;
    struct entry *v = realloc(p->v, cap * sizeof(*v));
    if (!v)
        return false;
    p->v = v;
    p->cap = cap;
    return true;
}

static bool copy(struct arena *a, struct slice from, struct slice *to)
{
    *to = from.p ? arena_copy(a, from) : from;
    return to->p || !from.p;
}

static bool copy_rec(struct arena *a, const struct out_rec *from, struct stage_rec *to)
{
    struct hdr *h = from->nhdr > 0 ? arena_array(a, from->nhdr, sizeof(*h)) : NULL;

    if (from->nhdr > 0 && !h)
        return false;
    for (size_t i = 0; i < from->nhdr; i++) {
        if (!copy(a, from->hdr[i].name, &h[i].name) || !copy(a, from->hdr[i].value, &h[i].value))
            return false;
    }
    to->hdr = h;
    to->nhdr = from->nhdr;
    return copy(a, from->key, &to->key) && copy(a, from->value, &to->value);
}

/* Does a reader of the topic learn when a record was appended? */
static bool has_time(enum topic_id topic)
{
    return topic == TOPIC_RAW || topic == TOPIC_LABELS;
}

enum status check_log_append(struct check_log *log, const struct out_rec *rec, int64_t append_ms,
                             struct err *err)
{
    struct partition *p = partition_of(log, rec->topic, rec->part);

    if (!grow(p))
        return err_set(err, ST_FATAL, "out of memory");
    struct entry *e = &p->v[p->n];
    *e = (struct entry){ .append_ms = append_ms };
    e->rec.topic = rec->topic;
    e->rec.part = rec->part;
    e->rec.offset = p->next;
    e->rec.arrival_ms = has_time(rec->topic) ? append_ms : -1;
    if (!copy_rec(log->arena, rec, &e->rec))
        return err_set(err, ST_FATAL, "out of memory");
    p->n++;
    p->next++;
    return ST_OK;
}

void check_log_gap(struct check_log *log, enum topic_id topic, int32_t part)
{
    partition_of(log, topic, part)->next++;
}

void check_log_skip(struct check_log *log, enum topic_id topic, int32_t part, int64_t offset)
{
    struct partition *p = partition_of(log, topic, part);

    if (offset > p->next)
        p->next = offset;
}

size_t check_log_n(const struct check_log *log, enum topic_id topic, int32_t part)
{
    return partition_of(log, topic, part)->n;
}

const struct stage_rec *check_log_at(const struct check_log *log, enum topic_id topic, int32_t part,
                                     size_t i)
{
    const struct partition *p = partition_of(log, topic, part);

    assert(i < p->n);
    return &p->v[i].rec;
}

int64_t check_log_time(const struct check_log *log, enum topic_id topic, int32_t part, size_t i)
{
    const struct partition *p = partition_of(log, topic, part);

    assert(i < p->n);
    return p->v[i].append_ms;
}

size_t check_log_seek(const struct check_log *log, enum topic_id topic, int32_t part,
                      int64_t offset)
{
    const struct partition *p = partition_of(log, topic, part);
    size_t lo = 0;
    size_t hi = p->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->v[mid].rec.offset < offset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

size_t check_log_total(const struct check_log *log, enum topic_id topic)
{
    size_t n = 0;

    for (int32_t p = 0; p < log->topo.parts[topic]; p++)
        n += check_log_n(log, topic, p);
    return n;
}

/* By key, value, headers. */
static int rec_cmp(const struct stage_rec *a, const struct stage_rec *b)
{
    int d = slice_cmp(a->key, b->key);

    if (d == 0)
        d = (a->value.p != NULL) - (b->value.p != NULL);
    if (d == 0)
        d = slice_cmp(a->value, b->value);
    if (d == 0)
        d = (a->nhdr > b->nhdr) - (a->nhdr < b->nhdr);
    for (size_t i = 0; d == 0 && i < a->nhdr; i++) {
        d = slice_cmp(a->hdr[i].name, b->hdr[i].name);
        if (d == 0)
            d = slice_cmp(a->hdr[i].value, b->hdr[i].value);
    }
    return d;
}

static int by_content(const void *a, const void *b)
{
    const struct stage_rec *const *x = a;
    const struct stage_rec *const *y = b;

    return rec_cmp(*x, *y);
}

/* What of a partition is compared, in the order of comparison. */
struct view {
    const struct stage_rec **v;
    size_t n;
};

static struct view view(const struct partition *p, unsigned order)
{
    struct view view = { .v = calloc(p->n + 1, sizeof(struct stage_rec *)) };

    for (size_t i = 0; i < p->n && view.v; i++) {
        if (!(order & CHECK_NO_MARKS) || !stage_header(&p->v[i].rec, "absa-kind").p)
            view.v[view.n++] = &p->v[i].rec;
    }
    if (view.v && (order & CHECK_ANY_ORDER))
        qsort(view.v, view.n, sizeof(struct stage_rec *), by_content);
    return view;
}

static enum status part_equal(const struct partition *a, const struct partition *b, unsigned order,
                              struct err *err)
{
    enum status st = ST_OK;
    struct view x = view(a, order);
    struct view y = view(b, order);
    size_t n = x.n < y.n ? x.n : y.n;

    if (!x.v || !y.v)
        st = err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        if (rec_cmp(x.v[i], y.v[i]) != 0)
            st = err_set(err, ST_REJECT, "record %zu (offsets %lld and %lld) differs", i,
                         (long long)x.v[i]->offset, (long long)y.v[i]->offset);
    }
    if (st == ST_OK && x.n != y.n)
        st = err_set(err, ST_REJECT, "%zu records against %zu", x.n, y.n);
    free(x.v);
    free(y.v);
    return st;
}

enum status check_log_equal(const struct check_log *a, const struct check_log *b,
                            enum topic_id topic, unsigned order, struct err *err)
{
    for (int32_t p = 0; p < a->topo.parts[topic]; p++) {
        enum status st =
            part_equal(partition_of(a, topic, p), partition_of(b, topic, p), order, err);
        if (st != ST_OK) {
            err_prefix(err, "%s[%d]", topic_table[topic].name, p);
            return st;
        }
    }
    return ST_OK;
}

static enum status reader_open(void *ctx, enum topic_id topic, int32_t part, int64_t from_ms,
                               struct err *err)
{
    struct check_reader *r = ctx;
    const struct partition *p = partition_of(r->log, topic, part);

    (void)err;
    r->topic = topic;
    r->part = part;
    r->end = p->n;
    r->at = 0;
    while (from_ms > 0 && r->at < r->end && p->v[r->at].append_ms < from_ms)
        r->at++;
    return ST_OK;
}

static enum status reader_open_at(void *ctx, enum topic_id topic, int32_t part, int64_t offset,
                                  struct err *err)
{
    struct check_reader *r = ctx;
    enum status st = reader_open(ctx, topic, part, 0, err);

    r->at = check_log_seek(r->log, topic, part, offset);
    return st;
}

static enum status reader_next(void *ctx, struct stage_rec *rec, bool *more, struct err *err)
{
    struct check_reader *r = ctx;

    (void)err;
    *more = r->at < r->end;
    if (*more)
        *rec = *check_log_at(r->log, r->topic, r->part, r->at++);
    return ST_OK;
}

static void reader_close(void *ctx)
{
    (void)ctx;
}

struct log_reader check_reader_make(struct check_reader *r, const struct check_log *log)
{
    *r = (struct check_reader){ .log = log };
    return (struct log_reader){ r, reader_open, reader_open_at, reader_next, reader_close };
}
