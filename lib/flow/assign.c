/* SPDX-License-Identifier: MIT */
/* assign.c -- partitions come and go. */
#include <stdlib.h>

#include "flow/inner.h"
#include "now/now.h"
#include "obs/log.h"

static void forget_queue(struct part *p)
{
    for (size_t i = 0; i < p->n; i++)
        kafka_msg_release(&p->queue[p->first + i]);
    p->n = 0;
    p->first = 0;
}

/* What was committed for a partition that is now ours. */
static enum status take_committed(struct flow *f, struct part *p, const struct kafka_offset *o,
                                  struct err *err)
{
    p->owned = true;
    p->touched = false;
    p->next = o->offset;
    p->end = -1;
    p->done = (struct point){ .offset = o->offset, .meta = { .fresh = true } };
    forget_queue(p);
    enum status st = o->offset >= 0 ? meta_parse(o->meta, &p->done.meta, err) : ST_OK;
    if (st != ST_OK)
        err_prefix(err, "%s[%d]", f->names.of[f->ops->input], (int)o->part);
    flow_take_deaths(p);
    return st;
}

static int32_t number_of(const struct flow *f, const struct part *p)
{
    return (int32_t)(p - f->parts);
}

static enum status log_start(struct flow *f, const struct part *p, int64_t *low, struct err *err)
{
    int64_t end;

    return kafka_admin_range(f->admin, f->names.of[f->ops->input], number_of(f, p), low, &end, err);
}

/* Where to begin when nobody ever committed: only at the start of everything,
 * for a log that was cut may have lost what was never read. */
static enum status first_offset(struct flow *f, const struct part *p, int64_t low, int64_t *offset,
                                struct err *err)
{
    if (low > 0 && !f->args->from_start)
        return err_set(err, ST_FATAL,
                       "config: %s[%d]: no offset was committed by group %s and the log starts "
                       "at %lld: --from-start accepts what is gone",
                       f->names.of[f->ops->input], (int)number_of(f, p), f->group, (long long)low);
    *offset = low;
    return ST_OK;
}

/* Gives p to the stage, restored; p->next is then the first record to read. */
static enum status restore(struct flow *f, struct part *p, struct err *err)
{
    struct stage_resume resume = { .offset = p->done.meta.fresh ? -1 : p->done.offset,
                                   .meta = { p->done.meta.stage, p->done.meta.n },
                                   .log = kafka_reader_log(f->reader) };
    size_t before = out_n(f->out);
    enum status st = log_start(f, p, &resume.start, err);

    if (st != ST_OK)
        return st;
    p->given = true;
    st = f->ops->assign(f->stage, number_of(f, p), &resume, f->out, err);
    st = flow_said(f, p, before, st);
    if (st != ST_OK)
        return st;
    if (p->done.offset < 0 && resume.floor > 0)
        log_warn("no committed offset, going on where the state stands",
                 LOG_INT("part", number_of(f, p)), LOG_INT("offset", resume.floor));
    p->next = resume.offset >= 0 ? resume.offset : p->done.offset;
    if (resume.floor > p->done.offset || resume.reset)
        p->done.offset = resume.floor;
    if (p->next < 0)
        st = first_offset(f, p, resume.start, &p->next, err);
    if (st == ST_OK && p->next < resume.start)
        st = err_set(err, ST_FATAL,
                     "config: %s[%d]: records %lld..%lld were deleted before they were read",
                     f->names.of[f->ops->input], (int)number_of(f, p), (long long)p->next,
                     (long long)resume.start - 1);
    return st;
}

static void show_assignment(struct flow *f, size_t n, int64_t took_ms)
{
    flow_show_careful(f);
    metrics_clear(f->metrics, METRIC_LAG);
    metrics_add(f->metrics, METRIC_REBALANCES, METRIC_NO_LABEL, 1);
    metrics_set(f->metrics, METRIC_ASSIGNED, METRIC_NO_LABEL, (double)n);
    metrics_set(f->metrics, METRIC_RESTORE_SECONDS, METRIC_NO_LABEL, (double)took_ms / 1e3);
    log_info("partitions assigned", LOG_INT("n", n), LOG_INT("ms", took_ms));
}

enum status flow_assigned(void *ctx, struct kafka_offset *v, size_t n, struct err *err)
{
    struct flow *f = ctx;
    struct part **parts = calloc(n + 1, sizeof(struct part *));
    int64_t t0 = now_mono_ms();
    enum status st = parts ? ST_OK : err_set(err, ST_FATAL, "out of memory");

