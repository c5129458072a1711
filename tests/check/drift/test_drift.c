/* SPDX-License-Identifier: MIT */
/* Pane and judge under kills, moves, cuts and full outputs: the same windows and
 * alerts, byte for byte, as when nothing happens. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "drift/alert.h"
#include "record/window.h"
#include "support/drift/judge_host.h"
#include "support/prop.h"

static const struct stream_conf usual = {
    .seed = 1,
    .order = 1,
    .sources = 2,
    .parts = 3,
    .records = 1500,
    .videos = 60,
    .start_ms = T0 + 600000,
    .span_ms = 4 * HOUR,
    .gap_at = 0.3,
    .gap_ms = 2 * HOUR + 1000,
    .shift_from = 0.6,
    .shift_to = 0.8,
    .ends = true,
};

static void setup(struct world *w, const struct stream_conf *s)
{
    struct err err = { { 0 } };

    assert_int_equal(wire_new(NULL, &w->wire, &err), ST_OK);
    w->base = stream_baseline_of_categories(6000);
    assert_non_null(w->base);
    w->topo = topology_make(s->sources, s->parts, 1);
    w->conf = (struct drift_conf){ .pane_ms = 60000,
                                   .window_ms = HOUR,
                                   .min_samples = 200,
                                   .min_videos = 10,
                                   .policy = "fixed",
                                   .segments = "all, lang, video:v7, aspect, lang:xx" };
}

static void teardown(struct world *w)
{
    baseline_free(w->base);
    wire_free(w->wire);
}

static struct check_log *make_input(struct world *w, const struct stream_conf *s)
{
    struct err err = { { 0 } };
    struct check_log *log = check_log_new(&w->topo);

    assert_non_null(log);
    assert_int_equal(stream_write(s, w->wire, log, &err), ST_OK);
    return log;
}

static void run(struct world *w, const struct check_log *input, const struct check_plan *plan,
                struct check_result *res)
{
    const struct check_stage stages[] = { { world_make_pane, w, 3 }, { world_make_judge, w, 2 } };
    struct err err = { { 0 } };
    enum status st = check_run(stages, 2, input, plan, res, &err);

    if (st != ST_OK)
        fail_msg("seed %llu: %s", (unsigned long long)plan->seed, err.msg);
}

static void assert_same(const struct check_result *a, const struct check_result *b, uint64_t seed)
{
    const enum topic_id topics[] = { TOPIC_WINDOWS, TOPIC_ALERTS };
    struct err err = { { 0 } };

    for (size_t i = 0; i < 2; i++)
        if (check_log_equal(a->log, b->log, topics[i], CHECK_ORDERED, &err) != ST_OK)
            fail_msg("seed %llu, topic %d: %s", (unsigned long long)seed, topics[i], err.msg);
}

/* What the calm run says, in short: it must be worth comparing with. */
static void assert_interesting(struct world *w, const struct check_result *res)
{
    size_t n = check_log_n(res->log, TOPIC_WINDOWS, 0);
    struct arena *a = arena_new(16 << 20);
    size_t states[8] = { 0 };
    int64_t late = 0;
    int64_t counted = 0;

    assert_int_equal(n % 7, 0); /* segments: the rest of lang and aspect too */
    for (size_t i = 0; i < n; i++) {
        struct window win;
        struct err err = { { 0 } };

        assert_int_equal(wire_decode(w->wire, RECORD_WINDOW,
                                     check_log_at(res->log, TOPIC_WINDOWS, 0, i)->value, &win, a,
                                     &err),
                         ST_OK);
        states[win.state]++;
        if (slice_is(win.segment, "all")) {
            late += win.late;
            counted += win.n + win.late + win.updates;
        }
        assert_int_equal(win.counters.overtaken, 0);
    }
    assert_true(states[WINDOW_EVALUATED] >= 5);
    assert_true(states[WINDOW_NO_DATA] >= 10);
    assert_true(states[WINDOW_INSUFFICIENT_DATA] >= 3);
    assert_true(late > 10);
    assert_int_equal(counted, 2 * 1500);
    assert_int_equal(res->counters[COUNTER_OVERTAKEN], 0);
    assert_int_equal(res->counters[COUNTER_MARK_MISMATCH], 0);
    assert_int_equal(res->counters[COUNTER_WINDOWS], (int64_t)n);
    assert_int_equal(res->counters[COUNTER_LATE], late);
    arena_free(a);
}

