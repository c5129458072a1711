/* SPDX-License-Identifier: MIT */
#include "consumers/drift/pane.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "consumers/drift/batch.h"
#include "consumers/drift/item.h"
#include "consumers/drift/order.h"
#include "drift/matrix.h"
#include "drift/segment.h"
#include "record/mark.h"
#include "record/pane.h"
#include "record/score.h"
#include "stage/row.h"

enum { ARENA_MAX = 64 << 20, CANARIES_MAX = 16384 };

/* What is known of a source in a partition since it was assigned. */
struct source {
    int64_t records; /* since its last mark; -1: not known */
    int32_t mark;    /* index in marks, -1: none yet       */
};

/* A partition of absa.scores and the batch that grows for it. */
struct part {
    int32_t run;  /* that its batches belong to                     */
    int64_t from; /* first position of the batch; -1: not known yet */
    int64_t to;   /* behind its last record; == from: it is empty   */
    bool scores;  /* it holds scores of the baseline's bundle       */
    struct batch batch;
    struct mark *marks; /* one a source, in order of appearance           */
    size_t n_marks;
    struct source *sources;
    int32_t n_sources;
    struct buf canaries; /* ids that the batch passed on, with commas */
    struct row row;      /* of the marks since it was assigned */
};

struct pane_stage {
    struct drift_conf conf;
    struct wire *wire;
    const struct baseline *base;
    struct segments segments;
    size_t *hit; /* segments of the score at hand */
    struct sighting_values *values;
    struct arena *arena; /* for the record at hand; then for a checkpoint */
    struct part *parts;
    int32_t n_parts;
    int32_t n_raw;
    struct spare spare;
};

static void part_reset(struct pane_stage *s, struct part *p)
{
    batch_clear(&p->batch, &s->spare);
    for (int32_t i = 0; i < p->n_sources; i++)
        p->sources[i].mark = -1;
    p->n_marks = 0;
    buf_clear(&p->canaries);
    p->scores = false;
    p->from = p->to;
}

static void part_release(struct pane_stage *s, struct part *p)
{
    part_reset(s, p);
    batch_release(&p->batch, &s->spare);
    free(p->marks);
    free(p->sources);
    row_release(&p->row);
    buf_release(&p->canaries);
    *p = (struct part){ .from = -1, .to = -1 };
}

/* Whether the source of a score had ended before it. All panes may be closed then or not, by
 * timing: it is late and in no window. */
static bool is_behind_the_end(const struct score *score)
{
    return score->origin.src_wm_ms > TIME_MAX_MS;
}

/* The pane in which a score counts, and whether it is late for its own. */
static int64_t pane_of(const struct pane_stage *s, const struct origin *o, bool *late)
{
    int64_t start = time_floor(o->arrival_ms, s->conf.pane_ms);

    *late = start + s->conf.pane_ms <= o->src_wm_ms;
    return *late ? time_floor(o->src_wm_ms, s->conf.pane_ms) : start;
}

/* Whether its values mean what the baseline's mean. */
static bool is_of_baseline(const struct pane_stage *s, const struct score *score)
{
    return slice_is(score->bundle_sha256, s->base->bundle_sha256);
}

static enum status count_into(struct pane_stage *s, struct tally *t, const struct score *score,
                              bool late, struct err *err)
{
    t->dedupe_evicted += score->dedupe_evicted ? 1 : 0;
    if (score->sighting == SIGHTING_UPDATE) {
        t->updates++;
        t->cross_source_updates += score->cross_source ? 1 : 0;
        return ST_OK;
    }
    if (late) {
        t->late++;
        t->late_by_floor += score->origin.late_by == LATE_BY_FLOOR ? 1 : 0;
        return ST_OK;
    }
    if (!is_of_baseline(s, score)) {
        t->other_bundle++;
        return ST_OK;
    }
    return tally_add(t, s->values, err);
}

