/* SPDX-License-Identifier: MIT */
#include "drift/video_sums.h"

#include <stdlib.h>
#include <string.h>

enum { CAP_MIN = 64 };

void video_sums_begin(struct video_sums *s)
{
    if (++s->run == 0 && s->cap > 0) { /* the stamps have come round */
        memset(s->slot, 0, s->cap * sizeof(*s->slot));
        s->run = 1;
    }
    s->used = 0;
    s->limit = UINT64_MAX;
    s->sum = 0;
    s->squares = 0;
}

/* The slot of a hash, or the empty one where it belongs. */
static struct video_slot *find(const struct video_sums *s, uint64_t hash)
{
    size_t at = (size_t)hash & (s->cap - 1);

    while (s->slot[at].run == s->run && s->slot[at].hash != hash)
        at = (at + 1) & (s->cap - 1);
    return &s->slot[at];
}

static enum status grow(struct video_sums *s, struct err *err)
{
    struct video_sums bigger = *s;

    bigger.cap = s->cap == 0 ? CAP_MIN : s->cap * 2;
    bigger.slot = calloc(bigger.cap, sizeof(*bigger.slot));
    if (!bigger.slot)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < s->cap; i++)
        if (s->slot[i].run == s->run)
            *find(&bigger, s->slot[i].hash) = s->slot[i];
    free(s->slot);
    *s = bigger;
    return ST_OK;
}

/* Sums over what counts now that the limit is lower. */
static void sum_again(struct video_sums *s)
{
    s->sum = 0;
    s->squares = 0;
    for (size_t i = 0; i < s->cap; i++) {
        if (s->slot[i].run != s->run || s->slot[i].hash > s->limit)
            continue;
        s->sum += (double)s->slot[i].n;
        s->squares += (double)s->slot[i].n * (double)s->slot[i].n;
    }
}

enum status video_sums_add(struct video_sums *s, const struct video_count_list *videos,
                           struct err *err)
{
    uint64_t last = videos->n > 0 ? (uint64_t)videos->v[videos->n - 1].hash : UINT64_MAX;

    for (size_t i = 0; i < videos->n; i++) {
        uint64_t hash = (uint64_t)videos->v[i].hash;
        double c = (double)videos->v[i].n;
        struct video_slot *slot;

        if (2 * (s->used + 1) > s->cap && grow(s, err) != ST_OK)
            return ST_FATAL;
        slot = find(s, hash);
        if (slot->run != s->run) {
            *slot = (struct video_slot){ hash, 0, s->run };
            s->used++;
        }
        if (hash <= s->limit) {
            s->sum += c;
            s->squares += c * (c + 2 * (double)slot->n);
        }
        slot->n += videos->v[i].n;
    }
    if (videos->n == VIDEO_SAMPLE_K && last < s->limit) {
        s->limit = last;
        sum_again(s);
    }
    return ST_OK;
}

struct video_sizes video_sums_sizes(const struct video_sums *s, int64_t comments)
{
    struct video_sizes sizes = { .mean_size = s->sum > 0 ? s->squares / s->sum : 1 };

    sizes.videos_eff = (double)comments / sizes.mean_size;
    return sizes;
}

void video_sums_release(struct video_sums *s)
{
    free(s->slot);
    *s = (struct video_sums){ 0 };
}
