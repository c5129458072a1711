/* SPDX-License-Identifier: MIT */
/* The judge alone, by a host of a few lines: what it refuses, what it restores,
 * and a kill at each commit. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "record/state.h"
#include "record/window.h"
#include "support/drift/stream.h"
#include "support/prop.h"

#define HOUR INT64_C(3600000)
#define T0   INT64_C(1753275600000)

struct world {
    struct wire *wire;
    struct baseline *base;
    struct topology topo;
    struct drift_conf conf;
    struct check_log *panes; /* input */
};

static const struct stream_conf small = {
    .seed = 5,
    .order = 3,
    .sources = 2,
    .parts = 2,
    .records = 500,
    .videos = 60,
    .start_ms = T0 + 600000,
    .span_ms = 3 * HOUR,
    .gap_at = 0.5,
    .gap_ms = HOUR,
    .shift_from = 0.3,
    .shift_to = 0.7,
    .ends = true,
};

/* How a run of the judge goes. */
struct fate {
    size_t batch;   /* records between commits                        */
    int kill_at;    /* number of the commit at which it dies, or -1   */
    bool committed; /* it dies behind that commit, not before         */
};

struct host {
    struct world *w;
    struct check_log *log; /* panes, and what the judge committed */
    struct out *out;
    struct stage judge;
    int64_t pos;
    int64_t committed;
    int commits;
    int64_t counters[COUNTER_N];
};

static enum status make_pane(void *arg, struct stage *stage, struct err *err)
{
    struct world *w = arg;

    return pane_stage_new(&w->conf, w->wire, &w->topo, w->base, stage, err);
}

static void copy_topic(struct check_log *to, const struct check_log *from, enum topic_id topic)
{
    struct err err = { { 0 } };

    for (size_t i = 0; i < check_log_n(from, topic, 0); i++) {
        const struct stage_rec *r = check_log_at(from, topic, 0, i);
        const struct out_rec rec = { topic, 0, r->key, r->value, r->hdr, r->nhdr };

        check_log_skip(to, topic, 0, r->offset);
        assert_int_equal(check_log_append(to, &rec, 0, &err), ST_OK);
    }
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err = { { 0 } };
    struct check_result res;

    w->topo = topology_make(small.sources, small.parts, 1);
    w->conf = (struct drift_conf){ .pane_ms = 60000,
                                   .window_ms = HOUR,
                                   .min_samples = 100,
                                   .min_videos = 10,
                                   .policy = "fixed",
                                   .segments = "all,lang:de" };
    w->base = stream_baseline(4000);
    assert_int_equal(wire_new(NULL, &w->wire, &err), ST_OK);
    struct check_log *scores = check_log_new(&w->topo);
    assert_int_equal(stream_write(&small, w->wire, scores, &err), ST_OK);
    const struct check_stage stages[] = { { make_pane, w, 2 } };
    assert_int_equal(check_run(stages, 1, scores,
                               &(struct check_plan){ .wire = w->wire, .seed = 9 }, &res, &err),
                     ST_OK);
    w->panes = check_log_new(&w->topo);
    copy_topic(w->panes, res.log, TOPIC_PANES);
    check_result_release(&res);
    check_log_free(scores);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;

    check_log_free(w->panes);
    baseline_free(w->base);
    wire_free(w->wire);
    free(w);
    return 0;
}

static enum status start(struct host *h, struct err *err)
{
    struct check_reader reader;
    struct log_reader log = check_reader_make(&reader, h->log);
    struct stage_resume resume = { .offset = h->committed, .log = &log };
    enum status st;

    stage_close(&h->judge);
    out_clear(h->out);
    st = judge_stage_new(&h->w->conf, h->w->wire, &h->w->topo, h->w->base, &h->judge, err);
    if (st == ST_OK)
        st = h->judge.ops->assign(h->judge.ctx, 0, &resume, h->out, err);
    h->pos = resume.offset < 0 ? 0 : resume.offset;
    if (resume.floor > h->committed)
        h->committed = resume.floor;
    return st;
}

static void host_init(struct host *h, struct world *w, const struct check_log *panes)
{
    *h = (struct host){ .w = w, .committed = -1 };
    h->log = check_log_new(&w->topo);
    copy_topic(h->log, panes, TOPIC_PANES);
    h->out = out_new(w->wire, &w->topo, (struct out_limits){ 3, 1 << 20 });
}

static void host_release(struct host *h)
{
    stage_close(&h->judge);
    out_free(h->out);
    check_log_free(h->log);
}

