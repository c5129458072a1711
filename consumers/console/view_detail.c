/* SPDX-License-Identifier: MIT */
/* view_detail.c -- one feature, one window, one alert. */
#include <math.h>
#include <string.h>

#include "consumers/console/put.h"
#include "consumers/console/view.h"
#include "report/cut.h"
#include "report/words.h"
#include "wire/tojson.h"

static enum status finish(struct buf *out, struct err *err)
{
    buf_byte(out, '\n');
    return buf_failed(out) ? err_set(err, ST_FATAL, "out of memory for the answer") : ST_OK;
}

/* The window that is asked for, with its record decoded into v->arena. */
static enum status read_window(const struct view *v, const struct view_query *q,
                               const struct model_series **s, struct window *w, struct err *err)
{
    *s = view_series(v, q);
    const struct model_window *k = model_window_at(*s, q->at_ms);

    arena_reset(v->arena);
    if (!k)
        return err_set(err, ST_REJECT, "there is no such window");
    return wire_decode(v->wire, RECORD_WINDOW, k->frame, w, v->arena, err);
}

enum status view_window(const struct view *v, const struct view_query *q, struct buf *out,
                        struct err *err)
{
    const struct model_series *s = NULL;
    struct window w;
    enum status st = read_window(v, q, &s, &w, err);

    if (st == ST_OK)
        st = wire_to_json(RECORD_WINDOW, &w, out, err);
    return st == ST_OK ? finish(out, err) : st;
}

