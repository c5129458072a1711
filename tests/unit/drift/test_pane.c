/* SPDX-License-Identifier: MIT */
/* The pane stage, record by record: which pane, late or not, and what it says of
 * records that it cannot count. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/drift/batch.h"
#include "consumers/drift/pane.h"
#include "record/deadletter.h"
#include "record/pane.h"
#include "record/score.h"
#include "support/drift/stream.h"

#define MINUTE INT64_C(60000)

struct fixture {
    struct wire *wire;
    struct baseline *base;
    struct topology topo;
    struct drift_conf conf;
    struct out *out;
    struct arena *arena;
    struct stage pane;
    int64_t offset; /* of the next record */
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct stage_resume resume = { .offset = 40 };
    struct err err = { { 0 } };

    f->topo = topology_make(2, 1, 1);
    f->base = stream_baseline(500);
    f->conf = (struct drift_conf){ .pane_ms = MINUTE,
                                   .window_ms = 60 * MINUTE,
                                   .min_samples = 200,
                                   .min_videos = 10,
                                   .policy = "fixed",
                                   .segments = "all" };
    f->arena = arena_new(64 << 20);
    assert_int_equal(wire_new(NULL, &f->wire, &err), ST_OK);
    f->out = out_new(f->wire, &f->topo, (struct out_limits){ 100, 1 << 20 });
    assert_int_equal(pane_stage_new(&f->conf, f->wire, &f->topo, f->base, &f->pane, &err), ST_OK);
    assert_int_equal(f->pane.ops->assign(f->pane.ctx, 0, &resume, f->out, &err), ST_OK);
    f->offset = 42; /* the log skips two */
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    stage_close(&f->pane);
    out_free(f->out);
    baseline_free(f->base);
    wire_free(f->wire);
    arena_free(f->arena);
    free(f);
    return 0;
}

static enum status feed_bytes(struct fixture *f, struct slice value, bool mark, struct err *err)
{
    const struct hdr hdr = { slice_str("absa-kind"), slice_str("mark") };
    const struct stage_rec rec = { .topic = TOPIC_SCORES,
                                   .offset = f->offset++,
                                   .value = value,
                                   .hdr = &hdr,
                                   .nhdr = mark ? 1 : 0 };
    size_t used = 0;
    enum status st = f->pane.ops->process(f->pane.ctx, 0, &rec, 1, &used, f->out, err);

    if (st == ST_OK)
        assert_int_equal(used, 1);
    return st;
}

/* A score with the header of a canary. */
static void feed_canary(struct fixture *f, const struct score *score, const char *id)
{
    const struct hdr hdr = { slice_str(STAGE_CANARY), slice_str(id) };
    struct stage_rec rec = { .topic = TOPIC_SCORES, .offset = f->offset++, .hdr = &hdr, .nhdr = 1 };
    struct err err = { { 0 } };
    struct buf b;
    size_t used = 0;

    buf_init(&b, 1 << 20);
    assert_int_equal(wire_encode(f->wire, RECORD_SCORE, score, &b, &err), ST_OK);
    rec.value = buf_slice(&b);
    assert_int_equal(f->pane.ops->process(f->pane.ctx, 0, &rec, 1, &used, f->out, &err), ST_OK);
    assert_int_equal(used, 1);
    buf_release(&b);
}

static enum status feed(struct fixture *f, enum record_kind kind, const void *rec, struct err *err)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    assert_int_equal(wire_encode(f->wire, kind, rec, &b, err), ST_OK);
    enum status st = feed_bytes(f, buf_slice(&b), kind == RECORD_MARK, err);
    buf_release(&b);
    return st;
}

static struct score score_at(int64_t arrival_ms, int64_t wm_ms)
{
    static double features[STREAM_FEATURES - 4];

