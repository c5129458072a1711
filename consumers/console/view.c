/* SPDX-License-Identifier: MIT */
/* view.c -- /api/state: all that the page shows at first. */
#include "consumers/console/view.h"

#include <math.h>
#include <stdlib.h>

#include "consumers/console/put.h"
#include "consumers/console/verdict.h"
#include "drift/policy.h"
#include "wire/table.h"
#include "wire/tojson.h"

static const char *severity(enum severity s)
{
    return wire_severity_names[s];
}

static const char *state(enum window_state s)
{
    return wire_window_state_names[s];
}

const struct model_series *view_series(const struct view *v, const struct view_query *q)
{
    const struct model *m = v->model;

    if (q->segment)
        return model_series_of(m, q->segment, q->rule);
    const struct model_series *all = model_series_of(m, "all", q->rule);
    return all || m->n_series == 0 ? all : &m->series[0];
}

static void add_verdict(const struct model *m, struct buf *out)
{
    const struct verdict v = verdict_of(m);

    put_key(out, "verdict");
    buf_byte(out, '{');
    put_text(out, "level", verdict_level_name(v.level));
    put_text(out, "title", v.title);
    put_text(out, "lead", v.lead);
    put_int(out, "firing", (int64_t)v.firing);
    if (v.alert_id) {
        put_text(out, "alert_id", v.alert_id);
        put_int(out, "since_ms", v.since_ms);
    }
    buf_byte(out, '}');
}

static void add_thresholds(const struct model_window *w, struct buf *out)
{
    const struct policy *p = NULL;
    struct err ignored = { 0 };

    if (!w || policy_find(slice_str(w->policy), &p, &ignored) != ST_OK)
        return;
    put_key(out, "thresholds");
    buf_byte(out, '{');
    put_text(out, "policy", p->name);
    put_double(out, "warning", p->warning);
    put_double(out, "critical", p->critical);
    buf_byte(out, '}');
}

static void add_window(const struct model_window *w, struct buf *out)
{
    put_int(out, "start_ms", w->start_ms);
    put_int(out, "end_ms", w->end_ms);
    put_text(out, "state", state(w->state));
    put_text(out, "stale_by", w->stale_by);
    put_text(out, "severity", severity(w->severity));
    put_int(out, "n", w->n);
    put_int(out, "videos", w->videos);
    put_double(out, "psi", w->psi);
    put_text(out, "feature", w->worst);
    put_double(out, "accuracy", w->accuracy);
    put_double(out, "accuracy_before", w->accuracy_before);
}

