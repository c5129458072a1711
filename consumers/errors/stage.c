/* SPDX-License-Identifier: MIT */
#include "consumers/errors/stage.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/time.h"
#include "consumers/errors/item.h"
#include "score/sightings.h"
#include "stage/source.h"

enum { ARENA_MAX = 64 << 20 };

/* How far the clock that stamps an error may be behind the one that a label was given by. */
#define CLOCKS_APART_MS MS_HOUR

static const char name[] = "errors";

/* A partition of absa.labels that is ours. */
struct part {
    struct source *source;  /* NULL: not ours                            */
    struct sightings *seen; /* labels by their ids; of one source, so 0 */
};

struct errors {
    struct errors_conf conf;
    struct topology topo;
    struct wire *wire;
    struct part *parts;  /* [parts of labels]                     */
    struct arena *arena; /* of one record                         */
    int64_t *added;      /* [parts of errors]: of one label       */
};

/* A label and what it would make of its source. */
struct step {
    struct part *part;
    const struct stage_rec *rec;
    struct clock clock;
    enum mark_kind mark;
    bool marks;
    bool seen; /* its id was looked at */
};

struct errors_conf errors_conf_default(void)
{
    return (struct errors_conf){ .skew_ms = MS_HOUR,
                                 .step_ms = 10 * MS_MINUTE,
                                 .idle_ms = 10 * MS_MINUTE,
                                 .horizon_ms = 90 * MS_DAY,
                                 .max_ids = 2000000,
                                 .time = ERRORS_LIVE,
                                 .bundle = "" };
}

static void part_release(struct part *p)
{
    source_free(p->source);
    sightings_free(p->seen);
    *p = (struct part){ NULL, NULL };
}

/* Where it counts. When it comes too late for the time at which it was given: where it came. */
static struct origin origin_of(const struct errors *e, const struct step *s,
                               const struct label *label, struct out *out)
{
    struct origin o = { .src = s->rec->part, .src_offset = s->rec->offset };

    clock_stamp(&s->clock, e->conf.skew_ms, label->labelled_ms, &o);
    if (o.arrival_ms < o.src_wm_ms && o.src_wm_ms <= TIME_MAX_MS) {
        o.arrival_ms = o.src_wm_ms;
        out_count(out, COUNTER_LABELS_DELAYED, 1);
    }
    return o;
}

/* What the id of a label says: the sources of a set are numbered from 0, and it has one. */
static enum status look(const struct part *p, struct slice id, const struct origin *origin,
                        struct sighted *seen, struct err *err)
{
    struct origin from = *origin;

    from.src = 0;
    return sightings_look(p->seen, hash64(id), &from, seen, err);
}

static enum status put_error(struct errors *e, struct step *s, struct errors_item *it,
                             enum out_rc *rc, struct out *out, struct err *err)
{
    const struct hdr tag = { slice_str(ERRORS_LABEL), slice_str(it->id) };
    const struct origin origin = origin_of(e, s, &it->label, out);
    struct sighted seen;

    if (look(s->part, tag.value, &origin, &seen, err) != ST_OK)
        return ST_FATAL;
    s->seen = true;
    const struct score score = errors_item_score(it, &origin, seen.sighting, seen.evicted);
    out_tag(out, &tag);
    *rc =
        out_put_record(out, TOPIC_ERRORS, s->rec->part, it->label.comment_id, RECORD_SCORE, &score);
    out_tag(out, NULL);
    e->added[s->rec->part]++;
    out_count(out, COUNTER_ERRORS, 1);
    out_count(out, seen.sighting == SIGHTING_UPDATE ? COUNTER_UPDATES : COUNTER_FIRST, 1);
    out_count(out, COUNTER_DEDUPE_EVICTED, seen.evicted);
    return ST_OK;
}

static bool is_watched(const struct errors *e, struct slice bundle)
{
    const struct slice want = slice_str(e->conf.bundle);

    return bundle.n >= want.n && slice_eq((struct slice){ bundle.p, want.n }, want);
}

/* A label, whatever it judges, says how far time has come. */
static enum status read_label(struct errors *e, struct step *s, enum out_rc *rc, struct out *out,
                              struct err *err)
{
    struct errors_item it;
    enum status st = errors_item_read(e->wire, s->rec, e->arena, &it, err);