static void assert_alerts(struct world *w, const struct check_result *res, size_t least)
{
    size_t n = check_log_n(res->log, TOPIC_ALERTS, 0);
    struct arena *a = arena_new(16 << 20);
    size_t resolved = 0;
    size_t scans = 0;
    size_t elsewhere = 0;

    assert_true(n >= least);
    for (size_t i = 0; i < n; i++) {
        struct alert al;
        struct alert_diff diff;
        struct err err = { { 0 } };

        assert_int_equal(wire_decode(w->wire, RECORD_ALERT,
                                     check_log_at(res->log, TOPIC_ALERTS, 0, i)->value, &al, a,
                                     &err),
                         ST_OK);
        if (alert_check(&al, a, &diff, &err) != ST_OK)
            fail_msg("alert %zu: %s", i, err.msg);
        resolved += al.state == ALERT_RESOLVED;
        assert_true((al.evidence != NULL) == slice_is(al.rule, "scan"));
        /* Languages go by videos, and PSI alone calls a few of them a change. */
        assert_true(slice_is(al.feature, "sentiment_score") || (!al.evidence && al.categories.n));
        scans += al.evidence != NULL;
        elsewhere += al.also.n > 0;
        for (size_t k = 0; k < al.also.n; k++)
            assert_false(slice_eq(al.also.v[k].segment, al.segment));
    }
    assert_true(scans == 0 ? elsewhere == 0 : elsewhere > 0); /* the others moved too */
    assert_true(resolved >= 1);
    arena_free(a);
}

static void test_any_fate_the_same_bytes(void **state)
{
    struct world w;
    struct check_result calm;
    int kills = 0;
    const uint64_t last = prop_seeds(12);

    (void)state;
    setup(&w, &usual);
    struct check_log *input = make_input(&w, &usual);
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &calm);
    assert_interesting(&w, &calm);
    assert_alerts(&w, &calm, 4);
    for (uint64_t seed = 1; seed <= last; seed++) {
        struct check_result wild;

        run(&w, input, &(struct check_plan){ .wire = w.wire, .seed = seed }, &wild);
        assert_same(&calm, &wild, seed);
        kills += wild.kills;
        check_result_release(&wild);
    }
    print_message("%llu seeds, %d kills\n", (unsigned long long)last, kills);
    assert_true(kills > (int)last);
    check_result_release(&calm);
    check_log_free(input);
    teardown(&w);
}

static void use_scan(struct world *w, const char *policy)
{
    w->conf.policy = policy;
    w->conf.false_alarms = 1;
    w->conf.effect_min = 0.005;
    w->conf.streak_min = 3;
    w->conf.keep_firing_for = 3;
    w->conf.span_ms = 2 * HOUR;
}

/* The scan looks back over panes that outlive their window, and half a boundary
 * may be written when it dies. */
static void test_scan_any_fate_the_same_bytes(void **state)
{
    struct world w;
    struct check_result calm;
    const uint64_t last = prop_seeds(6);
    int kills = 0;

    (void)state;
    setup(&w, &usual);
    use_scan(&w, "significant");
    struct check_log *input = make_input(&w, &usual);
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &calm);
    assert_interesting(&w, &calm);
    assert_alerts(&w, &calm, 2);
    for (uint64_t seed = 101; seed <= 100 + last; seed++) {
        struct check_result wild;

        run(&w, input, &(struct check_plan){ .wire = w.wire, .seed = seed }, &wild);
        assert_same(&calm, &wild, seed);
        kills += wild.kills;
        check_result_release(&wild);
    }
    assert_true(kills > (int)last);
    check_result_release(&calm);
    check_log_free(input);
    teardown(&w);
}

