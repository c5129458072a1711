/* SPDX-License-Identifier: MIT */
/* The bundle changes in the middle of a stream: drift says so and goes on, whatever happens, and a
 * baseline of the new bundle takes over without a burst of alerts. */
#include "support/check.h"

#include "record/alert.h"
#include "support/drift/judge_host.h"
#include "support/prop.h"

/* Another bundle scores for a quarter of an hour, minutes after the sentiment has moved: too few
 * comments to see that before it, and enough behind it. */
static const struct stream_conf there_and_back = {
    .seed = 1,
    .order = 1,
    .sources = 2,
    .parts = 3,
    .records = 1500,
    .videos = 60,
    .start_ms = T0 + 600000,
    .span_ms = 4 * HOUR,
    .shift_from = 0.49,
    .shift_to = 0.8,
    .other_from = 0.5,
    .other_to = 0.56,
    .ends = true,
};

/* In which each pane of each segment has comments of the other bundle. */
#define OTHER_FROM (T0 + 2 * HOUR + 11 * INT64_C(60000))
#define OTHER_TO   (T0 + 2 * HOUR + 23 * INT64_C(60000))

static void open_world(struct world *w, struct baseline *base, const char *policy)
{
    struct err err = { { 0 } };

    *w = (struct world){ .topo = topology_make(2, 3, 1),
                         .base = base,
                         .conf = { .pane_ms = 60000,
                                   .window_ms = HOUR,
                                   .min_samples = 200,
                                   .min_videos = 10,
                                   .policy = policy,
                                   .segments = "all,lang:de,lang:en",
                                   .warming_comments = 850,
                                   .warming_ms = 24 * HOUR,
                                   .false_alarms = 1,
                                   .effect_min = 0.005,
                                   .streak_min = 3,
                                   .keep_firing_for = 3,
                                   .span_ms = 2 * HOUR } };
    assert_non_null(base);
    assert_int_equal(wire_new(NULL, &w->wire, &err), ST_OK);
}

static void run(struct world *w, const struct check_log *input, uint64_t seed, int processes,
                struct check_result *res)
{
    const struct check_stage stages[] = { { world_make_pane, w, processes },
                                          { world_make_judge, w, processes > 1 ? 2 : 1 } };
    const struct check_plan plan = { .wire = w->wire, .seed = seed };
    struct err err = { { 0 } };

