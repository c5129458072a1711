/* SPDX-License-Identifier: MIT */
/* The judge alone, by a host of a few lines: what it refuses, what it restores,
 * and a kill at each commit. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/state.h"
#include "record/window.h"
#include "support/drift/judge_host.h"
#include "support/prop.h"

static void assert_same(const struct host *a, const struct host *b, int fate)
{
    struct err err = { { 0 } };

    if (check_log_equal(a->log, b->log, TOPIC_WINDOWS, CHECK_ORDERED, &err) != ST_OK ||
        check_log_equal(a->log, b->log, TOPIC_ALERTS, CHECK_ORDERED, &err) != ST_OK)
        fail_msg("fate %d: %s", fate, err.msg);
}

static void test_killed_at_each_commit(void **state)
{
    struct world *w = *state;
    const struct fate calm = { 7, -1, false };
    struct host first;

    host_init(&first, w, w->panes);
    host_run(&first, &calm);
    assert_true(check_log_n(first.log, TOPIC_ALERTS, 0) >= 2);
    assert_true(check_log_n(first.log, TOPIC_WINDOWS, 0) >= 8);
    print_message("%d commits\n", first.commits);
    for (int i = 0; i < first.commits; i++) {
        for (int behind = 0; behind < 2; behind++) {
            const struct fate f = { 7, i, behind };
            struct host h;

            host_init(&h, w, w->panes);
            host_run(&h, &f);
            assert_same(&first, &h, i);
            assert_int_equal(h.counters[COUNTER_WINDOWS], first.counters[COUNTER_WINDOWS]);
            host_release(&h);
        }
    }
    host_release(&first);
}

/* Batches that come twice, with kills: dropped each time they are read. */
static void test_duplicates_change_nothing(void **state)
{
    struct world *w = *state;
    struct check_log *twice = check_log_new(&w->topo);
    struct prop p = { .state = 8 };
    struct err err = { { 0 } };
    struct host first;
    int64_t duplicates = 0;

    for (size_t i = 0; i < check_log_n(w->panes, TOPIC_PANES, 0); i++) {
        for (size_t k = i + 1; k-- > 0 && k + 3 > i;) {
            const struct stage_rec *r = check_log_at(w->panes, TOPIC_PANES, 0, k);
            const struct out_rec rec = { TOPIC_PANES, 0, r->key, r->value, NULL, 0 };

            if (k < i && prop_below(&p, 3) != 0)
                continue;
            duplicates += k < i;
            assert_int_equal(check_log_append(twice, &rec, 0, &err), ST_OK);
        }
    }
    host_init(&first, w, w->panes);
    host_run(&first, &(struct fate){ 7, -1, false });
    for (int i = -1; i < 60; i += 3) {
        struct host h;

        host_init(&h, w, twice);
        host_run(&h, &(struct fate){ 5, i, i % 2 == 0 });
        assert_same(&first, &h, i);
        assert_int_equal(h.counters[COUNTER_CHAIN_DUPLICATE], duplicates);
        host_release(&h);
    }
    host_release(&first);
    check_log_free(twice);
}

static void test_committed_offset(void **state)
{
    struct world *w = *state;
    struct host h;
    struct err err = { { 0 } };
    size_t used;

    host_init(&h, w, w->panes);
    assert_int_equal(host_start(&h, &err), ST_OK);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(host_feed(&h, 20, &used, &err), ST_OK);
        (void)host_commit(&h, &(struct fate){ 0, -1, false });
    }
    int64_t was = h.committed;
    h.committed = -1; /* it has expired: the state knows */
    assert_int_equal(host_start(&h, &err), ST_OK);
    assert_int_equal(h.committed, was);
    assert_true(h.pos <= was);
    h.committed = was - 1;
    assert_int_equal(host_start(&h, &err), ST_FATAL);
    char want[64];
    (void)snprintf(want, sizeof(want), "committed at %lld but absa.state stands at %lld",
                   (long long)was - 1, (long long)was);
    assert_non_null(strstr(err.msg, want));
    assert_non_null(strstr(err.msg, "--from-state goes on from the state, absa drift rewind"));
    w->conf.from_state = true;
    for (int64_t at = was - 1; at <= was + 5; at += 6) { /* also from a committed offset above it */
        h.committed = at;
        assert_int_equal(host_start(&h, &err), ST_OK);
        assert_int_equal(h.committed, was);
    }
    w->conf.from_state = false;
    host_release(&h);
    host_init(&h, w, w->panes);
    h.committed = 17;
    assert_int_equal(host_start(&h, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "committed at 17 but absa.state is empty"));
    host_release(&h);
}