/* How many windows of a segment have a state. */
static size_t count_states(struct world *w, const struct check_result *res, const char *segment,
                           enum window_state state)
{
    struct arena *a = arena_new(16 << 20);
    size_t n = 0;

    for (size_t i = 0; i < check_log_n(res->log, TOPIC_WINDOWS, 0); i++) {
        struct window win;
        struct err err = { { 0 } };

        assert_int_equal(wire_decode(w->wire, RECORD_WINDOW,
                                     check_log_at(res->log, TOPIC_WINDOWS, 0, i)->value, &win, a,
                                     &err),
                         ST_OK);
        n += slice_is(win.segment, segment) && win.state == state;
    }
    arena_free(a);
    return n;
}

/* What a segment has learnt of itself outlives any death. */
static void test_a_segment_learns_under_any_fate(void **state)
{
    struct world w;
    struct check_result calm;
    const uint64_t last = prop_seeds(6);
    int kills = 0;

    (void)state;
    setup(&w, &usual);
    use_scan(&w, "significant");
    w.conf.segments = "all, lang:en, lang:de";
    w.conf.warming_comments = 300;
    w.conf.warming_ms = 24 * HOUR;
    struct check_log *input = make_input(&w, &usual);
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &calm);
    assert_true(count_states(&w, &calm, "lang:en", WINDOW_WARMING) >= 1);
    assert_true(count_states(&w, &calm, "lang:en", WINDOW_EVALUATED) >= 1);
    assert_true(count_states(&w, &calm, "lang:de", WINDOW_WARMING) == 0);
    assert_alerts(&w, &calm, 2);
    for (uint64_t seed = 201; seed <= 200 + last; seed++) {
        struct check_result wild;

        run(&w, input, &(struct check_plan){ .wire = w.wire, .seed = seed }, &wild);
        assert_same(&calm, &wild, seed);
        kills += wild.kills;
        check_result_release(&wild);
    }
    assert_true(kills > (int)last);
    check_result_release(&calm);
    w.conf.warming_ms = HOUR; /* it takes too long */
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &calm);
    assert_true(count_states(&w, &calm, "lang:en", WINDOW_WARMING) >= 1);
    check_result_release(&calm);
    check_log_free(input);
    teardown(&w);
}

/* R3: another timing of the same raw log, the same windows; nothing overtaken
 * however far one partition lags (R2). */
static void test_any_timing_the_same_bytes(void **state)
{
    struct world w;
    struct check_result first;

    (void)state;
    setup(&w, &usual);
    struct check_log *input = make_input(&w, &usual);
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &first);
    check_log_free(input);
    for (uint64_t order = 2; order <= 8; order++) {
        struct stream_conf other = usual;
        struct check_result again;

        other.order = order;
        input = make_input(&w, &other);
        run(&w, input, &(struct check_plan){ .wire = w.wire, .seed = order }, &again);
        assert_same(&first, &again, order);
        assert_int_equal(again.counters[COUNTER_OVERTAKEN], 0);
        check_result_release(&again);
        check_log_free(input);
    }
    check_result_release(&first);
    teardown(&w);
}

/* R15: who is compared with whom at a boundary, and what passes, does not depend on over how
 * many partitions and processes the comments are spread: one judge has them all. */
static void test_any_number_of_processes_the_same_alerts(void **state)
{
    static const struct {
        int32_t parts;
        int processes;
    } spread[] = { { 1, 1 }, { 2, 2 }, { 5, 1 }, { 5, 4 } };
    struct check_result first;

    (void)state;
    for (size_t i = 0; i < sizeof(spread) / sizeof(spread[0]); i++) {
        struct stream_conf s = usual;
        struct check_result res;
        struct world w;
        struct err err = { { 0 } };

        s.parts = spread[i].parts;
        setup(&w, &s);
        use_scan(&w, "early");
        struct check_log *input = make_input(&w, &s);
        const struct check_stage stages[] = { { world_make_pane, &w, spread[i].processes },
                                              { world_make_judge, &w, 1 } };
        const struct check_plan plan = { .wire = w.wire, .seed = i };
        assert_int_equal(check_run(stages, 2, input, &plan, &res, &err), ST_OK);
        if (i == 0) {
            assert_true(check_log_total(res.log, TOPIC_ALERTS) >= 2);
            first = res;
        } else {
            assert_same(&first, &res, i);
            check_result_release(&res);
        }
        check_log_free(input);
        teardown(&w);
    }
    check_result_release(&first);
}

