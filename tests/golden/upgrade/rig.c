/* SPDX-License-Identifier: MIT */
#include "rig.h"

#include "support/check.h"

#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "consumers/ingest/stage.h"
#include "consumers/notify/stage.h"
#include "consumers/score/stage.h"
#include "drift/alert.h"
#include "model/default_dir.h"

enum { BATCH = 8 };

#define HOUR INT64_C(3600000)

/* When all that stages write was appended: after every arrival. */
#define WRITTEN_MS INT64_C(1753300000000)

void rig_open(struct rig *r, struct baseline *base)
{
    struct err err = { 0 };

    *r = (struct rig){ .topo = topology_make(1, 1, 1),
                       .base = base,
                       .drift = { .pane_ms = 600000,
                                  .window_ms = HOUR,
                                  .min_samples = 10,
                                  .min_videos = 2,
                                  .policy = "fixed",
                                  .segments = "all",
                                  .run = 1 } };
    assert_non_null(base);
    assert_int_equal(wire_new(NULL, &r->wire, &err), ST_OK);
    if (bundle_load(bundle_dir(""), &r->bundle, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

void rig_close(struct rig *r)
{
    bundle_free(r->bundle);
    wire_free(r->wire);
    baseline_free(r->base);
}

static enum status make(struct rig *r, enum rig_stage which, struct stage *out, struct err *err)
{
    const struct ingest_conf ingest = ingest_conf_default();
    const struct score_conf score = { .horizon_ms = 168 * HOUR, .max_ids = 10000 };
    const struct notify_conf notify = {
        .receivers = { "mail" },
        .n = 1,
        .min = SEVERITY_WARNING,
        .by_segment = true,
        .group = { .wait_ms = 30000, .repeat_ms = 4 * HOUR, .send_resolved = true }
    };

    switch (which) {
    case RIG_INGEST:
        return ingest_stage_new(&ingest, r->wire, &r->topo, out, err);
    case RIG_SCORE:
        return score_stage_new(&score, r->wire, &r->topo, r->bundle, out, err);
    case RIG_PANE:
        return pane_stage_new(&r->drift, r->wire, &r->topo, r->base, out, err);
    case RIG_JUDGE:
        return judge_stage_new(&r->drift, r->wire, &r->topo, r->base, out, err);
    default:
        return notify_stage_new(&notify, r->wire, out, err);
    }
}

static enum status assign(const struct stage *s, const struct check_log *log,
                          const struct place *at, struct out *out, int64_t *pos, struct err *err)
{
    struct check_reader reader;
    struct log_reader lr = check_reader_make(&reader, log);
    struct stage_resume resume = { .offset = at->offset, .meta = buf_slice(&at->meta), .log = &lr };
    enum status st = s->ops->assign(s->ctx, 0, &resume, out, err);

    *pos = resume.offset < 0 ? 0 : resume.offset;
    return st;
}

static enum status commit(const struct stage *s, struct out *out, struct check_log *log,
                          struct place *at, int64_t pos, struct err *err)
{
    buf_clear(&at->meta);
    enum status st = s->ops->checkpoint(s->ctx, 0, &at->meta, out, err);

    for (size_t i = 0; st == ST_OK && i < out_n(out); i++)
        st = check_log_append(log, out_at(out, i), WRITTEN_MS, err);
    out_clear(out);
    at->offset = pos > at->offset ? pos : at->offset;
    return st;
}

static enum status settle(const struct stage *s, struct out *out, struct err *err)
{
    enum status st = ST_OK;

    for (bool more = s->ops->resume != NULL; more && st == ST_OK;)
        st = s->ops->resume(s->ctx, 0, out, &more, err);
    return st;
}

/* The next records of the input, all of them before until. */
static size_t gather(const struct stage *s, const struct check_log *log, int64_t pos, int64_t until,
                     struct stage_rec *in)
{
    const enum topic_id topic = s->ops->input;
    size_t at = check_log_seek(log, topic, 0, pos);
    size_t n = 0;

    while (n < BATCH && at + n < check_log_n(log, topic, 0)) {
        in[n] = *check_log_at(log, topic, 0, at + n);
        if (in[n].offset >= until)
            break;
        n++;
    }
    return n;
}

static enum status work(const struct stage *s, struct out *out, struct check_log *log,
                        struct place *at, int64_t until, struct err *err)
{
    struct stage_rec in[BATCH];
    int64_t pos = 0;
    enum status st = assign(s, log, at, out, &pos, err);

    if (st == ST_OK)
        st = settle(s, out, err);
    for (size_t n; st == ST_OK && (n = gather(s, log, pos, until, in)) > 0;) {
        size_t used = 0;

        st = s->ops->process(s->ctx, 0, in, n, &used, out, err);
        if (used > 0)
            pos = in[used - 1].offset + 1;
        if (st == ST_OK)
            st = settle(s, out, err);
        if (st == ST_OK)
            st = commit(s, out, log, at, pos, err);
    }
    return st;
}

enum status rig_try(struct rig *r, enum rig_stage which, struct check_log *log, struct place *at,
                    int64_t until, struct err *err)
{
    struct out *out = out_new(r->wire, &r->topo, (struct out_limits){ 100000, 64 << 20 });
    struct stage stage;
    enum status st = make(r, which, &stage, err);

    assert_non_null(out);
    if (st == ST_OK)
        st = work(&stage, out, log, at, until, err);
    stage_close(&stage);
    out_free(out);
    return st;
}

void rig_run(struct rig *r, enum rig_stage which, struct check_log *log, struct place *at,
             int64_t until)
{
    struct err err = { 0 };

    if (rig_try(r, which, log, at, until, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static void level_alert(struct alert *al, struct arena *a)
{
    struct alert_diff diff;
    struct err err = { 0 };

    if (alert_check(al, a, &diff, &err) != ST_OK)
        fail_msg("%s", err.msg);
    al->method = ALERT_METHOD;
    al->checksum = slice_str("");
}

void rig_level(enum record_kind kind, void *rec, struct arena *a)
{
    struct window *w = rec;

    if (kind == RECORD_WINDOW) /* versions before 27 did not estimate */
        w->estimated_accuracy = w->estimated_accuracy_error = w->estimated_accuracy_before =
            (struct opt_double){ 0 };
    if (kind == RECORD_ALERT)
        level_alert(rec, a);
}
