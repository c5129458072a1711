/* SPDX-License-Identifier: MIT */
#include "drift/resample.h"

#include "base/time.h"

/* splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* 0..n-1, n > 0. */
static size_t next_below(uint64_t *state, size_t n)
{
    return (size_t)((double)(next(state) >> 11) * 0x1p-53 * (double)n);
}

/* A stretch in the making. */
struct drawing {
    const struct pool *from;
    size_t days;
    uint64_t state; /* of the generator */
    struct excerpt *to;
};

/* Puts a video whose day is day `at` of the ring. */
static enum status put(struct drawing *d, const struct pool_video *v, size_t at, struct err *err)
{
    const struct pool *p = d->from;
    int64_t begin_ms = p->start_ms + v->day * MS_DAY;
    int64_t ring_ms = (int64_t)d->days * MS_DAY;
    uint64_t hash = next(&d->state);
    enum status st = excerpt_reserve(d->to, v->n, err);

    for (size_t i = 0; i < v->n && st == ST_OK; i++) {
        uint32_t row = p->row[v->first + i];
        int64_t ms = (int64_t)at * MS_DAY + p->arrival_ms[row] - begin_ms;

        d->to->v[d->to->n++] =
            (struct excerpt_row){ .ms = ms % ring_ms, .video = hash, .row = row };
    }
    return st;
}

enum status resample_draw(const struct pool *p, size_t days, uint64_t seed, struct excerpt *s,
                          struct err *err)
{
    struct drawing draw = { p, days, seed, s };
    enum status st = ST_OK;

    s->n = 0;
    for (size_t at = 0; at < days; at++) {
        size_t d = next_below(&draw.state, p->days);
        size_t n = p->day[d + 1] - p->day[d];

        for (size_t i = 0; i < n && st == ST_OK; i++)
            st = put(&draw, &p->video[next_below(&draw.state, p->videos)], at, err);
    }
    excerpt_sort(s);
    return st;
}
