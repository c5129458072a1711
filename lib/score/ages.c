/* SPDX-License-Identifier: MIT */
#include "score/ages.h"

#include <stdlib.h>
#include <string.h>

int64_t ages_step(const struct ages *a, int64_t t)
{
    int64_t over = t % a->step_ms;

    if (over < 0)
        over += a->step_ms;
    return t < INT64_MIN + over ? INT64_MIN : t - over;
}

/* Where step from is, or would be. */
static size_t find(const struct ages *a, int64_t from)
{
    size_t lo = a->head;
    size_t hi = a->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (a->v[mid].from < from)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

void ages_release(struct ages *a)
{
    free(a->v);
    a->v = NULL;
    a->head = a->n = a->max = a->total = 0;
}

bool ages_reserve(struct ages *a)
{
    size_t max = a->max > 0 ? 2 * a->max : 64;
    struct age *v;

    if (a->n < a->max)
        return true;
    if (2 * a->head >= a->max && a->head > 0) { /* half of it is behind us */
        a->n -= a->head;
        memmove(a->v, a->v + a->head, a->n * sizeof(*a->v));
        a->head = 0;
        return true;
    }
    v = realloc(a->v, max * sizeof(*v));
    if (!v)
        return false;
    a->v = v;
    a->max = max;
    return true;
}

void ages_add(struct ages *a, int64_t t)
{
    int64_t from = ages_step(a, t);
    size_t i = find(a, from);

    if (from < a->floor_ms)
        return;
    if (i == a->n || a->v[i].from != from) {
        memmove(a->v + i + 1, a->v + i, (a->n - i) * sizeof(*a->v));
        a->v[i] = (struct age){ .from = from };
        a->n++;
    }
    a->v[i].n++;
    a->total++;
}

void ages_take(struct ages *a, int64_t t)
{
    int64_t from = ages_step(a, t);

    if (from < a->floor_ms)
        return;
    a->v[find(a, from)].n--;
    a->total--;
}

void ages_forget(struct ages *a, int64_t t)
{
    int64_t floor_ms = ages_step(a, t);

    if (floor_ms <= a->floor_ms)
        return;
    a->floor_ms = floor_ms;
    for (; a->head < a->n && a->v[a->head].from < floor_ms; a->head++)
        a->total -= a->v[a->head].n;
}
