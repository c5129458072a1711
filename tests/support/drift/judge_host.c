/* SPDX-License-Identifier: MIT */
#include "support/drift/judge_host.h"

#include "support/check.h"

#include <stdlib.h>

#include "consumers/drift/pane.h"

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

enum status world_make_pane(void *arg, struct stage *stage, struct err *err)
{
    struct world *w = arg;

    return pane_stage_new(&w->conf, w->wire, &w->topo, w->base, stage, err);
}

enum status world_make_judge(void *arg, struct stage *stage, struct err *err)
{
    struct world *w = arg;

    return judge_stage_new(&w->conf, w->wire, &w->topo, w->base, stage, err);
}

/* The records from offset on. */
static void copy_topic(struct check_log *to, const struct check_log *from, enum topic_id topic,
                       int64_t offset)
{
    struct err err = { { 0 } };

    for (size_t i = check_log_seek(from, topic, 0, offset); i < check_log_n(from, topic, 0); i++) {
        const struct stage_rec *r = check_log_at(from, topic, 0, i);
        const struct out_rec rec = { topic, 0, r->key, r->value, r->hdr, r->nhdr };

        check_log_skip(to, topic, 0, r->offset);
        assert_int_equal(check_log_append(to, &rec, 0, &err), ST_OK);
    }
}

void world_count(struct world *w, const struct stream_conf *s)
{
    struct check_log *scores = check_log_new(&w->topo);
    const struct check_stage stages[] = { { world_make_pane, w, 2 } };
    const struct check_plan plan = { .wire = w->wire, .seed = 9 };
    struct check_result res;
    struct err err = { { 0 } };

    assert_int_equal(stream_write(s, w->wire, scores, &err), ST_OK);
    assert_int_equal(check_run(stages, 1, scores, &plan, &res, &err), ST_OK);
    w->panes = check_log_new(&w->topo);
    copy_topic(w->panes, res.log, TOPIC_PANES, 0);
    check_result_release(&res);
    check_log_free(scores);
}

int world_setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err = { { 0 } };

    w->topo = topology_make(small.sources, small.parts, 1);
    w->conf = (struct drift_conf){ .pane_ms = 60000,
                                   .window_ms = HOUR,
                                   .min_samples = 100,
                                   .min_videos = 10,
                                   .policy = "fixed",
                                   .segments = "all,lang:de" };
    w->base = stream_baseline(4000);
    assert_int_equal(wire_new(NULL, &w->wire, &err), ST_OK);
    world_count(w, &small);
    *state = w;
    return 0;
}

void world_close(struct world *w)
{
    check_log_free(w->panes);
    baseline_free(w->base);
    wire_free(w->wire);
}

int world_teardown(void **state)
{
    world_close(*state);
    free(*state);
    return 0;
}

enum status host_start(struct host *h, struct err *err)
{
    struct check_reader reader;
    struct log_reader log = check_reader_make(&reader, h->log);
    struct stage_resume resume = { .offset = h->committed, .start = h->start, .log = &log };
    enum status st;

    stage_close(&h->judge);
    out_clear(h->out);
    st = judge_stage_new(&h->w->conf, h->w->wire, &h->w->topo, h->w->base, &h->judge, err);
    if (st == ST_OK)
        st = h->judge.ops->assign(h->judge.ctx, 0, &resume, h->out, err);
    h->pos = resume.offset < 0 ? 0 : resume.offset;
    if (resume.floor > h->committed || resume.reset)
        h->committed = resume.floor;
    return st;
}

void host_init(struct host *h, struct world *w, const struct check_log *panes)
{
    *h = (struct host){ .w = w, .committed = -1 };
    h->log = check_log_new(&w->topo);
    copy_topic(h->log, panes, TOPIC_PANES, 0);
    h->out = out_new(w->wire, &w->topo, (struct out_limits){ 3, 1 << 20 });
}

void host_cut(struct host *h, int64_t offset)
{
    static const enum topic_id all[] = { TOPIC_PANES, TOPIC_STATE, TOPIC_WINDOWS, TOPIC_ALERTS };
    struct check_log *from = h->log;

    h->log = check_log_new(&h->w->topo);
    h->start = offset;
    for (size_t t = 0; t < sizeof(all) / sizeof(all[0]); t++)
        copy_topic(h->log, from, all[t], all[t] == TOPIC_PANES ? offset : 0);
    check_log_free(from);
}

void host_release(struct host *h)
{
    stage_close(&h->judge);
    out_free(h->out);
    check_log_free(h->log);
}

/* Commits, unless this is where it dies; true when it died and lives again. */
bool host_commit(struct host *h, const struct fate *f)
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
    if (dies && host_start(h, &err) != ST_OK)
        fail_msg("restart at commit %d: %s", f->kill_at, err.msg);
    return dies;
}

