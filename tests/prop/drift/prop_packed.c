/* SPDX-License-Identifier: MIT */
/* A pane that was packed is what it was, whatever is in it. */
#include "support/check.h"

#include <string.h>

#include "drift/packed.h"
#include "drift/sample.h"
#include "support/prop.h"
#include "wire/wire.h"

enum { FEATURES = 5, CELLS = 60, VIDEOS = 40, EXAMPLES = 6 };

/* A pane and what its lists point to. */
struct made {
    struct pane_delta d;
    struct pane_feature feature[FEATURES];
    int32_t cell[FEATURES][CELLS];
    int64_t count[FEATURES][CELLS];
    int64_t sum[FEATURES][CELLS];
    struct video_count video[VIDEOS];
    struct example example[EXAMPLES];
    int32_t of_example[EXAMPLES][FEATURES];
    char id[EXAMPLES][24];
};

/* Small ones mostly, and now and then any. */
static int64_t integer(struct prop *p)
{
    switch (prop_below(p, 8)) {
    case 0:
        return (int64_t)prop_u64(p);
    case 1:
        return INT64_MIN;
    case 2:
        return INT64_MAX;
    default:
        return (int64_t)prop_below(p, 300) - 150;
    }
}

static double number(struct prop *p)
{
    switch (prop_below(p, 4)) {
    case 0:
        return prop_double(p, -1e9, 1e9);
    case 1:
        return -0.0;
    default:
        return (double)prop_below(p, 1000);
    }
}

/* Comments in its cells; d->n is known. */
static void draw_feature(struct prop *p, struct made *m, int32_t index, struct pane_feature *f)
{
    const size_t at = (size_t)(f - m->feature);
    int32_t cell = (int32_t)prop_below(p, 3);
    const bool ones = prop_below(p, 2);

    *f = (struct pane_feature){ .index = index,
                                .min = number(p),
                                .cells.v = m->cell[at],
                                .counts.v = m->count[at],
                                .sums.v = m->sum[at] };
    f->max = prop_below(p, 2) ? f->min : number(p);
    for (; f->n < m->d.n && f->cells.n < CELLS && prop_below(p, 9); f->cells.n++) {
        const int64_t left = m->d.n - f->n;
        const int64_t n = ones ? 1 : 1 + (int64_t)prop_below(p, (uint64_t)left);

        m->cell[at][f->cells.n] = cell;
        m->count[at][f->cells.n] = n;
        m->sum[at][f->cells.n] = integer(p);
        f->n += n;
        cell += 1 + (int32_t)prop_below(p, 200);
    }
    f->counts.n = f->sums.n = f->cells.n;
    f->missing = (int64_t)prop_below(p, (uint64_t)(m->d.n - f->n) + 1);
    f->infinite = m->d.n - f->n - f->missing;
}

static void draw_samples(struct prop *p, struct made *m)
{
    m->d.videos = (struct video_count_list){ m->video, prop_below(p, VIDEOS + 1) };
    for (size_t i = 0; i < m->d.videos.n; i++)
        m->video[i] = (struct video_count){ integer(p), 1 + (int64_t)prop_below(p, 1000) };
    m->d.examples = (struct example_list){ m->example, prop_below(p, EXAMPLES + 1) };
    for (size_t i = 0; i < m->d.examples.n; i++) {
        const size_t n = prop_below(p, sizeof(m->id[i]) + 1);

        memset(m->id[i], 'a' + (int)i, sizeof(m->id[i]));
        for (int k = 0; k < FEATURES; k++)
            m->of_example[i][k] = (int32_t)prop_below(p, 300) - 1;
        m->example[i] = (struct example){ .hash = integer(p),
                                          .src = (int32_t)prop_below(p, 64),
                                          .src_offset = integer(p),
                                          .src_index = (int32_t)prop_below(p, 50),
                                          .comment_id = { m->id[i], n },
                                          .cells = { m->of_example[i], FEATURES } };
    }
}