static void add_bins(const struct cut *v, size_t n, struct buf *out)
{
    struct buf text;

    put_key(out, "bins_shown");
    buf_byte(out, '[');
    for (size_t i = 0; i < n; i++) {
        put_item(out);
        buf_byte(out, '{');
        buf_init(&text, 256);
        cut_label(&v[i].bin, &text);
        put_slice(out, "label", buf_slice(&text));
        buf_clear(&text);
        cut_tick(&v[i].bin, &text);
        put_slice(out, "tick", buf_slice(&text));
        buf_release(&text);
        put_double(out, "before", v[i].bin.before);
        put_double(out, "now", v[i].bin.now);
        put_double(out, "psi_part", v[i].part);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

/* The table of a part of a record. */
static const struct wire_table *part_of(enum record_kind kind, const char *field)
{
    const struct wire_table *t = wire_tables[kind];
    size_t i = 0;

    while (strcmp(t->fields[i].name, field) != 0)
        i++;
    return t->fields[i].sub;
}

static void add_word(enum word word, const char *name, struct opt_double value, struct buf *out)
{
    struct buf text;

    buf_init(&text, 256);
    if (value.has)
        word_say(&text, word, value.v);
    put_item(out);
    buf_byte(out, '{');
    put_text(out, "name", name);
    put_text(out, "title", word_title(word));
    put_text(out, "meaning", word_meaning(word));
    put_double(out, "value", value.has ? value.v : (double)NAN);
    put_slice(out, "says", buf_slice(&text));
    buf_byte(out, '}');
    buf_release(&text);
}

static void add_words(const struct window_feature *f, struct buf *out)
{
    put_key(out, "words");
    buf_byte(out, '[');
    add_word(WORD_PSI, "psi", f->psi, out);
    add_word(WORD_KS, "ks", f->ks, out);
    add_word(WORD_WASSERSTEIN, "wasserstein", f->wasserstein, out);
    add_word(WORD_JS, "js", f->js, out);
    add_word(WORD_LINF, "linf", f->linf, out);
    add_word(WORD_EFFECT, "effect", f->effect, out);
    add_word(WORD_P, "p", f->p.has ? f->p : f->ks_p, out);
    add_word(WORD_Q, "q", f->q, out);
    buf_byte(out, ']');
}

/* The PSI of a feature in each window, as far as it was judged. */
static void add_line(const struct model_series *s, const char *feature, struct buf *out)
{
    const size_t first = s->n > VIEW_TIMES_MAX ? s->n - VIEW_TIMES_MAX : 0;

    put_key(out, "line");
    buf_byte(out, '[');
    for (size_t i = first; i < s->n; i++) {
        const struct model_window *w = s->v[i];
        const struct model_point *p = NULL;

        for (size_t k = 0; !p && w->state == WINDOW_EVALUATED && k < w->n_points; k++)
            p = strcmp(w->point[k].name, feature) == 0 ? &w->point[k] : NULL;
        put_item(out);
        buf_byte(out, '{');
        put_int(out, "end_ms", w->end_ms);
        put_double(out, "psi", p ? (double)p->psi : (double)NAN);
        put_text(out, "severity", wire_severity_names[p ? p->severity : SEVERITY_NONE]);
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

static void add_baseline(const struct view *v, const struct window *w,
                         const struct window_feature *f, struct buf *out)
{
    const bool ours = v->baseline && slice_is(w->baseline, v->baseline->id);
    const int32_t at = ours ? baseline_find(v->baseline, f->name) : -1;
    struct cut cut[BINS_MAX];

    put_bool(out, "baseline_known", ours);
    if (at < 0)
        return;
    const struct baseline_feature *b = &v->baseline->features[at];
    put_int(out, "baseline_n", b->n);
    put_int(out, "baseline_missing", b->missing);
    put_double(out, "baseline_mean", b->mean);
    put_double(out, "baseline_sd", b->sd);
    add_bins(cut, cut_window(b, f, cut), out);
}

enum status view_feature(const struct view *v, const struct view_query *q, struct buf *out,
                         struct err *err)
{
    const struct model_series *s = NULL;
    struct window w;
    enum status st = read_window(v, q, &s, &w, err);

    if (st != ST_OK)
        return st;
    buf_byte(out, '{');
    put_slice(out, "segment", w.segment);
    put_slice(out, "rule", w.rule);
    put_text(out, "name", q->feature);
    put_int(out, "start_ms", w.start_ms);
    put_int(out, "end_ms", w.end_ms);
    put_text(out, "state", wire_window_state_names[w.state]);
    put_slice(out, "stale_by", w.stale_by);
    put_slice(out, "baseline", w.baseline);
    add_line(s, q->feature, out);
    for (size_t i = 0; i < w.features.n; i++) {
        const struct window_feature *f = &w.features.v[i];

        if (!slice_is(f->name, q->feature))
            continue;
        put_key(out, "feature");
        to_json_record(part_of(RECORD_WINDOW, "features"), f, out);
        add_words(f, out);
        add_baseline(v, &w, f, out);
        break;
    }
    buf_byte(out, '}');
    return finish(out, err);
}

/* What the names in an alert's evidence mean. */
static void add_proof(const struct alert_evidence *e, struct buf *out)
{
    const char *test = word_test(e->test);
    const char *moved = word_moved(e->moved);

    put_text(out, "test_says", test ? test : "");
    put_text(out, "moved_says", moved ? moved : "");
    put_key(out, "effect_says");
    buf_byte(out, '"');
    word_say(out, WORD_EFFECT, e->effect);
    buf_byte(out, '"');
}

/* One record, and how a picture of it is cut. */
static enum status add_record(const struct view *v, const struct model_alert *a, struct buf *out,
                              struct err *err)
{
    struct cut cut[BINS_MAX];
    struct alert al;

    arena_reset(v->arena);
    enum status st = wire_decode(v->wire, RECORD_ALERT, a->frame, &al, v->arena, err);
    if (st != ST_OK)
        return st;
    put_item(out);
    buf_byte(out, '{');
    put_key(out, "record");
    st = wire_to_json(RECORD_ALERT, &al, out, err);
    add_bins(cut, cut_alert(&al, cut), out);
    if (al.evidence)
        add_proof(al.evidence, out);
    buf_byte(out, '}');
    return st;
}

enum status view_alert(const struct view *v, const char *alert_id, struct buf *out, struct err *err)
{
    const struct model *m = v->model;
    enum status st = ST_OK;

    if (!model_alert_of(m, alert_id))
        return err_set(err, ST_REJECT, "there is no such alert");
    buf_byte(out, '{');
    put_text(out, "alert_id", alert_id);
    put_key(out, "records");
    buf_byte(out, '[');
    for (size_t i = 0; st == ST_OK && i < m->n_alerts; i++) {
        if (strcmp(m->alert[i]->alert_id, alert_id) == 0)
            st = add_record(v, m->alert[i], out, err);
    }
    buf_str(out, "]}");
    return st == ST_OK ? finish(out, err) : st;
}