    if (st == ST_REJECT) {
        *rc = out_dead(out, name, s->rec, -1, it.reason, err->msg);
        return ST_OK;
    }
    if (st == ST_OK && it.judges && is_watched(e, it.label.bundle_sha256))
        st = put_error(e, s, &it, rc, out, err);
    else if (st == ST_OK)
        out_count(out, it.judges ? COUNTER_OTHER_BUNDLE : COUNTER_LABELS_ASIDE, 1);
    s->marks = clock_advance(&s->clock, e->conf.skew_ms, e->conf.step_ms, it.label.labelled_ms);
    s->mark = MARK_DATA;
    return st;
}

/* What the step makes of its source. */
static struct source_mark mark_of(const struct errors *e, const struct step *s)
{
    return (struct source_mark){ &s->clock, s->rec->offset + 1, e->added, s->mark };
}

/* Puts all that one record gives; *rc says whether it fitted. */
static enum status step(struct errors *e, struct step *s, enum out_rc *rc, struct out *out,
                        struct err *err)
{
    const struct slice control = stage_header(s->rec, "absa-kind");
    enum status st = ST_OK;

    if (slice_is(control, "end")) {
        s->marks = s->clock.floor_ms != WM_END;
        s->mark = MARK_END;
        s->clock.floor_ms = WM_END;
    } else {
        out_count(out, COUNTER_LABELS_READ, 1);
        if (control.p)
            *rc = out_dead(out, name, s->rec, -1, DEAD_SHAPE, "a control record of unknown kind");
        else
            st = read_label(e, s, rc, out, err);
    }
    if (st != ST_OK || *rc != OUT_OK || !s->marks)
        return st;
    s->clock.seq++;
    const struct source_mark m = mark_of(e, s);
    *rc = source_put_marks(s->part->source, &m, e->conf.skew_ms, out);
    return ST_OK;
}

/* The set forgets as its source goes on, so that the clock alone says how far it has come. */
static void pass(const struct errors *e, const struct part *p)
{
    sightings_pass(p->seen, 0, clock_wm(&p->source->clock, e->conf.skew_ms));
}

/* The output of the step stands: so does what it made of the source and of who was seen. */
static void keep(const struct errors *e, const struct step *s, const struct out *out)
{
    const struct source_mark m = mark_of(e, s);

    if (s->seen)
        sightings_keep(s->part->seen);
    source_keep(s->part->source, &m, s->marks, out);
    pass(e, s->part);
}

static enum status errors_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                  size_t *used, struct out *out, struct err *err)
{
    struct errors *e = ctx;
    struct part *p = &e->parts[part];

    *used = 0;
    enum out_rc rc = source_greet(p->source, e->conf.skew_ms, out);
    for (; rc == OUT_OK && *used < n; *used += rc == OUT_OK) {
        struct step s = { .part = p, .rec = &in[*used], .clock = p->source->clock };

        arena_reset(e->arena);
        e->added[part] = 0;
        out_open(out);
        if (step(e, &s, &rc, out, err) != ST_OK)
            return ST_FATAL;
        if (rc == OUT_OK)
            keep(e, &s, out);
        else if (rc == OUT_FULL)
            out_undo(out);
    }
    return rc == OUT_ERROR ? out_error(out, err) : ST_OK;
}

/* What one record of our own output tells the set. */
static enum status restore_one(const struct errors *e, const struct part *p,
                               const struct stage_rec *rec, struct err *err)
{
    const struct slice id = stage_header(rec, ERRORS_LABEL);
    struct sighted seen;
    struct score score;

    if (!id.p)
        return ST_OK; /* a mark: what was seen behind it says as much */
    arena_reset(e->arena);
    enum status st = wire_decode(e->wire, RECORD_SCORE, rec->value, &score, e->arena, err);
    if (st != ST_OK) /* not written by us: it is drift's to refuse */
        return st == ST_REJECT ? ST_OK : st;
    if (score.dedupe_evicted)
        return ST_OK;
    st = look(p, id, &score.origin, &seen, err);
    if (st == ST_OK)
        sightings_keep(p->seen);
    return st;
}

/* Reads our own output, so that the set is as if we had never gone. */
static enum status restore(const struct errors *e, const struct part *p, int32_t part,
                           struct log_reader *log, struct err *err)
{
    const int64_t since = clock_wm(&p->source->clock, e->conf.skew_ms);
    struct stage_rec rec;
    bool more = true;

    sightings_restore(p->seen, since);
    if (since == WM_END)
        return ST_OK; /* all is forgotten */
    const int64_t oldest = sightings_oldest(p->seen);
    enum status st = log->open(log->ctx, TOPIC_ERRORS, part,
                               oldest > CLOCKS_APART_MS ? oldest - CLOCKS_APART_MS : 0, err);
    if (st != ST_OK)
        return st;
    while ((st = log->next(log->ctx, &rec, &more, err)) == ST_OK && more) {
        st = restore_one(e, p, &rec, err);
        if (st != ST_OK)
            break;
    }
    log->close(log->ctx);
    return st;
}

