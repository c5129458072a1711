/* SPDX-License-Identifier: MIT */
#include "consumers/drift/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "consumers/drift/judge_inner.h"
#include "stats/family.h"

enum { ARENA_MAX = 256 << 20 };

/* Forgets all but the configuration and the orders. */
static void clear(struct judge *j)
{
    for (size_t i = 0; j->seats && i < j->segments.n; i++) {
        history_release(&j->seats[i].past);
        against_forget(&j->seats[i]);
        j->seats[i] = (struct seat){ .memory.from_ms = WM_NONE };
    }
    open_panes_release(&j->open);
    open_panes_init(&j->open, j->scratch, j->arena);
    matrix_release(&j->matrix);
    chain_release(&j->chain);
    judge_release_leftovers(j);
    farewells_release(&j->farewells);
    j->foreign = false;
    j->run = j->conf.run;
    j->begin_ms = WM_NONE;
    j->incomplete_until_ms = WM_NONE;
    j->skip_to = 0;
    j->next_offset = 0;
    j->replay_from = 0;
    j->closed_ms = WM_NONE;
    j->last_data_ms = WM_NONE;
    j->window_start_ms = WM_NONE;
    j->overtaken = 0;
    j->chain_duplicates = 0;
    j->closing = false;
    j->untold = true;
    j->rebuilding = false;
    j->dirty = false;
    j->close_dirty = false;
    j->close_stored = false;
}

enum status judge_begin(struct judge *j, struct err *err)
{
    clear(j);
    matrix_init(&j->matrix, j->parts);
    return chain_init(&j->chain, j->parts, err);
}

static enum status judge_assign(void *ctx, int32_t part, struct stage_resume *resume,
                                struct out *out, struct err *err)
{
    struct judge *j = ctx;
    enum status st = judge_begin(j, err);

    (void)part;
    if (st == ST_OK)
        st = judge_restore(j, resume, err);
    return st == ST_OK && j->foreign ? farewells_say(j, false, out, err) : st;
}

/* Who made this batch, and does it fit what we are? */
static enum status check_pane(const struct judge *j, const struct pane *p, struct err *err)
{
    if (p->run > j->run)
        return err_set(err, ST_FATAL, "config: a batch of run %" PRId32 ", this is run %" PRId32,
                       p->run, j->run);
    if (!slice_is(p->baseline, j->base->id))
        return err_set(err, ST_FATAL,
                       "config: a batch counted with baseline %.23s, the judge has %.23s",
                       p->baseline.n >= 23 ? p->baseline.p : "(none)", j->base->id);
    if (p->bundle.n > 0 && !slice_is(p->bundle, j->base->bundle_sha256))
        return err_set(err, ST_FATAL, "config: a batch of another bundle than the baseline's");
    return ST_OK;
}

static enum status too_much_open(const struct judge *j, struct err *err)
{
    int32_t part = -1;
    int32_t src = -1;

    (void)matrix_slowest(&j->matrix, &part, &src);
    return err_set(err, ST_FATAL,
                   "%zu panes are open and take %zu bytes: source %" PRId32
                   " in scores partition %" PRId32 " holds them",
                   j->open.n, j->open.bytes, src, part);
}

/* A record on time whose pane is closed: counted, and the open window says so. */
static void overtake(struct judge *j, size_t segment, const struct pane_delta *d, struct out *out)
{
    const int64_t n = d->n + d->other_bundle;

    if (n == 0)
        return;
    j->seats[segment].overtaken += n;
    j->seats[segment].overtaken_dirty = true;
    j->overtaken += n;
    out_count(out, COUNTER_OVERTAKEN, n);
}

/* out is NULL while panes are read again. */
static enum status take_delta(struct judge *j, const struct pane_delta *d, int64_t offset,
                              struct out *out, struct err *err)
{
    size_t segment = segments_find(&j->segments, d->segment);
    enum status st = delta_check(j->base, d, err);

