/* SPDX-License-Identifier: MIT */
#include "producers/train/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A sample, to be sorted. */
struct pointer {
    struct sample *to;
};

static int by_video(const struct sample *a, const struct sample *b)
{
    size_t n = a->video.n < b->video.n ? a->video.n : b->video.n;
    int c = n > 0 ? memcmp(a->video.p, b->video.p, n) : 0;

    return c != 0 ? c : (a->video.n > b->video.n) - (a->video.n < b->video.n);
}

static int by_likes(const void *a, const void *b)
{
    const struct sample *x = ((const struct pointer *)a)->to;
    const struct sample *y = ((const struct pointer *)b)->to;
    int c = by_video(x, y);

    return c != 0 ? c : (x->likes > y->likes) - (x->likes < y->likes);
}

/* Ranks the n comments of one video, in the order of their likes. */
static void rank_video(const struct pointer *v, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && !(v[end].to->likes > v[i].to->likes); end++)
            continue;
        for (size_t k = i; k < end; k++)
            v[k].to->engagement = (double)(i + end - 1) / 2.0 / (double)(n - 1);
    }
}

enum status rank_likes(struct sample *v, size_t n, size_t *ranked, struct err *err)
{
    struct pointer *sorted = calloc(n + 1, sizeof(*sorted));
    size_t known = 0;

    *ranked = 0;
    if (!sorted)
        return err_set(err, ST_FATAL, "out of memory for %zu rows", n);
    for (size_t i = 0; i < n; i++) {
        if (!isnan(v[i].likes))
            sorted[known++].to = &v[i];
    }
    qsort(sorted, known, sizeof(*sorted), by_likes);
    for (size_t i = 0, end; i < known; i = end) {
        for (end = i + 1; end < known && by_video(sorted[i].to, sorted[end].to) == 0; end++)
            continue;
        if (end - i > 1) {
            rank_video(sorted + i, end - i);
            *ranked += end - i;
        }
    }
    free(sorted);
    return ST_OK;
}
