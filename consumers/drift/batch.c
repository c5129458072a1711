/* SPDX-License-Identifier: MIT */
#include "consumers/drift/batch.h"

#include <stdlib.h>
#include <string.h>

static struct tally *take(struct spare *s)
{
    return s->n > 0 ? s->v[--s->n] : tally_new(s->base);
}

static void give_back(struct spare *s, struct tally *t)
{
    if (s->n == BATCH_SPARE) {
        tally_free(t);
        return;
    }
    tally_clear(t);
    s->v[s->n++] = t;
}

void spare_release(struct spare *s)
{
    for (size_t i = 0; i < s->n; i++)
        tally_free(s->v[i]);
    s->n = 0;
}

/* Room for one more. false: out of memory. */
static bool reserve(struct batch *b)
{
    if ((b->n & (b->n + 1)) != 0) /* full: it holds 2^k - 1 */
        return true;
    struct slot *v = realloc(b->v, (2 * b->n + 1) * sizeof(*v));

    if (v)
        b->v = v;
    return v != NULL;
}

static bool is_of(const struct batch *b, size_t i, int64_t start_ms)
{
    return i < b->n && b->v[i].start_ms == start_ms;
}

/* How many slots are not behind a pane and segment: the last of them may be it. */
static size_t up_to(const struct batch *b, int64_t start_ms, size_t segment)
{
    size_t n = b->n;

    while (n > 0 && (b->v[n - 1].start_ms > start_ms ||
                     (b->v[n - 1].start_ms == start_ms && b->v[n - 1].segment > segment)))
        n--;
    return n;
}

struct tally *batch_find(struct batch *b, struct spare *spare, int64_t start_ms, size_t segment)
{
    const size_t at = up_to(b, start_ms, segment);
    const bool behind = at > 0 && is_of(b, at - 1, start_ms);

    if (behind && b->v[at - 1].segment == segment)
        return b->v[at - 1].tally;
    struct tally *t = reserve(b) ? take(spare) : NULL;
    if (!t)
        return NULL;
    b->panes += behind || is_of(b, at, start_ms) ? 0 : 1;
    memmove(b->v + at + 1, b->v + at, (b->n - at) * sizeof(*b->v));
    b->v[at] = (struct slot){ start_ms, segment, t };
    b->n++;
    batch_grew(b, t, 0);
    return t;
}

void batch_grew(struct batch *b, const struct tally *t, size_t before)
{
    b->bytes += tally_wire_size(t) - before;
}

bool batch_is_full(const struct batch *b)
{
    return b->bytes > BATCH_BYTES || b->panes > BATCH_PANES;
}

void batch_clear(struct batch *b, struct spare *spare)
{
    for (size_t i = 0; i < b->n; i++)
        give_back(spare, b->v[i].tally);
    b->n = 0;
    b->panes = 0;
    b->bytes = 0;
}

void batch_release(struct batch *b, struct spare *spare)
{
    batch_clear(b, spare);
    free(b->v);
    *b = (struct batch){ 0 };
}
