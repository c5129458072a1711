/* SPDX-License-Identifier: MIT */
#include "drift/excerpt.h"

#include <stdlib.h>

enum status excerpt_reserve(struct excerpt *s, size_t more, struct err *err)
{
    size_t cap = s->cap == 0 ? 1024 : s->cap;
    struct excerpt_row *v;

    while (cap < s->n + more)
        cap *= 2;
    if (cap == s->cap)
        return ST_OK;
    v = realloc(s->v, cap * sizeof(*v));
    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    s->v = v;
    s->cap = cap;
    return ST_OK;
}

static int by_time(const void *a, const void *b)
{
    const struct excerpt_row *x = a;
    const struct excerpt_row *y = b;

    if (x->ms != y->ms)
        return x->ms < y->ms ? -1 : 1;
    if (x->video != y->video)
        return x->video < y->video ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

void excerpt_sort(struct excerpt *s)
{
    if (s->n > 0)
        qsort(s->v, s->n, sizeof(*s->v), by_time);
}

void excerpt_release(struct excerpt *s)
{
    free(s->v);
    *s = (struct excerpt){ 0 };
}
