/* SPDX-License-Identifier: MIT */
#include "consumers/score/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/time.h"
#include "consumers/score/position.h"
#include "consumers/score/record.h"
#include "consumers/score/shadow.h"
#include "record/comment.h"
#include "score/sightings.h"

#define ARENA_MAX  ((size_t)256 << 20)
#define ARENA_SOFT ((size_t)16 << 20) /* decoded bytes after which a batch is cut */

/* How far the clock that stamps a score may be behind the one that stamped its raw record. */
#define CLOCKS_APART_MS INT64_C(3600000)

/* One partition that is ours. */
struct part {
    struct sightings *seen;
    struct position_src *src; /* one a source */
};

/* One input record on its way through a batch. */
struct item {
    enum { ITEM_SCORE, ITEM_MARK, ITEM_DEAD } kind;
    enum dead_reason reason;
    const char *why;
    size_t at; /* ITEM_SCORE: position among the batch's comments */
    struct comment comment;
    struct mark mark;
};

struct score_stage {
    struct score_conf conf;
    struct topology topo;
    struct wire *wire;
    struct bundle *bundle;
    struct shadow shadow;
    struct arena *arena; /* one batch */
    struct part *parts;  /* by number; seen == NULL: not ours */
    struct item items[BUNDLE_BATCH_MAX];
    struct facts facts[BUNDLE_BATCH_MAX];
    struct scored scored[BUNDLE_BATCH_MAX];
};

static bool is_source(const struct score_stage *s, int32_t src)
{
    return src >= 0 && src < s->topo.parts[TOPIC_RAW];
}

static void release_part(struct part *p)
{
    sightings_free(p->seen);
    free(p->src);
    memset(p, 0, sizeof(*p));
}

/* What one record of our own output tells the set. */
static enum status restore_one(struct score_stage *s, struct part *p, const struct stage_rec *rec,
                               struct err *err)
{
    const bool is_mark = stage_header(rec, "absa-kind").p != NULL;
    struct sighted ignored;
    struct score score;
    struct mark mark;
    enum status st;

    if (stage_header(rec, STAGE_CANARY).p)
        return ST_OK; /* nobody remembers it */
    arena_reset(s->arena);
    st = is_mark ? wire_decode(s->wire, RECORD_MARK, rec->value, &mark, s->arena, err)
                 : wire_decode(s->wire, RECORD_SCORE, rec->value, &score, s->arena, err);
    if (st != ST_OK) /* not written by us: it is drift's to refuse */
        return st == ST_REJECT ? ST_OK : st;
    if (!is_source(s, is_mark ? mark.src : score.origin.src))
        return ST_OK;
    if (is_mark) {
        sightings_pass(p->seen, mark.src, mark.wm_ms);
    } else if (score.dedupe_evicted) {
        sightings_pass(p->seen, score.origin.src, score.origin.src_wm_ms);
    } else {
        st = sightings_look(p->seen, hash64(score.comment_id), &score.origin, &ignored, err);
        if (st == ST_OK)
            sightings_keep(p->seen);
    }
    return st;
}

/* Replays our own output, so that the set is as if we had never gone. */
static enum status restore(struct score_stage *s, struct part *p, int32_t part, int64_t since,
                           struct log_reader *log, struct err *err)
{
    struct stage_rec rec;
    bool more = true;
    int64_t from = 0;
    enum status st;

    sightings_restore(p->seen, since);
    if (since == WM_END)
        return ST_OK; /* all is forgotten */
    if (sightings_oldest(p->seen) > CLOCKS_APART_MS)
        from = sightings_oldest(p->seen) - CLOCKS_APART_MS;
    st = log->open(log->ctx, TOPIC_SCORES, part, from, err);
    if (st != ST_OK)
        return st;
    while ((st = log->next(log->ctx, &rec, &more, err)) == ST_OK && more) {
        st = restore_one(s, p, &rec, err);
        if (st != ST_OK)
            break;
    }
    log->close(log->ctx);
    arena_reset(s->arena);
    return st;
}

static enum status assign(void *ctx, int32_t part, struct stage_resume *resume, struct out *out,
                          struct err *err)
{
    struct score_stage *s = ctx;
    struct part *p = &s->parts[part];
    const struct sightings_conf conf = { .horizon_ms = s->conf.horizon_ms,
                                         .max = (size_t)s->conf.max_ids,
                                         .sources = s->topo.parts[TOPIC_RAW] };
    int64_t since = WM_NONE;
    enum status st;

