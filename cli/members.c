/* SPDX-License-Identifier: MIT */
#include "cli/members.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory");
}

enum status members_init(struct members *m, const char *list, struct err *err)
{
    *m = (struct members){ .slots = 1024 };
    m->slot = calloc(m->slots, sizeof(*m->slot));
    m->v = calloc(m->slots / 2, sizeof(*m->v));
    if (!m->slot || !m->v)
        return no_memory(err);
    return facets_parse(list, "--segments", m->facet, &m->facets, err);
}

void members_release(struct members *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->v[i].name);
        free(m->v[i].row);
    }
    free(m->v);
    free(m->slot);
    *m = (struct members){ 0 };
}

/* The slot of a name, or the empty one where it belongs. */
static size_t *find(const struct members *m, struct slice name)
{
    size_t at = (size_t)hash64(name) & (m->slots - 1);

    while (m->slot[at] > 0 && !slice_is(name, m->v[m->slot[at] - 1].name))
        at = (at + 1) & (m->slots - 1);
    return &m->slot[at];
}

/* Room for one more name: v has half as many places as there are slots. */
static bool grow(struct members *m)
{
    const size_t cap = m->slots / 2;
    struct member *v;
    size_t *slot;

    if (m->n < cap)
        return true;
    v = realloc(m->v, 2 * cap * sizeof(*v));
    if (!v)
        return false;
    memset(v + cap, 0, cap * sizeof(*v));
    m->v = v;
    slot = calloc(m->slots * 2, sizeof(*slot));
    if (!slot)
        return false;
    free(m->slot);
    m->slot = slot;
    m->slots *= 2;
    for (size_t i = 0; i < m->n; i++)
        *find(m, slice_str(v[i].name)) = i + 1;
    return true;
}

static enum status add_row(struct member *v, size_t row, struct err *err)
{
    if (v->n > 0 && v->row[v->n - 1] == row)
        return ST_OK; /* an aspect that the comment names again */
    if (v->n == v->cap) {
        const size_t cap = v->cap > 0 ? v->cap * 2 : 4;
        size_t *rows = realloc(v->row, cap * sizeof(*rows));

        if (!rows)
            return no_memory(err);
        v->row = rows;
        v->cap = cap;
    }
    v->row[v->n++] = row;
    return ST_OK;
}

static enum status add_name(struct members *m, const char *name, size_t row, struct err *err)
{
    const size_t n = strlen(name);
    size_t *slot = find(m, slice_str(name));

    if (*slot > 0)
        return add_row(&m->v[*slot - 1], row, err);
    if (m->n == MEMBERS_MAX)
        return err_set(err, ST_FATAL,
                       "usage: more than %d segments: take fewer comments or other --segments",
                       MEMBERS_MAX);
    if (!grow(m))
        return no_memory(err);
    m->v[m->n] = (struct member){ .name = calloc(1, n + 1) };
    if (!m->v[m->n].name)
        return no_memory(err);
    memcpy(m->v[m->n].name, name, n);
    *find(m, slice_str(name)) = m->n + 1;
    return add_row(&m->v[m->n++], row, err);
}

enum status members_add(struct members *m, const struct score *s, size_t row, struct err *err)
{
    char name[BASELINE_NAME_MAX + 1];
    enum status st = ST_OK;

    for (size_t f = 0; f < m->facets; f++) {
        const size_t values = facet_count(m->facet[f], s);
        const size_t prefix = strlen(facet_name(m->facet[f])) + 1;

        memcpy(name, facet_name(m->facet[f]), prefix - 1);
        name[prefix - 1] = ':';
        for (size_t i = 0; i < values && st == ST_OK; i++) {
            const struct slice value = facet_value(m->facet[f], s, i);

            if (value.n > BASELINE_NAME_MAX - prefix || baseline_name_fault(value))
                continue;
            memcpy(name + prefix, value.p, value.n);
            name[prefix + value.n] = '\0';
            st = add_name(m, name, row, err);
        }
    }
    return st;
}

static int cmp_size(const void *a, const void *b)
{
    const size_t *x = a;
    const size_t *y = b;

    return (*x > *y) - (*x < *y);
}

enum status members_take(struct members *m, const size_t *moved, int64_t min,
                         struct baseline_rows **out, size_t *n, struct err *err)
{
    *n = 0;
    *out = calloc(m->n + 1, sizeof(**out));
    if (!*out)
        return no_memory(err);
    for (size_t i = 0; i < m->n; i++) {
        struct member *v = &m->v[i];

        if ((int64_t)v->n < min)
            continue;
        for (size_t k = 0; k < v->n; k++)
            v->row[k] = moved[v->row[k]];
        qsort(v->row, v->n, sizeof(*v->row), cmp_size);
        (*out)[(*n)++] = (struct baseline_rows){ v->name, v->row, v->n };
    }
    if (*n > BASELINE_SEGMENTS_MAX)
        return err_set(err, ST_FATAL,
                       "usage: %zu segments have %lld comments or more, a baseline lists at most "
                       "%d: raise --segment-min",
                       *n, (long long)min, BASELINE_SEGMENTS_MAX);
    return ST_OK;
}