    if (st != ST_OK)
        return ST_FATAL;
    if (segment == j->segments.n)
        return err_set(err, ST_FATAL, "config: a batch has segment %.*s, drift.segments has not",
                       (int)(d->segment.n < 64 ? d->segment.n : 64),
                       d->segment.n ? d->segment.p : "");
    if (d->start_ms < TIME_MIN_MS || d->start_ms > TIME_MAX_MS ||
        time_floor(d->start_ms, j->conf.pane_ms) != d->start_ms)
        return err_set(err, ST_FATAL,
                       "config: a batch has a pane at %" PRId64
                       ", which is no multiple of %" PRId64,
                       d->start_ms, j->conf.pane_ms);
    if (d->start_ms < j->begin_ms)
        return ST_OK; /* of the run before */
    if (d->start_ms < j->closed_ms) {
        if (out)
            overtake(j, segment, d, out);
        return ST_OK;
    }
    st = open_panes_add(&j->open, segment, d, offset, err);
    if (st != ST_OK)
        return st;
    if (d->start_ms + j->conf.pane_ms > j->last_data_ms)
        j->last_data_ms = d->start_ms + j->conf.pane_ms;
    return j->open.bytes > JUDGE_OPEN_BYTES_MAX ? too_much_open(j, err) : ST_OK;
}

static enum status take_marks(struct judge *j, const struct pane *p, struct out *out,
                              struct err *err)
{
    for (size_t i = 0; i < p->marks.n; i++) {
        bool stale;
        enum status st = matrix_fold(&j->matrix, p->part, &p->marks.v[i], &stale, err);

        if (st != ST_OK)
            return st;
        out_count(out, COUNTER_MARK_STALE, stale ? 1 : 0);
    }
    return ST_OK;
}

/* Whether absa.state holds the pane: it closed before the restart. */
static bool is_closed(const struct judge *j, const struct pane_delta *d)
{
    size_t segment = segments_find(&j->segments, d->segment);
    const struct history *past = segment < j->segments.n ? &j->seats[segment].past : NULL;
    size_t at = past ? history_seek(past, d->start_ms) : 0;

    return past && at < past->n && past->v[at].start_ms == d->start_ms;
}

/* Have all panes before next_offset been read again? */
static enum status end_rebuild(struct judge *j, int64_t offset, struct err *err)
{
    if (!j->rebuilding || offset + 1 < j->next_offset)
        return ST_OK;
    if (memcmp(j->chain.next, j->want_next, (size_t)j->parts * sizeof(*j->want_next)) != 0)
        return err_set(err, ST_FATAL, "absa.panes before it does not lead to what absa.state says");
    j->rebuilding = false;
    return ST_OK;
}

/* A batch that was counted before the restart: only its open panes are missing. */
static enum status rebuild(struct judge *j, const struct stage_rec *rec, const struct pane *p,
                           struct err *err)
{
    bool duplicate;
    enum status st = judge_chain(j, rec->offset, p, &duplicate, err);

    for (size_t i = 0; i < p->deltas.n && st == ST_OK && !duplicate; i++)
        if (!is_closed(j, &p->deltas.v[i]))
            st = take_delta(j, &p->deltas.v[i], rec->offset, NULL, err);
    return st;
}

static enum status take_new(struct judge *j, const struct stage_rec *rec, const struct pane *p,
                            struct out *out, struct err *err)
{
    bool duplicate;
    enum status st;

    if (j->rebuilding)
        return err_set(err, ST_FATAL,
                       "config: absa.panes has lost what lies between %" PRId64 " and %" PRId64
                       ": its retention is too short",
                       j->replay_from, j->next_offset);
    st = judge_chain(j, rec->offset, p, &duplicate, err);
    if (st != ST_OK)
        return judge_or_rewind(j, rec->offset, st);
    j->dirty = true;
    j->next_offset = rec->offset + 1;
    if (duplicate) {
        j->chain_duplicates++;
        out_count(out, COUNTER_CHAIN_DUPLICATE, 1);
        return ST_OK;
    }
    for (size_t i = 0; i < p->deltas.n && st == ST_OK; i++)
        st = take_delta(j, &p->deltas.v[i], rec->offset, out, err);
    return st == ST_OK ? take_marks(j, p, out, err) : st;
}

