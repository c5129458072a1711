/* SPDX-License-Identifier: MIT */
#include "report/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/policy.h"
#include "report/run_inner.h"

#define KEEP_MAX ((size_t)2 << 30)
#define LINE_MAX ((size_t)256 << 20)

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory for the report");
}

struct slice run_keep(struct run *r)
{
    struct slice kept = arena_copy(r->keep, buf_slice(&r->text));

    r->failed = r->failed || buf_failed(&r->text) || !kept.p;
    buf_clear(&r->text);
    return kept;
}

void *run_array(struct run *r, size_t n, size_t size)
{
    void *v = arena_array(r->keep, n, size);

    r->failed = r->failed || !v;
    return v;
}

int64_t run_judged(const struct run *r)
{
    return r->states[WINDOW_EVALUATED] + r->states[WINDOW_INCOMPLETE];
}

/* A place for one more at *v, which moves to twice the room when it is full. */
static void *grow(struct run *r, void *v, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return v;
    size_t more = *cap > 0 ? *cap * 2 : 16;
    void *wider = run_array(r, more, size);
    if (!wider)
        return NULL;
    if (n > 0)
        memcpy(wider, v, n * size);
    *cap = more;
    return wider;
}

static struct slice copy(struct run *r, struct slice s)
{
    struct slice kept = arena_copy(r->keep, s);

    r->failed = r->failed || !kept.p;
    return kept;
}

static struct run_segment *segment_of(struct run *r, struct slice name)
{
    /* At each boundary the segments come in the same order: the one behind the last. */
    for (size_t k = 0; k < r->n_segments; k++) {
        const size_t i = (r->next_segment + k) % r->n_segments;

        if (slice_eq(r->segments[i].name, name)) {
            r->next_segment = i + 1;
            return &r->segments[i];
        }
    }
    struct run_segment *wider =
        grow(r, r->segments, r->n_segments, &r->cap_segments, sizeof(*r->segments));
    if (!wider)
        return NULL;
    r->segments = wider;
    struct run_segment *s = &r->segments[r->n_segments];
    *s = (struct run_segment){ .name = copy(r, name), .psi = -1 };
    s->over = run_array(r, r->baseline->n, sizeof(*s->over));
    if (r->failed)
        return NULL;
    r->n_segments++;
    return s;
}

/* What is kept of the worst window of a feature. */
static void keep_worst(struct run *r, const struct window *w, const struct window_feature *f,
                       struct run_feature *to)
{
    int64_t *bins = run_array(r, f->bins.n, sizeof(*bins));

    if (!bins)
        return;
    if (f->bins.n > 0)
        memcpy(bins, f->bins.v, f->bins.n * sizeof(*bins));
    to->worst = *f;
    to->worst.name = copy(r, f->name);
    to->worst.test = copy(r, f->test);
    to->worst.bins.v = bins;
    to->worst_ms = w->start_ms;
    to->worst_n = w->n;
}

static void add_point(struct run *r, const struct window *w, const struct window_feature *f,
                      size_t at)
{
    struct run_feature *to = &r->feature[at];
    struct page_point *point = &r->time[r->n_times].point[at];

    to->n += f->n;
    to->missing += f->missing;
    to->over += f->severity != SEVERITY_NONE ? 1 : 0;
    to->severity = f->severity > to->severity ? f->severity : to->severity;
    if (!f->psi.has)
        return;
    *point = (struct page_point){ f->psi.v, f->severity };
    if (!to->worst.name.p || f->psi.v > to->worst.psi.v)
        keep_worst(r, w, f, to);
}

static enum status add_feature(struct run *r, const struct window *w, struct run_segment *s,
                               const struct window_feature *f, bool first, struct err *err)
{
    const struct baseline *b = r->baseline;
    const int32_t at = baseline_find(b, f->name);

    if (at < 0)
        return err_set(err, ST_REJECT, "a feature that does not fit the baseline: %.*s",
                       SLICE_ARG(f->name));
    if (f->severity != SEVERITY_NONE && !s->over[at]) {
        s->over[at] = true;
        r->feature[at].segments_over++;
    }
    s->severity = f->severity > s->severity ? f->severity : s->severity;
    if (f->psi.has && f->psi.v > s->psi) {
        s->psi = f->psi.v;
        s->worst_ms = w->start_ms;
        s->worst = slice_str(b->features[at].name);
    }
    if (first)
        add_point(r, w, f, (size_t)at);
    return ST_OK;
}

static bool judged(const struct window *w)
{
    return w->state == WINDOW_EVALUATED || w->state == WINDOW_INCOMPLETE;
}

