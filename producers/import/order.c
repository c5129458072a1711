/* SPDX-License-Identifier: MIT */
#include "producers/import/order.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/types.h"

enum { ARENA_MAX = 256 << 20, N_PARTS = 4 };

struct entry {
    int64_t ms; /* WM_NONE: not known */
    int64_t seq;
    int64_t at; /* in the spool */
};

/* How a record stands in the spool: this, then its strings. */
struct spooled {
    int64_t row;
    size_t n[N_PARTS];
};

struct order {
    const struct ingest_rules *rules;
    int64_t now_ms;
    struct arena *arena; /* of the record at hand */
    FILE *spool;
    int64_t size;
    struct entry *v;
    size_t n;
    size_t cap;
    size_t next;
};

enum status order_new(const struct ingest_rules *rules, int64_t now_ms, struct order **out,
                      struct err *err)
{
    struct order *o = calloc(1, sizeof(*o));

    *out = NULL;
    if (!o)
        return err_set(err, ST_FATAL, "out of memory");
    o->rules = rules;
    o->now_ms = now_ms;
    o->arena = arena_new(ARENA_MAX);
    o->spool = tmpfile();
    if (!o->arena || !o->spool) {
        err_set(err, ST_FATAL, "no memory or no temporary file: %s", strerror(errno));
        order_free(o);
        return ST_FATAL;
    }
    *out = o;
    return ST_OK;
}

void order_free(struct order *o)
{
    if (!o)
        return;
    if (o->spool)
        fclose(o->spool);
    arena_free(o->arena);
    free(o->v);
    free(o);
}

/* The latest time that the record's comments tell; WM_NONE: none does. */
static enum status latest(struct order *o, const struct raw_record *rec, int64_t *ms,
                          struct err *err)
{
    const struct ingest_raw raw = {
        .value = rec->value, .shape = rec->shape, .video = rec->video, .arrival_ms = o->now_ms
    };
    struct ingest_items items;

    *ms = WM_NONE;
    arena_reset(o->arena);
    if (ingest_read(o->rules, &raw, o->arena, &items, err) != ST_OK)
        return ST_FATAL;
    for (size_t i = 0; i < items.n; i++) {
        const struct comment *c = &items.v[i].comment;

        if (!items.v[i].refused && c->time_source != TIME_ARRIVAL && c->created_ms > *ms)
            *ms = c->created_ms;
    }
    return ST_OK;
}

static void parts_of(const struct raw_record *rec, struct slice parts[N_PARTS])
{
    parts[0] = rec->value;
    parts[1] = rec->shape;
    parts[2] = rec->video;
    parts[3] = rec->file;
}

static bool spool(struct order *o, const struct raw_record *rec)
{
    struct slice parts[N_PARTS];
    struct spooled head = { .row = rec->row };

    parts_of(rec, parts);
    for (int i = 0; i < N_PARTS; i++)
        head.n[i] = parts[i].n;
    if (fwrite(&head, sizeof(head), 1, o->spool) != 1)
        return false;
    o->size += (int64_t)sizeof(head);
    for (int i = 0; i < N_PARTS; i++) {
        if (parts[i].n > 0 && fwrite(parts[i].p, parts[i].n, 1, o->spool) != 1)
            return false;
        o->size += (int64_t)parts[i].n;
    }
    return true;
}

static bool grow(struct order *o)
{
    if (o->n < o->cap)
        return true;
    const size_t cap = o->cap > 0 ? o->cap * 2 : 1024;
    struct entry *v = realloc(o->v, cap * sizeof(*v));

    if (!v)
        return false;
    o->v = v;
    o->cap = cap;
    return true;
}

enum status order_add(struct order *o, const struct raw_record *rec, struct err *err)
{
    struct entry e = { .seq = (int64_t)o->n, .at = o->size };

    if (latest(o, rec, &e.ms, err) != ST_OK)
        return ST_FATAL;
    if (!grow(o))
        return err_set(err, ST_FATAL, "out of memory");
    if (!spool(o, rec))
        return err_set(err, ST_FATAL, "temporary file: %s", strerror(errno));
    o->v[o->n++] = e;
    return ST_OK;
}

static int compare(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;

    if (x->ms != y->ms)
        return x->ms < y->ms ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

void order_sort(struct order *o)
{
    int64_t before = WM_NONE;

    for (size_t i = 0; i < o->n && before == WM_NONE; i++)
        before = o->v[i].ms;
    if (before == WM_NONE)
        before = o->now_ms;
    for (size_t i = 0; i < o->n; i++) {
        if (o->v[i].ms == WM_NONE)
            o->v[i].ms = before;
        before = o->v[i].ms;
    }
    qsort(o->v, o->n, sizeof(*o->v), compare);
    o->next = 0;
}

/* The record at an entry of the spool, its strings in the arena. */
static bool fetch(struct order *o, const struct entry *e, struct raw_record *rec)
{
    struct spooled head;
    struct slice parts[N_PARTS];

    arena_reset(o->arena);
    if (fseeko(o->spool, (off_t)e->at, SEEK_SET) != 0 ||
        fread(&head, sizeof(head), 1, o->spool) != 1)
        return false;
    for (int i = 0; i < N_PARTS; i++) {
        char *p = arena_alloc(o->arena, head.n[i]);

        if (!p || (head.n[i] > 0 && fread(p, head.n[i], 1, o->spool) != 1))
            return false;
        parts[i] = (struct slice){ p, head.n[i] };
    }
    *rec = (struct raw_record){ parts[0], parts[1], parts[2], parts[3], head.row };
    return true;
}

enum status order_next(struct order *o, struct raw_record *rec, int64_t *arrival_ms, bool *more,
                       struct err *err)
{
    *more = o->next < o->n;
    if (!*more)
        return ST_OK;
    const struct entry *e = &o->v[o->next++];
    *arrival_ms = e->ms;
    if (!fetch(o, e, rec))
        return err_set(err, ST_FATAL, "temporary file: %s", strerror(errno));
    return ST_OK;
}
