/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/chain.h"
#include "drift/matrix.h"
#include "drift/policy.h"
#include "drift/sample.h"
#include "drift/segment.h"
#include "drift/tally.h"
#include "support/drift/stream.h"

static struct mark mark_of(int32_t src, int32_t count, int32_t epoch, int64_t wm)
{
    return (struct mark){ .src = src, .src_count = count, .src_epoch = epoch, .wm_ms = wm };
}

static enum status fold(struct matrix *m, int32_t part, struct mark mark, bool *stale)
{
    struct err err = { { 0 } };

    return matrix_fold(m, part, &mark, stale, &err);
}

/* R2: a boundary has passed only when it has in every partition. */
static void test_matrix(void **state)
{
    struct matrix m;
    bool stale;
    int32_t part;
    int32_t src;

    (void)state;
    matrix_init(&m, 2);
    assert_int_equal(matrix_min(&m), WM_NONE);
    assert_int_equal(fold(&m, 0, mark_of(0, 2, 1, 100), &stale), ST_OK);
    assert_int_equal(fold(&m, 0, mark_of(1, 2, 1, 200), &stale), ST_OK);
    assert_int_equal(fold(&m, 1, mark_of(0, 2, 1, 300), &stale), ST_OK);
    assert_int_equal(matrix_min(&m), WM_NONE);
    assert_int_equal(fold(&m, 1, mark_of(1, 2, 1, 400), &stale), ST_OK);
    assert_int_equal(matrix_min(&m), 100);
    assert_true(matrix_slowest(&m, &part, &src) && part == 0 && src == 0);
    assert_int_equal(fold(&m, 0, mark_of(0, 2, 1, 50), &stale), ST_OK);
    assert_true(stale);
    assert_int_equal(matrix_min(&m), 100);
    assert_int_equal(fold(&m, 0, mark_of(0, 2, 1, WM_END), &stale), ST_OK);
    assert_int_equal(matrix_min(&m), 200);
    /* A new source: nothing passes until each row has heard of it. */
    assert_int_equal(fold(&m, 0, mark_of(2, 3, 2, 900), &stale), ST_OK);
    assert_int_equal(matrix_min(&m), WM_NONE);
    assert_int_equal(fold(&m, 1, mark_of(2, 3, 2, 900), &stale), ST_OK);
    assert_int_equal(matrix_min(&m), 200);
    assert_int_equal(fold(&m, 1, mark_of(1, 2, 1, 500), &stale), ST_OK);    /* of the old epoch */
    assert_int_equal(fold(&m, 1, mark_of(1, 2, 3, 500), &stale), ST_FATAL); /* fewer */
    assert_int_equal(fold(&m, 1, mark_of(1, 4, 2, 500), &stale), ST_FATAL); /* another count */
    assert_int_equal(fold(&m, 1, mark_of(9, 3, 2, 500), &stale), ST_FATAL);
    assert_int_equal(fold(&m, 1, mark_of(1, 9000, 4, 500), &stale), ST_FATAL);
    matrix_release(&m);
}

static void test_mark_fold(void **state)
{
    struct mark at = mark_of(0, 1, 1, 100);
    struct mark stale = mark_of(0, 1, 1, 50);
    struct mark later = mark_of(0, 1, 1, 150);
    struct mark grown = mark_of(0, 2, 2, 120);

    (void)state;
    assert_true(mark_fold(&at, &stale));
    assert_int_equal(at.wm_ms, 100);
    assert_false(mark_fold(&at, &later));
    assert_int_equal(at.wm_ms, 150);
    assert_true(mark_fold(&at, &grown));
    assert_int_equal(at.src_count, 2);
    assert_int_equal(at.wm_ms, 150);
}

static enum status step(struct chain *c, int64_t offset, int64_t from, int64_t to, bool *duplicate,
                        struct err *err)
{
    const struct pane pane = { .part = 0, .from_offset = from, .to_offset = to };

    return chain_step(c, offset, &pane, duplicate, err);
}

static void test_chain(void **state)
{
    struct chain c;
    bool duplicate;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(chain_init(&c, 1, &err), ST_OK);
    assert_int_equal(step(&c, 0, 5, 10, &duplicate, &err), ST_OK);
    assert_int_equal(step(&c, 1, 10, 20, &duplicate, &err), ST_OK);
    assert_false(duplicate);
    assert_int_equal(step(&c, 2, 5, 10, &duplicate, &err), ST_OK);
    assert_true(duplicate);
    assert_int_equal(step(&c, 3, 15, 25, &duplicate, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "overlap"));
    assert_int_equal(step(&c, 3, 25, 30, &duplicate, &err), ST_FATAL);
    assert_string_equal(err.msg,
                        "gap in scores partition 0: expected 20, a batch covers 25..30: absa drift "
                        "accept-gap 0 20 25 goes on without, absa drift rewind counts again");
    assert_int_equal(step(&c, 3, 20, 20, &duplicate, &err), ST_FATAL);
    assert_int_equal(c.replay_next[0], -1);
    chain_forget(&c, 1);
    assert_int_equal(c.replay_next[0], 10);
    chain_forget(&c, 4);
    assert_int_equal(c.replay_next[0], 20);
    for (int64_t i = 0; i < 1000; i++) {
        assert_int_equal(step(&c, 4 + i, 20 + i, 21 + i, &duplicate, &err), ST_OK);
        chain_forget(&c, i);
    }
    assert_true(c.cap <= 128);
    chain_release(&c);
}