/* A row of points, none of them judged yet. */
static enum status begin_time(struct run *r, const struct window *w, struct err *err)
{
    const size_t n = r->baseline->n;
    struct run_time *wider = grow(r, r->time, r->n_times, &r->cap_times, sizeof(*wider));

    if (!wider)
        return no_memory(err);
    r->time = wider;
    struct run_time *t = &r->time[r->n_times];
    *t = (struct run_time){ w->start_ms, run_array(r, n, sizeof(*t->point)) };
    if (!t->point)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        t->point[i].psi = (double)NAN;
    r->first_ms = r->n_times == 0 ? w->start_ms : r->first_ms;
    r->last_ms = w->end_ms;
    r->states[w->state]++;
    r->stale_bundle += slice_is(w->stale_by, STALE_BY_BUNDLE);
    r->stale_age += slice_is(w->stale_by, STALE_BY_AGE);
    return ST_OK;
}

static enum status begin_run(struct run *r, const struct window *w, struct err *err)
{
    const struct policy *policy = NULL;
    struct err ignored;

    r->scans = policy_find(w->policy, &policy, &ignored) == ST_OK && policy->scans;
    r->segment = copy(r, w->segment);
    r->rule = copy(r, w->rule);
    r->policy = copy(r, w->policy);
    r->bundle = copy(r, w->bundle);
    r->length_ms = w->end_ms - w->start_ms;
    return r->failed ? no_memory(err) : ST_OK;
}

/* Of a window too small to be judged by itself: how many values it has is told all the same. */
static void count_values(struct run *r, const struct window *w)
{
    for (size_t i = 0; i < w->features.n; i++) {
        const int32_t at = baseline_find(r->baseline, w->features.v[i].name);

        if (at < 0)
            continue;
        r->feature[at].n += w->features.v[i].n;
        r->feature[at].missing += w->features.v[i].missing;
    }
}

static enum status add_features(struct run *r, const struct window *w, struct run_segment *s,
                                bool first, struct err *err)
{
    enum status st = first ? begin_time(r, w, err) : ST_OK;

    if (first && r->scans && w->state == WINDOW_INSUFFICIENT_DATA)
        count_values(r, w);

    for (size_t i = 0; st == ST_OK && judged(w) && i < w->features.n; i++)
        st = add_feature(r, w, s, &w->features.v[i], first, err);
    r->n_times += first && st == ST_OK ? 1 : 0;
    return st;
}

static void add_estimate(struct run_estimate *e, const struct window *w)
{
    if (!w->estimated_accuracy.has || !w->estimated_accuracy_before.has)
        return;
    e->sum += w->estimated_accuracy.v * (double)w->n;
    e->before = w->estimated_accuracy_before.v;
    e->n += w->n;
}

static enum status add_window(struct run *r, const struct window *w, struct err *err)
{
    if (!slice_is(w->baseline, r->baseline->id))
        return err_set(err, ST_REJECT, "of baseline %.*s, not of %s", SLICE_ARG(w->baseline),
                       r->baseline->id);
    enum status st = r->segment.p ? ST_OK : begin_run(r, w, err);
    if (st != ST_OK)
        return st;
    struct run_segment *s = segment_of(r, w->segment);
    if (!s)
        return no_memory(err);
    s->n += w->n;
    if (judged(w))
        s->judged++;
    else
        s->not_judged++;
    const bool first = slice_eq(w->segment, r->segment) && slice_eq(w->rule, r->rule);
    if (first && judged(w))
        add_estimate(&r->estimate, w);
    st = add_features(r, w, s, first, err);
    return st == ST_OK && r->failed ? no_memory(err) : st;
}

static void note_open(struct run *r, const struct alert *al)
{
    size_t i = 0;

    while (i < r->n_open && !slice_eq(r->open[i], al->alert_id))
        i++;
    if (al->state == ALERT_RESOLVED) {
        if (i < r->n_open)
            r->open[i] = r->open[--r->n_open];
    } else if (i == r->n_open) {
        struct slice *wider = grow(r, r->open, r->n_open, &r->cap_open, sizeof(*wider));
        if (!wider)
            return;
        r->open = wider;
        r->open[r->n_open++] = copy(r, al->alert_id);
    }
}

/* What an alert calls drift is drift: the scan sees what no window alone shows. */
static void call(struct run *r, struct run_segment *s, struct slice name, enum severity severity)
{
    const int32_t at = baseline_find(r->baseline, name);

    if (at < 0)
        return;
    if (!s->over[at]) {
        s->over[at] = true;
        r->feature[at].segments_over++;
    }
    if (slice_eq(s->name, r->segment) && severity > r->feature[at].severity)
        r->feature[at].severity = severity;
}

