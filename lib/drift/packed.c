/* SPDX-License-Identifier: MIT */
#include "drift/packed.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum {
    PACKED_MAX = 64 << 20,
    COUNTERS = 8, /* n in front */
    /* Of a feature, in front of its cells. */
    IS_NEXT = 1, /* its index is that behind the last              */
    IS_FULL = 2, /* it has a value in each comment of the pane     */
    IS_ONES = 4, /* all counts are 1                               */
    /* Of its range: bytes of min, and this when max is the same. */
    IS_POINT = 16
};

/* --- writing ----------------------------------------------------------------- */

static void put(struct buf *b, uint64_t x)
{
    char byte[10];
    size_t n = 0;

    for (; x > 127; x >>= 7)
        byte[n++] = (char)(x | 128);
    byte[n++] = (char)x;
    buf_add(b, byte, n);
}

static void put_signed(struct buf *b, int64_t x)
{
    put(b, ((uint64_t)x << 1) ^ (x < 0 ? UINT64_MAX : 0));
}

static void put_fixed(struct buf *b, uint64_t x)
{
    buf_add(b, (const char *)&x, sizeof(x));
}

static uint64_t bits_of(double x)
{
    uint64_t u;

    memcpy(&u, &x, sizeof(u));
    return u;
}

/* How many bytes of a double, from its sign on, say all. */
static unsigned worth(uint64_t bits)
{
    unsigned n = 0;

    for (; bits; bits <<= 8)
        n++;
    return n;
}

static void put_top(struct buf *b, uint64_t bits, unsigned n)
{
    for (unsigned i = 0; i < n; i++, bits <<= 8) {
        const char byte = (char)(bits >> 56);

        buf_add(b, &byte, 1);
    }
}

static void put_cells(struct buf *b, const struct pane_feature *f, int64_t comments, int32_t last)
{
    bool ones = true;
    int32_t cell = 0;
    unsigned how = f->index == last + 1 ? IS_NEXT : 0;

    for (size_t i = 0; i < f->counts.n && ones; i++)
        ones = f->counts.v[i] == 1;
    how |= f->n == comments ? IS_FULL : 0;
    how |= ones ? IS_ONES : 0;
    put(b, how);
    if (!(how & IS_NEXT))
        put(b, (uint64_t)f->index);
    if (!(how & IS_FULL)) {
        put(b, (uint64_t)f->missing);
        put(b, (uint64_t)f->infinite);
    }
    put(b, f->cells.n);
    for (size_t i = 0; i < f->cells.n; i++) {
        put(b, (uint64_t)(f->cells.v[i] - cell));
        cell = f->cells.v[i];
        if (!ones)
            put(b, (uint64_t)f->counts.v[i]);
    }
}

static void put_sums(struct buf *b, const struct pane_feature *f)
{
    const uint64_t min = bits_of(f->min);
    const uint64_t max = bits_of(f->max);

    put(b, worth(min) | (min == max ? IS_POINT : 0));
    put_top(b, min, worth(min));
    if (min != max) {
        put(b, worth(max));
        put_top(b, max, worth(max));
    }
    for (size_t i = 0; i < f->sums.n; i++)
        put_signed(b, f->sums.v[i]);
}

static void put_example(struct buf *b, const struct example *e)
{
    put_fixed(b, (uint64_t)e->hash);
    put_signed(b, e->src);
    put_signed(b, e->src_offset);
    put_signed(b, e->src_index);
    put(b, e->comment_id.n);
    buf_add(b, e->comment_id.p, e->comment_id.n);
    put(b, e->cells.n);
    for (size_t i = 0; i < e->cells.n; i++)
        put_signed(b, e->cells.v[i]);
}

