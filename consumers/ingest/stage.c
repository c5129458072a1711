/* SPDX-License-Identifier: MIT */
#include "consumers/ingest/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/time.h"
#include "stage/source.h"

enum { ARENA_MAX = 256 << 20 }; /* a page of 256 KiB holds 130,000 comments at worst */

static const char name[] = "ingest";

struct ingest {
    struct ingest_conf conf;
    const struct topology *topo;
    enum source_kind kind;   /* of the topic, as far as it is known */
    struct source **sources; /* [parts of raw], NULL: not ours      */
    struct arena *arena;     /* of one raw record                   */
    int64_t *added;          /* [parts of comments]: of one raw record */
};

/* A raw record and what it would make of its source. */
struct step {
    struct source *source;
    const struct stage_rec *rec;
    struct clock clock;
    enum mark_kind mark;
    bool marks;
    struct origin origin;
};

struct ingest_conf ingest_conf_default(void)
{
    return (struct ingest_conf){ .skew_ms = 10 * MS_SECOND,
                                 .step_ms = 10 * MS_SECOND,
                                 .idle_ms = MS_MINUTE };
}

static enum out_rc dead(const struct step *s, enum dead_reason reason, const char *why,
                        struct out *out)
{
    return out_dead(out, name, s->rec, -1, reason, why);
}

static enum out_rc put_refused(const struct step *s, const struct ingest_item *item,
                               struct out *out)
{
    struct stage_rec rec = *s->rec;

    rec.arrival_ms = s->origin.arrival_ms;
    if (item->value.p)
        rec.value = item->value;
    return out_dead(out, name, &rec, item->index, item->reason, item->why);
}

static enum out_rc put_comment(struct ingest *g, const struct step *s, struct ingest_item *item,
                               struct out *out)
{
    struct comment *c = &item->comment;
    const struct slice key = c->video_id.n > 0 ? c->video_id : c->comment_id;
    const int32_t part = hash_partition(key, g->topo->parts[TOPIC_COMMENTS]);

    c->origin = s->origin;
    c->origin.src_index = item->index;
    const enum out_rc rc = out_put_record(out, TOPIC_COMMENTS, part, key, RECORD_COMMENT, c);
    if (rc != OUT_OK)
        return rc;
    g->added[part]++;
    out_count(out, COUNTER_COMMENTS, 1);
    out_count(out, COUNTER_COMMENTS_FLOOR, c->origin.late_by == LATE_BY_FLOOR);
    out_count(out, COUNTER_TEXT_REPAIRED, c->repaired_text);
    out_count(out, COUNTER_TIME_REPAIRED, c->time_source == TIME_ZONE || c->time_source == TIME_ID);
    return OUT_OK;
}

static enum out_rc put_items(struct ingest *g, const struct step *s,
                             const struct ingest_items *items, struct out *out)
{
    enum out_rc rc = OUT_OK;

    out_count(out, COUNTER_COMMENTS_READ, (int64_t)items->n);
    for (size_t i = 0; i < items->n && rc == OUT_OK; i++)
        rc = items->v[i].refused ? put_refused(s, &items->v[i], out)
                                 : put_comment(g, s, &items->v[i], out);
    return rc;
}

/* A topic is live or replayed: the two kinds of time do not mix. */
static enum status check_kind(struct ingest *g, enum source_kind kind, struct err *err)
{
    if (g->kind != SOURCE_UNKNOWN && kind != SOURCE_UNKNOWN && g->kind != kind) {
        return err_set(err, ST_FATAL,
                       "config: absa.raw holds live records and records with their own arrival "
                       "(header absa-arrival); a topic is one or the other: "
                       "import or replay into another topic");
    }
    if (kind != SOURCE_UNKNOWN)
        g->kind = kind;
    return ST_OK;
}

/* When a record arrived: its header, else Kafka's time. False: nobody knows. */
static bool arrival_of(const struct stage_rec *rec, int64_t *ms, enum source_kind *kind)
{
    const struct slice own = stage_header(rec, "absa-arrival");

    *kind = own.p ? SOURCE_REPLAYED : SOURCE_LIVE;
    *ms = rec->arrival_ms;
    if (own.p && !slice_to_int64(own, ms))
        return false;
    return *ms >= 0 && *ms <= TIME_MAX_MS;
}

/* The source has ended; a second end says nothing new. */
static void read_end(struct step *s)
{
    s->marks = s->clock.floor_ms != WM_END;
    s->mark = MARK_END;
    s->clock.floor_ms = WM_END;
}

/* A canary: as a record with data, but that it moves no time and says nothing of whose it is. */
static enum status read_canary(struct ingest *g, struct step *s, struct slice id, enum out_rc *rc,
                               struct out *out, struct err *err)
{
    const struct hdr tag = { slice_str(STAGE_CANARY), id };
    const struct ingest_raw raw = { .value = s->rec->value, .arrival_ms = s->rec->arrival_ms };
    struct ingest_items items;