    return (struct score){
        .comment_id = slice_str("c"),
        .video_id = slice_str("v"),
        .confidence = 0.5,
        .features = { features, STREAM_FEATURES - 4 },
        .bundle_sha256 = slice_str(STREAM_BUNDLE),
        .origin = { .arrival_ms = arrival_ms, .src_wm_ms = wm_ms },
    };
}

static void count(struct fixture *f, struct score s)
{
    struct err err = { { 0 } };

    if (feed(f, RECORD_SCORE, &s, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

/* Ends the batch; what it wrote, or NULL. */
static struct pane *commit(struct fixture *f)
{
    struct err err = { { 0 } };
    struct buf meta;
    struct pane *p = arena_zalloc(f->arena, sizeof(*p));

    buf_init(&meta, STAGE_META_MAX);
    assert_int_equal(f->pane.ops->checkpoint(f->pane.ctx, 0, &meta, f->out, &err), ST_OK);
    assert_int_equal(meta.n, 0);
    for (size_t i = 0; i < out_n(f->out); i++) {
        const struct out_rec *r = out_at(f->out, i);

        if (r->topic != TOPIC_PANES)
            continue;
        assert_int_equal(wire_decode(f->wire, RECORD_PANE, r->value, p, f->arena, &err), ST_OK);
        out_clear(f->out);
        return p;
    }
    out_clear(f->out);
    return NULL;
}

/* Canaries are in no delta; the batch covers their positions and names them. */
static void test_canaries(void **state)
{
    struct fixture *f = *state;
    struct score s = score_at(10 * MINUTE, WM_NONE);
    struct err err = { { 0 } };
    struct buf meta;

    count(f, s);
    feed_canary(f, &s, "a-0");
    s.bundle_sha256 = slice_str("of another bundle: no matter");
    feed_canary(f, &s, "a-1");
    buf_init(&meta, STAGE_META_MAX);
    assert_int_equal(out_counter(f->out, COUNTER_CANARIES), 2);
    assert_int_equal(f->pane.ops->checkpoint(f->pane.ctx, 0, &meta, f->out, &err), ST_OK);
    assert_int_equal(out_n(f->out), 1);
    const struct out_rec *r = out_at(f->out, 0);
    assert_int_equal(r->nhdr, 1);
    assert_true(slice_is(r->hdr[0].name, STAGE_CANARY));
    assert_true(slice_is(r->hdr[0].value, "a-0,a-1"));
    struct pane p;
    assert_int_equal(wire_decode(f->wire, RECORD_PANE, r->value, &p, f->arena, &err), ST_OK);
    assert_int_equal(p.to_offset - p.from_offset, 5);
    assert_int_equal(p.deltas.n, 1);
    assert_int_equal(p.deltas.v[0].n, 1);
    out_clear(f->out);
    s.bundle_sha256 = slice_str(STREAM_BUNDLE);
    count(f, s);
    assert_int_equal(f->pane.ops->checkpoint(f->pane.ctx, 0, &meta, f->out, &err), ST_OK);
    assert_int_equal(out_at(f->out, 0)->nhdr, 0); /* named once */
    out_clear(f->out);
}

static void test_late_at_the_boundary(void **state)
{
    struct fixture *f = *state;

    count(f, score_at(MINUTE - 1, MINUTE - 1)); /* its pane ends at MINUTE: on time */
    count(f, score_at(MINUTE - 1, MINUTE));     /* ... and has ended: late */
    count(f, score_at(MINUTE - 1, 5 * MINUTE + 7));
    count(f, score_at(-1, WM_NONE));
    const struct pane *p = commit(f);
    assert_int_equal(p->from_offset, 40); /* as assigned */
    assert_int_equal(p->to_offset, 46);
    assert_int_equal(p->deltas.n, 4);
    const struct pane_delta *d = p->deltas.v;
    assert_true(d[0].start_ms == -MINUTE && d[0].n == 1 && d[0].late == 0);
    assert_true(d[1].start_ms == 0 && d[1].n == 1 && d[1].late == 0);
    assert_true(d[2].start_ms == MINUTE && d[2].n == 0 && d[2].late == 1);
    assert_true(d[3].start_ms == 5 * MINUTE && d[3].n == 0 && d[3].late == 1);
    assert_int_equal(d[2].features.n, 0);
    assert_null(commit(f)); /* nothing since */
    count(f, score_at(0, WM_NONE));
    assert_int_equal(commit(f)->from_offset, 46); /* where the last one ended */
}

static void test_what_is_counted_how(void **state)
{
    struct fixture *f = *state;
    struct score s = score_at(MINUTE, 2 * MINUTE);

    s.origin.late_by = LATE_BY_FLOOR;
    count(f, s);
    s.sighting = SIGHTING_UPDATE; /* late too: an update all the same */
    s.cross_source = true;
    s.dedupe_evicted = true;
    count(f, s);
    s = score_at(2 * MINUTE, WM_NONE);
    s.sighting = SIGHTING_UPDATE;
    count(f, s);
    s = score_at(3 * MINUTE, WM_END); /* behind the end of its source: in no window */
    count(f, s);
    const struct pane *p = commit(f);
    const struct pane_delta *d = p->deltas.v;
    assert_int_equal(p->deltas.n, 1);
    assert_int_equal(p->to_offset, 46); /* it is covered all the same */
    assert_int_equal(d[0].start_ms, 2 * MINUTE);
    assert_true(d[0].n == 0 && d[0].late == 1 && d[0].late_by_floor == 1);
    assert_true(d[0].updates == 2 && d[0].cross_source_updates == 1 && d[0].dedupe_evicted == 1);
}

static struct mark mark_of(int32_t src, int64_t wm, int64_t since)
{
    return (struct mark){ .src = src,
                          .src_count = 2,
                          .src_epoch = 1,
                          .wm_ms = wm,
                          .kind = MARK_DATA,
                          .n_since_last = since };
}

static void mark(struct fixture *f, int32_t src, int64_t wm, int64_t since)
{
    const struct mark m = mark_of(src, wm, since);
    struct err err = { { 0 } };

    assert_int_equal(feed(f, RECORD_MARK, &m, &err), ST_OK);
}

static void test_marks(void **state)
{
    struct fixture *f = *state;

    mark(f, 1, 100, 7); /* not known yet what came before */
    count(f, score_at(0, WM_NONE));
    mark(f, 0, 300, -1);
    mark(f, 1, 200, 0);
    mark(f, 1, 150, 0); /* stale */
    assert_int_equal(out_counter(f->out, COUNTER_MARK_MISMATCH), 0);
    assert_int_equal(out_counter(f->out, COUNTER_MARK_STALE), 1);
    const struct pane *p = commit(f);
    assert_int_equal(p->marks.n, 2);
    assert_true(p->marks.v[0].src == 1 && p->marks.v[0].wm_ms == 200);
    assert_true(p->marks.v[1].src == 0 && p->marks.v[1].wm_ms == 300);
    count(f, score_at(0, WM_NONE)); /* source 0; known over commits */
    mark(f, 0, 400, 2);
    assert_int_equal(out_counter(f->out, COUNTER_MARK_MISMATCH), 1);
    p = commit(f);
    assert_true(slice_is(p->bundle, STREAM_BUNDLE));
    mark(f, 0, 500, 0);
    p = commit(f);
    assert_int_equal(p->bundle.n, 0); /* marks only */
    assert_int_equal(p->deltas.n, 0);
}

/* Of whichever features: it is in no histogram, and in all else as any other. */
static void test_another_bundle_is_counted_apart(void **state)
{
    struct fixture *f = *state;
    struct score s = score_at(MINUTE, WM_NONE);

    s.bundle_sha256 = slice_str("ffffffffffffffffffffffff");
    s.features.n = 1;
    mark(f, 0, 0, -1);
    count(f, s);
    const struct pane *p = commit(f);
    assert_int_equal(p->bundle.n, 0); /* nothing of the baseline's */
    assert_int_equal(p->to_offset - p->from_offset, 4);
    assert_int_equal(p->deltas.n, 1);
    assert_true(p->deltas.v[0].other_bundle == 1 && p->deltas.v[0].n == 0);
    assert_true(p->deltas.v[0].features.n == 0 && p->deltas.v[0].videos.n == 0);
    assert_int_equal(p->deltas.v[0].examples.n, 0);
    count(f, s);
    s.sighting = SIGHTING_UPDATE;
    s.cross_source = true;
    s.dedupe_evicted = true;
    count(f, s);
    s.sighting = SIGHTING_FIRST;
    s.origin.src_wm_ms = 2 * MINUTE; /* late */
    count(f, s);
    count(f, score_at(MINUTE, WM_NONE));
    assert_int_equal(out_counter(f->out, COUNTER_OTHER_BUNDLE), 1);
    mark(f, 0, MINUTE, 5); /* its source goes on over it */
    assert_int_equal(out_counter(f->out, COUNTER_MARK_MISMATCH), 0);
    p = commit(f);
    assert_true(slice_is(p->bundle, STREAM_BUNDLE));
    assert_int_equal(p->deltas.n, 2);
    const struct pane_delta *d = p->deltas.v;
    assert_true(d[0].n == 1 && d[0].other_bundle == 1 && d[0].updates == 1);
    assert_true(d[0].cross_source_updates == 1 && d[0].dedupe_evicted == 1);
    assert_true(d[1].late == 1 && d[1].other_bundle == 0);
    assert_int_equal(d[1].dedupe_evicted, 1);
}

static void test_a_bundle_without_its_features_is_configuration(void **state)
{
    struct fixture *f = *state;
    struct score s = score_at(0, WM_NONE);
    struct err err = { { 0 } };

    s.features.n = 1;
    assert_int_equal(feed(f, RECORD_SCORE, &s, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config"));
}

/* Feeds a score or mark that no stage of ours would write. */
static void feed_forged(struct fixture *f, int32_t src, int64_t arrival_ms, bool is_mark)
{
    struct score s = score_at(arrival_ms, WM_NONE);
    struct mark m = mark_of(src, 0, 0);
    struct err err = { { 0 } };

    s.origin.src = src;
    assert_int_equal(is_mark ? feed(f, RECORD_MARK, &m, &err) : feed(f, RECORD_SCORE, &s, &err),
                     ST_OK);
}

static void assert_dead(struct fixture *f, const char *const *reasons, size_t n)
{
    struct deadletter d;
    struct err err = { { 0 } };

    assert_int_equal(out_n(f->out), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(
            wire_decode(f->wire, RECORD_DEADLETTER, out_at(f->out, i)->value, &d, f->arena, &err),
            ST_OK);
        assert_true(slice_is(d.stage, "pane"));
        if (!slice_is(d.reason, reasons[i]))
            fail_msg("dead letter %d: %.*s, not %s", (int)i, SLICE_ARG(d.reason), reasons[i]);
    }
}

static void test_bad_records_are_dead_letters(void **state)
{
    struct fixture *f = *state;
    static const char *const reasons[] = { "schema", "schema", "avro",  "null",  "schema", "avro",
                                           "clock",  "clock",  "range", "range", "range" };
    enum { N = sizeof(reasons) / sizeof(reasons[0]), SCORE_ID = 3, COMMENT_ID = 2 };
    static const char unknown[] = { 0, 0x7f, -1, -1, -1, 0 };
    static const char comment[] = { 0, 0, 0, 0, COMMENT_ID, 0 };
    static const char huge[] = { 0, 0, 0, 0, SCORE_ID, -2, -1, -1, -1, 15 };
    struct err err = { { 0 } };

    assert_int_equal(wire_schema_id(RECORD_SCORE), SCORE_ID);
    assert_int_equal(wire_schema_id(RECORD_COMMENT), COMMENT_ID);
    count(f, score_at(0, WM_NONE));
    assert_int_equal(feed_bytes(f, slice_str("rubbish"), false, &err), ST_OK);
    assert_int_equal(feed_bytes(f, (struct slice){ unknown, sizeof(unknown) }, false, &err), ST_OK);
    assert_int_equal(feed_bytes(f, (struct slice){ "\0\0\0\0\3\200", 6 }, false, &err), ST_OK);
    assert_int_equal(feed_bytes(f, (struct slice){ NULL, 0 }, true, &err), ST_OK);
    assert_int_equal(feed_bytes(f, (struct slice){ comment, sizeof(comment) }, true, &err), ST_OK);
    assert_int_equal(feed_bytes(f, (struct slice){ huge, sizeof(huge) }, false, &err), ST_OK);
    feed_forged(f, 0, INT64_MAX, false);
    feed_forged(f, 0, INT64_MIN, false);
    feed_forged(f, -1, 0, false);
    feed_forged(f, INT32_MAX, 0, false);
    feed_forged(f, -1, 0, true);
    assert_int_equal(out_counter(f->out, COUNTER_DEAD), N);
    assert_dead(f, reasons, N);
    count(f, score_at(0, WM_NONE));
    const struct pane *p = commit(f);
    assert_int_equal(p->to_offset, 42 + N + 2); /* the chain has no hole */
    assert_int_equal(p->deltas.v[0].n, 2);
}

/* What is of more panes than live work ever is goes out in parts. */
static void test_batches_of_many_panes_are_cut(void **state)
{
    struct fixture *f = *state;
    enum { N = 100 };
    struct stage_rec *in = calloc(N, sizeof(*in));
    struct err err = { { 0 } };
    size_t at = 0;

    for (int i = 0; i < N; i++) {
        struct score s = score_at(i * MINUTE, WM_NONE);
        struct buf b;

        buf_init(&b, 1 << 16);
        assert_int_equal(wire_encode(f->wire, RECORD_SCORE, &s, &b, &err), ST_OK);
        in[i] = (struct stage_rec){ .topic = TOPIC_SCORES, .offset = 40 + i };
        in[i].value = arena_copy(f->arena, buf_slice(&b));
        buf_release(&b);
    }
    while (at < N) {
        size_t used = 0;

        assert_int_equal(f->pane.ops->process(f->pane.ctx, 0, in + at, N - at, &used, f->out, &err),
                         ST_OK);
        assert_true(used == BATCH_PANES + 1 || at + used == N);
        at += used;
        struct buf meta;
        buf_init(&meta, STAGE_META_MAX);
        assert_int_equal(f->pane.ops->checkpoint(f->pane.ctx, 0, &meta, f->out, &err), ST_OK);
        out_clear(f->out);
    }
    free(in);
}

static void test_refuses_its_configuration(void **state)
{
    struct fixture *f = *state;
    struct stage s;
    struct err err = { { 0 } };
    struct drift_conf c = f->conf;

    c.window_ms = 90001;
    assert_int_equal(pane_stage_new(&c, f->wire, &f->topo, f->base, &s, &err), ST_FATAL);
    assert_string_equal(err.msg, "config: window.ms = 90001 is not a multiple of pane.ms = 60000");
    c = f->conf;
    c.segments = "everything";
    assert_int_equal(pane_stage_new(&c, f->wire, &f->topo, f->base, &s, &err), ST_FATAL);
    c = f->conf;
    c.min_samples = 0;
    assert_int_equal(pane_stage_new(&c, f->wire, &f->topo, f->base, &s, &err), ST_FATAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_canaries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_late_at_the_boundary, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_counted_how, setup, teardown),
        cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_bundle_is_counted_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_bundle_without_its_features_is_configuration, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_bad_records_are_dead_letters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_batches_of_many_panes_are_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refuses_its_configuration, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
