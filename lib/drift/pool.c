/* SPDX-License-Identifier: MIT */
#include "drift/pool.h"

#include <stdlib.h>

#include "base/time.h"

int64_t pool_day(const struct pool *p, uint32_t row)
{
    return (p->arrival_ms[row] - p->start_ms) / MS_DAY;
}

size_t pool_busy_days(const struct pool *p)
{
    size_t n = 0;

    for (size_t d = 0; d < p->days; d++)
        n += p->day[d + 1] > p->day[d] ? 1 : 0;
    return n;
}

double pool_even_days(const struct pool *p)
{
    double squares = 0;

    for (size_t d = 0; d < p->days; d++) {
        double n = (double)(p->day[d + 1] - p->day[d]);

        squares += n * n;
    }
    return (double)p->videos * (double)p->videos / squares;
}

uint64_t pool_video_of(const struct pool *p, uint32_t row)
{
    return p->hash ? p->hash[row] : row;
}

struct keyed_row {
    uint64_t video;
    uint32_t row;
};

static int by_video(const void *a, const void *b)
{
    const struct keyed_row *x = a;
    const struct keyed_row *y = b;

    if (x->video != y->video)
        return x->video < y->video ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int by_day(const void *a, const void *b)
{
    const struct pool_video *x = a;
    const struct pool_video *y = b;

    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* Rows video by video; a comment without one is a video of its own. */
static enum status sort_rows(struct pool *p, struct err *err)
{
    struct keyed_row *key = calloc(p->rows, sizeof(*key));

    if (!key)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < p->rows; i++)
        key[i] = (struct keyed_row){ pool_video_of(p, (uint32_t)i), (uint32_t)i };
    qsort(key, p->rows, sizeof(*key), by_video);
    for (size_t i = 0; i < p->rows; i++) {
        p->row[i] = key[i].row;
        if (i == 0 || key[i].video != key[i - 1].video) {
            p->video[p->videos++] = (struct pool_video){
                .first = i,
                .day = pool_day(p, key[i].row),
            };
        }
        p->video[p->videos - 1].n++;
    }
    free(key);
    return ST_OK;
}

static void index_days(struct pool *p)
{
    size_t at = 0;

    qsort(p->video, p->videos, sizeof(*p->video), by_day);
    for (size_t d = 0; d <= p->days; d++) {
        while (at < p->videos && p->video[at].day < (int64_t)d)
            at++;
        p->day[d] = at;
    }
}

enum status pool_new(const struct baseline_input *in, const int64_t *arrival_ms, struct pool **out,
                     struct err *err)
{
    struct pool *p = calloc(1, sizeof(*p));
    enum status st;

    *out = NULL;
    if (!p)
        return err_set(err, ST_FATAL, "out of memory");
    p->arrival_ms = arrival_ms;
    p->hash = in->videos;
    p->rows = in->rows;
    p->start_ms = time_floor(arrival_ms[0], MS_DAY);
    p->days = (size_t)((arrival_ms[in->rows - 1] - p->start_ms) / MS_DAY) + 1;
    p->row = calloc(in->rows, sizeof(*p->row));
    p->video = calloc(in->rows, sizeof(*p->video));
    p->day = calloc(p->days + 1, sizeof(*p->day));
    st = p->row && p->video && p->day ? sort_rows(p, err) : err_set(err, ST_FATAL, "out of memory");
    if (st != ST_OK) {
        pool_free(p);
        return st;
    }
    index_days(p);
    *out = p;
    return ST_OK;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    free(p->day);
    free(p->video);
    free(p->row);
    free(p);
}
