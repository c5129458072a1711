/* SPDX-License-Identifier: MIT */
/* A life of each stage (made, assigned, fed, checkpointed, closed), over and over,
 * with each of its allocations failing once: it says so and leaves nothing behind. */
#include "support/check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "consumers/ingest/stage.h"
#include "consumers/notify/stage.h"
#include "consumers/score/stage.h"
#include "model/default_dir.h"
#include "support/alloc/alloc.h"
#include "support/drift/judge_host.h"
#include "support/notify/alerts.h"

enum { POINTS = 150, BATCH = 16, MOST = 200 };

/* A stage, and the partition that it lives on. */
struct life {
    struct world *w;
    enum status (*make)(const struct life *l, struct stage *stage, struct err *err);
    const struct check_log *log;
    size_t most; /* records */
    const void *conf;
    struct bundle *bundle;
};

static enum status settle(const struct stage *s, struct out *out, struct err *err)
{
    enum status st = ST_OK;

    for (bool more = s->ops->resume != NULL; more && st == ST_OK;) {
        st = s->ops->resume(s->ctx, 0, out, &more, err);
        if (more)
            out_clear(out); /* as a commit does */
    }
    return st;
}

/* A due effect, as if it had been performed. */
static enum status perform(const struct stage *s, struct out *out, struct err *err)
{
    const struct effect_result sent = { .how = EFFECT_SENT, .at_ms = T0 };
    struct effect effect = { 0 };
    bool any = false;

    if (!s->ops->due)
        return ST_OK;
    enum status st = s->ops->due(s->ctx, 0, T0 + HOUR, &effect, &any, err);
    return st == ST_OK && any ? s->ops->settled(s->ctx, 0, &sent, out, err) : st;
}

static enum status feed(const struct life *l, const struct stage *s, size_t at, size_t *used,
                        struct out *out, struct err *err)
{
    const enum topic_id topic = s->ops->input;
    struct stage_rec in[BATCH];
    size_t n = 0;

    for (; n < BATCH && at + n < l->most; n++)
        in[n] = *check_log_at(l->log, topic, 0, at + n);
    *used = 0;
    enum status st = s->ops->process(s->ctx, 0, in, n, used, out, err);
    return st == ST_OK ? settle(s, out, err) : st;
}

static enum status live(const struct life *l, const struct stage *s, struct out *out,
                        struct err *err)
{
    struct check_reader reader;
    struct log_reader log = check_reader_make(&reader, l->log);
    struct stage_resume resume = { .offset = -1, .log = &log };
    struct buf meta;
    enum status st = s->ops->assign(s->ctx, 0, &resume, out, err);

    buf_init(&meta, STAGE_META_MAX);
    for (size_t at = 0, used = 0; st == ST_OK && at < l->most; at += used) {
        st = feed(l, s, at, &used, out, err);
        if (st == ST_OK && s->ops->tick)
            st = s->ops->tick(s->ctx, 0, &(struct stage_tick){ T0 + HOUR, true, T0 }, out, err);
        if (st == ST_OK)
            st = perform(s, out, err);
        if (st == ST_OK)
            st = s->ops->checkpoint(s->ctx, 0, &meta, out, err);
        if (st == ST_OK && buf_failed(&meta))
            st = err_set(err, ST_FATAL, "meta"); /* the host looks */
        buf_clear(&meta);
        out_clear(out);
    }
    buf_release(&meta);
    s->ops->drop(s->ctx, 0);
    return st;
}

static enum status use(void *ctx, struct err *err)
{
    const struct life *l = ctx;
    struct stage stage = { NULL, NULL };
    struct out *out = out_new(l->w->wire, &l->w->topo, (struct out_limits){ 1000, 8 << 20 });
    enum status st = out ? l->make(l, &stage, err) : err_set(err, ST_FATAL, "out of memory");

    if (st == ST_OK)
        st = live(l, &stage, out, err);
    stage_close(&stage);
    out_free(out);
    return st;
}

static void sweep(const char *what, struct life *l, enum topic_id topic)
{
    size_t n = check_log_n(l->log, topic, 0);

    l->most = n < MOST ? n : MOST;
    assert_true(l->most > 2);
    json_set_alloc_funcs(alloc_real, free);
    assert_true(alloc_sweep(what, use, l, POINTS) > 5);
}

/* --- the stages ------------------------------------------------------------ */

static enum status make_ingest(const struct life *l, struct stage *stage, struct err *err)
{
    const struct ingest_conf conf = ingest_conf_default();

    return ingest_stage_new(&conf, l->w->wire, &l->w->topo, stage, err);
}

static enum status make_score(const struct life *l, struct stage *stage, struct err *err)
{
    const struct score_conf conf = { .horizon_ms = 100 * HOUR, .max_ids = 1000 };

    return score_stage_new(&conf, l->w->wire, &l->w->topo, l->bundle, stage, err);
}

static enum status make_pane(const struct life *l, struct stage *stage, struct err *err)
{
    return pane_stage_new(&l->w->conf, l->w->wire, &l->w->topo, l->w->base, stage, err);
}

static enum status make_judge(const struct life *l, struct stage *stage, struct err *err)
{
    return judge_stage_new(&l->w->conf, l->w->wire, &l->w->topo, l->w->base, stage, err);
}

static enum status make_notify(const struct life *l, struct stage *stage, struct err *err)
{
    const struct notify_conf conf = {
        .receivers = { "mail", "sns" },
        .n = 2,
        .min = SEVERITY_WARNING,
        .by_segment = true,
        .group = { .wait_ms = 30000, .repeat_ms = 4 * HOUR, .send_resolved = true }
    };