    out_count(out, COUNTER_CANARIES, 1);
    if (raw.arrival_ms < 0 || !raw.value.p)
        return ST_OK;
    if (ingest_read(&g->conf.rules, &raw, g->arena, &items, err) != ST_OK)
        return ST_FATAL;
    clock_stamp(&s->clock, g->conf.skew_ms, raw.arrival_ms, &s->origin);
    out_tag(out, &tag);
    *rc = put_items(g, s, &items, out);
    out_tag(out, NULL);
    return ST_OK;
}

/* A record with data: stamps, reads, puts, and moves the clock. */
static enum status read_data(struct ingest *g, struct step *s, enum out_rc *rc, struct out *out,
                             struct err *err)
{
    struct ingest_raw raw = {
        .value = s->rec->value,
        .shape = stage_header(s->rec, "absa-shape"),
        .video = stage_header(s->rec, "absa-video"),
    };
    struct ingest_items items;
    enum source_kind kind;

    if (!arrival_of(s->rec, &raw.arrival_ms, &kind)) {
        out_count(out, COUNTER_COMMENTS_READ, 1);
        *rc = dead(s, DEAD_NO_TIME, "no time of arrival, in the record or in Kafka", out);
        return ST_OK;
    }
    if (check_kind(g, kind, err) != ST_OK)
        return ST_FATAL;
    s->clock.kind = kind;
    clock_stamp(&s->clock, g->conf.skew_ms, raw.arrival_ms, &s->origin);
    s->marks = clock_advance(&s->clock, g->conf.skew_ms, g->conf.step_ms, raw.arrival_ms);
    s->mark = MARK_DATA;
    if (!s->rec->value.p) {
        out_count(out, COUNTER_COMMENTS_READ, 1);
        *rc = dead(s, DEAD_NULL, "a null value", out);
        return ST_OK;
    }
    if (ingest_read(&g->conf.rules, &raw, g->arena, &items, err) != ST_OK)
        return ST_FATAL;
    *rc = put_items(g, s, &items, out);
    return ST_OK;
}

/* What the step makes of its source. */
static struct source_mark mark_of(const struct ingest *g, const struct step *s)
{
    return (struct source_mark){ &s->clock, s->rec->offset + 1, g->added, s->mark };
}

/* Puts all that one raw record gives; *rc says whether it fitted. */
static enum status step(struct ingest *g, struct step *s, enum out_rc *rc, struct out *out,
                        struct err *err)
{
    const struct slice control = stage_header(s->rec, "absa-kind");
    const struct slice canary = stage_header(s->rec, STAGE_CANARY);
    enum status st = ST_OK;

    out_count(out, COUNTER_RAW_READ, 1);
    if (slice_is(control, "end")) {
        read_end(s);
    } else if (control.p) {
        out_count(out, COUNTER_COMMENTS_READ, 1);
        *rc = dead(s, DEAD_SHAPE, "a control record of an unknown kind", out);
    } else if (canary.p) {
        st = read_canary(g, s, canary, rc, out, err);
    } else {
        st = read_data(g, s, rc, out, err);
    }
    if (st != ST_OK || *rc != OUT_OK || !s->marks)
        return st;
    s->clock.seq++;
    const struct source_mark m = mark_of(g, s);
    *rc = source_put_marks(s->source, &m, g->conf.skew_ms, out);
    return ST_OK;
}

static enum status ingest_process(void *ctx, int32_t part, const struct stage_rec *in, size_t n,
                                  size_t *used, struct out *out, struct err *err)
{
    struct ingest *g = ctx;
    struct source *src = g->sources[part];

    *used = 0;
    enum out_rc rc = source_greet(src, g->conf.skew_ms, out);
    while (rc == OUT_OK && *used < n) {
        struct step s = { .source = src,
                          .rec = &in[*used],
                          .clock = src->clock,
                          .origin = { .src = part, .src_offset = in[*used].offset } };

        arena_reset(g->arena);
        memset(g->added, 0, (size_t)g->topo->parts[TOPIC_COMMENTS] * sizeof(*g->added));
        out_open(out);
        const enum status st = step(g, &s, &rc, out, err);
        if (st != ST_OK)
            return st;
        if (rc == OUT_OK) {
            const struct source_mark m = mark_of(g, &s);

            source_keep(src, &m, s.marks, out);
            (*used)++;
        } else if (rc == OUT_FULL) {
            out_undo(out);
        }
    }
    return rc == OUT_ERROR ? out_error(out, err) : ST_OK;
}

