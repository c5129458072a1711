/* SPDX-License-Identifier: MIT */
#include "drift/left_out.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/time.h"

static bool begins_on(const struct pool *p, size_t day)
{
    return p->day[day + 1] > p->day[day];
}

enum status left_out_new(const struct pool *p, struct left_out *out, struct err *err)
{
    size_t all = 0;
    size_t seen = 0;

    *out = (struct left_out){ .pool = p };
    for (size_t d = 0; d < p->days; d++) {
        if (!begins_on(p, d))
            continue;
        out->last = d;
        all++;
    }
    out->day = calloc(all, sizeof(*out->day));
    if (!out->day)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t d = 0; d < p->days; d++) {
        if (!begins_on(p, d))
            continue;
        if (all <= LEFT_OUT_MAX || out->n * all / LEFT_OUT_MAX == seen)
            out->day[out->n++] = d;
        seen++;
    }
    return ST_OK;
}

void left_out_release(struct left_out *l)
{
    free(l->day);
    *l = (struct left_out){ 0 };
}

static size_t day_before(const struct left_out *l, size_t day)
{
    return day > 0 ? day - 1 : l->last;
}

/* The first row of a day, or of a later one. O(log rows). */
static size_t first_row(const struct pool *p, size_t day)
{
    int64_t at_ms = p->start_ms + (int64_t)day * MS_DAY;
    size_t lo = 0;
    size_t hi = p->rows;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (p->arrival_ms[mid] < at_ms)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Appends what came on a day as day `at` of the stretch. */
static enum status put_day(const struct pool *p, size_t day, int64_t at, struct excerpt *s,
                           struct err *err)
{
    size_t from = first_row(p, day);
    size_t to = first_row(p, day + 1);
    int64_t shift_ms = (at - (int64_t)day) * MS_DAY - p->start_ms;
    enum status st = excerpt_reserve(s, to - from, err);

    for (size_t i = from; i < to && st == ST_OK; i++)
        s->v[s->n++] = (struct excerpt_row){ .ms = p->arrival_ms[i] + shift_ms,
                                             .video = pool_video_of(p, (uint32_t)i),
                                             .row = (uint32_t)i };
    return st;
}

enum status left_out_day(const struct left_out *l, size_t k, struct excerpt *s, struct err *err)
{
    enum status st;

    s->n = 0;
    st = put_day(l->pool, day_before(l, l->day[k]), 0, s, err);
    return st == ST_OK ? put_day(l->pool, l->day[k], 1, s, err) : st;
}

/* Appends the comments of a video that did not come on a day that is out. */
static enum status put_video(const struct pool *p, const struct pool_video *v, const bool *out,
                             struct excerpt *s, struct err *err)
{
    enum status st = excerpt_reserve(s, v->n, err);

    for (size_t i = 0; i < v->n && st == ST_OK; i++) {
        uint32_t row = p->row[v->first + i];

        if (!out[pool_day(p, row)])
            s->v[s->n++] = (struct excerpt_row){ .ms = p->arrival_ms[row] - p->start_ms,
                                                 .video = pool_video_of(p, row),
                                                 .row = row };
    }
    return st;
}

enum status left_out_rest(const struct left_out *l, size_t world, size_t worlds, double rows_max,
                          struct excerpt *s, struct err *err)
{
    const struct pool *p = l->pool;
    double share = fmin(1, rows_max / (double)p->rows);
    bool *out = calloc(p->days, sizeof(*out));
    enum status st = out ? ST_OK : err_set(err, ST_FATAL, "out of memory");
    double turns = 1; /* whenever it passes a whole number a video is taken: the first is */

    s->n = 0;
    for (size_t k = world; k < l->n && st == ST_OK; k += worlds)
        out[l->day[k]] = out[day_before(l, l->day[k])] = true;
    for (size_t v = 0; v < p->videos && st == ST_OK; v++) {
        if (out[p->video[v].day])
            continue;
        if (turns >= 1) {
            st = put_video(p, &p->video[v], out, s, err);
            turns -= 1;
        }
        turns += share;
    }
    excerpt_sort(s);
    free(out);
    return st;
}
