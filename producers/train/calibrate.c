/* SPDX-License-Identifier: MIT */
#include "producers/train/calibrate.h"

#include <stdlib.h>

#include "record/score.h"

enum { GROUPS = 20 };

struct pair {
    double x;
    double near;
};

/* A run of rows with one level. */
struct level {
    double x, y; /* sums */
    double n;
};

static int by_x(const void *a, const void *b)
{
    const struct pair *p = a;
    const struct pair *q = b;

    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->near > q->near) - (p->near < q->near);
}

/* Pools neighbours while the share rises with the expected error; *n levels. */
static void pool(struct level *l, size_t *n)
{
    size_t top = 0;

    for (size_t i = 1; i < *n; i++) {
        l[++top] = l[i];
        while (top > 0 && l[top].y / l[top].n >= l[top - 1].y / l[top - 1].n) {
            l[top - 1].x += l[top].x;
            l[top - 1].y += l[top].y;
            l[top - 1].n += l[top].n;
            top--;
        }
    }
    *n = top + 1;
}

enum status calibrate(const float *expected, const double *error, size_t n,
                      struct manifest_output *out, struct err *err)
{
    struct pair *pairs = calloc(n, sizeof(*pairs));
    struct level levels[GROUPS] = { { 0 } };
    size_t n_levels = GROUPS < n ? GROUPS : n;

    if (!pairs)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < n; i++)
        pairs[i] =
            (struct pair){ (double)expected[i], error[i] <= CONFIDENCE_INTERVAL ? 1.0 : 0.0 };
    qsort(pairs, n, sizeof(*pairs), by_x);
    for (size_t i = 0; i < n; i++) {
        struct level *l = &levels[i * n_levels / n];

        l->x += pairs[i].x;
        l->y += pairs[i].near;
        l->n += 1.0;
    }
    free(pairs);
    pool(levels, &n_levels);
    out->transform = TRANSFORM_TABLE;
    out->n_points = 0;
    for (size_t i = 0; i < n_levels; i++) {
        double x = levels[i].x / levels[i].n;

        if (out->n_points > 0 && !(x > out->points[out->n_points - 1].x))
            continue; /* equal expected errors on both sides of a cut */
        out->points[out->n_points++] = (struct point){ x, levels[i].y / levels[i].n };
    }
    return ST_OK;
}
