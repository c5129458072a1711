/* SPDX-License-Identifier: MIT */
#include "drift/resample.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "stats/family.h"
#include "stats/special.h"

/* Days that differ by less than this leaves to chance are alike. */
#define DAYS_DIFFER_P 0.05

struct pool_video {
    uint64_t hash;
    size_t first; /* of its rows */
    size_t n;
    int64_t day; /* on which it begins, from the first day */
};

struct resample {
    const int64_t *arrival_ms;
    int64_t start_ms; /* midnight before the first comment            */
    size_t rows;
    uint32_t *row; /* by video, then by arrival                    */
    struct pool_video *video;
    size_t videos;
    size_t *day; /* first video of each day, and their number behind the last */
    size_t days;
    double own_day;
};

/* splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static double next_unit(uint64_t *state)
{
    return (double)(next(state) >> 11) * 0x1p-53;
}

/* 0..n-1, n > 0. */
static size_t next_below(uint64_t *state, size_t n)
{
    return (size_t)(next_unit(state) * (double)n);
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
static enum status sort_rows(struct resample *r, const uint64_t *videos, struct err *err)
{
    struct keyed_row *key = calloc(r->rows, sizeof(*key));

    if (!key)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < r->rows; i++)
        key[i] = (struct keyed_row){ videos ? videos[i] : i, (uint32_t)i };
    qsort(key, r->rows, sizeof(*key), by_video);
    for (size_t i = 0; i < r->rows; i++) {
        r->row[i] = key[i].row;
        if (i == 0 || key[i].video != key[i - 1].video) {
            r->video[r->videos++] = (struct pool_video){
                .hash = key[i].video,
                .first = i,
                .day = (r->arrival_ms[key[i].row] - r->start_ms) / MS_DAY,
            };
        }
        r->video[r->videos - 1].n++;
    }
    free(key);
    return ST_OK;
}

static void index_days(struct resample *r)
{
    size_t at = 0;

    qsort(r->video, r->videos, sizeof(*r->video), by_day);
    for (size_t d = 0; d <= r->days; d++) {
        while (at < r->videos && r->video[at].day < (int64_t)d)
            at++;
        r->day[d] = at;
    }
}

/* Sums of squares of the means of videos, within days, and of days. */
struct days_anova {
    double videos;
    double days;
    double within;
    double between;
};

/* n, sum and sum of squares by weight. */
struct mean_sums {
    double n;
    double sum;
    double squares;
};

static void add_mean(struct mean_sums *into, double n, double sum)
{
    if (n <= 0)
        return;
    into->n += n;
    into->sum += sum;
    into->squares += sum * sum / n;
}

/* Ranks of a feature's cells, less their mean; NaN in an empty one is never read. */
static void ranks_of(const struct baseline_feature *f, double *rank)
{
    double below = 0;

    for (size_t i = 0; i < f->n_cells; i++) {
        rank[i] = (below + (double)f->counts[i] / 2) / (double)f->n - 0.5;
        below += (double)f->counts[i];
    }
}

/* n and the sum of the ranks of a video's comments. */
static struct mean_sums video_ranks(const struct resample *r, const struct pool_video *v,
                                    const double *x, const struct baseline_feature *f,
                                    const double *rank)
{
    struct mean_sums of = { 0 };

    for (size_t i = 0; i < v->n; i++) {
        double value = x[r->row[v->first + i]];

        if (!isfinite(value))
            continue;
        of.n += 1;
        of.sum += rank[cells_find(f->cells, value)];
    }
    return of;
}

static void analyse(const struct resample *r, const double *x, const struct baseline_feature *f,
                    struct days_anova *a)
{
    double rank[CELLS_MAX];
    struct mean_sums all = { 0 };
    double videos_squares = 0;

    ranks_of(f, rank);
    for (size_t d = 0; d < r->days; d++) {
        struct mean_sums day = { 0 };

        for (size_t v = r->day[d]; v < r->day[d + 1]; v++) {
            struct mean_sums one = video_ranks(r, &r->video[v], x, f, rank);

            add_mean(&day, one.n, one.sum);
            a->videos += one.n > 0 ? 1 : 0;
        }
        a->days += day.n > 0 ? 1 : 0;
        add_mean(&all, day.n, day.sum);
        videos_squares += day.squares;
    }
    a->within = videos_squares - all.squares;
    a->between = all.n > 0 ? all.squares - all.sum * all.sum / all.n : 0;
}

/* F of days against the videos within them, largest over the features where chance does
 * not explain it; 1 when it always does. */
