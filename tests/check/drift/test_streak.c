/* SPDX-License-Identifier: MIT */
/* A change too small for its PSI is told once it has shown at drift.for boundaries in a row. How
 * many there were is remembered in absa.state alone, where no alert was written yet: a judge that
 * dies among them counts on. */
#include "support/check.h"

#include "record/alert.h"
#include "support/drift/judge_host.h"

enum { BATCH = 3, BEFORE = 12, FOR = 4 };

static const struct stream_conf small_change = {
    .seed = 4,
    .order = 1,
    .sources = 2,
    .parts = 2,
    .records = 1500,
    .videos = 200,
    .start_ms = T0,
    .span_ms = 4 * HOUR,
    .shift_from = 0.5,
    .shift_to = 1,
    .shift = 0.12,
    .ends = true,
};

static struct alert first_alert(const struct host *h, struct arena *a)
{
    struct alert alert = { .evidence = NULL };
    struct err err = { { 0 } };

    assert_true(check_log_n(h->log, TOPIC_ALERTS, 0) > 0);
    if (wire_decode(h->w->wire, RECORD_ALERT, check_log_at(h->log, TOPIC_ALERTS, 0, 0)->value,
                    &alert, a, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_non_null(alert.evidence);
    return alert;
}

/* Runs until the alert is written; how many commits that took. */
static int run_to_alert(struct host *h)
{
    static const struct fate calm = { BATCH, -1, false };
    struct err err = { { 0 } };
    size_t used;

    assert_int_equal(host_start(h, &err), ST_OK);
    while (check_log_n(h->log, TOPIC_ALERTS, 0) == 0) {
        assert_false(host_at_end(h));
        (void)host_settle(h, &calm);
        assert_int_equal(host_feed(h, BATCH, &used, &err), ST_OK);
        (void)host_commit(h, &calm);
    }
    return h->commits;
}

static void open_world(struct world *w)
{
    struct err err = { { 0 } };

    *w = (struct world){ .topo = topology_make(2, 2, 1),
                         .base = stream_baseline(6000),
                         .conf = { .pane_ms = 60000,
                                   .window_ms = HOUR,
                                   .min_samples = 200,
                                   .min_videos = 10,
                                   .policy = "significant",
                                   .segments = "all",
                                   .false_alarms = 1,
                                   .effect_min = 0.005,
                                   .streak_min = FOR,
                                   .keep_firing_for = 3,
                                   .span_ms = 2 * HOUR } };
    assert_int_equal(wire_new(NULL, &w->wire, &err), ST_OK);
    world_count(w, &small_change);
}

static void a_streak_outlives_any_death(void **state)
{
    struct arena *a = arena_new(16 << 20);
    struct world w;
    struct host calm;

    (void)state;
    open_world(&w);
    host_init(&calm, &w, w.panes);
    const int at = run_to_alert(&calm);
    const struct alert told = first_alert(&calm, a);
    assert_true(told.psi.v < 0.2); /* it is told for that it lasts */
    assert_int_equal(told.evidence->streak, FOR);
    for (int i = at - BEFORE; i < at; i++) {
        const struct fate f = { BATCH, i, i % 2 == 0 };
        struct host h;

        host_init(&h, &w, w.panes);
        host_run(&h, &f);
        const struct alert again = first_alert(&h, a);
        assert_int_equal(again.end_ms, told.end_ms);
        assert_int_equal(again.evidence->streak, FOR);
        host_release(&h);
    }
    host_release(&calm);
    world_close(&w);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_streak_outlives_any_death) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
