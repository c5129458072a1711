/* SPDX-License-Identifier: MIT */
/* What an operator says in absa.panes: the judge goes on, and comes to the same windows however
 * often it dies on the way, and when the log is read again. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "drift/alert.h"
#include "record/window.h"
#include "support/drift/judge_host.h"

static const struct fate calm = { 7, -1, false };

/* A batch in the middle that holds data and is followed by another of its partition. */
static struct pane pick(const struct world *w, size_t *at, struct arena *a)
{
    struct err err = { { 0 } };
    struct pane p = { .deltas = { NULL, 0 } };

    for (*at = check_log_n(w->panes, TOPIC_PANES, 0) / 3; p.deltas.n == 0; ++*at)
        assert_int_equal(wire_decode(w->wire, RECORD_PANE,
                                     check_log_at(w->panes, TOPIC_PANES, 0, *at + 1)->value, &p, a,
                                     &err),
                         ST_OK);
    return p;
}

static void assert_same(const struct host *x, const struct host *y, int fate)
{
    struct err err = { { 0 } };

    if (check_log_equal(x->log, y->log, TOPIC_WINDOWS, CHECK_ORDERED, &err) != ST_OK ||
        check_log_equal(x->log, y->log, TOPIC_ALERTS, CHECK_ORDERED, &err) != ST_OK)
        fail_msg("fate %d: %s", fate, err.msg);
}

/* Runs until it refuses; what it says. */
static void run_to_refusal(struct host *h, struct err *err)
{
    enum status st = host_start(h, err);
    size_t used = 1;

    while (st == ST_OK && !host_at_end(h)) {
        (void)host_settle(h, &calm);
        st = host_feed(h, 7, &used, err);
        if (st == ST_OK)
            (void)host_commit(h, &calm);
    }
    assert_int_equal(st, ST_FATAL);
}

static void a_gap_is_accepted(void **state)
{
    struct world *w = *state;
    struct arena *a = arena_new(64 << 20);
    struct host stopped;
    struct host again;
    struct err err = { { 0 } };
    char want[200];
    size_t at;
    struct pane lost = pick(w, &at, a);
    const struct order o = { .kind = ORDER_GAP,
                             .run = 1,
                             .part = lost.part,
                             .from = lost.from_offset,
                             .to = lost.to_offset,
                             .begin_ms = WM_NONE,
                             .until_ms = T0 + 3 * HOUR };

    host_empty(&stopped, w);
    host_copy_panes(&stopped, w, at, 1);
    run_to_refusal(&stopped, &err);
    (void)snprintf(want, sizeof(want), "absa drift accept-gap %d %lld %lld", (int)lost.part,
                   (long long)lost.from_offset, (long long)lost.to_offset);
    assert_non_null(strstr(err.msg, want));
    size_t before = check_log_n(stopped.log, TOPIC_WINDOWS, 0);
    struct order other = o;
    other.to--; /* not what is missing */
    host_order(&stopped, &other);
    run_to_refusal(&stopped, &err);
    host_order(&stopped, &o);
    host_run(&stopped, &calm);
    assert_true(check_log_n(stopped.log, TOPIC_WINDOWS, 0) > before + 4);
    for (size_t i = 0; i < check_log_n(stopped.log, TOPIC_WINDOWS, 0); i++) {
        struct window win = host_window(&stopped, i, a);
        bool incomplete = i >= before && win.start_ms < o.until_ms;

        assert_int_equal(win.state == WINDOW_INCOMPLETE, incomplete);
    }
    for (int i = -1; i < stopped.commits; i += 3) { /* the same log again, with a death */
        const struct fate f = { 5, i, i % 2 == 0 };

        host_empty(&again, w);
        host_copy_panes(&again, w, at, 1);
        host_order(&again, &other);
        host_order(&again, &o);
        host_run(&again, &f);
        assert_same(&stopped, &again, i);
        assert_int_equal(again.counters[COUNTER_CHAIN_DUPLICATE], 0);
        host_release(&again);
    }
    host_release(&stopped);
    arena_free(a);
}

static void a_rewind_begins_a_run(void **state)
{
    struct world *w = *state;
    const struct order o = rewind_to(T0 + 2 * HOUR, WM_NONE);
    struct arena *a = arena_new(64 << 20);
    struct host first;
    struct host calm_one = { .w = NULL };

    host_init(&first, w, w->panes);
    host_run(&first, &calm);
    size_t all = check_log_n(first.log, TOPIC_WINDOWS, 0);
    for (int i = -1; i < 150; i += 7) {
        const struct fate f = { 7, i, i % 2 == 0 };
        struct host h;

        host_rewound(&h, w, &o, &f);
        host_check_run_two(&first, &h, all, o.begin_ms, a);
        assert_int_equal(h.counters[COUNTER_OVERTAKEN], 0);
        if (i < 0)
            calm_one = h;
        else
            assert_same(&calm_one, &h, i);
        if (i >= 0)
            host_release(&h);
    }
    host_release(&calm_one);
    host_release(&first);
    arena_free(a);
}