static enum status take_batch(struct judge *j, const struct stage_rec *rec, struct out *out,
                              struct err *err)
{
    struct pane p;
    enum status st = wire_decode_own(j->wire, RECORD_PANE, rec->value, &p, j->arena, err);

    if (st == ST_OK && p.run < j->run) { /* of a pane that had not heard of the rewind */
        j->next_offset = rec->offset + 1;
        j->dirty = true;
        return ST_OK;
    }
    if (st == ST_OK)
        st = check_pane(j, &p, err);
    if (st != ST_OK)
        return st;
    return rec->offset < j->next_offset ? rebuild(j, rec, &p, err) : take_new(j, rec, &p, out, err);
}

static enum status take(struct judge *j, const struct stage_rec *rec, struct out *out,
                        struct err *err)
{
    enum order_kind kind;
    enum status st = order_kind_of(rec, &kind, err);

    if (rec->offset < j->skip_to || st != ST_OK)
        return st;
    arena_reset(j->arena);
    st = kind == ORDER_NONE ? take_batch(j, rec, out, err) : judge_obey(j, rec, out, err);
    if (st == ST_OK && j->untold && j->dirty) /* the commit that has it is the first of the run */
        st = judge_introduce(j, out, err);
    return st == ST_OK ? end_rebuild(j, rec->offset, err) : st;
}

static enum status judge_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                 size_t *used, struct out *out, struct err *err)
{
    struct judge *j = ctx;
    bool more = false;

    (void)part;
    for (*used = 0;;) {
        enum status st = judge_advance(j, out, &more, err);

        if (st != ST_OK || more || *used == n)
            return st;
        out_open(out);
        st = take(j, &in[*used], out, err);
        if (st == ST_RETRY && *used > 0)
            return ST_OK; /* first what was taken before it */
        if (st != ST_OK) {
            err_prefix(err, "panes %" PRId64, in[*used].offset);
            return st;
        }
        ++*used;
    }
}

static enum status judge_resume(void *ctx, int32_t part, struct out *out, bool *more,
                                struct err *err)
{
    (void)part;
    return judge_advance(ctx, out, more, err);
}

static enum status judge_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                    struct err *err)
{
    (void)part;
    (void)meta; /* the state is all there is to remember */
    return judge_store(ctx, out, err);
}

static void judge_drop(void *ctx, int32_t part)
{
    (void)part;
    clear(ctx);
}

static void judge_close(void *ctx)
{
    struct judge *j = ctx;

    if (!j)
        return;
    clear(j);
    against_release(j);
    orders_release(&j->orders);
    free(j->want_next);
    free(j->seats);
    scan_free(j->scan);
    tally_free(j->shown);
    tally_free(j->scratch);
    tally_free(j->window);
    arena_free(j->arena);
    arena_free(j->unpacked);
    segments_release(&j->segments);
    free(j);
}

static const struct stage_ops judge_ops = {
    .name = "judge",
    .needs = NEEDS_STATE | NO_QUARANTINE,
    .input = TOPIC_PANES,
    .commit_ms = DRIFT_COMMIT_MS,
    .assign = judge_assign,
    .process = judge_process,
    .resume = judge_resume,
    .checkpoint = judge_checkpoint,
    .drop = judge_drop,
    .close = judge_close,
};

/* Names the effective configuration, in one fixed form. */
static enum status name_config(struct judge *j, struct err *err)
{
    struct buf b;