/* Commits, unless this is where it dies; true when it died and lives again. */
static bool commit(struct host *h, const struct fate *f)
{
    struct buf meta;
    struct err err = { { 0 } };
    bool dies = h->commits++ == f->kill_at;

    buf_init(&meta, STAGE_META_MAX);
    if (h->judge.ops->checkpoint(h->judge.ctx, 0, &meta, h->out, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(meta.n, 0);
    if (!dies || f->committed) {
        for (size_t i = 0; i < out_n(h->out); i++)
            assert_int_equal(check_log_append(h->log, out_at(h->out, i), 0, &err), ST_OK);
        for (int c = 0; c < COUNTER_N; c++)
            h->counters[c] += out_counter(h->out, (enum counter)c);
        if (h->pos > h->committed)
            h->committed = h->pos;
    }
    out_clear(h->out);
    if (dies && start(h, &err) != ST_OK)
        fail_msg("restart at commit %d: %s", f->kill_at, err.msg);
    return dies;
}

/* Emits what is left; true when it died meanwhile. */
static bool settle(struct host *h, const struct fate *f)
{
    struct err err = { { 0 } };

    for (bool more = true; more;) {
        if (h->judge.ops->resume(h->judge.ctx, 0, h->out, &more, &err) != ST_OK)
            fail_msg("%s", err.msg);
        if (more && commit(h, f))
            return true;
    }
    return false;
}

static enum status feed(struct host *h, size_t max, size_t *used, struct err *err)
{
    size_t at = check_log_seek(h->log, TOPIC_PANES, 0, h->pos);
    size_t n = check_log_n(h->log, TOPIC_PANES, 0) - at;
    struct stage_rec batch[32];
    enum status st;

    *used = 0;
    if (n > max)
        n = max;
    if (n == 0)
        return ST_OK;
    for (size_t i = 0; i < n; i++)
        batch[i] = *check_log_at(h->log, TOPIC_PANES, 0, at + i);
    st = h->judge.ops->process(h->judge.ctx, 0, batch, n, used, h->out, err);
    if (*used > 0)
        h->pos = check_log_at(h->log, TOPIC_PANES, 0, at + *used - 1)->offset + 1;
    return st;
}

static bool at_end(const struct host *h)
{
    return check_log_seek(h->log, TOPIC_PANES, 0, h->pos) == check_log_n(h->log, TOPIC_PANES, 0);
}

static void run(struct host *h, const struct fate *f)
{
    struct err err = { { 0 } };
    size_t used;

    if (start(h, &err) != ST_OK)
        fail_msg("%s", err.msg);
    for (;;) {
        if (settle(h, f))
            continue;
        if (at_end(h) && !commit(h, f))
            return;
        if (feed(h, f->batch, &used, &err) != ST_OK)
            fail_msg("%s", err.msg);
        (void)commit(h, f);
    }
}

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
    run(&first, &calm);
    assert_true(check_log_n(first.log, TOPIC_ALERTS, 0) >= 2);
    assert_true(check_log_n(first.log, TOPIC_WINDOWS, 0) >= 8);
    print_message("%d commits\n", first.commits);
    for (int i = 0; i < first.commits; i++) {
        for (int behind = 0; behind < 2; behind++) {
            const struct fate f = { 7, i, behind };
            struct host h;

            host_init(&h, w, w->panes);
            run(&h, &f);
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
    run(&first, &(struct fate){ 7, -1, false });
    for (int i = -1; i < 60; i += 3) {
        struct host h;

        host_init(&h, w, twice);
        run(&h, &(struct fate){ 5, i, i % 2 == 0 });
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
    assert_int_equal(start(&h, &err), ST_OK);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(feed(&h, 20, &used, &err), ST_OK);
        (void)commit(&h, &(struct fate){ 0, -1, false });
    }
    int64_t was = h.committed;
    h.committed = -1; /* it has expired: the state knows */
    assert_int_equal(start(&h, &err), ST_OK);
    assert_int_equal(h.committed, was);
    assert_true(h.pos <= was);
    h.committed = was - 1;
    assert_int_equal(start(&h, &err), ST_FATAL);
    char want[64];
    (void)snprintf(want, sizeof(want), "committed at %lld but absa.state stands at %lld",
                   (long long)was - 1, (long long)was);
    assert_non_null(strstr(err.msg, want));
    host_release(&h);
    host_init(&h, w, w->panes);
    h.committed = 17;
    assert_int_equal(start(&h, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "committed at 17 but absa.state is empty"));
    host_release(&h);
}

static void append_pane(struct host *h, const struct pane *pane)
{
    struct buf b;
    struct err err = { { 0 } };

    buf_init(&b, 1 << 20);
    assert_int_equal(wire_encode(h->w->wire, RECORD_PANE, pane, &b, &err), ST_OK);
    const struct out_rec rec = { .topic = TOPIC_PANES, .value = buf_slice(&b) };
    assert_int_equal(check_log_append(h->log, &rec, 0, &err), ST_OK);
    buf_release(&b);
}

static struct pane pane_of(struct world *w, int32_t part, int64_t from, int64_t to)
{
    return (struct pane){ .run = 1,
                          .part = part,
                          .from_offset = from,
                          .to_offset = to,
                          .baseline = slice_str(w->base->id),
                          .bundle = slice_str(STREAM_BUNDLE) };
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
        append_pane(&h, first);
    append_pane(&h, second);
    assert_int_equal(start(&h, &err), ST_OK);
    assert_int_equal(feed(&h, 10, &used, &err), ST_FATAL);
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

    refused(w, &good, &p, "expected 10, a batch covers 12..20; see docs/runbook/exit-70.md");
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

/* A comment on time for a closed pane: counted, never silent, never fatal; and
 * not forgotten by a restart. */
static void test_overtaken(void **state)
{
    struct world *w = *state;
    struct check_log *none = check_log_new(&w->topo);
    struct arena *a = arena_new(8 << 20);
    struct mark marks[2] = { { .src_count = 2, .src_epoch = 1, .wm_ms = T0 + 120000 },
                             { .src = 1, .src_count = 2, .src_epoch = 1, .wm_ms = T0 + 120000 } };
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
    size_t used;

    for (int i = 0; i < STREAM_FEATURES; i++)
        f[i] = (struct pane_feature){
            .index = i, .n = 1, .cells = { &cell, 1 }, .counts = { &one, 1 }, .sums = { &one, 1 }
        };
    host_init(&h, w, none);
    for (int32_t part = 0; part < 2; part++) {
        struct pane p = pane_of(w, part, 0, 10);

        p.marks = (struct mark_list){ marks, 2 };
        p.deltas = (struct pane_delta_list){ &d, 1 };
        append_pane(&h, &p);
    }
    struct pane late = pane_of(w, 1, 10, 20);
    late.deltas = (struct pane_delta_list){ &d, 1 };
    append_pane(&h, &late);
    assert_int_equal(start(&h, &err), ST_OK);
    assert_int_equal(feed(&h, 10, &used, &err), ST_OK);
    (void)commit(&h, &(struct fate){ 0, -1, false });
    while (!at_end(&h)) {
        assert_int_equal(feed(&h, 10, &used, &err), ST_OK);
        (void)commit(&h, &(struct fate){ 0, -1, false });
    }
    assert_int_equal(h.counters[COUNTER_OVERTAKEN], 1);
    assert_int_equal(start(&h, &err), ST_OK); /* killed and restored */
    marks[0].wm_ms = marks[1].wm_ms = WM_END;
    for (int32_t part = 0; part < 2; part++) {
        struct pane p = pane_of(w, part, part ? 20 : 10, 30);

        p.marks = (struct mark_list){ marks, 2 };
        append_pane(&h, &p);
    }
    do {
        (void)settle(&h, &(struct fate){ 0, -1, false });
        assert_int_equal(feed(&h, 10, &used, &err), ST_OK);
        (void)commit(&h, &(struct fate){ 0, -1, false });
        (void)settle(&h, &(struct fate){ 0, -1, false });
        (void)commit(&h, &(struct fate){ 0, -1, false });
    } while (!at_end(&h));
    assert_int_equal(check_log_n(h.log, TOPIC_WINDOWS, 0), 2);
    struct window win;
    assert_int_equal(wire_decode(w->wire, RECORD_WINDOW,
                                 check_log_at(h.log, TOPIC_WINDOWS, 0, 0)->value, &win, a, &err),
                     ST_OK);
    assert_true(slice_is(win.segment, "all"));
    assert_int_equal(win.state, WINDOW_INCOMPLETE);
    assert_int_equal(win.counters.overtaken, 1);
    assert_int_equal(win.n, 2);
    assert_int_equal(wire_decode(w->wire, RECORD_WINDOW,
                                 check_log_at(h.log, TOPIC_WINDOWS, 0, 1)->value, &win, a, &err),
                     ST_OK);
    assert_int_equal(win.state, WINDOW_NO_DATA);
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
    assert_int_equal(start(&h, &err), ST_FATAL);
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

    s.format = 2;
    state_refused(w, &s, "judge", "config: absa.state has format 2");
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

    return cmocka_run_group_tests(tests, setup, teardown);
}