static size_t put_all(struct buf *b, const struct pane_delta *d)
{
    int32_t last = -1;
    size_t videos_at;

    for (size_t i = 0; i < COUNTERS; i++)
        put_signed(b, (const int64_t[COUNTERS]){ d->n, d->late, d->late_by_floor, d->updates,
                                                 d->cross_source_updates, d->dedupe_evicted,
                                                 d->overtaken, d->other_bundle }[i]);
    put(b, d->features.n);
    for (size_t i = 0; i < d->features.n; i++) {
        put_cells(b, &d->features.v[i], d->n, last);
        last = d->features.v[i].index;
    }
    videos_at = b->n;
    put(b, d->videos.n);
    for (size_t i = 0; i < d->videos.n; i++) {
        put_fixed(b, (uint64_t)d->videos.v[i].hash);
        put(b, (uint64_t)d->videos.v[i].n);
    }
    for (size_t i = 0; i < d->features.n; i++)
        put_sums(b, &d->features.v[i]);
    put(b, d->examples.n);
    for (size_t i = 0; i < d->examples.n; i++)
        put_example(b, &d->examples.v[i]);
    return videos_at;
}

enum status packed_make(const struct pane_delta *d, struct packed *out, struct err *err)
{
    struct buf b;

    buf_init(&b, PACKED_MAX);
    const size_t videos_at = put_all(&b, d);

    *out = (struct packed){ .n = (uint32_t)b.n, .videos_at = (uint32_t)videos_at };
    if (!buf_failed(&b))
        out->bytes = malloc(b.n);
    if (out->bytes)
        memcpy(out->bytes, b.p, b.n);
    buf_release(&b);
    return out->bytes ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

void packed_release(struct packed *p)
{
    free(p->bytes);
    *p = (struct packed){ 0 };
}

/* --- reading ------------------------------------------------------------------ */

static uint64_t get(const uint8_t **p)
{
    uint64_t x = 0;

    for (unsigned shift = 0;; shift += 7) {
        const uint8_t byte = *(*p)++;

        x |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return x;
    }
}

static int64_t get_signed(const uint8_t **p)
{
    const uint64_t x = get(p);

    return (int64_t)((x >> 1) ^ (x & 1 ? UINT64_MAX : 0));
}

static uint64_t get_fixed(const uint8_t **p)
{
    uint64_t x;

    memcpy(&x, *p, sizeof(x));
    *p += sizeof(x);
    return x;
}

static double get_top(const uint8_t **p, unsigned n)
{
    union {
        uint64_t bits;
        double x;
    } all = { .bits = 0 };

    for (unsigned i = 0; i < n; i++)
        all.bits |= (uint64_t) * (*p)++ << (56 - 8 * i);
    return all.x;
}

/* What stands in front of a feature's cells; they come next. */
static unsigned get_head(const uint8_t **p, int64_t comments, int32_t last, struct pane_feature *f,
                         size_t *cells)
{
    const unsigned how = (unsigned)get(p);

    f->index = how & IS_NEXT ? last + 1 : (int32_t)get(p);
    f->missing = how & IS_FULL ? 0 : (int64_t)get(p);
    f->infinite = how & IS_FULL ? 0 : (int64_t)get(p);
    f->n = comments - f->missing - f->infinite;
    *cells = (size_t)get(p);
    return how;
}

static int64_t get_comments(const uint8_t **p)
{
    const int64_t n = get_signed(p);

    for (int i = 1; i < COUNTERS; i++)
        (void)get(p);
    return n;
}

bool packed_add_counts(const struct packed *p, int64_t *n, uint64_t **counts)
{
    const uint8_t *at = p->bytes;
    const int64_t comments = get_comments(&at);
    const size_t features = (size_t)get(&at);
    struct pane_feature f = { .index = -1 };
    bool fits = true;

    for (size_t i = 0; i < features; i++) {
        size_t cells;
        const unsigned how = get_head(&at, comments, f.index, &f, &cells);
        uint64_t *into = counts[f.index];

        fits = !__builtin_add_overflow(n[f.index], f.n, &n[f.index]) && fits;
        for (; cells > 0; cells--) {
            into += get(&at);
            *into += how & IS_ONES ? 1 : get(&at); /* cannot pass n */
        }
    }
    return fits;
}

static size_t get_videos(const uint8_t **at, struct video_count *out)
{
    const size_t n = (size_t)get(at);

    for (size_t i = 0; i < n; i++) {
        out[i].hash = (int64_t)get_fixed(at);
        out[i].n = (int64_t)get(at);
    }
    return n;
}

size_t packed_videos(const struct packed *p, struct video_count *out)
{
    const uint8_t *at = p->bytes + p->videos_at;

    return get_videos(&at, out);
}

static bool open_feature(const uint8_t **at, int64_t comments, int32_t last, struct arena *a,
                         struct pane_feature *f)
{
    size_t cells;
    const unsigned how = get_head(at, comments, last, f, &cells);
    int32_t cell = 0;