/* Of a first sighting. */
static void count_out(const struct pane_stage *s, const struct score *score, bool late,
                      struct out *out)
{
    const bool by_floor = late && score->origin.late_by == LATE_BY_FLOOR;

    out_count(out, COUNTER_LATE, late ? 1 : 0);
    out_count(out, COUNTER_LATE_BY_FLOOR, by_floor ? 1 : 0);
    out_count(out, COUNTER_OTHER_BUNDLE, late || is_of_baseline(s, score) ? 0 : 1);
}

/* Counts a score in the pane and segments that it is of. */
static enum status count_score(struct pane_stage *s, struct part *p, const struct score *score,
                               struct out *out, struct err *err)
{
    bool late;
    int64_t start = pane_of(s, &score->origin, &late);
    size_t n = segments_of(&s->segments, score, s->hit);

    for (size_t i = 0; i < n; i++) {
        struct tally *t = batch_find(&p->batch, &s->spare, start, s->hit[i]);
        enum status st;

        if (!t)
            return err_set(err, ST_FATAL, "out of memory");
        const size_t before = tally_wire_size(t);
        st = count_into(s, t, score, late, err);
        if (st != ST_OK)
            return st;
        batch_grew(&p->batch, t, before);
    }
    if (score->sighting == SIGHTING_FIRST)
        count_out(s, score, late, out);
    return ST_OK;
}

/* The entry of a source. NULL: out of memory. */
static struct source *find_source(struct part *p, int32_t src)
{
    if (src >= p->n_sources) {
        struct source *v = realloc(p->sources, (size_t)(src + 1) * sizeof(*v));

        if (!v)
            return NULL;
        for (int32_t i = p->n_sources; i <= src; i++)
            v[i] = (struct source){ -1, -1 };
        p->sources = v;
        p->n_sources = src + 1;
    }
    return &p->sources[src];
}

static enum status keep_mark(struct part *p, struct source *source, const struct mark *mark,
                             struct out *out, struct err *err)
{
    struct mark *v;

    if (source->mark >= 0) {
        if (mark_fold(&p->marks[source->mark], mark))
            out_count(out, COUNTER_MARK_STALE, 1);
        return ST_OK;
    }
    v = realloc(p->marks, (p->n_marks + 1) * sizeof(*v));
    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    p->marks = v;
    source->mark = (int32_t)p->n_marks;
    v[p->n_marks++] = *mark;
    return ST_OK;
}

static enum status take_mark(struct part *p, const struct mark *mark, struct out *out,
                             struct err *err)
{
    struct source *source = find_source(p, mark->src);

    if (!source)
        return err_set(err, ST_FATAL, "out of memory");
    if (source->records >= 0 && mark->n_since_last >= 0 && source->records != mark->n_since_last)
        out_count(out, COUNTER_MARK_MISMATCH, 1);
    source->records = 0;
    row_note(&p->row, mark->src, mark->wm_ms);
    return keep_mark(p, source, mark, out, err);
}

static enum status take_score(struct pane_stage *s, struct part *p, const struct score *score,
                              struct out *out, struct err *err)
{
    struct source *source = find_source(p, score->origin.src);

    if (!source)
        return err_set(err, ST_FATAL, "out of memory");
    if (is_of_baseline(s, score)) {
        if (sighting_values_fill(s->values, s->base, score, err) != ST_OK) {
            err_prefix(err, "config");
            return ST_FATAL;
        }
        p->scores = true;
    }
    source->records += source->records >= 0 ? 1 : 0;
    if (!is_behind_the_end(score))
        return count_score(s, p, score, out, err);
    out_count(out, COUNTER_LATE, score->sighting == SIGHTING_FIRST ? 1 : 0);
    return ST_OK;
}

/* A canary counts for its source's marks alone; the batch names it. One too many is not named. */
static enum status take_canary(struct part *p, const struct pane_item *it, struct slice id,
                               struct out *out, struct err *err)
{
    struct source *source = find_source(p, it->score.origin.src);