    buf_init(&b, SEGMENTS_MAX * (SEGMENT_NAME_MAX + 1) + 4096);
    buf_fmt(&b, "pane.ms=%" PRId64 "\nwindow.ms=%" PRId64 "\n", j->conf.pane_ms, j->conf.window_ms);
    buf_fmt(&b, "window.min_samples=%" PRId64 "\nwindow.min_videos=%" PRId64 "\n",
            j->conf.min_samples, j->conf.min_videos);
    if (j->rules.policy->scans) {
        buf_fmt(&b, "drift.false_alarms_per_month=%.17g\n", j->conf.false_alarms);
        buf_fmt(&b, "drift.effect_min=%.17g\ndrift.for=%" PRId64 "\n", j->conf.effect_min,
                j->conf.streak_min);
        buf_fmt(&b, "drift.keep_firing_for=%" PRId64 "\ndrift.scan.max_span.ms=%" PRId64 "\n",
                j->conf.keep_firing_for, j->conf.span_ms);
    }
    if (j->season.facet)
        buf_fmt(&b, "drift.season=%s\n", facet_name(j->season.facet));
    if (j->segments.n > 1)
        buf_fmt(&b, "drift.warming.comments=%" PRId64 "\n", j->conf.warming_comments);
    if (j->conf.max_age_ms > 0)
        buf_fmt(&b, "drift.baseline.max_age.ms=%" PRId64 "\n", j->conf.max_age_ms);
    buf_fmt(&b, "drift.policy=%s\ndrift.segments=", j->rules.policy->name);
    for (size_t i = 0; i < j->segments.n; i++) {
        buf_str(&b, i ? "," : "");
        buf_slice_add(&b, j->segments.name[i]);
    }
    memcpy(j->config_id, "sha256:", 7);
    hash_sha256_hex(buf_slice(&b), j->config_id + 7);
    enum status st = buf_failed(&b) ? err_set(err, ST_FATAL, "out of memory") : ST_OK;
    buf_release(&b);
    return st;
}

static enum status allocate(struct judge *j, struct err *err)
{
    j->arena = arena_new(ARENA_MAX);
    j->unpacked = arena_new(ARENA_MAX);
    j->scratch = tally_new(j->base);
    j->window = tally_new(j->base);
    j->seats = calloc(j->segments.n, sizeof(*j->seats));
    j->want_next = calloc((size_t)j->parts, sizeof(*j->want_next));
    if (j->rules.policy->scans) {
        j->scan = scan_new(j->base);
        j->shown = tally_new(j->base);
    }
    if (!j->arena || !j->unpacked || !j->scratch || !j->window || !j->seats || !j->want_next ||
        (j->rules.policy->scans && (!j->scan || !j->shown)))
        return err_set(err, ST_FATAL, "out of memory");
    return ST_OK;
}

/* What the policy needs to know. */
static enum status take_policy(struct judge *j, struct err *err)
{
    const struct drift_conf *c = &j->conf;
    enum status st = policy_find(slice_str(c->policy), &j->rules.policy, err);

    if (st != ST_OK || !j->rules.policy->scans)
        return st;
    j->scan_rules = (struct scan_rules){
        .policy = j->rules.policy,
        .min_videos = (double)c->min_videos,
        .span_ms = c->span_ms,
        .effect_min = c->effect_min,
        .streak_min = (int32_t)c->streak_min,
        .keep_firing_for = (int32_t)c->keep_firing_for,
        .level = family_level(c->false_alarms, c->pane_ms),
    };
    j->rules.level = family_level(c->false_alarms, c->window_ms);
    return drift_conf_check_scan(c, err);
}

enum status judge_stage_new(const struct drift_conf *conf, struct wire *wire,
                            const struct topology *topology, const struct baseline *baseline,
                            struct stage *out, struct err *err)
{
    struct judge *j = calloc(1, sizeof(*j));
    enum status st = drift_conf_check(conf, err);

    *out = (struct stage){ 0 };
    if (!j)
        return err_set(err, ST_FATAL, "out of memory");
    j->conf = *conf;
    j->conf.run = conf->run ? conf->run : 1;
    j->rules.min_samples = conf->min_samples;
    j->rules.min_videos = (double)conf->min_videos;
    j->wire = wire;
    j->base = baseline;
    j->parts = topology->parts[TOPIC_SCORES];
    if (st == ST_OK)
        st = take_policy(j, err);
    if (st == ST_OK)
        st = segments_parse(&j->segments, conf->segments, baseline, err);
    if (st == ST_OK)
        j->promise = drift_promise(conf, j->rules.policy, &j->segments, baseline);
    if (st == ST_OK)
        st = allocate(j, err);
    if (st == ST_OK)
        st = against_init(j, err);
    if (st == ST_OK)
        st = name_config(j, err);
    if (st != ST_OK) {
        judge_close(j);
        return st;
    }
    clear(j);
    *out = (struct stage){ &judge_ops, j };
    return ST_OK;
}
