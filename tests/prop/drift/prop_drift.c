/* SPDX-License-Identifier: MIT */
/* Adding up must not depend on cuts or order: tallies and samples of the same
 * comments are the same however they were divided and merged. */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "drift/tally.h"
#include "record/state.h"
#include "support/drift/stream.h"
#include "support/prop.h"
#include "wire/wire.h"

enum { COMMENTS_MAX = 6000, PIECES_MAX = 24 };

/* The i-th comment of a case; video_n videos. */
static void fill(struct sighting_values *v, const struct baseline *base, uint64_t seed, int i,
                 uint64_t video_n, char *id)
{
    struct prop p = { .state = seed * 1000003 + (uint64_t)i };
    double features[STREAM_FEATURES - 4];
    struct score s = { .sentiment_score = prop_double(&p, -1.2, 1.2),
                       .engagement_score = prop_double(&p, 0, 1),
                       .implicitness_degree = prop_below(&p, 9) ? 0.25 : -0.0,
                       .confidence = prop_below(&p, 50) ? 0.7 : (double)INFINITY,
                       .features = { features, STREAM_FEATURES - 4 } };
    struct err err = { { 0 } };

    features[0] = (double)prop_below(&p, 40);
    features[1] = prop_below(&p, 3) ? (double)NAN : prop_double(&p, -1e9, 1e9);
    s.origin.src_offset = i;
    s.comment_id =
        (struct slice){ id, (size_t)snprintf(id, 32, "c%llu-%d", (unsigned long long)seed, i) };
    assert_int_equal(sighting_values_fill(v, base, &s, &err), ST_OK);
    v->video = hash64((struct slice){ (const char *)&(uint64_t){ prop_below(&p, video_n) }, 8 });
}

/* What a tally says, as bytes of the wire. */
static struct buf bytes_of(struct wire *w, const struct tally *t)
{
    struct arena *a = arena_new(32 << 20);
    struct pane_delta d = { .segment = slice_str("all"), .start_ms = 60000 };
    const struct state s = { .format = 1, .kind = STATE_PANE, .pane = &d };
    struct err err = { { 0 } };
    struct buf b;

    buf_init(&b, WIRE_RECORD_MAX);
    assert_int_equal(tally_delta(t, a, &d, &err), ST_OK);
    assert_int_equal(delta_check(t->base, &d, &err), ST_OK);
    assert_int_equal(wire_encode(w, RECORD_STATE, &s, &b, &err), ST_OK);
    arena_free(a);
    return b;
}

static void shuffle(struct prop *p, struct tally **v, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)prop_below(p, i);
        struct tally *t = v[i - 1];

        v[i - 1] = v[k];
        v[k] = t;
    }
}

/* Merges pieces in the order given, some by way of another tally first. */
static void merge_all(struct prop *p, struct tally *into, struct tally **v, size_t n)
{
    struct arena *a = arena_new(64 << 20);
    struct err err = { { 0 } };

    while (n > 0) {
        struct pane_delta d = { 0 };
        size_t k = (size_t)prop_below(p, n);
        bool detour = n > 1 && k + 1 < n && prop_below(p, 2);

        arena_reset(a);
        assert_int_equal(tally_delta(v[k], a, &d, &err), ST_OK);
        assert_int_equal(tally_merge(detour ? v[n - 1] : into, &d, &err), ST_OK);
        tally_free(v[k]);
        for (size_t i = k; i + 1 < n; i++)
            v[i] = v[i + 1];
        n--;
    }
    arena_free(a);
}

static void one_case(struct prop *p, struct wire *w, const struct baseline *base,
                     struct sighting_values *v)
{
    uint64_t seed = prop_u64(p);
    uint64_t videos = prop_below(p, 3) ? 50 : 20000; /* more than the sample holds, too */
    int n = (int)prop_below(p, prop_below(p, 4) ? 600 : COMMENTS_MAX);
    size_t pieces = 1 + (size_t)prop_below(p, PIECES_MAX);
    struct tally *whole = tally_new(base);
    struct tally *sum = tally_new(base);
    struct tally *piece[PIECES_MAX] = { NULL };
    struct err err = { { 0 } };
    char id[32];

    for (size_t i = 0; i < pieces; i++)
        piece[i] = tally_new(base);
    for (int i = 0; i < n; i++) {
        fill(v, base, seed, i, videos, id);
        assert_int_equal(tally_add(whole, v, &err), ST_OK);
        assert_int_equal(tally_add(piece[prop_below(p, pieces)], v, &err), ST_OK);
    }
    whole->late = 7;
    piece[0]->late = 3;
    piece[pieces - 1]->late += 4;
    shuffle(p, piece, pieces);
    merge_all(p, sum, piece, pieces);
    struct buf a = bytes_of(w, whole);
    struct buf b = bytes_of(w, sum);
    if (!slice_eq(buf_slice(&a), buf_slice(&b)))
        fail_msg("%d comments in %zu pieces: another sum", n, pieces);
    assert_int_equal(whole->touched, sum->touched);
    buf_release(&a);
    buf_release(&b);
    tally_free(whole);
    tally_free(sum);
}

static void test_sums_do_not_depend_on_cuts(void **state)
{
    struct prop p = prop_begin(40);
    struct baseline *base = stream_baseline(2000);
    struct sighting_values *v = sighting_values_new(base);
    struct wire *w = NULL;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(wire_new(NULL, &w, &err), ST_OK);
    for (int i = 0; i < p.cases; i++)
        one_case(&p, w, base, v);
    wire_free(w);
    sighting_values_free(v);
    baseline_free(base);
}

/* The k smallest hashes of all, with all their counts, whatever the pieces. */
static void test_video_sample_is_the_bottom(void **state)
{
    enum { IDS = 9000 };
    struct prop p = prop_begin(10);

    (void)state;
    for (int c = 0; c < p.cases; c++) {
        struct video_sample parts[4] = { { 0 } };
        struct video_sample sum = { 0 };
        static int64_t counts[IDS];
        struct err err = { { 0 } };
        uint64_t limit = 0;
        size_t smaller = 0;

        memset(counts, 0, sizeof(counts));
        for (int i = 0; i < 30000; i++) {
            uint64_t at = prop_below(&p, IDS);

            counts[at]++;
            assert_int_equal(video_sample_add(&parts[prop_below(&p, 4)],
                                              (at + 1) * UINT64_C(0x9e3779b97f4a7c15), 1, &err),
                             ST_OK);
        }
        for (size_t i = 0; i < 4; i++) {
            const struct video_count_list list = { parts[(i + (size_t)c) % 4].v,
                                                   parts[(i + (size_t)c) % 4].n };

            assert_int_equal(video_sample_merge(&sum, &list, &err), ST_OK);
        }
        assert_int_equal(sum.n, VIDEO_SAMPLE_K);
        limit = (uint64_t)sum.v[sum.n - 1].hash;
        for (uint64_t i = 0; i < IDS; i++)
            smaller += counts[i] > 0 && (i + 1) * UINT64_C(0x9e3779b97f4a7c15) <= limit;
        assert_int_equal(smaller, VIDEO_SAMPLE_K);
        for (size_t i = 0; i < sum.n; i++) {
            uint64_t id = (uint64_t)sum.v[i].hash * UINT64_C(0xf1de83e19937733d) - 1;

            assert_true(id < IDS && sum.v[i].n == counts[id]);
        }
        for (size_t i = 0; i < 4; i++)
            video_sample_release(&parts[i]);
        video_sample_release(&sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_do_not_depend_on_cuts),
        cmocka_unit_test(test_video_sample_is_the_bottom),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
