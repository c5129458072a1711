/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

static enum status produce(struct flow *f, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < out_n(f->out); i++) {
        const struct out_rec *r = out_at(f->out, i);
        const struct kafka_rec rec = { .topic = f->names.of[r->topic],
                                       .part = r->part,
                                       .key = r->key,
                                       .value = r->value,
                                       .hdr = r->hdr,
                                       .nhdr = r->nhdr };

        st = kafka_producer_send(f->producer, &rec, err);
    }
    return st;
}

/* The offsets of the n partitions as Kafka takes them; texts holds the metas. */
static enum status write_offsets(struct flow *f, struct part *const *v, size_t n, struct err *err)
{
    struct kafka_offset *o = calloc(n + 1, sizeof(*o));
    struct buf texts;
    enum status st = o ? ST_OK : err_set(err, ST_FATAL, "out of memory");

    buf_init(&texts, (n + 1) * META_LEN_MAX);
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        size_t from = texts.n;

        meta_format(&v[i]->plan.meta, &texts);
        o[i] = (struct kafka_offset){ .part = (int32_t)(v[i] - f->parts),
                                      .offset = v[i]->plan.offset,
                                      .meta = { NULL, texts.n - from } };
    }
    if (st == ST_OK && buf_failed(&texts))
        st = err_set(err, ST_FATAL, "out of memory");
    size_t at = 0;
    for (size_t i = 0; st == ST_OK && i < n; i++) { /* the buffer no longer moves */
        o[i].meta.p = texts.p + at;
        at += o[i].meta.n;
    }
    if (st == ST_OK)
        st = kafka_txn_offsets(f->producer, f->consumer, o, n, err);
    buf_release(&texts);
    free(o);
    return st;
}

/* begin, produce, offsets, commit; without output, what waits in out goes on waiting. A
 * failure aborts, so that nobody waits for what is never going to be; the caller exits in
 * any case. */
static enum status transact(struct flow *f, struct part *const *v, size_t n, bool with_output,
                            struct err *err)
{
    int64_t t0 = now_mono_ms();

    health_away(f->health, FLOW_AWAY_MS);
    enum status st = kafka_txn_begin(f->producer, err);

    if (st != ST_OK)
        return st;
    if (with_output)
        st = produce(f, err);
    if (st == ST_OK)
        st = write_offsets(f, v, n, err);
    if (st == ST_OK)
        st = kafka_txn_commit(f->producer, err);
    if (st != ST_OK) {
        struct err ignored = { 0 };

        metrics_add(f->metrics, METRIC_ABORTS, METRIC_NO_LABEL, 1);
        if (kafka_txn_abort(f->producer, &ignored) != ST_OK)
            log_debug("abort refused", LOG_STR("why", ignored.msg));
        return st;
    }
    health_beat(f->health);
    f->commit_ms = now_mono_ms();
    for (size_t i = 0; i < n; i++)
        v[i]->done = v[i]->plan;
    metrics_add(f->metrics, METRIC_COMMITS, METRIC_NO_LABEL, 1);
    metrics_add(f->metrics, METRIC_COMMIT_SECONDS, METRIC_NO_LABEL,
                (double)(now_mono_ms() - t0) / 1e3);
    metrics_set(f->metrics, METRIC_LAST_COMMIT, METRIC_NO_LABEL, (double)now_wall_ms() / 1e3);
    metrics_set(f->metrics, METRIC_RETIRED, METRIC_NO_LABEL,
                (double)kafka_producer_retired(f->producer));
    return ST_OK;
}

enum status flow_commit_plans(struct flow *f, struct part *const *v, size_t n, struct err *err)
{
    return n > 0 ? transact(f, v, n, false, err) : ST_OK;
}

/* A source that has ended is behind nobody: it has none any more. */
static void note_watermark(struct flow *f, const struct mark *m)
{
    if (m->wm_ms == WM_END)
        metrics_forget(f->metrics, METRIC_WATERMARK, m->src);
    else if (m->wm_ms != WM_NONE)
        metrics_set(f->metrics, METRIC_WATERMARK, m->src, (double)m->wm_ms / 1e3);
}

/* Shows how far the sources are, from the marks that were just committed. */
static void note_watermarks(struct flow *f)
{
    for (size_t i = 0; i < out_n(f->out); i++) {
        const struct out_rec *r = out_at(f->out, i);
        struct stage_rec rec = { .hdr = r->hdr, .nhdr = r->nhdr };
        struct err ignored = { 0 };
        struct mark m;

        if (r->part != 0 || !slice_is(stage_header(&rec, "absa-kind"), "mark"))
            continue;
        arena_reset(f->arena);
        if (wire_decode(f->wire, RECORD_MARK, r->value, &m, f->arena, &ignored) == ST_OK)
            note_watermark(f, &m);
    }
}

/* What a person has to hear of, and not from /metrics alone. */
static void note_defects(const struct flow *f)
{
    int64_t overtaken = out_counter(f->out, COUNTER_OVERTAKEN);

    if (overtaken > 0)
        log_error("comments came for a pane that was closed", LOG_INT("n", overtaken));
}

/* For the processes that read other partitions, see peers.h. */
static void note_time(const struct flow *f, struct part *p)
{
    const int64_t t =
        f->ops->time_of ? f->ops->time_of(f->stage, (int32_t)(p - f->parts)) : WM_NONE;

    p->plan.meta.timed = t != WM_NONE && t != WM_END;
    p->plan.meta.time_ms = t;
}

/* Asks the stage what to remember and plans the commit of p. */
static enum status checkpoint(struct flow *f, struct part *p, struct err *err)
{
    struct buf meta;

    buf_init(&meta, STAGE_META_MAX);
    p->plan = p->done;
    enum status st = f->ops->checkpoint(f->stage, (int32_t)(p - f->parts), &meta, f->out, err);
    st = flow_said(f, p, out_n(f->out), st);
    if (st == ST_OK && buf_failed(&meta))
        st = err_set(err, ST_FATAL, "%s: meta of over %d bytes", f->ops->name, STAGE_META_MAX);
    if (st == ST_OK)
        st = meta_set_stage(&p->plan.meta, buf_slice(&meta), err);
    buf_release(&meta);
    p->plan.meta.fresh = false;
    note_time(f, p);
    p->plan.meta.attempts = flow_attempts(p);
    if (p->next > p->plan.offset) /* never below: a stage may read some again */
        p->plan.offset = p->next;
    return st;
}

enum status flow_commit(struct flow *f, struct err *err)
{
    struct part **v = calloc(f->nparts + 1, sizeof(struct part *));
    enum status st = v ? ST_OK : err_set(err, ST_FATAL, "out of memory");
    size_t n = 0;

    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        if (!f->parts[i].touched)
            continue;
        v[n++] = &f->parts[i];
        st = checkpoint(f, &f->parts[i], err);
    }
    if (st == ST_OK && n > 0)
        st = transact(f, v, n, true, err);
    for (size_t i = 0; st == ST_OK && i < n; i++)
        v[i]->touched = false;
    free(v);
    if (st != ST_OK || n == 0)
        return st;
    metrics_add(f->metrics, METRIC_RECORDS, METRIC_NO_LABEL, (double)f->used);
    metrics_take(f->metrics, f->out);
    note_watermarks(f);
    note_defects(f);
    out_clear(f->out);
    f->open_ms = -1;
    f->used = 0;
    f->retries = 0;
    return ST_OK;
}
