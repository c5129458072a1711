/* SPDX-License-Identifier: MIT */
#include "drift/matrix.h"

#include <stdlib.h>
#include <string.h>

#include "record/types.h"

void matrix_init(struct matrix *m, int32_t parts)
{
    *m = (struct matrix){ .parts = parts };
}

void matrix_release(struct matrix *m)
{
    free(m->wm);
    *m = (struct matrix){ 0 };
}

/* count columns; those that were there keep what they know. */
static enum status widen(struct matrix *m, int32_t count, struct err *err)
{
    int64_t *wm = NULL;

    if (count < 1 || count > MATRIX_CELLS_MAX / m->parts)
        return err_set(err, ST_FATAL, "config: %d sources by %d partitions: over %d watermarks",
                       count, m->parts, MATRIX_CELLS_MAX);
    wm = calloc((size_t)m->parts * (size_t)count, sizeof(*wm));
    if (!wm)
        return err_set(err, ST_FATAL, "out of memory");
    for (int32_t p = 0; p < m->parts; p++)
        for (int32_t s = 0; s < count; s++)
            wm[p * count + s] = s < m->count ? m->wm[p * m->count + s] : WM_NONE;
    free(m->wm);
    m->wm = wm;
    m->count = count;
    return ST_OK;
}

enum status matrix_load(struct matrix *m, int32_t epoch, int32_t count, const int64_t *wm, size_t n,
                        struct err *err)
{
    enum status st;

    if (count == 0 && n == 0)
        return ST_OK;
    if (count < 1 || count > MATRIX_CELLS_MAX || n != (size_t)count * (size_t)m->parts)
        return err_set(err, ST_REJECT, "%zu watermarks for %d partitions by %d sources", n,
                       m->parts, count);
    st = widen(m, count, err);
    if (st != ST_OK)
        return st;
    memcpy(m->wm, wm, n * sizeof(*wm));
    m->epoch = epoch;
    return ST_OK;
}

static enum status check_epoch(struct matrix *m, const struct mark *mark, struct err *err)
{
    enum status st = ST_OK;

    if (mark->src_epoch == m->epoch && mark->src_count == m->count)
        return ST_OK;
    if (mark->src_epoch == m->epoch)
        return err_set(err, ST_FATAL, "config: epoch %d has %d sources and %d", m->epoch, m->count,
                       mark->src_count);
    if (mark->src_epoch < m->epoch)
        return ST_OK; /* an older one: what it says of its source still holds */
    if (mark->src_count < m->count)
        return err_set(err, ST_FATAL, "config: epoch %d has %d sources, %d before", mark->src_epoch,
                       mark->src_count, m->count);
    if (mark->src_count > m->count)
        st = widen(m, mark->src_count, err);
    if (st == ST_OK)
        m->epoch = mark->src_epoch;
    return st;
}

enum status matrix_fold(struct matrix *m, int32_t part, const struct mark *mark, bool *stale,
                        struct err *err)
{
    enum status st = check_epoch(m, mark, err);
    int64_t *cell;

    *stale = false;
    if (st != ST_OK)
        return st;
    if (mark->src < 0 || mark->src >= m->count || part < 0 || part >= m->parts)
        return err_set(err, ST_FATAL, "config: mark of source %d of %d in partition %d of %d",
                       mark->src, m->count, part, m->parts);
    cell = &m->wm[part * m->count + mark->src];
    *stale = mark->wm_ms < *cell;
    if (!*stale)
        *cell = mark->wm_ms;
    return ST_OK;
}

int64_t matrix_min(const struct matrix *m)
{
    int64_t min = m->count > 0 ? INT64_MAX : WM_NONE;

    for (int32_t i = 0; i < m->parts * m->count; i++)
        if (m->wm[i] < min)
            min = m->wm[i];
    return min;
}

bool matrix_slowest(const struct matrix *m, int32_t *part, int32_t *src)
{
    int64_t min = matrix_min(m);

    for (int32_t i = 0; i < m->parts * m->count; i++) {
        if (m->wm[i] != min)
            continue;
        *part = i / m->count;
        *src = i % m->count;
        return true;
    }
    return false;
}

bool mark_fold(struct mark *into, const struct mark *later)
{
    int64_t wm = into->wm_ms;
    bool stale = later->wm_ms < wm;

    if (stale && later->src_epoch <= into->src_epoch)
        return true;
    *into = *later;
    if (stale)
        into->wm_ms = wm; /* a newer epoch, yet behind: keep what was known */
    return stale;
}