/* What process() says of two batches, the second changed. */
static void refused(struct world *w, const struct pane *first, const struct pane *second,
                    const char *says)
{
    struct check_log *none = check_log_new(&w->topo);
    struct host h;
    struct err err = { { 0 } };
    size_t used;

    host_init(&h, w, none);
    if (first)
        host_append(&h, first);
    host_append(&h, second);
    assert_int_equal(host_start(&h, &err), ST_OK);
    assert_int_equal(host_feed(&h, 10, &used, &err), ST_FATAL);
    if (!strstr(err.msg, says))
        fail_msg("'%s' does not say '%s'", err.msg, says);
    host_release(&h);
    check_log_free(none);
}

static void test_refuses(void **state)
{
    struct world *w = *state;
    struct pane good = pane_of(w, 0, 0, 10);
    struct pane p = pane_of(w, 0, 12, 20);
    struct pane_delta d = { .segment = slice_str("all"), .start_ms = T0, .late = 1 };

    refused(w, &good, &p, "expected 10, a batch covers 12..20: absa drift accept-gap 0 10 12 ");
    p.from_offset = 8;
    refused(w, &good, &p, "overlap");
    p = pane_of(w, 0, 0, 10);
    p.run = 2;
    refused(w, NULL, &p, "config: a batch of run 2");
    p = pane_of(w, 0, 0, 10);
    p.baseline = slice_str("sha256:11");
    refused(w, NULL, &p, "config: a batch counted with baseline");
    p = pane_of(w, 0, 0, 10);
    p.bundle = slice_str("33");
    refused(w, NULL, &p, "config: a batch of another bundle");
    p = pane_of(w, 7, 0, 10);
    refused(w, NULL, &p, "config: a batch of scores partition 7 of 2");
    p = pane_of(w, 0, 0, 10);
    p.deltas = (struct pane_delta_list){ &d, 1 };
    d.start_ms = T0 + 1;
    refused(w, NULL, &p, "config: a batch has a pane at");
    d.start_ms = T0;
    d.segment = slice_str("lang:fr");
    refused(w, NULL, &p, "config: a batch has segment lang:fr");
    d.segment = slice_str("all");
    d.n = 1;
    refused(w, NULL, &p, "do not add up");
}

/* Everything that waits, with nothing left to emit. */
static void drain(struct host *h)
{
    const struct fate calm = { 0, -1, false };
    struct err err = { { 0 } };
    size_t used;

    do {
        (void)host_settle(h, &calm);
        assert_int_equal(host_feed(h, 10, &used, &err), ST_OK);
        (void)host_commit(h, &calm);
        (void)host_settle(h, &calm);
        (void)host_commit(h, &calm);
    } while (!host_at_end(h));
}

/* One batch of each partition, with both marks at wm. */
static void append_marks(struct host *h, int64_t from0, int64_t from1, int64_t wm,
                         struct pane_delta_list deltas)
{
    struct mark marks[2] = { { .src_count = 2, .src_epoch = 1, .wm_ms = wm },
                             { .src = 1, .src_count = 2, .src_epoch = 1, .wm_ms = wm } };

    for (int32_t part = 0; part < 2; part++) {
        int64_t from = part == 0 ? from0 : from1;
        struct pane p = pane_of(h->w, part, from, from + 10);

        p.marks = (struct mark_list){ marks, 2 };
        p.deltas = deltas;
        host_append(h, &p);
    }
}

static struct window window_at(struct host *h, size_t i, struct arena *a)
{
    struct window win;
    struct err err = { { 0 } };

    assert_int_equal(wire_decode(h->w->wire, RECORD_WINDOW,
                                 check_log_at(h->log, TOPIC_WINDOWS, 0, i)->value, &win, a, &err),
                     ST_OK);
    return win;
}

/* A comment on time for a closed pane: counted, never silent, never fatal; and
 * not forgotten by a restart. */
