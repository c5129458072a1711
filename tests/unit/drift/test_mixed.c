/* SPDX-License-Identifier: MIT */
/* A pane that has comments of two bundles takes no part in the family of its boundary: those that
 * are judged there share the whole level among themselves. */
#include "support/check.h"

#include "drift/alert.h"
#include "stats/family.h"
#include "support/drift/judge_host.h"

static const struct fate calm = { 7, -1, false };

/* The alert of a segment that is written at a boundary, at 0: the first; false: there is none. */
static bool find_alert(const struct host *h, const char *segment, int64_t end_ms,
                       struct alert *alert, struct arena *a)
{
    struct err err = { { 0 } };

    for (size_t i = 0; i < check_log_n(h->log, TOPIC_ALERTS, 0); i++) {
        const struct slice value = check_log_at(h->log, TOPIC_ALERTS, 0, i)->value;

        assert_int_equal(wire_decode(h->w->wire, RECORD_ALERT, value, alert, a, &err), ST_OK);
        if (slice_is(alert->segment, segment) && alert->state == ALERT_FIRING &&
            (end_ms == 0 || alert->end_ms == end_ms))
            return true;
    }
    return false;
}

/* The panes of the world, of which those of a segment from start_ms on have a comment of another
 * bundle. */
static void copy_mixed(struct host *to, const char *segment, int64_t start_ms)
{
    const struct world *w = to->w;
    struct arena *a = arena_new(64 << 20);
    struct err err = { { 0 } };
    int mixed = 0;

    for (size_t i = 0; i < check_log_n(w->panes, TOPIC_PANES, 0); i++) {
        const struct slice value = check_log_at(w->panes, TOPIC_PANES, 0, i)->value;
        struct pane p;

        arena_reset(a);
        assert_int_equal(wire_decode(w->wire, RECORD_PANE, value, &p, a, &err), ST_OK);
        for (size_t k = 0; k < p.deltas.n; k++) {
            struct pane_delta *d = &p.deltas.v[k];

            if (d->start_ms != start_ms || !slice_is(d->segment, segment))
                continue;
            d->other_bundle = 1;
            mixed++;
        }
        host_append(to, &p);
    }
    assert_true(mixed > 0);
    arena_free(a);
}

static void the_others_share_its_level(void **state)
{
    struct world *w = *state;
    struct arena *a = arena_new(64 << 20);
    struct alert pure;
    struct alert beside;
    struct alert none;
    struct host h;

    w->conf.policy = "early";
    w->conf.false_alarms = 1;
    w->conf.effect_min = 0.005;
    w->conf.streak_min = w->conf.keep_firing_for = 3;
    w->conf.span_ms = 2 * HOUR;
    const double level = family_level(w->conf.false_alarms, w->conf.pane_ms);

    host_init(&h, w, w->panes);
    host_run(&h, &calm);
    assert_true(find_alert(&h, "lang:de", 0, &pure, a));
    assert_true(pure.evidence->level == level * family_share(0, 1, 2)); /* beside all */
    host_release(&h);

    host_empty(&h, w);
    copy_mixed(&h, "all", pure.end_ms - w->conf.pane_ms);
    host_run(&h, &calm);
    assert_true(find_alert(&h, "lang:de", pure.end_ms, &beside, a));
    assert_true(beside.evidence->level == level); /* alone */
    assert_true(slice_eq(beside.feature, pure.feature) && beside.start_ms == pure.start_ms);
    assert_false(find_alert(&h, "all", pure.end_ms, &none, a));
    host_release(&h);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_others_share_its_level, world_setup, world_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
