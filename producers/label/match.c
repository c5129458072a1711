/* SPDX-License-Identifier: MIT */
#include "producers/label/match.h"

#include <stdlib.h>

#include "base/hash.h"

static int by_key(const void *a, const void *b)
{
    const struct match_want *x = a;
    const struct match_want *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

enum status match_init(struct match *m, struct label_rows *rows, struct err *err)
{
    *m = (struct match){ .rows = rows };
    if (rows->n == 0)
        return ST_OK;
    m->v = calloc(rows->n, sizeof(*m->v));
    if (!m->v)
        return err_set(err, ST_FATAL, "out of memory for %zu labels", rows->n);
    for (size_t i = 0; i < rows->n; i++) {
        struct label_row *row = &rows->v[i];

        if (!row->dead && !row->predicted)
            m->v[m->n++] = (struct match_want){ hash64(row->label.comment_id), row };
    }
    qsort(m->v, m->n, sizeof(*m->v), by_key);
    return ST_OK;
}

void match_release(struct match *m)
{
    free(m->v);
    *m = (struct match){ .rows = NULL };
}

/* The first with this key or a greater one. */
static size_t lower_bound(const struct match *m, uint64_t key)
{
    size_t lo = 0;
    size_t hi = m->n;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (m->v[mid].key < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Does the label judge a score of this arrival rather than what it has? */
static bool is_better(const struct label_row *row, int64_t arrival_ms)
{
    const int64_t at = row->label.labelled_ms;
    const int64_t has = row->label.arrival_ms;

    if (!row->predicted)
        return true;
    if (arrival_ms <= at)
        return has > at || arrival_ms > has;
    return has > at && arrival_ms < has;
}

static struct opt_double some(double v)
{
    return (struct opt_double){ .v = v, .has = true };
}

/* A copy that lives as long as the labels, in *kept: the one before, where it says the same. */
static enum status keep(struct match *m, struct slice text, struct slice *kept, struct err *err)
{
    if (slice_eq(*kept, text))
        return ST_OK;
    *kept = arena_copy(m->rows->a, text);
    return kept->p ? ST_OK : err_set(err, ST_FATAL, "out of memory for the labels");
}

static enum status judge(struct match *m, struct label_row *row, const struct score *s,
                         struct err *err)
{
    struct label *l = &row->label;
    enum status st = keep(m, s->bundle_sha256, &m->bundle, err);

    if (st == ST_OK)
        st = keep(m, s->video_id, &m->video, err);
    if (st != ST_OK)
        return st;
    l->predicted_sentiment = some(s->sentiment_score);
    l->predicted_engagement = some(s->engagement_score);
    l->predicted_implicitness = some(s->implicitness_degree);
    l->confidence = some(s->confidence);
    l->interval = some(CONFIDENCE_INTERVAL);
    l->arrival_ms = s->origin.arrival_ms;
    l->bundle_sha256 = m->bundle;
    l->video_id = m->video;
    row->predicted = true;
    return ST_OK;
}

enum status match_score(struct match *m, const struct score *s, struct err *err)
{
    const uint64_t key = hash64(s->comment_id);
    enum status st = ST_OK;

    for (size_t i = lower_bound(m, key); st == ST_OK && i < m->n && m->v[i].key == key; i++) {
        struct label_row *row = m->v[i].row;

        if (slice_eq(row->label.comment_id, s->comment_id) && is_better(row, s->origin.arrival_ms))
            st = judge(m, row, s, err);
    }
    return st;
}

enum status match_finish(struct match *m, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < m->n; i++) {
        if (!m->v[i].row->predicted)
            st = label_rows_kill(m->rows, m->v[i].row, DEAD_PREDICTION,
                                 "no score of this comment: is the stretch long enough?", err);
    }
    return st;
}