    (void)out;
    release_part(p);
    p->src = calloc((size_t)s->topo.parts[TOPIC_RAW], sizeof(*p->src));
    p->seen = sightings_new(&conf);
    if (!p->src || !p->seen)
        return err_set(err, ST_FATAL, "out of memory for partition %d", part);
    st = position_read(resume->meta, p->src, s->topo.parts[TOPIC_RAW], &since, err);
    if (st == ST_OK && resume->meta.n > 0 && resume->log)
        st = restore(s, p, part, since, resume->log, err);
    return st;
}

/* Refuses numbers that ingest never writes. A mark that speaks of more sources
 * than are configured is no bad record but a configuration that lags. */
static enum status check_mark(const struct score_stage *s, const struct mark *m,
                              enum dead_reason *reason, struct err *err)
{
    *reason = DEAD_RANGE;
    if (is_source(s, m->src))
        return ST_OK;
    if (m->src < 0 || m->src >= m->src_count)
        return err_set(err, ST_REJECT, "a mark of source %d of %d", (int)m->src, (int)m->src_count);
    return err_set(err, ST_FATAL,
                   "config: a mark of raw partition %d of %d, but raw.partitions is %d: see absa "
                   "topics grow",
                   (int)m->src, (int)m->src_count, (int)s->topo.parts[TOPIC_RAW]);
}

static enum status check_origin(const struct score_stage *s, const struct origin *o,
                                enum dead_reason *reason, struct err *err)
{
    *reason = is_source(s, o->src) ? DEAD_CLOCK : DEAD_RANGE;
    if (!is_source(s, o->src))
        return err_set(err, ST_REJECT, "a comment of source %d of %d", (int)o->src,
                       (int)s->topo.parts[TOPIC_RAW]);
    if (o->arrival_ms < TIME_MIN_MS || o->arrival_ms > TIME_MAX_MS)
        return err_set(err, ST_REJECT, "arrival_ms is no time");
    return ST_OK;
}

static enum status refuse(struct score_stage *s, struct item *it, enum dead_reason reason,
                          const struct err *why, struct err *err)
{
    struct slice copy = arena_copy(s->arena, slice_str(why->msg));

    if (!copy.p)
        return err_set(err, ST_FATAL, "out of memory for a dead letter");
    it->kind = ITEM_DEAD;
    it->reason = reason;
    it->why = copy.p;
    return ST_OK;
}

/* Decodes one record. ST_REJECT: *reason and *err say why. */
static enum status decode(struct score_stage *s, struct slice value, struct item *it,
                          enum dead_reason *reason, struct err *err)
{
    enum record_kind kind;
    enum status st;

    *reason = DEAD_NULL;
    if (!value.p)
        return err_set(err, ST_REJECT, "a record without a value");
    st = wire_peek(s->wire, value, &kind, err);
    it->kind = st == ST_OK && kind == RECORD_MARK ? ITEM_MARK : ITEM_SCORE;
    if (st == ST_OK && it->kind == ITEM_MARK)
        st = wire_decode(s->wire, RECORD_MARK, value, &it->mark, s->arena, err);
    else if (st == ST_OK)
        st = wire_decode(s->wire, RECORD_COMMENT, value, &it->comment, s->arena, err);
    if (st == ST_REJECT)
        *reason = wire_reason(s->wire);
    if (st != ST_OK)
        return st;
    return it->kind == ITEM_MARK ? check_mark(s, &it->mark, reason, err)
                                 : check_origin(s, &it->comment.origin, reason, err);
}

/* What one record is; a comment joins the facts to be scored. */
static enum status take(struct score_stage *s, const struct stage_rec *rec, struct item *it,
                        size_t *n_facts, struct err *err)
{
    enum dead_reason reason;
    struct err why = { 0 };
    enum status st = decode(s, rec->value, it, &reason, &why);

    if (st == ST_REJECT)
        return refuse(s, it, reason, &why, err);
    if (st != ST_OK) {
        *err = why;
        return st;
    }
    if (it->kind == ITEM_SCORE) {
        it->at = *n_facts;
        s->facts[(*n_facts)++] = (struct facts){ it->comment.text, it->comment.is_reply };
    }
    return ST_OK;
}

