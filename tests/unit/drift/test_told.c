/* SPDX-License-Identifier: MIT */
/* That the stream of a baseline is not what the model was trained on, a run says once, before all
 * else: however often the judge dies, whoever else works, and whatever an operator says. */
#include "support/check.h"

#include "drift/training.h"
#include "support/drift/judge_host.h"

#define FROM  (T0 - 72 * HOUR)
#define UNTIL (T0 - HOUR)

static const struct fate calm = { 7, -1, false };

/* A world whose baseline differs in two features, and what the judge writes of its panes. */
static int skewed_setup(void **state)
{
    const int rc = world_setup(state);
    struct world *w = *state;

    w->base->features[0].training_skew = 0.3125;
    w->base->features[2].training_skew = 0.5;
    w->base->from_ms = FROM;
    w->base->until_ms = UNTIL;
    return rc;
}

static bool is_told(const struct host *h, size_t i, struct arena *a)
{
    return host_window(h, i, a).state == WINDOW_TRAINING_SKEW;
}

/* How often it is told in run: each time before all windows of the run. */
static int count_told(const struct host *h, int32_t run)
{
    struct arena *a = arena_new(64 << 20);
    bool began = false;
    int told = 0;

    for (size_t i = 0; i < check_log_n(h->log, TOPIC_WINDOWS, 0); i++) {
        const struct window w = host_window(h, i, a);

        if (w.run == run && w.state == WINDOW_TRAINING_SKEW) {
            assert_false(began);
            told++;
        }
        began = began || w.run == run;
    }
    arena_free(a);
    return told;
}

/* The windows of h from the one numbered first on are those of want, byte for byte. */
static void assert_windows(const struct check_log *want, const struct check_log *got, size_t first)
{
    const size_t n = check_log_n(want, TOPIC_WINDOWS, 0);

    assert_int_equal(check_log_n(got, TOPIC_WINDOWS, 0), n + first);
    for (size_t i = 0; i < n; i++)
        assert_true(slice_eq(check_log_at(want, TOPIC_WINDOWS, 0, i)->value,
                             check_log_at(got, TOPIC_WINDOWS, 0, i + first)->value));
}

static void what_is_told(void **state)
{
    struct world *w = *state;
    struct arena *a = arena_new(64 << 20);
    struct host h;

    host_init(&h, w, w->panes);
    host_run(&h, &calm);
    const struct window told = host_window(&h, 0, a);
    assert_int_equal(told.state, WINDOW_TRAINING_SKEW);
    assert_int_equal(told.run, 1);
    assert_true(slice_is(told.segment, "all") && slice_is(told.rule, "training"));
    assert_true(slice_is(told.policy, "fixed") && slice_is(told.baseline, w->base->id));
    assert_true(slice_is(told.stale_by, ""));
    assert_int_equal(told.start_ms, FROM);
    assert_int_equal(told.end_ms, UNTIL + 1);
    assert_int_equal(told.n, w->base->comments);
    assert_int_equal(told.videos, w->base->videos);
    assert_true(told.videos_eff > 0 && told.videos_eff <= (double)told.videos);
    assert_true(told.n_eff > 0 && told.n_eff <= (double)told.n);
    assert_int_equal(told.features.n, 2);
    assert_true(slice_is(told.features.v[0].name, w->base->features[0].name));
    assert_true(slice_is(told.features.v[1].name, w->base->features[2].name));
    for (size_t i = 0; i < 2; i++) {
        const struct window_feature *f = &told.features.v[i];

        assert_true(f->psi.has && !f->p.has && !f->q.has && !f->ks.has && !f->effect.has);
        assert_int_equal(f->severity, SEVERITY_NONE);
        assert_int_equal(f->n, w->base->features[2 * i].n);
    }
    assert_true(told.features.v[0].psi.v == 0.3125 && told.features.v[1].psi.v == 0.5);
    assert_int_equal(h.counters[COUNTER_WINDOWS], check_log_n(h.log, TOPIC_WINDOWS, 0));
    host_release(&h);
    arena_free(a);
}

/* Nothing else is other than without it, and without skew there is nothing. */
static void once_whenever_it_dies(void **state)
{
    struct world *w = *state;
    struct baseline_feature *f = w->base->features;
    struct host quiet;

    f[0].training_skew = f[2].training_skew = 0;
    host_init(&quiet, w, w->panes);
    host_run(&quiet, &calm);
    assert_int_equal(count_told(&quiet, 1), 0);
    f[0].training_skew = 0.3125;
    f[2].training_skew = 0.5;
    for (int i = -1; i < 6; i++) {
        for (int committed = 0; committed < 2; committed++) {
            const struct fate fate = { 1 + (size_t)(i + 1) % 3, i, committed == 1 };
            struct host h;

            host_init(&h, w, w->panes);
            host_run(&h, &fate);
            assert_int_equal(count_told(&h, 1), 1);
            assert_windows(quiet.log, h.log, 1);
            host_release(&h);
        }
    }
    host_release(&quiet);
}