/* What cannot be read, or does not fit, is no matter when a rewind follows. */
static void a_rewind_leads_on(void **state)
{
    struct world *w = *state;
    const struct order o = rewind_to(T0 + 2 * HOUR, WM_NONE);
    struct arena *a = arena_new(64 << 20);
    struct host first;
    struct host h;
    struct err err = { { 0 } };
    size_t at;

    host_init(&first, w, w->panes);
    host_run(&first, &calm);
    (void)pick(w, &at, a);

    host_empty(&h, w); /* behind a gap */
    host_copy_panes(&h, w, at, 1);
    run_to_refusal(&h, &err);
    size_t before = check_log_n(h.log, TOPIC_WINDOWS, 0);
    host_order(&h, &o);
    host_copy_panes(&h, w, ALL_PANES, 2);
    for (int i = 0; i < 3; i++) {
        const struct fate f = { 4, h.commits + i, i == 1 };

        host_run(&h, &f);
    }
    host_check_run_two(&first, &h, before, o.begin_ms, a);
    host_release(&h);

    host_empty(&h, w); /* without the state */
    host_copy_panes(&h, w, ALL_PANES, 1);
    h.committed = 17;
    assert_int_equal(host_start(&h, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "absa drift rewind"));
    host_order(&h, &o);
    host_copy_panes(&h, w, ALL_PANES, 2);
    host_run(&h, &calm);
    host_check_run_two(&first, &h, 0, o.begin_ms, a);
    host_release(&h);
    host_release(&first);
    arena_free(a);
}