/* Emits what is left; true when it died meanwhile. */
bool host_settle(struct host *h, const struct fate *f)
{
    struct err err = { { 0 } };

    for (bool more = true; more;) {
        if (h->judge.ops->resume(h->judge.ctx, 0, h->out, &more, &err) != ST_OK)
            fail_msg("%s", err.msg);
        if (more && host_commit(h, f))
            return true;
    }
    return false;
}

enum status host_feed(struct host *h, size_t max, size_t *used, struct err *err)
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

bool host_at_end(const struct host *h)
{
    return check_log_seek(h->log, TOPIC_PANES, 0, h->pos) == check_log_n(h->log, TOPIC_PANES, 0);
}

void host_run(struct host *h, const struct fate *f)
{
    struct err err = { { 0 } };
    size_t used;

    if (host_start(h, &err) != ST_OK)
        fail_msg("%s", err.msg);
    for (;;) {
        if (host_settle(h, f))
            continue;
        if (host_at_end(h) && !host_commit(h, f))
            return;
        if (host_feed(h, f->batch, &used, &err) != ST_OK)
            fail_msg("%s", err.msg);
        (void)host_commit(h, f);
    }
}

static void append(struct host *h, const struct pane *pane, const struct hdr *hdr, size_t nhdr)
{
    struct buf b;
    struct err err = { { 0 } };

    buf_init(&b, 1 << 20);
    assert_int_equal(wire_encode(h->w->wire, RECORD_PANE, pane, &b, &err), ST_OK);
    const struct out_rec rec = {
        .topic = TOPIC_PANES, .value = buf_slice(&b), .hdr = hdr, .nhdr = nhdr
    };
    assert_int_equal(check_log_append(h->log, &rec, 0, &err), ST_OK);
    buf_release(&b);
}

void host_append(struct host *h, const struct pane *pane)
{
    append(h, pane, NULL, 0);
}

void host_order(struct host *h, const struct order *o)
{
    struct hdr hdr[ORDER_HEADERS];
    struct order_times times;
    size_t nhdr;
    struct pane pane = order_pane(o, hdr, &nhdr, &times);

    pane.baseline = slice_str(h->w->base->id);
    append(h, &pane, hdr, nhdr);
}

void host_empty(struct host *h, struct world *w)
{
    struct check_log *none = check_log_new(&w->topo);

    host_init(h, w, none);
    check_log_free(none);
}

void host_copy_panes(struct host *to, const struct world *w, size_t skip, int32_t run)
{
    struct arena *a = arena_new(64 << 20);
    struct err err = { { 0 } };

    for (size_t i = 0; i < check_log_n(w->panes, TOPIC_PANES, 0); i++) {
        struct pane p;

        arena_reset(a);
        assert_int_equal(wire_decode(w->wire, RECORD_PANE,
                                     check_log_at(w->panes, TOPIC_PANES, 0, i)->value, &p, a, &err),
                         ST_OK);
        p.run = run;
        if (i != skip)
            host_append(to, &p);
    }
    arena_free(a);
}

void host_rewound(struct host *h, struct world *w, const struct order *o, const struct fate *f)
{
    host_empty(h, w);
    host_copy_panes(h, w, ALL_PANES, 1);
    host_order(h, o);
    host_copy_panes(h, w, 3, 1);
    host_copy_panes(h, w, ALL_PANES, 2);
    host_run(h, f);
}

struct order rewind_to(int64_t begin_ms, int64_t until_ms)
{
    return (
        struct order){ .kind = ORDER_REWIND, .run = 2, .begin_ms = begin_ms, .until_ms = until_ms };
}

struct window host_window(const struct host *h, size_t i, struct arena *a)
{
    struct err err = { { 0 } };
    struct window win;

    assert_int_equal(wire_decode(h->w->wire, RECORD_WINDOW,
                                 check_log_at(h->log, TOPIC_WINDOWS, 0, i)->value, &win, a, &err),
                     ST_OK);
    return win;
}

void host_check_run_two(const struct host *first, const struct host *h, size_t before,
                        int64_t begin_ms, struct arena *a)
{
    size_t k = before;

    for (size_t i = 0; i < check_log_n(first->log, TOPIC_WINDOWS, 0); i++) {
        struct window want = host_window(first, i, a);

        if (want.start_ms < begin_ms)
            continue;
        struct window got = host_window(h, k++, a);
        assert_int_equal(got.run, 2);
        assert_int_equal(got.start_ms, want.start_ms);
        assert_int_equal(got.n, want.n);
        assert_int_equal(got.state, want.state);
    }
    assert_int_equal(k, check_log_n(h->log, TOPIC_WINDOWS, 0));
}

struct pane pane_of(struct world *w, int32_t part, int64_t from, int64_t to)
{
    return (struct pane){ .run = 1,
                          .part = part,
                          .from_offset = from,
                          .to_offset = to,
                          .baseline = slice_str(w->base->id),
                          .bundle = slice_str(STREAM_BUNDLE) };
}
