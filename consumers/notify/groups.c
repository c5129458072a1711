/* SPDX-License-Identifier: MIT */
#include "consumers/notify/groups.h"

#include <stdlib.h>
#include <string.h>

enum { GROUP_MEMORY_MAX = 64 << 20, KEY_MAX = 4096 };

enum status groups_init(struct groups *g, size_t max, struct err *err)
{
    *g = (struct groups){ .v = calloc(max, sizeof(*g->v)), .max = max };
    return g->v ? ST_OK : err_set(err, ST_FATAL, "out of memory for groups");
}

void groups_clear(struct groups *g)
{
    for (size_t i = 0; i < g->n; i++)
        arena_free(g->v[i].memory);
    g->n = 0;
}

void groups_release(struct groups *g)
{
    groups_clear(g);
    free(g->v);
    *g = (struct groups){ 0 };
}

struct group *groups_find(struct groups *g, size_t receiver, struct slice name)
{
    for (size_t i = 0; i < g->n; i++) {
        if (g->v[i].receiver == receiver && slice_eq(g->v[i].row.group, name))
            return &g->v[i];
    }
    return NULL;
}

enum status groups_put(struct groups *g, size_t receiver, const struct notify *row,
                       struct group **at, struct err *err)
{
    struct group *old = groups_find(g, receiver, row->group);
    struct arena *memory = arena_new(GROUP_MEMORY_MAX);
    struct notify copy;
    enum status st = memory ? ST_OK : err_set(err, ST_FATAL, "out of memory for a group");

    if (st == ST_OK && !old && g->n == g->max)
        st = err_set(err, ST_FATAL, "more than %zu groups of alerts", g->max);
    if (st == ST_OK)
        st = group_copy(row, memory, &copy, err); /* row may point into what old holds */
    if (st != ST_OK) {
        arena_free(memory);
        return st;
    }
    if (old)
        arena_free(old->memory);
    else
        old = &g->v[g->n++];
    *old = (struct group){ .receiver = receiver, .row = copy, .memory = memory };
    if (at)
        *at = old;
    return ST_OK;
}

void groups_remove(struct groups *g, struct group *at)
{
    size_t i = (size_t)(at - g->v);

    arena_free(at->memory);
    memmove(at, at + 1, (g->n - i - 1) * sizeof(*at));
    g->n--;
}

enum status group_write(struct group *at, struct out *out, struct err *err)
{
    struct buf key;
    enum out_rc rc = OUT_ERROR;

    buf_init(&key, KEY_MAX);
    buf_slice_add(&key, at->row.receiver);
    buf_byte(&key, 0x1f);
    buf_slice_add(&key, at->row.group);
    enum status st = buf_failed(&key) ? err_set(err, ST_FATAL, "a group's key is too long") : ST_OK;
    if (st == ST_OK && group_is_over(&at->row))
        rc = out_force_tombstone(out, TOPIC_NOTIFY, 0, buf_slice(&key));
    else if (st == ST_OK)
        rc = out_force_record(out, TOPIC_NOTIFY, 0, buf_slice(&key), RECORD_NOTIFY, &at->row);
    buf_release(&key);
    at->dirty = false;
    return st == ST_OK && rc != OUT_OK ? out_error(out, err) : st;
}