static enum out_rc put_dead(struct out *out, struct part *p, int32_t n_src,
                            const struct stage_rec *rec, const struct item *it)
{
    enum out_rc rc = out_dead(out, "score", rec, -1, it->reason, it->why);

    for (int32_t i = 0; rc == OUT_OK && i < n_src; i++)
        p->src[i].doubt++;
    return rc;
}

static enum out_rc put_mark(struct out *out, struct part *p, const struct stage_rec *rec,
                            const struct mark *in)
{
    struct position_src *src = &p->src[in->src];
    struct mark mark = *in;
    enum out_rc rc;

    if (src->known && in->n_since_last >= 0 &&
        (in->n_since_last < src->read || in->n_since_last > src->read + src->doubt))
        out_count(out, COUNTER_MARK_MISMATCH, 1);
    mark.n_since_last = src->known ? src->written : -1;
    rc = out_put_mark(out, TOPIC_SCORES, rec->part, &mark);
    if (rc == OUT_OK) {
        *src = (struct position_src){ .known = true };
        sightings_pass(p->seen, in->src, in->wm_ms);
    }
    return rc;
}

/* What the second model says of the same comment, if there is one. */
static enum out_rc put_shadow(const struct score_stage *s, const struct stage_rec *rec,
                              const struct item *it, const struct sighted *seen, struct out *out)
{
    const struct scored *scored = shadow_scored(&s->shadow, it->at);
    enum out_rc rc = OUT_OK;

    if (!s->shadow.bundle)
        return OUT_OK;
    if (scored) {
        struct score score =
            score_record(bundle_info(s->shadow.bundle), &it->comment, scored, seen);

        rc = out_put_record(out, TOPIC_SHADOW, rec->part, rec->key, RECORD_SCORE, &score);
    }
    if (rc == OUT_OK)
        out_count(out, scored ? COUNTER_SHADOWED : COUNTER_SHADOW_LOST, 1);
    return rc;
}

static void count_score(struct out *out, const struct scored *scored, const struct sighted *seen)
{
    bool update = seen->sighting == SIGHTING_UPDATE;

    out_count(out, COUNTER_SCORED, 1);
    out_count(out, update ? COUNTER_UPDATES : COUNTER_FIRST, 1);
    out_count(out, COUNTER_CROSS_SOURCE, seen->cross_source);
    out_count(out, COUNTER_DEDUPE_EVICTED, seen->evicted);
    out_count(out, COUNTER_SCORE_CLAMPED, scored->clamped);
    out_count(out, COUNTER_ESCALATED, scored->escalated);
}

/* A canary is scored as all are, and is nobody's first sight. */
static enum out_rc put_canary(struct score_stage *s, const struct stage_rec *rec,
                              const struct item *it, struct out *out)
{
    const struct sighted seen = { .sighting = SIGHTING_FIRST };
    const struct hdr tag = { slice_str(STAGE_CANARY), stage_header(rec, STAGE_CANARY) };
    struct score score =
        score_record(bundle_info(s->bundle), &it->comment, &s->scored[it->at], &seen);

    out_count(out, COUNTER_CANARIES, 1);
    out_tag(out, &tag);
    return out_put_record(out, TOPIC_SCORES, rec->part, rec->key, RECORD_SCORE, &score);
}

static enum status put_score(struct score_stage *s, const struct stage_rec *rec,
                             const struct item *it, struct out *out, enum out_rc *rc,
                             struct err *err)
{
    const struct part *p = &s->parts[rec->part];
    const struct comment *c = &it->comment;
    const struct scored *scored = &s->scored[it->at];
    struct position_src *src = &p->src[c->origin.src];
    struct sighted seen;
    struct score score;
    enum status st;

    if (scored->bad) {
        *rc = out_dead(out, "score", rec, -1, DEAD_SCORE, "a score is not a finite number");
        src->read += *rc == OUT_OK;
        return ST_OK;
    }
    if (stage_header(rec, STAGE_CANARY).p) {
        *rc = put_canary(s, rec, it, out);
        src->read += *rc == OUT_OK;
        src->written += *rc == OUT_OK;
        return ST_OK;
    }
    st = sightings_look(p->seen, hash64(c->comment_id), &c->origin, &seen, err);
    if (st != ST_OK)
        return st;
    score = score_record(bundle_info(s->bundle), c, scored, &seen);
    *rc = out_put_record(out, TOPIC_SCORES, rec->part, rec->key, RECORD_SCORE, &score);
    if (*rc == OUT_OK)
        *rc = put_shadow(s, rec, it, &seen, out);
    if (*rc != OUT_OK)
        return ST_OK;
    count_score(out, scored, &seen);
    sightings_keep(p->seen);
    src->read++;
    src->written++;
    return ST_OK;
}