static void an_order_of_no_kind_stops_it(void **state)
{
    struct world *w = *state;
    const struct hdr kind = { slice_str("absa-kind"), slice_str("dance") };
    struct stage_rec rec = { .topic = TOPIC_PANES, .hdr = &kind, .nhdr = 1 };
    enum order_kind k;
    struct err err = { { 0 } };
    struct buf meta;
    int32_t run = 0;

    (void)w;
    assert_int_equal(order_kind_of(&rec, &k, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: absa.panes 0 is an order of a kind"));
    buf_init(&meta, 64);
    order_run_write(1, &meta);
    assert_int_equal(meta.n, 0);
    order_run_write(12, &meta);
    assert_int_equal(order_run_parse(buf_slice(&meta), &run, &err), ST_OK);
    assert_int_equal(run, 12);
    assert_int_equal(order_run_parse(slice_str("run="), &run, &err), ST_FATAL);
    assert_int_equal(order_run_parse(slice_str("run=0"), &run, &err), ST_FATAL);
    assert_int_equal(order_run_parse(slice_str("m 3"), &run, &err), ST_FATAL);
    buf_release(&meta);
}

/* --- alerts that nothing judges any more --------------------------------------------- */

/* Feeds until an alert fires that has not ended; its record. */
static struct alert run_to_alert(struct host *h, struct arena *a)
{
    struct err err = { { 0 } };
    struct alert alert = { .state = ALERT_RESOLVED };
    size_t used;

    assert_int_equal(host_start(h, &err), ST_OK);
    while (!host_at_end(h)) {
        const size_t n = check_log_n(h->log, TOPIC_ALERTS, 0);

        if (n > 0) {
            assert_int_equal(wire_decode(h->w->wire, RECORD_ALERT,
                                         check_log_at(h->log, TOPIC_ALERTS, 0, n - 1)->value,
                                         &alert, a, &err),
                             ST_OK);
            if (alert.state == ALERT_FIRING)
                return alert;
        }
        (void)host_settle(h, &calm);
        assert_int_equal(host_feed(h, 3, &used, &err), ST_OK);
        (void)host_commit(h, &calm);
    }
    fail_msg("no alert");
    return alert;
}

/* From alert n on one ends the episode, once, and can be checked as any other. */
static void assert_ended(const struct host *h, size_t n, const struct alert *fired)
{
    struct arena *a = arena_new(16 << 20);
    struct err err = { { 0 } };
    int ended = 0;

    for (; n < check_log_n(h->log, TOPIC_ALERTS, 0); n++) {
        struct alert_diff diff;
        struct alert alert;

        assert_int_equal(wire_decode(h->w->wire, RECORD_ALERT,
                                     check_log_at(h->log, TOPIC_ALERTS, 0, n)->value, &alert, a,
                                     &err),
                         ST_OK);
        if (alert_check(&alert, a, &diff, &err) != ST_OK)
            fail_msg("%s", err.msg);
        if (!slice_eq(alert.alert_id, fired->alert_id) || alert.state != ALERT_RESOLVED ||
            alert.seq != fired->seq + 1)
            continue;
        assert_non_null(strstr(alert.message.p, "not watched any more"));
        ended++;
    }
    assert_int_equal(ended, 1);
    arena_free(a);
}

static void use_policy(struct world *w, const char *policy)
{
    w->conf.policy = policy;
    w->conf.false_alarms = 1;
    w->conf.effect_min = 0.005;
    w->conf.streak_min = 3;
    w->conf.keep_firing_for = 3;
    w->conf.span_ms = 2 * HOUR;
}

static void another_policy_ends_what_fires(void **state)
{
    static const char *const from_to[][2] = { { "fixed", "significant" }, { "early", "fixed" } };
    struct world *w = *state;

    for (size_t i = 0; i < 2; i++) {
        struct arena *a = arena_new(16 << 20);
        struct host h;

        use_policy(w, from_to[i][0]);
        host_init(&h, w, w->panes);
        const struct alert fired = run_to_alert(&h, a);
        const size_t n = check_log_n(h.log, TOPIC_ALERTS, 0);
        use_policy(w, from_to[i][1]);
        host_run(&h, &(struct fate){ 7, 0, false }); /* dies at once: it is told all the same */
        assert_ended(&h, n, &fired);
        host_release(&h);
        arena_free(a);
    }
    use_policy(w, "fixed");
}

/* The panes that the judge of a host has taken, in a host of their own. */
static void copy_taken(struct host *to, const struct host *from)
{
    const size_t n = check_log_seek(from->log, TOPIC_PANES, 0, from->committed);
    struct arena *a = arena_new(64 << 20);
    struct err err = { { 0 } };

    host_empty(to, from->w);
    for (size_t i = 0; i < n; i++) {
        struct pane p;

        arena_reset(a);
        assert_int_equal(wire_decode(from->w->wire, RECORD_PANE,
                                     check_log_at(from->log, TOPIC_PANES, 0, i)->value, &p, a,
                                     &err),
                         ST_OK);
        host_append(to, &p);
    }
    arena_free(a);
}

/* Known from the log, from this process, or only once it has started again. */
static void a_rewind_ends_what_fires(void **state)
{
    enum { AHEAD, OF_THIS_PROCESS, OF_THE_ONE_BEFORE, ANOTHER_BASELINE, WAYS };
    struct world *w = *state;
    struct baseline *base = w->base;
    struct baseline *other = stream_baseline(4100);
    const struct order o = rewind_to(T0 + 20 * HOUR, WM_NONE);
    struct arena *a = arena_new(16 << 20);
    struct host first;
    struct err err = { { 0 } };

    host_init(&first, w, w->panes);
    const struct alert fired = run_to_alert(&first, a);
    for (int way = 0; way < WAYS; way++) {
        struct host h;
        size_t used;

        copy_taken(&h, &first);
        host_run(&h, &calm);
        const size_t n = check_log_n(h.log, TOPIC_ALERTS, 0);
        if (way == OF_THE_ONE_BEFORE)
            assert_int_equal(host_start(&h, &err), ST_OK);
        host_order(&h, &o);
        if (way == OF_THIS_PROCESS) {
            assert_int_equal(host_feed(&h, 1, &used, &err), ST_OK);
            (void)host_commit(&h, &calm);
        }
        if (way == OF_THE_ONE_BEFORE) {
            enum status st = ST_OK;

            while (st == ST_OK && !host_at_end(&h)) /* open panes are read again first */
                st = host_feed(&h, 1, &used, &err);
            assert_int_equal(st, ST_RETRY);
        }
        if (way == ANOTHER_BASELINE)
            w->base = other;
        host_run(&h, &calm);
        assert_ended(&h, n, &fired);
        host_release(&h);
    }
    w->base = base;
    host_release(&first);
    baseline_free(other);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_is_accepted),
        cmocka_unit_test(a_rewind_begins_a_run),
        cmocka_unit_test(a_rewind_leads_on),
        cmocka_unit_test(another_policy_ends_what_fires),
        cmocka_unit_test(a_rewind_ends_what_fires),
        cmocka_unit_test(an_order_of_no_kind_stops_it),
    };

    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