static void test_overtaken(void **state)
{
    struct world *w = *state;
    struct check_log *none = check_log_new(&w->topo);
    struct arena *a = arena_new(8 << 20);
    int32_t cell = 0;
    int64_t one = 1;
    struct pane_feature f[STREAM_FEATURES];
    struct video_count video = { 1, 1 };
    struct pane_delta d = { .segment = slice_str("all"),
                            .start_ms = T0,
                            .n = 1,
                            .features = { f, STREAM_FEATURES },
                            .videos = { &video, 1 } };
    struct host h;
    struct err err = { { 0 } };

    for (int i = 0; i < STREAM_FEATURES; i++)
        f[i] = (struct pane_feature){ i, 1, 0, 0, 0, 0, { &cell, 1 }, { &one, 1 }, { &one, 1 } };
    host_init(&h, w, none);
    append_marks(&h, 0, 0, T0 + 120000, (struct pane_delta_list){ &d, 1 });
    struct pane late = pane_of(w, 1, 10, 20);
    late.deltas = (struct pane_delta_list){ &d, 1 };
    host_append(&h, &late);
    assert_int_equal(host_start(&h, &err), ST_OK);
    drain(&h);
    assert_int_equal(h.counters[COUNTER_OVERTAKEN], 1);
    assert_int_equal(host_start(&h, &err), ST_OK); /* killed and restored */
    append_marks(&h, 10, 20, WM_END, (struct pane_delta_list){ NULL, 0 });
    drain(&h);
    assert_int_equal(check_log_n(h.log, TOPIC_WINDOWS, 0), 2);
    struct window win = window_at(&h, 0, a);
    assert_true(slice_is(win.segment, "all"));
    assert_int_equal(win.state, WINDOW_INCOMPLETE);
    assert_int_equal(win.counters.overtaken, 1);
    assert_int_equal(win.n, 2);
    assert_int_equal(window_at(&h, 1, a).state, WINDOW_NO_DATA);
    host_release(&h);
    check_log_free(none);
    arena_free(a);
}

static void state_refused(struct world *w, const struct state *s, const char *key, const char *says)
{
    struct host h;
    struct err err = { { 0 } };
    struct buf b;

    host_init(&h, w, w->panes);
    buf_init(&b, 1 << 20);
    assert_int_equal(wire_encode(w->wire, RECORD_STATE, s, &b, &err), ST_OK);
    const struct out_rec rec = { .topic = TOPIC_STATE,
                                 .key = slice_str(key),
                                 .value = buf_slice(&b) };
    assert_int_equal(check_log_append(h.log, &rec, 0, &err), ST_OK);
    assert_int_equal(host_start(&h, &err), ST_FATAL);
    if (!strstr(err.msg, says))
        fail_msg("'%s' does not say '%s'", err.msg, says);
    buf_release(&b);
    host_release(&h);
}

static void test_refuses_state(void **state)
{
    struct world *w = *state;
    int64_t next[3] = { -1, -1, -1 };
    struct judge_state j = { .run = 1,
                             .next = { next, 2 },
                             .replay_next = { next, 2 },
                             .baseline = slice_str(w->base->id),
                             .pane_ms = 60000,
                             .window_ms = HOUR };
    struct state s = { .format = 1, .kind = STATE_JUDGE, .judge = &j };

    s.format = 3;
    state_refused(w, &s, "judge", "config: absa.state has format 3");
    s.format = 1;
    j.baseline = slice_str("sha256:other");
    state_refused(w, &s, "judge", "config: absa.state was counted with baseline");
    j.baseline = slice_str(w->base->id);
    j.pane_ms = 1000;
    state_refused(w, &s, "judge", "config: absa.state has panes of 1000 ms");
    j.pane_ms = 60000;
    j.next.n = 3;
    state_refused(w, &s, "judge", "3 partitions");
    struct pane_delta d = { .segment = slice_str("lang:fr") };
    s = (struct state){ .format = 1, .kind = STATE_PANE, .pane = &d };
    state_refused(w, &s, "pane|0|lang:fr", "segment lang:fr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed_at_each_commit),
        cmocka_unit_test(test_duplicates_change_nothing),
        cmocka_unit_test(test_committed_offset),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_overtaken),
        cmocka_unit_test(test_refuses_state),
    };

    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