    if (st == ST_OK && f->embedded && f->assigned) /* of nothing too: another has begun at 0 */
        st = err_set(err, ST_FATAL,
                     "unavailable: the embedded broker keeps no positions, a second assignment "
                     "would read all again: one process a stage, or Kafka");
    f->assigned = f->assigned || n > 0;
    f->ready = n > 0 ? PARTS_OWNED : PARTS_STANDBY;
    f->restoring = true;
    flow_show_ready(f);
    health_away(f->health, FLOW_AWAY_MS);
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        if ((size_t)v[i].part >= f->nparts)
            st = err_set(err, ST_FATAL, "config: %s grew: absa topics grow",
                         f->names.of[f->ops->input]);
        if (st == ST_OK) {
            parts[i] = &f->parts[v[i].part];
            st = take_committed(f, parts[i], &v[i], err);
        }
    }
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        st = restore(f, parts[i], err);
        v[i].offset = parts[i]->next;
    }
    free(parts);
    f->restoring = st != ST_OK;
    if (st == ST_OK)
        show_assignment(f, n, now_mono_ms() - t0);
    flow_show_ready(f);
    return st;
}

static void take_back(struct flow *f, struct part *p)
{
    if (p->given)
        f->ops->drop(f->stage, number_of(f, p));
    p->given = false;
    p->touched = false;
    forget_queue(p);
}

/* A start that ended well is no death: takes it back where nothing else will. */
static enum status uncount(struct flow *f, struct err *err)
{
    struct part **v = calloc(f->nparts + 1, sizeof(struct part *));
    enum status st = v ? ST_OK : err_set(err, ST_FATAL, "out of memory");
    size_t n = 0;

    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        if (p->owned && p->done.meta.attempts > 0 && p->care == CARE_NONE) {
            p->plan = p->done;
            p->plan.meta.attempts = 0;
            v[n++] = p;
        }
    }
    if (st == ST_OK)
        st = flow_commit_plans(f, v, n, err);
    free(v);
    return st;
}

enum status flow_revoked(void *ctx, bool lost, struct err *err)
{
    struct flow *f = ctx;

    if (lost)
        return err_set(err, ST_RETRY, "assignment lost");
    if (f->again) /* in the middle of a batch that the stage gave up */
        return err_set(err, ST_RETRY, "partitions revoked while a batch was given up");
    enum status st = flow_commit(f, err);
    if (st == ST_OK)
        st = uncount(f, err);
    if (st == ST_OK)
        st = flow_release(f, err);
    for (size_t i = 0; i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        take_back(f, p);
        p->owned = false;
    }
    metrics_set(f->metrics, METRIC_ASSIGNED, METRIC_NO_LABEL, 0);
    f->ready = PARTS_WAITING;
    flow_show_ready(f);
    return st;
}

static void pause_before(struct flow *f)
{
    int ms = f->retries < 6 ? 100 << f->retries : 5000;

    f->retries++;
    now_nap(ms);
}

enum status flow_restart_parts(struct flow *f, struct err *err)
{
    struct kafka_offset *v = calloc(f->nparts + 1, sizeof(*v));
    enum status st = v ? flow_release(f, err) : err_set(err, ST_FATAL, "out of memory");
    size_t n = 0;

    health_away(f->health, FLOW_AWAY_MS);
    for (size_t i = 0; st == ST_OK && i < f->nparts; i++) {
        struct part *p = &f->parts[i];

        if (!p->owned)
            continue;
        take_back(f, p);
        st = restore(f, p, err);
        v[n++] = (struct kafka_offset){ .part = (int32_t)i, .offset = p->next };
    }
    if (st == ST_OK && n > 0)
        st = kafka_consumer_seek(f->consumer, v, n, err);
    free(v);
    return st;
}

enum status flow_begin_anew(struct flow *f, struct err *err)
{
    f->again = false;
    log_warn("batch given up, beginning anew", LOG_STR("why", err->msg), LOG_INT("n", f->retries));
    metrics_add(f->metrics, METRIC_RETRIES, METRIC_NO_LABEL, 1);
    pause_before(f);
    out_clear(f->out);
    f->open_ms = -1;
    f->used = 0;
    return flow_restart_parts(f, err);
}
