/* SPDX-License-Identifier: MIT */
/* The scan's runs, what it remembers, and its sums of videos. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>

#include "drift/history.h"
#include "drift/scan_weigh.h"
#include "drift/tally.h"
#include "drift/video_sums.h"
#include "support/drift/trial.h"

/* Panes of 100 independent comments: the scales are reached after 1, 2, 3, 6, ... */
static void test_runs_are_dyadic_in_comments(void **state)
{
    static const size_t runs[] = { 1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5 };
    struct trial t;

    (void)state;
    trial_begin(&t, (struct trial_kind){ 0 }, 2, 20000);
    for (size_t k = 0; k < RANK_MOMENTS; k++) /* else comments are worth less */
        assert_true(t.base->features[0].spread.long_run[k] == 0);
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        trial_step(&t, -1, INT64_MIN);
        assert_int_equal(t.scan->features[0].runs, runs[i]);
        assert_true(t.scan->features[0].p >= t.scan->features[0].outcome.p);
    }
    trial_step(&t, -1, t.now_ms - 2 * TRIAL_PANE_MS); /* only the last three */
    assert_int_equal(t.scan->features[0].runs, 3);
    assert_true(t.scan->features[0].first >= t.past.n - 3);
    trial_end(&t);
}

/* What is needed is a function of what came behind, however much was kept. */
static void test_history(void **state)
{
    struct history h = { 0 };
    struct err err = { { 0 } };

    (void)state;
    for (int64_t i = 0; i < 10; i++) {
        const struct pane_delta d = { .n = 10 };

        assert_int_equal(history_add(&h, i * 60, &d, &err), ST_OK);
    }
    assert_int_equal(history_needed(&h, 600, 600, 1000), 0);
    assert_int_equal(history_needed(&h, 600, 180, 1000), 7);
    assert_int_equal(history_needed(&h, 600, 600, 25), 7); /* 30 behind pane 6 */
    assert_int_equal(history_needed(&h, 600, 600, 30), 7);
    assert_int_equal(history_needed(&h, 600, 600, 31), 6);
    assert_int_equal(history_seek(&h, 61), 2);
    history_drop(&h, 4);
    assert_int_equal(history_needed(&h, 600, 600, 25), 3);
    assert_int_equal(h.v[0].start_ms, 240);
    history_release(&h);
    assert_int_equal(h.bytes, 0);
}

/* The sums of a growing run are those of the union. */
static void test_video_sums(void **state)
{
    struct prop p = prop_begin(30);
    struct video_sums s = { 0 };
    struct err err = { { 0 } };

    (void)state;
    for (int c = 0; c < p.cases; c++) {
        int64_t n[50] = { 0 };
        int64_t all = 0;
        double squares = 0;

        video_sums_begin(&s);
        for (int k = 0; k < 6; k++) {
            struct video_count v[50];
            struct video_count_list list = { v, 0 };

            for (int64_t i = 0; i < 50; i++) {
                if (prop_below(&p, 3) > 0)
                    continue;
                v[list.n] = (struct video_count){ (i + 1) << 40, 1 + (int64_t)prop_below(&p, 9) };
                n[i] += v[list.n].n;
                all += v[list.n++].n;
            }
            assert_int_equal(video_sums_add(&s, &list, &err), ST_OK);
        }
        for (int i = 0; i < 50; i++)
            squares += (double)n[i] * (double)n[i];
        assert_true(video_sums_sizes(&s, all).mean_size == squares / (double)all);
    }
    video_sums_release(&s);
}

/* A sample that was cut counts only as far as it goes. */
static void test_video_sums_of_a_cut_sample(void **state)
{
    struct video_count *v = calloc(VIDEO_SAMPLE_K, sizeof(*v));
    struct video_count late = { INT64_C(1) << 60, 1000 };
    struct video_sums s = { 0 };
    struct err err = { { 0 } };

    (void)state;
    assert_non_null(v);
    for (int64_t i = 0; i < VIDEO_SAMPLE_K; i++)
        v[i] = (struct video_count){ i + 1, 2 };
    video_sums_begin(&s);
    assert_int_equal(video_sums_add(&s, &(struct video_count_list){ &late, 1 }, &err), ST_OK);
    assert_true(video_sums_sizes(&s, 1000).mean_size == 1000);
    assert_int_equal(video_sums_add(&s, &(struct video_count_list){ v, VIDEO_SAMPLE_K }, &err),
                     ST_OK);
    assert_true(video_sums_sizes(&s, 9192).mean_size == 2);
    video_sums_release(&s);
    free(v);
}

/* A scan of one feature, and what is remembered of it. */
struct life {
    struct scan *scan;
    struct scan_memory memory;
    int32_t firing; /* feature, -1: none */
    bool over;
    int32_t worst;
};

/* A boundary with this p of a small effect. */
static void pass(struct life *l, double p, int64_t at)
{
    const struct policy *policy = NULL;
    struct err err = { { 0 } };
    double ps[1];
    double q[1];
    enum severity severity[1];
    struct scan_weight w = { .at_ms = at, .level = 1e-4, .p = ps, .q = q, .severity = severity };

    assert_int_equal(policy_find(slice_str("significant"), &policy, &err), ST_OK);
    const struct scan_rules rules = {
        .policy = policy, .effect_min = 0.005, .streak_min = 3, .keep_firing_for = 2
    };
    l->scan->features[0] = (struct scan_feature){
        .runs = 3, .p = p, .outcome.effect = 0.01, .psi = 0.05, .n_eff = 500, .longest_eff = 600
    };
    scan_weigh(l->scan, &rules, l->memory.streak, &w);
    l->worst = w.worst;
    l->memory = scan_remember(l->scan, &rules, &l->memory, &w, l->firing, &l->over);
}

/* Small but lasting: WARNING at the third boundary, on panes that are then used;
 * over after two calm ones with as many comments. */
static void test_what_is_remembered(void **state)
{
    struct trial t;
    struct life l = { .memory.from_ms = WM_NONE, .firing = -1 };
    const struct scan_memory *m = &l.memory;

    (void)state;
    trial_begin(&t, (struct trial_kind){ 0 }, 1, 2000);
    l.scan = t.scan;
    pass(&l, 1e-6, 60);
    assert_true(l.worst == -1 && m->streak == 1);
    pass(&l, 0.5, 120);
    assert_true(l.worst == -1 && m->streak == 0);
    for (int i = 0; i < 3; i++)
        pass(&l, 1e-6, 180);
    assert_true(l.worst == 0 && m->from_ms == 180 && m->need_eff == 500 && m->streak == 0);
    l.firing = 0;
    pass(&l, 0.5, 240);
    assert_true(!l.over && m->calm == 1 && m->from_ms == 180);
    pass(&l, 1e-6, 300); /* not calm after all */
    assert_true(!l.over && m->calm == 0 && m->streak == 1);
    pass(&l, 0.5, 360);
    pass(&l, 0.5, 420);
    assert_true(l.over && m->calm == 0 && m->need_eff == 0 && m->from_ms == 180);
    l.memory.need_eff = 700; /* no run as long as the one that began it: nothing is known */
    pass(&l, 0.5, 480);
    assert_true(!l.over && m->calm == 0);
    l.memory.calm = 2; /* a judge that asked for more of them counted so far */
    pass(&l, 0.5, 540);
    assert_true(!l.over && m->calm == 2);
    trial_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_are_dyadic_in_comments),
        cmocka_unit_test(test_history),
        cmocka_unit_test(test_video_sums),
        cmocka_unit_test(test_video_sums_of_a_cut_sample),
        cmocka_unit_test(test_what_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
