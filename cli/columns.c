/* SPDX-License-Identifier: MIT */
#include "cli/columns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "drift/monitored.h"

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory");
}

enum status columns_init(struct columns *c, size_t scores, size_t features, struct err *err)
{
    const size_t n = scores + features;

    *c = (struct columns){ .n = n,
                           .scores = scores,
                           .value = calloc(n + FACETS_MAX, sizeof(double *)),
                           .row = calloc(n, sizeof(double)) };
    return c->value && c->row ? ST_OK : no_memory(err);
}

enum status columns_categories(struct columns *c, const char *list, struct err *err)
{
    enum status st = facets_parse_categories(list, c->facet, &c->facets, err);

    for (size_t i = 0; i < c->facets && st == ST_OK; i++)
        st = dictionary_init(&c->words[i], err);
    return st;
}

void columns_release(struct columns *c)
{
    for (size_t i = 0; c->value && i < c->n + c->facets; i++)
        free(c->value[i]);
    for (size_t i = 0; i < c->facets; i++)
        dictionary_release(&c->words[i]);
    free(c->value);
    free(c->row);
    free(c->video);
    free(c->arrival);
    free(c->moved);
    *c = (struct columns){ 0 };
}

static bool resize(void *column, size_t cap, size_t size)
{
    void **p = column;
    void *q = realloc(*p, cap * size);

    if (q)
        *p = q;
    return q != NULL;
}

static bool grow(struct columns *c)
{
    if (c->rows < c->cap)
        return true;
    size_t cap = c->cap > 0 ? c->cap * 2 : 4096;
    bool ok =
        resize(&c->video, cap, sizeof(*c->video)) && resize(&c->arrival, cap, sizeof(*c->arrival));
    for (size_t i = 0; i < c->n + c->facets && ok; i++)
        ok = resize(&c->value[i], cap, sizeof(*c->value[i]));
    if (ok)
        c->cap = cap;
    return ok;
}

enum status columns_add(struct columns *c, const struct score *s, struct err *err)
{
    if (s->features.n + c->scores != c->n)
        return err_set(err, ST_FATAL,
                       "config: a score has %zu features where the bundle monitors %zu: "
                       "scores of another bundle",
                       s->features.n, c->n - c->scores);
    if (s->origin.arrival_ms < TIME_MIN_MS || s->origin.arrival_ms > TIME_MAX_MS)
        return err_set(err, ST_REJECT, "arrival_ms %" PRId64 " is no time", s->origin.arrival_ms);
    if (c->rows == COLUMNS_ROWS_MAX)
        return err_set(err, ST_FATAL,
                       "usage: more than %d comments: take fewer by --from and --until",
                       COLUMNS_ROWS_MAX);
    if (!grow(c))
        return no_memory(err);
    monitored_put(s, c->scores, c->row);
    for (size_t i = 0; i < c->n; i++)
        c->value[i][c->rows] = c->row[i];
    for (size_t i = 0; i < c->facets; i++) {
        enum status st = dictionary_add(&c->words[i], facet_value(c->facet[i], s, 0),
                                        &c->value[c->n + i][c->rows], err);

        if (st != ST_OK)
            return st;
    }
    c->video[c->rows] = hash64(s->video_id.n > 0 ? s->video_id : s->comment_id);
    c->arrival[c->rows] = s->origin.arrival_ms;
    c->rows++;
    return ST_OK;
}

struct place {
    int64_t arrival;
    size_t row;
};

static int by_arrival(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;

    if (x->arrival != y->arrival)
        return x->arrival < y->arrival ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Puts the 8-byte items of a column into the order of places, by way of tmp. */
static void permute(void *column, const struct place *place, size_t rows, uint64_t *tmp)
{
    uint64_t *v = column;

    for (size_t i = 0; i < rows; i++)
        memcpy(&tmp[i], &v[place[i].row], sizeof(tmp[i]));
    memcpy(v, tmp, rows * sizeof(*tmp));
}

enum status columns_sort(struct columns *c, struct err *err)
{
    struct place *place = calloc(c->rows + 1, sizeof(*place));
    uint64_t *tmp = calloc(c->rows + 1, sizeof(*tmp));
    size_t *moved = calloc(c->rows + 1, sizeof(*moved));
    bool ok = place && tmp && moved;

    for (size_t i = 0; i < c->rows && ok; i++)
        place[i] = (struct place){ c->arrival[i], i };
    if (ok && c->rows > 0) {
        qsort(place, c->rows, sizeof(*place), by_arrival);
        for (size_t i = 0; i < c->n + c->facets; i++)
            permute(c->value[i], place, c->rows, tmp);
        permute(c->video, place, c->rows, tmp);
        permute(c->arrival, place, c->rows, tmp);
    }
    for (size_t i = 0; i < c->rows && ok; i++)
        moved[place[i].row] = i;
    free(c->moved);
    c->moved = moved;
    free(place);
    free(tmp);
    return ok ? ST_OK : no_memory(err);
}