    if (check_run(stages, 2, input, &plan, res, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

static void decode(const struct world *w, const struct check_log *log, enum topic_id topic,
                   size_t i, void *rec, struct arena *a)
{
    struct err err = { { 0 } };

    if (wire_decode(w->wire, topic == TOPIC_ALERTS ? RECORD_ALERT : RECORD_WINDOW,
                    check_log_at(log, topic, 0, i)->value, rec, a, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

/* The window in which it changed twice says so, of each segment, and has no severities. */
static void assert_windows(const struct world *w, const struct check_result *res)
{
    struct arena *a = arena_new(16 << 20);
    int64_t stale = 0;

    for (size_t i = 0; i < check_log_n(res->log, TOPIC_WINDOWS, 0); i++) {
        struct window win;

        decode(w, res->log, TOPIC_WINDOWS, i, &win, a);
        stale += win.state == WINDOW_BASELINE_STALE;
        assert_true(
            slice_is(win.stale_by, win.state == WINDOW_BASELINE_STALE ? STALE_BY_BUNDLE : ""));
        assert_int_equal(win.state == WINDOW_BASELINE_STALE, win.start_ms == T0 + 2 * HOUR);
        for (size_t k = 0; k < win.features.n && win.state == WINDOW_BASELINE_STALE; k++)
            assert_int_equal(win.features.v[k].severity, SEVERITY_NONE);
        if (slice_is(win.segment, "all") && win.state == WINDOW_BASELINE_STALE)
            assert_in_range(win.n, 300, 600);
        if (slice_is(win.segment, "lang:en") && win.start_ms == T0 + 3 * HOUR)
            assert_int_equal(win.state, WINDOW_WARMING); /* it learns nothing of the one before */
    }
    assert_int_equal(stale, 3);
    assert_int_equal(res->counters[COUNTER_BASELINE_STALE], stale);
    assert_in_range(res->counters[COUNTER_OTHER_BUNDLE], 150, 180); /* but for updates */
    assert_int_equal(res->counters[COUNTER_MARK_MISMATCH], 0);
    assert_int_equal(res->counters[COUNTER_OVERTAKEN], 0);
    arena_free(a);
}

/* Nothing that an alert is about spans the change; how many there are. */
static size_t assert_alerts(const struct world *w, const struct check_result *res)
{
    const size_t n = check_log_n(res->log, TOPIC_ALERTS, 0);
    struct arena *a = arena_new(16 << 20);

    for (size_t i = 0; i < n; i++) {
        struct alert alert;

        decode(w, res->log, TOPIC_ALERTS, i, &alert, a);
        if (alert.start_ms < OTHER_TO && alert.end_ms > OTHER_FROM)
            fail_msg("%lld to %lld: %.*s", (long long)(alert.start_ms - T0) / 60000,
                     (long long)(alert.end_ms - T0) / 60000, SLICE_ARG(alert.message));
    }
    arena_free(a);
    return n;
}

static void assert_same(const struct check_log *a, const struct check_log *b, uint64_t seed)
{
    struct err err = { { 0 } };

    if (check_log_equal(a, b, TOPIC_WINDOWS, CHECK_ORDERED, &err) != ST_OK ||
        check_log_equal(a, b, TOPIC_ALERTS, CHECK_ORDERED, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

static void a_bundle_that_changes_and_changes_back(void **state)
{
    static const char *const policies[] = { "fixed", "significant", "early" };
    const uint64_t last = prop_seeds(4);

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct world w;
        struct check_result calm;
        struct err err = { { 0 } };
        int kills = 0;

        open_world(&w, stream_baseline(6000), policies[k]);
        struct check_log *input = check_log_new(&w.topo);
        assert_int_equal(stream_write(&there_and_back, w.wire, input, &err), ST_OK);
        run(&w, input, 0, 1, &calm);
        assert_windows(&w, &calm);
        assert_true(assert_alerts(&w, &calm) > 0);
        for (uint64_t seed = 1; seed <= last; seed++) {
            struct check_result wild;

            run(&w, input, seed, seed % 2 ? 3 : 1, &wild);
            assert_same(calm.log, wild.log, seed);
            kills += wild.kills;
            check_result_release(&wild);
        }
        assert_true(kills > (int)last);
        check_result_release(&calm);
        check_log_free(input);
        world_close(&w);
    }
}

/* --- a baseline of the new bundle ------------------------------------------------------ */

/* From the third window on another bundle scores. */
static const struct stream_conf for_good = {
    .seed = 2,
    .order = 1,
    .sources = 2,
    .parts = 3,
    .records = 1500,
    .videos = 60,
    .start_ms = T0 + 600000,
    .span_ms = 5 * HOUR - 1200000,
    .other_from = 0.5,
    .other_to = 1,
    .ends = true,
};

/* The judge of the old baseline to the end, then of the new one from a rewind on. */
static void hand_over(struct world *old, struct world *new, const struct order *o,
                      const struct fate *f, struct host *h)
{
    static const struct fate calm = { 7, -1, false };

    host_empty(h, old);
    host_copy_panes(h, old, ALL_PANES, 1);
    host_run(h, &calm);
    host_order(h, o);
    host_copy_panes(h, new, ALL_PANES, 2);
    h->w = new;
    host_run(h, f);
}

/* Of run 1 all is stale from the change on; of run 2 the window that saw the change. Nothing fires.
 */
static void assert_handed_over(const struct host *h, int64_t begin_ms)
{
    const int64_t change_ms = T0 + 2 * HOUR; /* the window of it */
    const size_t n = check_log_n(h->log, TOPIC_WINDOWS, 0);
    struct arena *a = arena_new(16 << 20);
    size_t judged = 0;

    for (size_t i = 0; i < n; i++) {
        const struct window win = host_window(h, i, a);
        const bool stale = win.run == 1 ? win.start_ms >= change_ms : win.start_ms == change_ms;

        if (!slice_is(win.segment, "all"))
            continue;
        assert_int_equal(win.state, stale ? WINDOW_BASELINE_STALE : WINDOW_EVALUATED);
        assert_true(win.run == 1 || win.start_ms >= begin_ms);
        judged += win.run == 2 && !stale;
    }
    assert_int_equal(judged, 2); /* of the five that the stream lasts */
    assert_int_equal(check_log_n(h->log, TOPIC_ALERTS, 0), 0);
    arena_free(a);
}

static void a_new_baseline_takes_over(void **state)
{
    static const char *const policies[] = { "fixed", "significant", "early" };

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        const int64_t begin_ms =
            T0 + (k % 2 ? 2 : 3) * HOUR; /* the window of the change, the next */
        const struct order o = rewind_to(begin_ms, WM_NONE);
        struct world old;
        struct world new;
        struct host calm;

        open_world(&old, stream_baseline(6000), policies[k]);
        open_world(&new, stream_baseline_of_other(6000), policies[k]);
        world_count(&old, &for_good);
        world_count(&new, &for_good);
        hand_over(&old, &new, &o, &(struct fate){ 7, -1, false }, &calm);
        assert_handed_over(&calm, begin_ms);
        for (int i = 0; i < 120; i += 59) {
            const struct fate f = { 5, i, i % 2 == 0 };
            struct host h;

            hand_over(&old, &new, &o, &f, &h);
            assert_same(calm.log, h.log, (uint64_t)i);
            host_release(&h);
        }
        host_release(&calm);
        world_close(&new);
        world_close(&old);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_that_changes_and_changes_back),
        cmocka_unit_test(a_new_baseline_takes_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