    if (!source)
        return err_set(err, ST_FATAL, "out of memory");
    source->records += source->records >= 0 ? 1 : 0;
    out_count(out, COUNTER_CANARIES, 1);
    if (p->canaries.n + 1 + id.n < CANARIES_MAX) {
        buf_str(&p->canaries, p->canaries.n > 0 ? "," : "");
        buf_slice_add(&p->canaries, id);
    }
    return buf_failed(&p->canaries) ? err_set(err, ST_FATAL, "out of memory") : ST_OK;
}

/* Counts one record, or dead-letters it. *full: the dead letter did not fit. */
static enum status take(struct pane_stage *s, struct part *p, const struct stage_rec *rec,
                        struct out *out, bool *full, struct err *err)
{
    struct pane_item it;
    enum status st;

    arena_reset(s->arena);
    st = pane_item_read(s->wire, rec->value, s->conf.pane_ms, s->arena, &it, err);
    const struct slice canary = stage_header(rec, STAGE_CANARY);
    if (st == ST_OK && it.kind == RECORD_SCORE && canary.p)
        return take_canary(p, &it, canary, out, err);
    if (st == ST_OK)
        return it.kind == RECORD_MARK ? take_mark(p, &it.mark, out, err)
                                      : take_score(s, p, &it.score, out, err);
    if (st != ST_REJECT)
        return st;
    enum out_rc rc = out_dead(out, "pane", rec, -1, it.reason, err->msg);
    *full = rc == OUT_FULL;
    return rc == OUT_ERROR ? out_error(out, err) : ST_OK;
}

static enum status pane_assign(void *ctx, int32_t part, struct stage_resume *resume,
                               struct out *out, struct err *err)
{
    struct pane_stage *s = ctx;
    struct part *p = &s->parts[part];

    (void)out;
    part_release(s, p);
    buf_init(&p->canaries, CANARIES_MAX);
    p->run = s->conf.run;
    if (resume->meta.n > 0 && order_run_parse(resume->meta, &p->run, err) != ST_OK)
        return ST_FATAL;
    if (!row_init(&p->row, s->n_raw))
        return err_set(err, ST_FATAL, "out of memory");
    p->from = resume->offset;
    p->to = resume->offset;
    return ST_OK;
}

static enum status pane_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                size_t *used, struct out *out, struct err *err)
{
    struct pane_stage *s = ctx;
    struct part *p = &s->parts[part];

    for (*used = 0; *used < n;) {
        const struct stage_rec *rec = &in[*used];
        bool full = false;
        enum status st;

        out_open(out);
        st = take(s, p, rec, out, &full, err);
        if (st != ST_OK) {
            err_prefix(err, "scores %" PRId32 "/%" PRId64, part, rec->offset);
            return st;
        }
        if (full) {
            out_undo(out);
            break;
        }
        if (p->from < 0)
            p->from = rec->offset;
        p->to = rec->offset + 1;
        ++*used;
        if (batch_is_full(&p->batch))
            break;
    }
    return ST_OK;
}

static enum status fill_pane(struct pane_stage *s, int32_t part, struct pane *pane, struct err *err)
{
    const struct part *p = &s->parts[part];
    struct pane_delta *deltas = arena_array(s->arena, p->batch.n, sizeof(*deltas));

    if (!deltas)
        return err_set(err, ST_FATAL, "no memory for a pane");
    for (size_t i = 0; i < p->batch.n; i++) {
        enum status st = tally_delta(p->batch.v[i].tally, s->arena, &deltas[i], err);

        if (st != ST_OK)
            return st;
        deltas[i].segment = s->segments.name[p->batch.v[i].segment];
        deltas[i].start_ms = p->batch.v[i].start_ms;
    }
    *pane = (struct pane){
        .run = p->run,
        .part = part,
        .from_offset = p->from,
        .to_offset = p->to,
        .baseline = slice_str(s->base->id),
        .bundle = p->scores ? slice_str(s->base->bundle_sha256) : (struct slice){ 0 },
        .marks = { p->marks, p->n_marks },
        .deltas = { deltas, p->batch.n },
    };
    return ST_OK;
}