    f->cells = (struct ints){ arena_array(a, cells, sizeof(int32_t)), cells };
    f->counts = (struct longs){ arena_array(a, cells, sizeof(int64_t)), cells };
    f->sums = (struct longs){ arena_array(a, cells, sizeof(int64_t)), cells };
    if (!f->cells.v || !f->counts.v || !f->sums.v)
        return false;
    for (size_t i = 0; i < cells; i++) {
        cell += (int32_t)get(at);
        f->cells.v[i] = cell;
        f->counts.v[i] = how & IS_ONES ? 1 : (int64_t)get(at);
    }
    return true;
}

static void open_sums(const uint8_t **at, struct pane_feature *f)
{
    const unsigned how = (unsigned)get(at);

    f->min = get_top(at, how & (IS_POINT - 1));
    f->max = how & IS_POINT ? f->min : get_top(at, (unsigned)get(at));
    for (size_t i = 0; i < f->sums.n; i++)
        f->sums.v[i] = get_signed(at);
}

static bool open_example(const uint8_t **at, struct arena *a, struct example *e)
{
    e->hash = (int64_t)get_fixed(at);
    e->src = (int32_t)get_signed(at);
    e->src_offset = get_signed(at);
    e->src_index = (int32_t)get_signed(at);
    e->comment_id.n = (size_t)get(at);
    e->comment_id.p = (const char *)*at;
    *at += e->comment_id.n;
    e->cells.n = (size_t)get(at);
    e->cells.v = arena_array(a, e->cells.n, sizeof(*e->cells.v));
    for (size_t i = 0; e->cells.v && i < e->cells.n; i++)
        e->cells.v[i] = (int32_t)get_signed(at);
    return e->cells.v != NULL;
}

static bool open_features(const uint8_t **at, struct arena *a, struct pane_delta *d)
{
    int32_t last = -1;
    bool fits = true;

    d->features.n = (size_t)get(at);
    d->features.v = arena_array(a, d->features.n, sizeof(*d->features.v));
    fits = d->features.v != NULL;
    for (size_t i = 0; fits && i < d->features.n; i++) {
        fits = open_feature(at, d->n, last, a, &d->features.v[i]);
        last = d->features.v[i].index;
    }
    return fits;
}

static bool open_videos(const uint8_t **at, struct arena *a, struct pane_delta *d)
{
    const uint8_t *ahead = *at;
    const size_t n = (size_t)get(&ahead);

    d->videos.v = arena_array(a, n, sizeof(*d->videos.v));
    if (!d->videos.v)
        return false;
    d->videos.n = get_videos(at, d->videos.v);
    return true;
}

static bool open_examples(const uint8_t **at, struct arena *a, struct pane_delta *d)
{
    bool fits;

    d->examples.n = (size_t)get(at);
    d->examples.v = arena_array(a, d->examples.n, sizeof(*d->examples.v));
    fits = d->examples.v != NULL;
    for (size_t i = 0; fits && i < d->examples.n; i++)
        fits = open_example(at, a, &d->examples.v[i]);
    return fits;
}

enum status packed_open(const struct packed *p, struct arena *a, struct pane_delta *out,
                        struct err *err)
{
    const uint8_t *at = p->bytes;
    bool fits;

    *out = (struct pane_delta){ .n = get_signed(&at) };
    out->late = get_signed(&at);
    out->late_by_floor = get_signed(&at);
    out->updates = get_signed(&at);
    out->cross_source_updates = get_signed(&at);
    out->dedupe_evicted = get_signed(&at);
    out->overtaken = get_signed(&at);
    out->other_bundle = get_signed(&at);
    fits = open_features(&at, a, out) && open_videos(&at, a, out);
    for (size_t i = 0; fits && i < out->features.n; i++)
        open_sums(&at, &out->features.v[i]);
    fits = fits && open_examples(&at, a, out);
    return fits ? ST_OK : err_set(err, ST_FATAL, "no memory for a pane");
}