static void test_segments(void **state)
{
    struct segments s;
    struct aspect a[] = { { .category = slice_str("food") },
                          { .category = slice_str("food") },
                          { .category = slice_str("price") } };
    struct score score = { .video_id = slice_str("7"),
                           .lang = slice_str("de"),
                           .aspects_detected = { a, 3 } };
    size_t hit[8];
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(
        segments_parse(&s, " video:7, all ,lang:en,aspect:food,aspect:price", NULL, &err), ST_OK);
    assert_true(slice_is(s.name[0], "all") && slice_is(s.name[4], "video:7"));
    assert_int_equal(segments_of(&s, &score, hit), 4); /* food once */
    assert_int_equal(hit[0], 0);
    assert_int_equal(hit[3], 4);
    assert_int_equal(segments_find(&s, slice_str("lang:xx")), s.n);
    segments_release(&s);
    assert_int_equal(segments_parse(&s, "all,all", NULL, &err), ST_FATAL);
    assert_int_equal(segments_parse(&s, "all,", NULL, &err), ST_FATAL);
    assert_int_equal(segments_parse(&s, "video:", NULL, &err), ST_FATAL);
    assert_int_equal(segments_parse(&s, "user:7", NULL, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: drift.segments"));
}

/* A kind is what the baseline lists of it, and the rest, whatever that is. */
static void test_segments_of_a_kind(void **state)
{
    struct baseline *base = stream_baseline(2000);
    char *large = malloc(10240);
    struct aspect a[] = { { .category = slice_str("food") },
                          { .category = slice_str("price") },
                          { .category = slice_str("") },
                          { .category = slice_str("fresh") } };
    const struct slice odd[] = {
        slice_str("en"), slice_str("__other__"), slice_str("\x1b[2J\n\""), { large, 10240 }
    };
    struct segments s;
    size_t hit[8];
    struct err err = { { 0 } };

    (void)state;
    assert_non_null(large);
    memset(large, 'd', 10240);
    assert_int_equal(segments_parse(&s, "lang, all, aspect, lang:fr, is_reply:true", base, &err),
                     ST_OK);
    assert_int_equal(s.n, 7);
    assert_true(slice_is(s.name[0], "all") && slice_is(s.name[1], "aspect:__other__"));
    assert_true(slice_is(s.name[4], "lang:__other__") && slice_is(s.name[5], "lang:de"));
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        struct score score = { .lang = odd[i], .aspects_detected = { a, 4 } };

        assert_int_equal(segments_of(&s, &score, hit), 4); /* the others of aspects: once */
        assert_int_equal(hit[1], 1);
        assert_true(slice_is(s.name[hit[2]], "aspect:food"));
        assert_true(slice_is(s.name[hit[3]], "lang:__other__"));
    }
    const struct score bare = { .is_reply = true, .aspects_detected = { a + 2, 1 } };
    assert_int_equal(segments_of(&s, &bare, hit), 2); /* no language and no aspect: no rest */
    assert_true(slice_is(s.name[hit[1]], "is_reply:true"));
    segments_release(&s);
    assert_int_equal(segments_parse(&s, "video", base, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: drift.segments: 'video' is a kind of which"));
    assert_int_equal(segments_parse(&s, "lang", NULL, &err), ST_FATAL);
    assert_int_equal(segments_parse(&s, "lang, lang:de", base, &err), ST_FATAL);
    free(large);
    baseline_free(base);
}

static void test_too_many_segments(void **state)
{
    struct buf list;
    struct segments s;
    struct err err = { { 0 } };

    (void)state;
    buf_init(&list, 1 << 20);
    buf_str(&list, "all");
    for (int i = 1; i < SEGMENTS_MAX; i++)
        buf_fmt(&list, ",video:%d", i);
    buf_byte(&list, '\0');
    assert_int_equal(segments_parse(&s, list.p, NULL, &err), ST_OK);
    assert_int_equal(s.n, SEGMENTS_MAX);
    segments_release(&s);
    buf_truncate(&list, list.n - 1);
    buf_str(&list, ",lang:de");
    buf_byte(&list, '\0');
    assert_int_equal(segments_parse(&s, list.p, NULL, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: drift.segments: over 10000"));
    buf_release(&list);
}

static void test_policy(void **state)
{
    const struct policy *p = NULL;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(policy_find(slice_str("fixed"), &p, &err), ST_OK);
    assert_int_equal(policy_severity(p, 0.2), SEVERITY_NONE);
    assert_int_equal(policy_severity(p, nextafter(0.2, 1)), SEVERITY_WARNING);
    assert_int_equal(policy_severity(p, 0.3), SEVERITY_WARNING);
    assert_int_equal(policy_severity(p, nextafter(0.3, 1)), SEVERITY_CRITICAL);
    assert_int_equal(policy_severity(p, (double)NAN), SEVERITY_NONE);
    assert_true(policy_threshold(p, SEVERITY_WARNING, 0.1) == 0.2);
    assert_int_equal(policy_find(slice_str("x"), &p, &err), ST_FATAL);
    assert_string_equal(err.msg, "config: drift.policy: there is no 'x', only fixed, significant "
                                 "and early");
}

/* The table of drift/policy.h: severities by PSI, evidence and whether it lasts. */
static void test_policy_weighs_evidence(void **state)
{
    static const struct {
        struct weighed w;
        enum severity significant, early;
    } rows[] = {
        { { 9, false, true }, SEVERITY_NONE, SEVERITY_NONE },
        { { 0.31, true, false }, SEVERITY_CRITICAL, SEVERITY_CRITICAL },
        { { 0.3, true, false }, SEVERITY_WARNING, SEVERITY_WARNING },
        { { 0.2, true, false }, SEVERITY_NONE, SEVERITY_WARNING },
        { { 0.2, true, true }, SEVERITY_WARNING, SEVERITY_WARNING },
        { { (double)NAN, true, false }, SEVERITY_NONE, SEVERITY_WARNING },
    };
    const struct policy *significant = NULL;
    const struct policy *early = NULL;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(policy_find(slice_str("significant"), &significant, &err), ST_OK);
    assert_int_equal(policy_find(slice_str("early"), &early, &err), ST_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(policy_weigh(significant, &rows[i].w), rows[i].significant);
        assert_int_equal(policy_weigh(early, &rows[i].w), rows[i].early);
    }
    assert_true(policy_threshold(early, SEVERITY_WARNING, 0.1) == 0); /* evidence decided */
    assert_true(policy_threshold(early, SEVERITY_CRITICAL, 0.4) == 0.3);
}

static void test_video_sizes(void **state)
{
    struct video_sample s = { 0 };
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(video_sample_sizes(&s, 0).videos, 0);
    assert_int_equal(video_sample_add(&s, 1, 6, &err), ST_OK);
    assert_int_equal(video_sample_add(&s, UINT64_MAX, 2, &err), ST_OK);
    struct video_sizes v = video_sample_sizes(&s, 8);
    assert_int_equal(v.videos, 2);
    assert_true(v.mean_size == 40.0 / 8 && v.videos_eff == 64.0 / 40);
    assert_int_equal(video_sample_add(&s, 1, INT64_MAX, &err), ST_FATAL);
    video_sample_release(&s);
    for (uint64_t i = 0; i < 20000; i++)
        assert_int_equal(video_sample_add(&s, (i + 1) * UINT64_C(0x9e3779b97f4a7c15), 1, &err),
                         ST_OK);
    v = video_sample_sizes(&s, 20000);
    assert_int_equal(s.n, VIDEO_SAMPLE_K);
    assert_true(v.videos > 19000 && v.videos <= 20000);
    video_sample_release(&s);
}

static void test_delta_check(void **state)
{
    struct baseline *base = stream_baseline(500);
    int32_t cell = 0;
    int64_t count = 1;
    int64_t sum = 0;
    struct pane_feature f[STREAM_FEATURES];
    struct video_count video = { 1, 1 };
    struct pane_delta d = { .segment = slice_str("all"),
                            .n = 1,
                            .features = { f, STREAM_FEATURES },
                            .videos = { &video, 1 } };
    struct err err = { { 0 } };

    (void)state;
    for (int i = 0; i < STREAM_FEATURES; i++)
        f[i] = (struct pane_feature){
            .index = i, .n = 1, .cells = { &cell, 1 }, .counts = { &count, 1 }, .sums = { &sum, 1 }
        };
    assert_int_equal(delta_check(base, &d, &err), ST_OK);
    cell = (int32_t)base->features[0].n_cells;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    cell = -1;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    cell = 0;
    count = 2;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    count = 1;
    f[1].index = 0;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    f[1].index = 1;
    f[2].missing = 1;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    f[2].missing = 0;
    d.features.n--;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    d.features.n++;
    video.n = 2;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    video.n = 1;
    d.late = -1;
    assert_int_equal(delta_check(base, &d, &err), ST_REJECT);
    baseline_free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_mark_fold),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_segments_of_a_kind),
        cmocka_unit_test(test_too_many_segments),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_policy_weighs_evidence),
        cmocka_unit_test(test_video_sizes),
        cmocka_unit_test(test_delta_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