static double days_differ(const struct resample *r, const struct baseline_input *in,
                          const struct baseline *base)
{
    double most = 1;

    for (size_t i = 0; i < base->numbers; i++) {
        struct days_anova a = { 0 };
        double f;

        if (base->features[i].n > 0)
            analyse(r, in->columns[i], &base->features[i], &a);
        if (a.days < 2 || a.videos <= a.days || a.within <= 0)
            continue;
        f = a.between / (a.days - 1) / (a.within / (a.videos - a.days));
        if (f > most && family_bonferroni(special_f_sf(f, a.days - 1, a.videos - a.days), base->n) <
                            DAYS_DIFFER_P)
            most = f;
    }
    return most;
}

enum status resample_new(const struct baseline_input *in, const int64_t *arrival_ms,
                         const struct baseline *base, struct resample **out, struct err *err)
{
    struct resample *r = calloc(1, sizeof(*r));
    enum status st;

    *out = NULL;
    if (!r)
        return err_set(err, ST_FATAL, "out of memory");
    r->arrival_ms = arrival_ms;
    r->rows = in->rows;
    r->start_ms = time_floor(arrival_ms[0], MS_DAY);
    r->days = (size_t)((arrival_ms[in->rows - 1] - r->start_ms) / MS_DAY) + 1;
    r->row = calloc(in->rows, sizeof(*r->row));
    r->video = calloc(in->rows, sizeof(*r->video));
    r->day = calloc(r->days + 1, sizeof(*r->day));
    st = r->row && r->video && r->day ? sort_rows(r, in->videos, err)
                                      : err_set(err, ST_FATAL, "out of memory");
    if (st != ST_OK) {
        resample_free(r);
        return st;
    }
    index_days(r);
    r->own_day = sqrt(1 - 1 / days_differ(r, in, base));
    *out = r;
    return ST_OK;
}

void resample_free(struct resample *r)
{
    if (!r)
        return;
    free(r->day);
    free(r->video);
    free(r->row);
    free(r);
}

size_t resample_days(const struct resample *r)
{
    return r->days;
}

size_t resample_videos(const struct resample *r)
{
    return r->videos;
}

double resample_own_day(const struct resample *r)
{
    return r->own_day;
}

static enum status reserve(struct stretch *s, size_t more, struct err *err)
{
    size_t cap = s->cap == 0 ? 1024 : s->cap;
    struct resampled *v;

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

/* A stretch in the making. */
struct drawing {
    const struct resample *from;
    size_t days;
    uint64_t state; /* of the generator */
    struct stretch *to;
};

/* Puts a video whose day is day `at` of the ring. */
static enum status put(struct drawing *d, const struct pool_video *v, size_t at, struct err *err)
{
    const struct resample *r = d->from;
    int64_t begin_ms = r->start_ms + v->day * MS_DAY;
    int64_t ring_ms = (int64_t)d->days * MS_DAY;
    uint64_t hash = next(&d->state);
    enum status st = reserve(d->to, v->n, err);

    for (size_t i = 0; i < v->n && st == ST_OK; i++) {
        uint32_t row = r->row[v->first + i];
        int64_t ms = (int64_t)at * MS_DAY + r->arrival_ms[row] - begin_ms;

        d->to->v[d->to->n++] = (struct resampled){ .ms = ms % ring_ms, .video = hash, .row = row };
    }
    return st;
}

static int by_time(const void *a, const void *b)
{
    const struct resampled *x = a;
    const struct resampled *y = b;

    if (x->ms != y->ms)
        return x->ms < y->ms ? -1 : 1;
    if (x->video != y->video)
        return x->video < y->video ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

enum status resample_draw(const struct resample *r, size_t days, uint64_t seed, struct stretch *s,
                          struct err *err)
{
    struct drawing draw = { r, days, seed, s };
    enum status st = ST_OK;

    s->n = 0;
    for (size_t at = 0; at < days; at++) {
        size_t d = next_below(&draw.state, r->days);
        size_t n = r->day[d + 1] - r->day[d];

        for (size_t i = 0; i < n && st == ST_OK; i++) {
            bool own = next_unit(&draw.state) < r->own_day;
            size_t v =
                own ? r->day[d] + next_below(&draw.state, n) : next_below(&draw.state, r->videos);

            st = put(&draw, &r->video[v], at, err);
        }
    }
    if (st == ST_OK && s->n > 0)
        qsort(s->v, s->n, sizeof(*s->v), by_time);
    return st;
}

void stretch_release(struct stretch *s)
{
    free(s->v);
    *s = (struct stretch){ 0 };
}