    return notify_stage_new(&conf, l->w->wire, stage, err);
}

/* --- what they live on ------------------------------------------------------ */

static struct check_log *raw(struct world *w)
{
    static const char *const texts[][2] = {
        { "{\"aweme_id\":\"v1\",\"text\":\"so good, the price is right\",\"cid\":\"", "\"}" },
        { "{\"video_id\":\"7\",\"comments\":[{\"cid\":\"b\"},{\"text\":\"x\",\"cid\":\"", "\"}]}" },
        { "{\"digg_count\":-1,\"cid\":\"", "\"}" },
        { "{", "" },
    };
    struct check_log *log = check_log_new(&w->topo);
    struct err err = { 0 };
    char text[200];

    for (int i = 0; i < 24; i++) {
        snprintf(text, sizeof(text), "%s%d%s", texts[i % 4][0], i, texts[i % 4][1]);
        const struct out_rec rec = { .topic = TOPIC_RAW, .value = slice_str(text) };
        assert_int_equal(check_log_append(log, &rec, T0 + i * 20000, &err), ST_OK);
    }
    return log;
}

static enum status check_ingest(void *arg, struct stage *stage, struct err *err)
{
    return make_ingest(arg, stage, err);
}

static enum status check_score(void *arg, struct stage *stage, struct err *err)
{
    return make_score(arg, stage, err);
}

static void ingest(void **state)
{
    struct world *w = *state;
    struct check_log *log = raw(w);
    struct life l = { .w = w, .make = make_ingest, .log = log };

    sweep("ingest", &l, TOPIC_RAW);
    check_log_free(log);
}

/* Its log holds comments, and scores that it reads back when it is assigned. */
static void score(void **state)
{
    struct world w = *(struct world *)*state;
    struct life l = { .w = &w, .make = make_score };
    struct check_result res;
    struct err err = { 0 };

    w.topo = topology_make(1, 1, 1);
    struct check_log *log = raw(&w);
    if (bundle_load(bundle_dir(""), &l.bundle, &err) != ST_OK)
        fail_msg("%s", err.msg);
    const struct check_stage stages[] = { { check_ingest, &l, 1 }, { check_score, &l, 1 } };
    const struct check_plan plan = { .wire = w.wire };
    if (check_run(stages, 2, log, &plan, &res, &err) != ST_OK)
        fail_msg("%s", err.msg);
    l.log = res.log;
    sweep("score", &l, TOPIC_COMMENTS);
    check_result_release(&res);
    check_log_free(log);
    bundle_free(l.bundle);
}

static void pane(void **state)
{
    struct world *w = *state;
    const struct stream_conf stream = { .seed = 2,
                                        .order = 1,
                                        .sources = 2,
                                        .parts = 2,
                                        .records = 200,
                                        .videos = 40,
                                        .start_ms = T0,
                                        .span_ms = HOUR,
                                        .ends = true };
    struct check_log *log = check_log_new(&w->topo);
    struct life l = { .w = w, .make = make_pane, .log = log };
    struct err err = { 0 };

    assert_int_equal(stream_write(&stream, w->wire, log, &err), ST_OK);
    sweep("pane", &l, TOPIC_SCORES);
    check_log_free(log);
}

static void judge(void **state)
{
    struct world *w = *state;
    struct life l = { .w = w, .make = make_judge, .log = w->panes };

    sweep("judge", &l, TOPIC_PANES);
}

/* From a state that another one has left: windows open, an alert firing. */
static void judge_restored(void **state)
{
    struct world *w = *state;
    struct life l = { .w = w, .make = make_judge };
    struct host h;
    struct err err = { 0 };
    size_t used;

    host_init(&h, w, w->panes);
    assert_int_equal(host_start(&h, &err), ST_OK);
    while (check_log_n(h.log, TOPIC_ALERTS, 0) == 0 && !host_at_end(&h)) {
        (void)host_settle(&h, &(struct fate){ 0, -1, false });
        assert_int_equal(host_feed(&h, 4, &used, &err), ST_OK);
        (void)host_commit(&h, &(struct fate){ 0, -1, false });
    }
    assert_true(check_log_n(h.log, TOPIC_ALERTS, 0) > 0);
    l.log = h.log;
    l.most = 0; /* the restore alone: what is read again comes from a host */
    json_set_alloc_funcs(alloc_real, free);
    assert_true(alloc_sweep("judge, restored", use, &l, 2 * POINTS) > 20);
    host_release(&h);
}

static void notify(void **state)
{
    struct world *w = *state;
    struct check_log *log = check_log_new(&w->topo);
    struct arena *a = arena_new(16 << 20);
    struct life l = { .w = w, .make = make_notify, .log = log };
    struct err err = { 0 };

    for (int i = 0; i < 12; i++) {
        struct alert al = sample_alert(a, i % 2 ? "all" : "lang:de", i / 4, i % 4);
        struct buf b;

        buf_init(&b, 1 << 20);
        assert_int_equal(wire_encode(w->wire, RECORD_ALERT, &al, &b, &err), ST_OK);
        const struct out_rec rec = { .topic = TOPIC_ALERTS, .value = buf_slice(&b) };
        assert_int_equal(check_log_append(log, &rec, T0, &err), ST_OK);
        buf_release(&b);
    }
    sweep("notify", &l, TOPIC_ALERTS);
    arena_free(a);
    check_log_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ingest), cmocka_unit_test(score),          cmocka_unit_test(pane),
        cmocka_unit_test(judge),  cmocka_unit_test(judge_restored), cmocka_unit_test(notify),
    };

    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