/* Writes a batch in order, as far as the output takes it. */
static enum status emit(struct score_stage *s, const struct stage_rec *in, size_t n, size_t *used,
                        struct out *out, struct err *err)
{
    struct part *p = &s->parts[in[0].part];
    enum status st = ST_OK;

    for (*used = 0; *used < n; (*used)++) {
        const struct item *it = &s->items[*used];
        const struct stage_rec *rec = &in[*used];
        enum out_rc rc = OUT_OK;

        out_open(out);
        if (it->kind == ITEM_DEAD)
            rc = put_dead(out, p, s->topo.parts[TOPIC_RAW], rec, it);
        else if (it->kind == ITEM_MARK)
            rc = put_mark(out, p, rec, &it->mark);
        else
            st = put_score(s, rec, it, out, &rc, err);
        if (st != ST_OK)
            return st;
        if (rc == OUT_ERROR)
            return out_error(out, err);
        if (rc == OUT_FULL) {
            out_undo(out);
            break;
        }
    }
    return ST_OK;
}

static enum status process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                           size_t *used, struct out *out, struct err *err)
{
    struct score_stage *s = ctx;
    size_t n_facts = 0;
    size_t n_items = 0;
    enum status st = ST_OK;

    (void)part;
    arena_reset(s->arena);
    while (st == ST_OK && n_items < n && n_items < BUNDLE_BATCH_MAX &&
           arena_used(s->arena) < ARENA_SOFT) {
        st = take(s, &in[n_items], &s->items[n_items], &n_facts, err);
        n_items++;
    }
    if (st == ST_OK)
        st = bundle_score(s->bundle, s->facts, n_facts, s->arena, s->scored, err);
    if (st == ST_OK)
        shadow_score(&s->shadow, s->facts, n_facts, s->arena);
    if (st == ST_OK)
        st = emit(s, in, n_items, used, out, err);
    return st;
}

static enum status checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                              struct err *err)
{
    const struct score_stage *s = ctx;
    const struct part *p = &s->parts[part];

    (void)out;
    position_write(p->src, s->topo.parts[TOPIC_RAW], sightings_since(p->seen), STAGE_META_MAX,
                   meta);
    return buf_failed(meta) ? err_set(err, ST_FATAL, "out of memory for a checkpoint") : ST_OK;
}

static int64_t time_of(const void *ctx, int32_t part)
{
    const struct score_stage *s = ctx;

    return sightings_watermark(s->parts[part].seen);
}

static void drop(void *ctx, int32_t part)
{
    struct score_stage *s = ctx;

    release_part(&s->parts[part]);
}

static void close_stage(void *ctx)
{
    struct score_stage *s = ctx;

    if (!s)
        return;
    for (int32_t i = 0; s->parts && i < s->topo.parts[TOPIC_COMMENTS]; i++)
        release_part(&s->parts[i]);
    free(s->parts);
    arena_free(s->arena);
    free(s);
}

static const struct stage_ops ops = {
    .name = "score",
    .needs = NEEDS_STATE,
    .input = TOPIC_COMMENTS,
    .assign = assign,
    .process = process,
    .checkpoint = checkpoint,
    .time_of = time_of,
    .drop = drop,
    .close = close_stage,
};

enum status score_stage_new(const struct score_conf *conf, struct wire *wire,
                            const struct topology *topo, struct bundle *bundle, struct stage *out,
                            struct err *err)
{
    struct score_stage *s = calloc(1, sizeof(*s));

    if (!s)
        return err_set(err, ST_FATAL, "out of memory for score");
    s->conf = *conf;
    s->topo = *topo;
    s->wire = wire;
    s->bundle = bundle;
    s->arena = arena_new(ARENA_MAX);
    s->parts = calloc((size_t)topo->parts[TOPIC_COMMENTS], sizeof(*s->parts));
    if (!s->arena || !s->parts) {
        close_stage(s);
        return err_set(err, ST_FATAL, "out of memory for score");
    }
    out->ops = &ops;
    out->ctx = s;
    return ST_OK;
}

void score_stage_use(const struct stage *stage, struct bundle *bundle, struct bundle *shadow)
{
    struct score_stage *s = stage->ctx;

    s->bundle = bundle;
    s->shadow.bundle = shadow;
}