/* Each series as its window at the time that is looked at. */
static void add_segments(const struct view *v, const struct view_query *q, struct buf *out)
{
    const struct model *m = v->model;

    put_key(out, "segments");
    buf_byte(out, '[');
    for (size_t i = 0; i < m->n_series && i < VIEW_SEGMENTS_MAX; i++) {
        const struct model_series *s = &m->series[i];
        int64_t over = 0;

        for (size_t k = 0; k < s->n; k++)
            over += s->v[k]->severity > SEVERITY_NONE;
        put_item(out);
        buf_byte(out, '{');
        put_text(out, "segment", s->segment);
        put_text(out, "rule", s->rule);
        add_window(model_window_at(s, q->at_ms), out);
        put_int(out, "windows", (int64_t)s->n);
        put_int(out, "over", over);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
    put_int(out, "segments_left",
            m->n_series > VIEW_SEGMENTS_MAX ? (int64_t)(m->n_series - VIEW_SEGMENTS_MAX) : 0);
}

enum time_field { T_START, T_END, T_N, T_PSI, T_STATE, T_STALE_BY, T_SEVERITY, T_FIELDS };

static void add_time(const struct model_window *w, enum time_field field, struct buf *out)
{
    switch (field) {
    case T_PSI:
        put_point(out, w->psi);
        return;
    case T_STATE:
        put_item(out);
        buf_fmt(out, "\"%s\"", state(w->state));
        return;
    case T_STALE_BY:
        put_item(out);
        to_json_string(slice_str(w->stale_by), out);
        return;
    case T_SEVERITY:
        put_item(out);
        buf_fmt(out, "\"%s\"", severity(w->severity));
        return;
    default:
        put_item(out);
        buf_fmt(out, "%lld",
                (long long)(field == T_START ? w->start_ms
                            : field == T_END ? w->end_ms
                                             : w->n));
    }
}

static void add_times(const struct model_series *s, const struct model_lots *l, struct buf *out)
{
    static const char *const names[T_FIELDS] = { "start_ms", "end_ms",   "n",       "psi",
                                                 "state",    "stale_by", "severity" };

    put_key(out, "times");
    buf_byte(out, '{');
    for (int f = 0; f < T_FIELDS; f++) {
        put_key(out, names[f]);
        buf_byte(out, '[');
        for (size_t i = 0; i < l->count; i++)
            add_time(s->v[l->first + i], (enum time_field)f, out);
        buf_byte(out, ']');
    }
    buf_byte(out, '}');
}

static void add_now(const struct model_rank *r, struct buf *out)
{
    put_item(out);
    buf_byte(out, '{');
    put_text(out, "name", r->name);
    put_double(out, "psi", r->psi);
    put_text(out, "severity", severity(r->severity));
}

static void add_feature(const struct model_rank *r, const float *line, size_t lots, struct buf *out)
{
    add_now(r, out);
    put_double(out, "worst", r->worst);
    put_int(out, "worst_ms", r->worst_ms);
    put_int(out, "over", r->over);
    put_key(out, "points");
    buf_byte(out, '[');
    for (size_t i = 0; i < lots; i++)
        put_point(out, (double)line[i]);
    buf_str(out, "]}");
}

/* The features of a window alone: what their past is, who asks has seen. */
static enum status add_step(const struct model_series *s, const struct model_window *w,
                            struct buf *out, struct err *err)
{
    struct model_rank *rank = NULL;
    size_t n = 0;
    const enum status st = model_rank(s, w, false, &rank, &n, err);

    put_key(out, "features");
    buf_byte(out, '[');
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        add_now(&rank[i], out);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
    free(rank);
    return st;
}

static enum status add_features(const struct model_series *s, const struct model_window *w,
                                struct buf *out, struct err *err)
{
    const size_t count = s->n < VIEW_TIMES_MAX ? s->n : VIEW_TIMES_MAX;
    const struct model_lots l = { s->n - count, count, count < VIEW_LOTS ? count : VIEW_LOTS };
    struct model_rank *rank = NULL;
    size_t n = 0;
    enum status st = model_rank(s, w, true, &rank, &n, err);
    float *lines = st == ST_OK ? calloc(n * l.lots + 1, sizeof(*lines)) : NULL;

    if (st == ST_OK)
        st = lines ? model_lines(s, &l, rank, n, lines, err)
                   : err_set(err, ST_FATAL, "out of memory");
    add_times(s, &l, out);
    put_key(out, "features");
    buf_byte(out, '[');
    for (size_t i = 0; st == ST_OK && i < n; i++)
        add_feature(&rank[i], lines + i * l.lots, l.lots, out);
    buf_byte(out, ']');
    free(lines);
    free(rank);
    return st;
}

static void add_alert(const struct model_alert *a, struct buf *out)
{
    put_item(out);
    buf_byte(out, '{');
    put_text(out, "alert_id", a->alert_id);
    put_int(out, "seq", a->seq);
    put_text(out, "state", wire_alert_state_names[a->state]);
    put_text(out, "severity", severity(a->severity));
    put_text(out, "kind", a->kind);
    put_text(out, "rule", a->rule);
    put_text(out, "segment", a->segment);
    put_text(out, "feature", a->feature);
    put_int(out, "start_ms", a->start_ms);
    put_int(out, "end_ms", a->end_ms);
    put_int(out, "episode_ms", a->episode_ms);
    put_double(out, "psi", a->psi);
    put_double(out, "threshold", a->threshold);
    put_int(out, "others", (int64_t)a->others);
    put_slice(out, "message", a->message);
    buf_byte(out, '}');
}

/* What fires first, then the newest. */
static void add_alerts(const struct model *m, struct buf *out)
{
    size_t shown = 0;
    size_t all = 0;

    put_key(out, "alerts");
    buf_byte(out, '[');
    for (int state = ALERT_FIRING; state <= ALERT_RESOLVED; state++) {
        for (size_t i = m->n_alerts; i-- > 0;) {
            if ((int)m->alert[i]->state != state || !model_is_latest(m, i))
                continue;
            all++;
            if (shown < VIEW_ALERTS_MAX) {
                add_alert(m->alert[i], out);
                shown++;
            }
        }
    }
    buf_byte(out, ']');
    put_int(out, "alerts_left", (int64_t)(all - shown));
}

static void add_dead(const struct model *m, struct buf *out)
{
    put_key(out, "dead");
    buf_byte(out, '[');
    for (size_t i = 0; i < m->n_dead; i++) {
        const struct model_dead *d = &m->dead[i];

        put_item(out);
        buf_byte(out, '{');
        put_text(out, "stage", d->stage);
        put_text(out, "reason", d->reason);
        put_int(out, "n", d->n);
        put_int(out, "last_ms", d->last_ms);
        put_int(out, "part", d->part);
        put_int(out, "offset", d->offset);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

static void add_flow(const struct flow *f, struct buf *out)
{
    if (!f || f->asked_ms == 0)
        return;
    put_key(out, "flow");
    buf_byte(out, '[');
    for (size_t i = 0; i < FLOW_N; i++) {
        const struct flow_topic *t = &f->topic[i];

        put_item(out);
        buf_byte(out, '{');
        put_text(out, "topic", t->topic);
        put_text(out, "reader", t->reader ? t->reader : "");
        put_int(out, "partitions", t->parts);
        put_int(out, "records", t->end);
        put_double(out, "lag", t->lag < 0 ? (double)NAN : (double)t->lag);
        put_double(out, "rate", t->rate);
        put_key(out, "rates");
        buf_byte(out, '[');
        for (size_t k = 0; k < t->n_past; k++)
            put_point(out, (double)t->past[k]);
        buf_str(out, "]}");
    }
    buf_byte(out, ']');
}

static void add_head(const struct view *v, struct buf *out)
{
    put_text(out, "version", v->version);
    put_text(out, "broker", v->broker);
    put_bool(out, "away", v->away);
    put_bool(out, "database", v->database);
    put_int(out, "now_ms", v->now_ms);
    put_int(out, "keep_ms", v->model->keep_ms);
    put_int(out, "newest_ms", v->model->newest_ms);
    put_int(out, "dropped", v->model->dropped);
    put_int(out, "changes", (int64_t)v->model->changes);
}

enum status view_state(const struct view *v, const struct view_query *q, struct buf *out,
                       struct err *err)
{
    const struct model_series *s = view_series(v, q);
    const struct model_window *w = model_window_at(s, q->at_ms);
    enum status st = ST_OK;

    buf_byte(out, '{');
    add_head(v, out);
    add_verdict(v->model, out);
    add_thresholds(w, out);
    add_segments(v, q, out);
    if (s) {
        put_text(out, "segment", s->segment);
        put_text(out, "rule", s->rule);
        put_key(out, "window");
        buf_byte(out, '{');
        add_window(w, out);
        buf_byte(out, '}');
        st = (q->step ? add_step : add_features)(s, w, out, err);
    }
    if (!q->step) {
        add_alerts(v->model, out);
        add_dead(v->model, out);
        add_flow(v->flow, out);
    }
    buf_str(out, "}\n");
    if (st == ST_OK && buf_failed(out))
        return err_set(err, ST_FATAL, "out of memory for the answer");
    return st;
}
