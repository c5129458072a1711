/* SPDX-License-Identifier: MIT */
#include "drift/sample.h"

#include <stdlib.h>
#include <string.h>

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory");
}

/* Index of the first entry with a hash of at least hash. */
static size_t video_seek(const struct video_sample *s, uint64_t hash)
{
    size_t lo = 0;
    size_t hi = s->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if ((uint64_t)s->v[mid].hash < hash)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static enum status count_add(int64_t *into, int64_t n, struct err *err)
{
    if (__builtin_add_overflow(*into, n, into))
        return err_set(err, ST_FATAL, "the count of a video overflows");
    return ST_OK;
}

/* Room for one more. */
static enum status video_grow(struct video_sample *s, struct err *err)
{
    size_t cap = s->cap == 0 ? 16 : s->cap * 2;
    struct video_count *v;

    if (s->n < s->cap)
        return ST_OK;
    v = realloc(s->v, cap * sizeof(*v));
    if (!v)
        return no_memory(err);
    s->v = v;
    s->cap = cap;
    return ST_OK;
}

enum status video_sample_add(struct video_sample *s, uint64_t hash, int64_t n, struct err *err)
{
    size_t at = video_seek(s, hash);

    if (at < s->n && (uint64_t)s->v[at].hash == hash)
        return count_add(&s->v[at].n, n, err);
    if (at == VIDEO_SAMPLE_K)
        return ST_OK;
    if (s->n == VIDEO_SAMPLE_K) {
        s->n--;
    } else {
        enum status st = video_grow(s, err);

        if (st != ST_OK)
            return st;
    }
    memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(*s->v));
    s->v[at] = (struct video_count){ .hash = (int64_t)hash, .n = n };
    s->n++;
    return ST_OK;
}

enum status video_sample_merge(struct video_sample *s, const struct video_count_list *in,
                               struct err *err)
{
    struct video_count *v = NULL;
    size_t cap = s->n + in->n < VIDEO_SAMPLE_K ? s->n + in->n : VIDEO_SAMPLE_K;
    size_t n = 0;
    size_t a = 0;
    size_t b = 0;

    if (in->n == 0)
        return ST_OK;
    v = calloc(cap, sizeof(*v));
    if (!v)
        return no_memory(err);
    while (n < VIDEO_SAMPLE_K && (a < s->n || b < in->n)) {
        bool left = b == in->n || (a < s->n && (uint64_t)s->v[a].hash <= (uint64_t)in->v[b].hash);

        v[n] = left ? s->v[a++] : in->v[b++];
        if (left && b < in->n && in->v[b].hash == v[n].hash &&
            count_add(&v[n].n, in->v[b++].n, err) != ST_OK) {
            free(v);
            return ST_FATAL;
        }
        n++;
    }
    free(s->v);
    *s = (struct video_sample){ v, n, cap };
    return ST_OK;
}

void video_sample_release(struct video_sample *s)
{
    free(s->v);
    *s = (struct video_sample){ 0 };
}

struct video_sizes video_sample_sizes(const struct video_sample *s, int64_t n)
{
    struct video_sizes out = { 0 };
    double sum = 0;
    double squares = 0;

    if (n <= 0 || s->n == 0)
        return out;
    for (size_t i = 0; i < s->n; i++) {
        double c = (double)s->v[i].n;

        sum += c;
        squares += c * c;
    }
    out.videos = (int64_t)s->n;
    if (s->n == VIDEO_SAMPLE_K) {
        /* The k-th smallest of N hashes lies at about k / N of the range. */
        double at = ((double)(uint64_t)s->v[s->n - 1].hash + 1) / 18446744073709551616.0;

        out.videos = (int64_t)((VIDEO_SAMPLE_K - 1) / at + 0.5);
    }
    if (out.videos > n)
        out.videos = n;
    out.mean_size = squares / sum;
    out.videos_eff = (double)n * sum / squares;
    return out;
}

/* A total order: by hash as unsigned, then by where it came from. */
static int example_cmp(const struct example *a, const struct example *b)
{
    if (a->hash != b->hash)
        return (uint64_t)a->hash < (uint64_t)b->hash ? -1 : 1;
    if (a->src != b->src)
        return a->src < b->src ? -1 : 1;
    if (a->src_offset != b->src_offset)
        return a->src_offset < b->src_offset ? -1 : 1;
    if (a->src_index != b->src_index)
        return a->src_index < b->src_index ? -1 : 1;
    return slice_cmp(a->comment_id, b->comment_id);
}

static void example_free(struct example *e)
{
    free(e->cells.v); /* the id lives behind the cells */
    *e = (struct example){ 0 };
}

/* Copies e into at: cells and id in one block. */
static enum status example_copy(struct example *at, const struct example *e, struct err *err)
{
    size_t cells = e->cells.n * sizeof(int32_t);
    char *block = malloc(cells + e->comment_id.n + 1);

    if (!block)
        return no_memory(err);
    if (cells > 0)
        memcpy(block, e->cells.v, cells);
    if (e->comment_id.n > 0)
        memcpy(block + cells, e->comment_id.p, e->comment_id.n);
    *at = *e;
    at->cells.v = (void *)block;
    at->comment_id.p = block + cells;
    return ST_OK;
}

enum status example_sample_add(struct example_sample *s, const struct example *e, struct err *err)
{
    struct example copy;
    size_t at = s->n;
    enum status st;

    while (at > 0 && example_cmp(e, &s->v[at - 1]) < 0)
        at--;
    if (at == EXAMPLE_SAMPLE_K)
        return ST_OK;
    if (!s->v) {
        s->v = calloc(EXAMPLE_SAMPLE_K, sizeof(*s->v));
        if (!s->v)
            return no_memory(err);
    }
    st = example_copy(&copy, e, err);
    if (st != ST_OK)
        return st;
    if (s->n == EXAMPLE_SAMPLE_K)
        example_free(&s->v[--s->n]);
    memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(*s->v));
    s->v[at] = copy;
    s->n++;
    return ST_OK;
}

enum status example_sample_merge(struct example_sample *s, const struct example_list *in,
                                 struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; i < in->n && st == ST_OK; i++)
        st = example_sample_add(s, &in->v[i], err);
    return st;
}

void example_sample_release(struct example_sample *s)
{
    for (size_t i = 0; i < s->n; i++)
        example_free(&s->v[i]);
    free(s->v);
    s->v = NULL;
    s->n = 0;
}