static enum status errors_assign(void *ctx, int32_t part, struct stage_resume *resume,
                                 struct out *out, struct err *err)
{
    struct errors *e = ctx;
    struct part *p = &e->parts[part];
    const struct sightings_conf seen = { .horizon_ms = e->conf.horizon_ms,
                                         .max = (size_t)e->conf.max_ids,
                                         .sources = 1 };
    enum status st;

    part_release(p);
    p->source = source_new(part, TOPIC_LABELS, TOPIC_ERRORS, &e->topo);
    p->seen = sightings_new(&seen);
    if (!p->source || !p->seen)
        return err_set(err, ST_FATAL, "errors: out of memory");
    st = source_resume(p->source, resume, err);
    if (st == ST_OK && resume->meta.n > 0 && resume->log)
        st = restore(e, p, part, resume->log, err);
    if (st == ST_OK && source_greet(p->source, e->conf.skew_ms, out) == OUT_ERROR)
        st = out_error(out, err);
    return st;
}

static enum status errors_resume(void *ctx, int32_t part, struct out *out, bool *more,
                                 struct err *err)
{
    struct errors *e = ctx;
    struct source *src = e->parts[part].source;
    const enum out_rc rc = source_greet(src, e->conf.skew_ms, out);

    *more = !source_greeted(src, out);
    return rc == OUT_ERROR ? out_error(out, err) : ST_OK;
}

/* Where nobody ever labelled anything, no time goes by. */
static enum status errors_tick(void *ctx, int32_t part, const struct stage_tick *t, struct out *out,
                               struct err *err)
{
    const struct errors *e = ctx;
    const struct part *p = &e->parts[part];
    enum status st = ST_OK;

    if (e->conf.time != ERRORS_LIVE || p->source->clock.max_ms == WM_NONE)
        return ST_OK;
    st = source_idle(p->source, t, e->conf.skew_ms, e->conf.idle_ms, out, err);
    pass(e, p);
    return st;
}

static enum status errors_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                     struct err *err)
{
    const struct errors *e = ctx;

    (void)out;
    clock_save(&e->parts[part].source->clock, meta);
    return buf_failed(meta) ? err_set(err, ST_FATAL, "errors: out of memory") : ST_OK;
}

static int64_t errors_time_of(const void *ctx, int32_t part)
{
    const struct errors *e = ctx;

    return clock_wm(&e->parts[part].source->clock, e->conf.skew_ms);
}

static void errors_drop(void *ctx, int32_t part)
{
    struct errors *e = ctx;

    part_release(&e->parts[part]);
}

static void errors_close(void *ctx)
{
    struct errors *e = ctx;

    if (!e)
        return;
    for (int32_t p = 0; e->parts && p < e->topo.parts[TOPIC_LABELS]; p++)
        part_release(&e->parts[p]);
    free(e->parts);
    free(e->added);
    arena_free(e->arena);
    free(e);
}

static const struct stage_ops ops = {
    .name = name,
    .needs = NEEDS_STATE | NEEDS_TICK,
    .input = TOPIC_LABELS,
    .assign = errors_assign,
    .process = errors_process,
    .tick = errors_tick,
    .resume = errors_resume,
    .checkpoint = errors_checkpoint,
    .time_of = errors_time_of,
    .drop = errors_drop,
    .close = errors_close,
};

enum status errors_stage_new(const struct errors_conf *conf, struct wire *wire,
                             const struct topology *topo, struct stage *out, struct err *err)
{
    *out = (struct stage){ NULL, NULL };
    if (topo->parts[TOPIC_ERRORS] != topo->parts[TOPIC_LABELS])
        return err_set(err, ST_FATAL,
                       "config: absa.labels and absa.errors.scores differ in partitions");

    struct errors *e = calloc(1, sizeof(*e));
    if (!e)
        return err_set(err, ST_FATAL, "errors: out of memory");
    e->conf = *conf;
    e->topo = *topo;
    e->wire = wire;
    e->parts = calloc((size_t)topo->parts[TOPIC_LABELS], sizeof(*e->parts));
    e->added = calloc((size_t)topo->parts[TOPIC_ERRORS], sizeof(*e->added));
    e->arena = arena_new(ARENA_MAX);
    if (!e->parts || !e->added || !e->arena) {
        errors_close(e);
        return err_set(err, ST_FATAL, "errors: out of memory");
    }
    *out = (struct stage){ &ops, e };
    return ST_OK;
}