static void draw(struct prop *p, struct made *m)
{
    int32_t index = (int32_t)prop_below(p, 2);
    size_t n = prop_below(p, FEATURES + 1);

    *m = (struct made){ .d = { .n = (int64_t)prop_below(p, 200),
                               .late = (int64_t)prop_below(p, 1000),
                               .late_by_floor = (int64_t)prop_below(p, 3),
                               .updates = INT64_MAX - (int64_t)prop_below(p, 3),
                               .cross_source_updates = (int64_t)prop_below(p, 3),
                               .dedupe_evicted = (int64_t)prop_below(p, 3),
                               .overtaken = (int64_t)prop_below(p, 3),
                               .other_bundle = (int64_t)prop_below(p, 3) } };
    m->d.features.v = m->feature;
    for (; m->d.features.n < n; m->d.features.n++) {
        draw_feature(p, m, index, &m->feature[m->d.features.n]);
        index += 1 + (int32_t)prop_below(p, 2);
    }
    draw_samples(p, m);
}

static void assert_same(struct wire *w, const struct pane_delta *a, const struct pane_delta *b)
{
    struct buf out[2];
    struct err err = { { 0 } };

    for (int i = 0; i < 2; i++) {
        struct pane_delta d = i ? *b : *a;
        const struct pane pane = { .deltas = { &d, 1 } };

        buf_init(&out[i], 1 << 20);
        assert_int_equal(wire_encode(w, RECORD_PANE, &pane, &out[i], &err), ST_OK);
    }
    assert_int_equal(out[0].n, out[1].n);
    assert_memory_equal(out[0].p, out[1].p, out[0].n);
    buf_release(&out[0]);
    buf_release(&out[1]);
}

/* What the scan reads of it: counts, added to those of another pane, and videos. */
static void assert_counted(const struct packed *p, const struct pane_delta *d)
{
    static uint64_t block[2 * FEATURES][CELLS * 201 + 3];
    static struct video_count videos[VIDEO_SAMPLE_K];
    uint64_t *counts[2 * FEATURES];
    int64_t n[2 * FEATURES];

    for (int i = 0; i < 2 * FEATURES; i++) {
        memset(block[i], 0, sizeof(block[i]));
        counts[i] = block[i];
        n[i] = 7;
    }
    assert_true(packed_add_counts(p, n, counts));
    for (size_t i = 0; i < d->features.n; i++) {
        const struct pane_feature *f = &d->features.v[i];

        assert_int_equal(n[f->index], 7 + f->n);
        for (size_t k = 0; k < f->cells.n; k++)
            assert_int_equal(counts[f->index][f->cells.v[k]], f->counts.v[k]);
    }
    assert_int_equal(packed_videos(p, videos), d->videos.n);
    for (size_t i = 0; i < d->videos.n; i++)
        assert_memory_equal(&videos[i], &d->videos.v[i], sizeof(videos[i]));
}

static void what_is_packed_comes_back(void **state)
{
    struct prop p = prop_begin(400);
    struct arena *a = arena_new(1 << 20);
    struct wire *w = NULL;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    for (int i = 0; i < p.cases; i++) {
        static struct made m;
        struct pane_delta back;
        struct packed packed;

        draw(&p, &m);
        arena_reset(a);
        assert_int_equal(packed_make(&m.d, &packed, &err), ST_OK);
        assert_int_equal(packed_open(&packed, a, &back, &err), ST_OK);
        assert_same(w, &m.d, &back);
        assert_counted(&packed, &m.d);
        packed_release(&packed);
    }
    wire_free(w);
    arena_free(a);
}

/* Counts that do not fit are said, not wrapped. */
static void an_overflow_is_said(void **state)
{
    struct pane_feature f = { .n = 1 };
    const struct pane_delta d = { .n = 1, .features = { &f, 1 } };
    struct packed packed;
    int64_t n = INT64_MAX;
    uint64_t *none = NULL;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(packed_make(&d, &packed, &err), ST_OK);
    assert_false(packed_add_counts(&packed, &n, &none));
    packed_release(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(an_overflow_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