static void note_drift(struct run *r, const struct alert *al)
{
    struct run_segment *s = al->state == ALERT_FIRING ? segment_of(r, al->segment) : NULL;

    if (!s)
        return;
    s->severity = al->severity > s->severity ? al->severity : s->severity;
    call(r, s, al->feature, al->severity);
    for (size_t i = 0; i < al->others.n; i++)
        call(r, s, al->others.v[i].name, al->others.v[i].severity);
}

static size_t level_of(const struct alert *al)
{
    if (al->state == ALERT_RESOLVED)
        return 2;
    return al->severity == SEVERITY_CRITICAL ? 0 : 1;
}

static enum status read_line(struct run *r, enum record_kind kind, struct slice line, void *rec,
                             struct arena *a, struct err *err)
{
    arena_reset(r->line);
    return wire_from_json(r->wire, kind, line, rec, a, err);
}

static enum status take_window(struct run *r, struct slice line, struct err *err)
{
    struct window w;
    enum status st = read_line(r, RECORD_WINDOW, line, &w, r->line, err);

    if (st == ST_OK &&
        w.state == WINDOW_TRAINING_SKEW) /* the page says it by the baseline itself */
        return ST_OK;
    return st == ST_OK ? add_window(r, &w, err) : st;
}

static enum status take_alert(struct run *r, struct slice line, struct err *err)
{
    struct alert al;
    enum status st = read_line(r, RECORD_ALERT, line, &al, r->line, err);

    if (st != ST_OK)
        return st;
    note_open(r, &al);
    note_drift(r, &al);
    r->n_alerts++;
    struct run_alerts *to = &r->alerts[level_of(&al)];
    if (to->n < PAGE_ALERTS_MAX)
        st = wire_from_json(r->wire, RECORD_ALERT, line, &to->v[to->n++], r->keep, err);
    else
        to->left++;
    return st == ST_OK && r->failed ? no_memory(err) : st;
}

static enum status take_dead(struct run *r, struct slice line, struct err *err)
{
    struct deadletter d;
    size_t i = 0;
    enum status st = read_line(r, RECORD_DEADLETTER, line, &d, r->line, err);

    if (st != ST_OK)
        return st;
    while (i < r->n_reasons &&
           !(slice_eq(r->reason[i].stage, d.stage) && slice_eq(r->reason[i].reason, d.reason)))
        i++;
    if (i == RUN_REASONS_MAX) {
        r->other_dead++;
        return ST_OK;
    }
    if (i == r->n_reasons) {
        r->reason[i] = (struct run_reason){ copy(r, d.stage), copy(r, d.reason), 0 };
        r->n_reasons++;
    }
    r->reason[i].n++;
    return r->failed ? no_memory(err) : ST_OK;
}

enum status run_take(struct run *r, enum run_file file, struct slice line, struct err *err)
{
    switch (file) {
    case RUN_WINDOWS:
        return take_window(r, line, err);
    case RUN_ALERTS:
        return take_alert(r, line, err);
    case RUN_DEAD:
    case RUN_FILES:
        break;
    }
    return take_dead(r, line, err);
}

const char *run_file_name(enum run_file file)
{
    static const char *const names[RUN_FILES] = { "windows.jsonl", "alerts.jsonl", "dead.jsonl" };

    return names[file];
}

enum status run_render(struct run *r, const struct run_end *end, struct buf *out, struct err *err)
{
    struct page page = {
        .kind = "Drift report", .before = "baseline", .now = "window", .thing = "feature"
    };
    enum status st = run_summary_read(end->summary, &r->summary, err);

    if (st != ST_OK)
        return st;
    r->end = end;
    run_page(r, &page);
    run_facts(r, &page);
    return r->failed ? no_memory(err) : page_render(&page, out, err);
}

enum status run_new(struct wire *w, const struct baseline *b, struct run **out, struct err *err)
{
    struct run *r = calloc(1, sizeof(*r));

    *out = NULL;
    if (!r)
        return no_memory(err);
    r->wire = w;
    r->baseline = b;
    buf_init(&r->text, RUN_TEXT_MAX);
    r->keep = arena_new(KEEP_MAX);
    r->line = arena_new(LINE_MAX);
    if (r->keep && r->line)
        r->feature = run_array(r, b->n, sizeof(*r->feature));
    if (!r->feature) {
        run_free(r);
        return no_memory(err);
    }
    *out = r;
    return ST_OK;
}

void run_free(struct run *r)
{
    if (!r)
        return;
    buf_release(&r->text);
    arena_free(r->line);
    arena_free(r->keep);
    free(r);
}