/* A host that commits outputs and positions apart must be found out. */
static void test_a_wrong_host_is_seen(void **state)
{
    const enum check_mutant mutants[] = { CHECK_POSITIONS_FIRST, CHECK_OUTPUTS_FIRST };
    struct world w;
    struct check_result calm;

    (void)state;
    setup(&w, &usual);
    struct check_log *input = make_input(&w, &usual);
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &calm);
    for (size_t m = 0; m < 2; m++) {
        int seen = 0;

        for (uint64_t seed = 1; seed <= 10; seed++) {
            const struct check_stage stages[] = { { world_make_pane, &w, 3 },
                                                  { world_make_judge, &w, 2 } };
            const struct check_plan plan = { .wire = w.wire, .seed = seed, .mutant = mutants[m] };
            struct check_result res = { 0 };
            struct err err = { { 0 } };

            seen += check_run(stages, 2, input, &plan, &res, &err) != ST_OK ||
                    check_log_equal(calm.log, res.log, TOPIC_WINDOWS, CHECK_ORDERED, &err) != ST_OK;
            check_result_release(&res);
        }
        assert_true(seen > 0);
    }
    check_result_release(&calm);
    check_log_free(input);
    teardown(&w);
}

/* R13 in small: one video is no sample, however much it is talked about. */
static void test_one_video_is_insufficient(void **state)
{
    struct world w;
    struct check_result res;
    struct stream_conf one = usual;
    struct arena *a = arena_new(16 << 20);

    (void)state;
    one.videos = 1;
    setup(&w, &one);
    w.conf.segments = "all";
    struct check_log *input = make_input(&w, &one);
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &res);
    assert_true(check_log_n(res.log, TOPIC_WINDOWS, 0) > 0);
    assert_int_equal(check_log_n(res.log, TOPIC_ALERTS, 0), 0);
    for (size_t i = 0; i < check_log_n(res.log, TOPIC_WINDOWS, 0); i++) {
        struct window win;
        struct err err = { { 0 } };

        assert_int_equal(wire_decode(w.wire, RECORD_WINDOW,
                                     check_log_at(res.log, TOPIC_WINDOWS, 0, i)->value, &win, a,
                                     &err),
                         ST_OK);
        assert_true(win.state == WINDOW_INSUFFICIENT_DATA || win.state == WINDOW_NO_DATA);
        if (win.n > 0)
            assert_true(win.videos == 1 && win.videos_eff == 1.0);
    }
    arena_free(a);
    check_result_release(&res);
    check_log_free(input);
    teardown(&w);
}

/* With both gates at 1 the same stream is judged, as the original would. */
static void test_gates_at_one(void **state)
{
    struct world w;
    struct check_result res;
    struct stream_conf one = usual;

    (void)state;
    one.videos = 1;
    one.shift_from = 0.45;
    one.shift_to = 0.9;
    setup(&w, &one);
    w.conf.segments = "all";
    w.conf.min_samples = 1;
    w.conf.min_videos = 1;
    struct check_log *input = make_input(&w, &one);
    run(&w, input, &(struct check_plan){ .wire = w.wire }, &res);
    assert_true(check_log_n(res.log, TOPIC_ALERTS, 0) > 0);
    check_result_release(&res);
    check_log_free(input);
    teardown(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_fate_the_same_bytes),
        cmocka_unit_test(test_scan_any_fate_the_same_bytes),
        cmocka_unit_test(test_a_segment_learns_under_any_fate),
        cmocka_unit_test(test_any_timing_the_same_bytes),
        cmocka_unit_test(test_any_number_of_processes_the_same_alerts),
        cmocka_unit_test(test_a_wrong_host_is_seen),
        cmocka_unit_test(test_one_video_is_insufficient),
        cmocka_unit_test(test_gates_at_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
