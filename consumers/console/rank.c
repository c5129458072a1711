/* SPDX-License-Identifier: MIT */
/* rank.c -- the features of a series, worst first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/console/model.h"

/* Names are the same pointer when they are the same. */
static int by_name(const void *a, const void *b)
{
    const uintptr_t x = (uintptr_t)((const struct model_rank *)a)->name;
    const uintptr_t y = (uintptr_t)((const struct model_rank *)b)->name;

    return (x > y) - (x < y);
}

static double or_less(double psi)
{
    return isnan(psi) ? -1 : psi;
}

static int by_drift(const void *a, const void *b)
{
    const struct model_rank *x = a;
    const struct model_rank *y = b;

    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (or_less(x->psi) < or_less(y->psi) || or_less(x->psi) > or_less(y->psi))
        return or_less(x->psi) > or_less(y->psi) ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void add_window(struct model_rank *v, size_t n, const struct model_window *w)
{
    for (size_t i = 0; i < w->n_points; i++) {
        const struct model_point *p = &w->point[i];
        const struct model_rank key = { .name = p->name };
        struct model_rank *r = bsearch(&key, v, n, sizeof(*v), by_name);

        if (!r || w->state != WINDOW_EVALUATED)
            continue;
        const double psi = (double)p->psi;
        r->over += p->severity > SEVERITY_NONE;
        if (psi > r->worst || (isnan(r->worst) && !isnan(psi))) {
            r->worst = psi;
            r->worst_ms = w->end_ms;
        }
    }
}

/* The window whose features there are: w, or the newest that has any. */
static const struct model_window *pattern(const struct model_series *s,
                                          const struct model_window *w)
{
    if (w && w->n_points > 0)
        return w;
    for (size_t i = s->n; i-- > 0;) {
        if (s->v[i]->n_points > 0)
            return s->v[i];
    }
    return NULL;
}

enum status model_rank(const struct model_series *s, const struct model_window *w, bool past,
                       struct model_rank **out, size_t *n, struct err *err)
{
    const struct model_window *of = pattern(s, w);

    *n = 0;
    *out = of ? calloc(of->n_points, sizeof(**out)) : NULL;
    if (!of)
        return ST_OK;
    if (!*out)
        return err_set(err, ST_FATAL, "out of memory");
    *n = of->n_points;
    for (size_t i = 0; i < *n; i++) {
        const struct model_point *p = &of->point[i];
        const bool judged = of == w && w->state == WINDOW_EVALUATED;

        (*out)[i] = (struct model_rank){
            .name = p->name,
            .psi = judged ? (double)p->psi : (double)NAN,
            .severity = judged ? (enum severity)p->severity : SEVERITY_NONE,
            .worst = (double)NAN,
        };
    }
    qsort(*out, *n, sizeof(**out), by_name);
    for (size_t i = 0; past && i < s->n; i++)
        add_window(*out, *n, s->v[i]);
    qsort(*out, *n, sizeof(**out), by_drift);
    return ST_OK;
}

static void add_lot(const struct model_window *w, const struct model_rank *sorted, size_t n,
                    float *out, size_t lots)
{
    for (size_t i = 0; w->state == WINDOW_EVALUATED && i < w->n_points; i++) {
        const struct model_rank key = { .name = w->point[i].name };
        const struct model_rank *r = bsearch(&key, sorted, n, sizeof(*sorted), by_name);
        float *to = r ? &out[(size_t)r->over * lots] : NULL;

        if (to && (isnan(*to) || w->point[i].psi > *to))
            *to = w->point[i].psi;
    }
}

enum status model_lines(const struct model_series *s, const struct model_lots *l,
                        const struct model_rank *rank, size_t n, float *out, struct err *err)
{
    struct model_rank *sorted = calloc(n + 1, sizeof(*sorted));

    if (!sorted)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < n; i++) /* over: where its line is */
        sorted[i] = (struct model_rank){ .name = rank[i].name, .over = (int64_t)i };
    qsort(sorted, n, sizeof(*sorted), by_name);
    for (size_t i = 0; i < n * l->lots; i++)
        out[i] = NAN;
    for (size_t i = 0; i < l->count; i++)
        add_lot(s->v[l->first + i], sorted, n, out + i * l->lots / l->count, l->lots);
    free(sorted);
    return ST_OK;
}
