/* SPDX-License-Identifier: MIT */
/* bench_drift.c -- the pane stage in records a second (decoding included), and
 * the judge in microseconds a window. CPU time, the best of a few passes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/log.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "support/cpu.h"
#include "support/drift/stream.h"
#include "support/must.h"

enum { RECORDS = 20000, BATCH = 500, PASSES = 5 };

struct bench {
    struct wire *wire;
    struct baseline *base;
    struct topology topo;
    struct drift_conf conf;
    struct out *out;
    struct check_log *log; /* scores, then panes */
};

/* Commits: the output goes into the log when keep says so. */
static void commit(struct bench *b, struct stage *s, bool keep)
{
    struct err err = { { 0 } };
    struct buf meta;

    buf_init(&meta, STAGE_META_MAX);
    must_do(s->ops->checkpoint(s->ctx, 0, &meta, b->out, &err), &err);
    for (size_t i = 0; keep && i < out_n(b->out); i++)
        must_do(check_log_append(b->log, out_at(b->out, i), 0, &err), &err);
    out_clear(b->out);
}

/* Runs a stage over a topic of the log; seconds of CPU. *windows counts. */
static double run(struct bench *b, struct stage *s, enum topic_id topic, bool keep, double *windows)
{
    struct stage_resume resume = { .offset = -1 };
    struct stage_rec batch[BATCH];
    struct err err = { { 0 } };
    size_t n = check_log_n(b->log, topic, 0);
    double t = 0;
    size_t at = 0;

    must_do(s->ops->assign(s->ctx, 0, &resume, b->out, &err), &err);
    while (at < n) {
        size_t used = 0;
        size_t k = n - at < BATCH ? n - at : BATCH;

        for (size_t i = 0; i < k; i++)
            batch[i] = *check_log_at(b->log, topic, 0, at + i);
        double t0 = cpu_s();
        must_do(s->ops->process(s->ctx, 0, batch, k, &used, b->out, &err), &err);
        *windows += (double)out_counter(b->out, COUNTER_WINDOWS);
        commit(b, s, keep);
        for (bool more = s->ops->resume != NULL; more;) {
            must_do(s->ops->resume(s->ctx, 0, b->out, &more, &err), &err);
            *windows += (double)out_counter(b->out, COUNTER_WINDOWS);
            commit(b, s, keep);
        }
        t += cpu_s() - t0;
        at += used;
    }
    return t;
}

static void setup(struct bench *b)
{
    const struct stream_conf stream = { .seed = 1,
                                        .order = 1,
                                        .sources = 1,
                                        .parts = 1,
                                        .records = RECORDS,
                                        .videos = 300,
                                        .start_ms = INT64_C(1753275600000),
                                        .span_ms = 20 * INT64_C(3600000),
                                        .gap_at = 2,
                                        .shift_from = 0.5,
                                        .shift_to = 0.6,
                                        .ends = true };
    struct err err = { { 0 } };

    b->topo = topology_make(1, 1, 1);
    b->conf = (struct drift_conf){ .pane_ms = 60000,
                                   .window_ms = 3600000,
                                   .min_samples = 200,
                                   .min_videos = 10,
                                   .policy = "fixed",
                                   .segments = "all" };
    must_do(wire_new(NULL, &b->wire, &err), &err);
    b->base = stream_baseline(20000);
    b->log = check_log_new(&b->topo);
    b->out = out_new(b->wire, &b->topo, (struct out_limits){ 2000, 8 << 20 });
    if (!b->base || !b->log || !b->out)
        exit(70);
    must_do(stream_write(&stream, b->wire, b->log, &err), &err);
}

int main(void)
{
    struct bench b = { 0 };
    struct err err = { { 0 } };
    double best[2] = { 1e9, 1e9 };
    double windows = 0;

    setup(&b);
    for (int i = 0; i < PASSES; i++) {
        struct stage pane;
        struct stage judge;
        double none = 0;
        double t;

        must_do(pane_stage_new(&b.conf, b.wire, &b.topo, b.base, &pane, &err), &err);
        t = run(&b, &pane, TOPIC_SCORES, i == 0, &none);
        best[0] = t < best[0] ? t : best[0];
        must_do(judge_stage_new(&b.conf, b.wire, &b.topo, b.base, &judge, &err), &err);
        windows = 0;
        t = run(&b, &judge, TOPIC_PANES, false, &windows);
        best[1] = t < best[1] ? t : best[1];
        stage_close(&judge);
        stage_close(&pane);
    }
    printf("pane  %.0f records/s (%d features, decoding and panes of %d records included)\n",
           RECORDS / best[0], STREAM_FEATURES, BATCH);
    printf("judge %.0f us a window of %d features and 60 panes (%.0f windows)\n",
           best[1] / windows * 1e6, STREAM_FEATURES, windows);
    out_free(b.out);
    check_log_free(b.log);
    baseline_free(b.base);
    wire_free(b.wire);
    return 0;
}