static enum status pane_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                   struct err *err)
{
    struct pane_stage *s = ctx;
    struct part *p = &s->parts[part];
    struct pane pane;
    char key[16];
    enum status st;

    order_run_write(p->run, meta);
    if (p->to == p->from)
        return ST_OK;
    arena_reset(s->arena);
    st = fill_pane(s, part, &pane, err);
    if (st != ST_OK)
        return st;
    (void)snprintf(key, sizeof(key), "%" PRId32, part);
    const struct hdr tag = { slice_str(STAGE_CANARY), buf_slice(&p->canaries) };
    out_tag(out, p->canaries.n > 0 ? &tag : NULL);
    if (out_force_record(out, TOPIC_PANES, 0, slice_str(key), RECORD_PANE, &pane) != OUT_OK)
        return out_error(out, err);
    out_tag(out, NULL);
    out_count(out, COUNTER_PANE_BATCHES, 1);
    part_reset(s, p);
    return ST_OK;
}

static int64_t pane_time_of(const void *ctx, int32_t part)
{
    const struct pane_stage *s = ctx;

    return row_min(&s->parts[part].row);
}

static void pane_drop(void *ctx, int32_t part)
{
    struct pane_stage *s = ctx;

    part_release(s, &s->parts[part]);
}

static void pane_close(void *ctx)
{
    struct pane_stage *s = ctx;

    if (!s)
        return;
    for (int32_t i = 0; s->parts && i < s->n_parts; i++)
        part_release(s, &s->parts[i]);
    spare_release(&s->spare);
    free(s->parts);
    arena_free(s->arena);
    sighting_values_free(s->values);
    free(s->hit);
    segments_release(&s->segments);
    free(s);
}

static const struct stage_ops pane_ops = {
    .name = "pane",
    .needs = NO_QUARANTINE,
    .input = TOPIC_SCORES,
    .commit_ms = DRIFT_COMMIT_MS,
    .assign = pane_assign,
    .process = pane_process,
    .checkpoint = pane_checkpoint,
    .time_of = pane_time_of,
    .drop = pane_drop,
    .close = pane_close,
};

enum status pane_stage_new(const struct drift_conf *conf, struct wire *wire,
                           const struct topology *topology, const struct baseline *baseline,
                           struct stage *out, struct err *err)
{
    struct pane_stage *s = calloc(1, sizeof(*s));
    enum status st = drift_conf_check(conf, err);

    *out = (struct stage){ 0 };
    if (!s)
        return err_set(err, ST_FATAL, "out of memory");
    s->conf = *conf;
    s->conf.run = conf->run ? conf->run : 1;
    s->wire = wire;
    s->base = baseline;
    s->spare.base = baseline;
    if (st == ST_OK)
        st = segments_parse(&s->segments, conf->segments, baseline, err);
    if (st != ST_OK) {
        pane_close(s);
        return st;
    }
    s->hit = calloc(s->segments.n, sizeof(*s->hit));
    s->values = sighting_values_new(baseline);
    s->arena = arena_new(ARENA_MAX);
    s->parts = calloc((size_t)topology->parts[TOPIC_SCORES], sizeof(*s->parts));
    if (!s->hit || !s->values || !s->arena || !s->parts) {
        pane_close(s);
        return err_set(err, ST_FATAL, "out of memory");
    }
    s->n_raw = topology->parts[TOPIC_RAW];
    s->n_parts = topology->parts[TOPIC_SCORES];
    for (int32_t i = 0; i < s->n_parts; i++)
        s->parts[i] = (struct part){ .from = -1, .to = -1 };
    *out = (struct stage){ &pane_ops, s };
    return ST_OK;
}