static enum status ingest_assign(void *ctx, int32_t part, struct stage_resume *resume,
                                 struct out *out, struct err *err)
{
    struct ingest *g = ctx;

    if (part < 0 || part >= g->topo->parts[TOPIC_RAW]) {
        return err_set(err, ST_FATAL,
                       "config: partition %d of absa.raw, but raw.partitions is %d: "
                       "see absa topics grow",
                       (int)part, (int)g->topo->parts[TOPIC_RAW]);
    }
    struct source *src = source_new(part, TOPIC_RAW, TOPIC_COMMENTS, g->topo);
    if (!src)
        return err_set(err, ST_FATAL, "ingest: out of memory");
    source_free(g->sources[part]);
    g->sources[part] = src;

    if (source_resume(src, resume, err) != ST_OK)
        return ST_FATAL;
    if (check_kind(g, src->clock.kind, err) != ST_OK)
        return ST_FATAL;
    return source_greet(src, g->conf.skew_ms, out) == OUT_ERROR ? out_error(out, err) : ST_OK;
}

static enum status ingest_resume(void *ctx, int32_t part, struct out *out, bool *more,
                                 struct err *err)
{
    struct ingest *g = ctx;
    struct source *src = g->sources[part];
    const enum out_rc rc = source_greet(src, g->conf.skew_ms, out);

    *more = !source_greeted(src, out);
    return rc == OUT_ERROR ? out_error(out, err) : ST_OK;
}

/* Raises the floor of a live source that is proven to be idle. Of a source that
 * nobody has written to it is not known whose time it lives in, unless the
 * topic has shown that it is live: an import may be about to start. */
static enum status ingest_tick(void *ctx, int32_t part, const struct stage_tick *t, struct out *out,
                               struct err *err)
{
    const struct ingest *g = ctx;

    if (g->kind != SOURCE_LIVE)
        return ST_OK;
    return source_idle(g->sources[part], t, g->conf.skew_ms, g->conf.idle_ms, out, err);
}

static enum status ingest_checkpoint(void *ctx, int32_t part, struct buf *meta, struct out *out,
                                     struct err *err)
{
    const struct ingest *g = ctx;

    (void)out;
    clock_save(&g->sources[part]->clock, meta);
    return buf_failed(meta) ? err_set(err, ST_FATAL, "ingest: out of memory") : ST_OK;
}

/* The watermark, not the latest arrival: a floor that rose overnight counts. */
static int64_t ingest_time_of(const void *ctx, int32_t part)
{
    const struct ingest *g = ctx;

    return clock_wm(&g->sources[part]->clock, g->conf.skew_ms);
}

static void ingest_drop(void *ctx, int32_t part)
{
    struct ingest *g = ctx;

    source_free(g->sources[part]);
    g->sources[part] = NULL;
}

static void ingest_close(void *ctx)
{
    struct ingest *g = ctx;

    if (!g)
        return;
    for (int32_t p = 0; g->sources && p < g->topo->parts[TOPIC_RAW]; p++)
        source_free(g->sources[p]);
    free(g->sources);
    free(g->added);
    arena_free(g->arena);
    free(g);
}

static const struct stage_ops ops = {
    .name = name,
    .needs = NEEDS_TICK,
    .input = TOPIC_RAW,
    .assign = ingest_assign,
    .process = ingest_process,
    .tick = ingest_tick,
    .resume = ingest_resume,
    .checkpoint = ingest_checkpoint,
    .time_of = ingest_time_of,
    .drop = ingest_drop,
    .close = ingest_close,
};

enum status ingest_stage_new(const struct ingest_conf *conf, struct wire *w,
                             const struct topology *topo, struct stage *out, struct err *err)
{
    (void)w;
    *out = (struct stage){ NULL, NULL };
    if (conf->step_ms <= 0 || conf->idle_ms <= 0 || conf->skew_ms < 0)
        return err_set(err, ST_FATAL,
                       "config: watermark.step.ms and watermark.idle.ms must be above 0, "
                       "watermark.skew.ms must not be below");

    struct ingest *g = calloc(1, sizeof(*g));
    if (!g)
        return err_set(err, ST_FATAL, "ingest: out of memory");
    g->conf = *conf;
    g->topo = topo;
    g->kind = conf->kind;
    g->sources = calloc((size_t)topo->parts[TOPIC_RAW], sizeof(struct source *));
    g->added = calloc((size_t)topo->parts[TOPIC_COMMENTS], sizeof(*g->added));
    g->arena = arena_new(ARENA_MAX);
    if (!g->sources || !g->added || !g->arena) {
        ingest_close(g);
        return err_set(err, ST_FATAL, "ingest: out of memory");
    }
    *out = (struct stage){ &ops, g };
    return ST_OK;
}