/* A run that began under a version that did not say it goes on as it is. */
static void a_run_that_goes_on_says_nothing(void **state)
{
    struct world *w = *state;
    struct baseline_feature *f = w->base->features;
    struct err err = { { 0 } };
    struct host h;
    size_t used;

    f[0].training_skew = f[2].training_skew = 0;
    host_init(&h, w, w->panes);
    assert_int_equal(host_start(&h, &err), ST_OK);
    assert_int_equal(host_feed(&h, 3, &used, &err), ST_OK);
    assert_false(host_commit(&h, &calm));
    f[0].training_skew = 0.3125;
    f[2].training_skew = 0.5;
    host_run(&h, &calm);
    assert_int_equal(count_told(&h, 1), 0);
    host_release(&h);
}

static void each_run_says_it(void **state)
{
    struct world *w = *state;
    const struct order o = rewind_to(T0 + 2 * HOUR, WM_NONE);
    struct host first = { .w = NULL };

    for (int i = -1; i < 200; i += 33) {
        const struct fate fate = { 7, i, i % 2 == 0 };
        struct host h;

        host_rewound(&h, w, &o, &fate);
        assert_int_equal(count_told(&h, 1), 1);
        assert_int_equal(count_told(&h, 2), 1);
        if (i < 0) {
            first = h;
            continue;
        }
        assert_windows(first.log, h.log, 0);
        host_release(&h);
    }
    host_release(&first);
}

/* The run before a rewind that lies ahead has no first record, and so says nothing; a gap that
 * somebody accepts is no beginning. */
static void what_is_no_beginning(void **state)
{
    struct world *w = *state;
    const struct order rewind = rewind_to(WM_NONE, WM_NONE);
    struct arena *a = arena_new(64 << 20);
    struct err err = { { 0 } };
    struct pane lost;
    struct host h;

    for (int i = -1; i < 3; i++) {
        const struct fate fate = { 1, i, i == 1 }; /* 1: it has the order, and no more */

        const struct pane unfit = pane_of(w, 99, 0, 1); /* of no partition */

        host_empty(&h, w);
        host_append(&h, &unfit);
        host_order(&h, &rewind);
        host_copy_panes(&h, w, ALL_PANES, 2);
        host_run(&h, &fate);
        assert_int_equal(count_told(&h, 1), 0);
        assert_int_equal(count_told(&h, 2), 1);
        assert_true(is_told(&h, 0, a));
        host_release(&h);
    }
    assert_int_equal(wire_decode(w->wire, RECORD_PANE,
                                 check_log_at(w->panes, TOPIC_PANES, 0, 0)->value, &lost, a, &err),
                     ST_OK);
    const struct order gap = { .kind = ORDER_GAP,
                               .run = 1,
                               .part = lost.part,
                               .from = lost.from_offset,
                               .to = lost.to_offset,
                               .begin_ms = WM_NONE,
                               .until_ms = T0 };
    for (int i = -1; i < 3; i++) {
        const struct fate fate = { 1, i, i == 0 };

        host_empty(&h, w);
        host_order(&h, &gap); /* the first record of all */
        host_copy_panes(&h, w, 0, 1);
        host_run(&h, &fate);
        assert_int_equal(count_told(&h, 1), 1);
        host_release(&h);
    }
    arena_free(a);
}

/* Panes and judges as many as there are, in any order of the sources. */
static void the_same_bytes_whoever_works(void **state)
{
    struct world *w = *state;
    struct check_result want = { .log = NULL };

    for (uint64_t seed = 0; seed < 4; seed++) {
        const struct stream_conf stream = { .seed = 11,
                                            .order = 1 + seed,
                                            .sources = w->topo.parts[TOPIC_RAW],
                                            .parts = w->topo.parts[TOPIC_SCORES],
                                            .records = 400,
                                            .videos = 30,
                                            .start_ms = T0,
                                            .span_ms = 3 * HOUR,
                                            .ends = true };
        const struct check_stage stages[] = { { world_make_pane, w, seed ? 2 : 1 },
                                              { world_make_judge, w, seed % 2 ? 2 : 1 } };
        const struct check_plan plan = { .wire = w->wire, .seed = seed };
        struct check_log *input = check_log_new(&w->topo);
        struct check_result res;
        struct err err = { { 0 } };

        assert_int_equal(stream_write(&stream, w->wire, input, &err), ST_OK);
        if (check_run(stages, 2, input, &plan, &res, &err) != ST_OK)
            fail_msg("seed %d: %s", (int)seed, err.msg);
        check_log_free(input);
        if (seed == 0) {
            want = res;
            continue;
        }
        assert_windows(want.log, res.log, 0);
        check_result_release(&res);
    }
    check_result_release(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_told, skewed_setup, world_teardown),
        cmocka_unit_test_setup_teardown(once_whenever_it_dies, skewed_setup, world_teardown),
        cmocka_unit_test_setup_teardown(a_run_that_goes_on_says_nothing, skewed_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(each_run_says_it, skewed_setup, world_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_beginning, skewed_setup, world_teardown),
        cmocka_unit_test_setup_teardown(the_same_bytes_whoever_works, skewed_setup, world_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
