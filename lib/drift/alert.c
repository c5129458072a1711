/* SPDX-License-Identifier: MIT */
#include "drift/alert.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "drift/label_error.h"
#include "drift/monitored.h"
#include "drift/window.h"
#include "wire/wire.h"

enum { MESSAGE_CATEGORIES_MAX = 3 };

const char *alert_todo(struct slice feature)
{
    if (monitored_is_score(feature))
        return "docs/runbook/drift-in-a-score.md";
    return label_error_is(feature) ? "docs/runbook/drift-in-an-error.md"
                                   : "docs/runbook/drift-in-a-feature.md";
}

void alert_id(const struct alert *al, char *out)
{
    char version[16];
    char episode[32];

    (void)snprintf(version, sizeof(version), "%" PRId32, al->rule_version);
    (void)snprintf(episode, sizeof(episode), "%" PRId64, al->episode_ms);
    const struct slice fields[] = { al->rule,           slice_str(version), al->segment,
                                    slice_str(episode), al->baseline,       al->bundle };

    hash_id(fields, sizeof(fields) / sizeof(fields[0]), out);
}

enum status alert_checksum(const struct alert *al, char *out, struct err *err)
{
    struct alert bare = *al;
    struct buf json;
    enum status st;

    bare.checksum = (struct slice){ 0 };
    buf_init(&json, ALERT_BYTES_MAX);
    st = wire_to_json(RECORD_ALERT, &bare, &json, err);
    if (st == ST_OK)
        hash_sha256_hex(buf_slice(&json), out);
    buf_release(&json);
    return st;
}

/* The histograms of both sides, and what they are measured by. */
static enum status fill_evidence(const struct alert_case *c, struct arena *a, struct alert *out)
{
    const struct baseline_feature *f = &c->tally->base->features[c->feature];
    const struct hist *h = &c->tally->hists[c->feature];
    size_t n = f->n_cells;
    int64_t *now = arena_array(a, n, sizeof(*now));
    int64_t *before = arena_array(a, n, sizeof(*before));
    double *edges = arena_array(a, n - 1, sizeof(*edges));

    if (!now || !before || !edges)
        return ST_FATAL;
    memcpy(edges, cells_edges(f->cells), (n - 1) * sizeof(*edges));
    for (size_t i = 0; i < n; i++) {
        now[i] = (int64_t)h->counts[i];
        before[i] = (int64_t)f->counts[i];
    }
    out->edges = (struct doubles){ edges, n - 1 };
    out->psi_bins = (struct ints){ f->psi_bin, n };
    out->baseline_counts = (struct longs){ before, n };
    out->window_counts = (struct longs){ now, n };
    out->baseline_sums = (struct longs){ f->sums, n };
    out->window_sums = (struct longs){ h->sums, n };
    if (f->categories)
        out->categories = (struct strings){ f->categories->name, n };
    out->unit = f->unit;
    out->baseline_sd = f->sd;
    out->n_eff = c->window->features.v[c->feature].n_eff;
    return ST_OK;
}

/* A copy, or nothing for n 0. */
static enum status copy_numbers(const double *from, size_t n, struct arena *a, struct doubles *out)
{
    *out = (struct doubles){ arena_array(a, n, sizeof(*out->v)), n };
    if (!out->v)
        return ST_FATAL;
    memcpy(out->v, from, n * sizeof(*from));
    return ST_OK;
}

/* What alert_weigh() needs; nothing with rule window. */
static enum status fill_given(const struct alert_case *c, struct arena *a, struct alert *out)
{
    const struct baseline_feature *f = &c->tally->base->features[c->feature];
    const struct alert_scan *s = c->scan;
    struct alert_evidence *e = s ? arena_zalloc(a, sizeof(*e)) : NULL;
    size_t groups = evidence_groups(f->evidence);

    out->evidence = e;
    if (!s || !e)
        return s ? ST_FATAL : ST_OK;
    e->runs = (int32_t)s->scan->features[c->feature].runs;
    e->level = s->weight->level;
    e->index = c->feature;
    e->effect_min = s->rules->effect_min;
    e->streak = s->weight->streak;
    e->streak_min = s->rules->streak_min;
    e->icc = f->icc;
    e->video_size = s->scan->features[c->feature].video_size;
    e->baseline_video_size = c->tally->base->video_size;
    if (copy_numbers(s->weight->p, s->scan->base->n, a, &e->family) != ST_OK ||
        copy_numbers(f->spread.moments, f->spread.known ? SPREAD_MOMENTS : 0, a,
                     &e->between_moments) != ST_OK ||
        copy_numbers(f->spread.groups, f->spread.known ? groups * (groups + 1) / 2 : 0, a,
                     &e->between_groups) != ST_OK)
        return ST_FATAL;
    return copy_numbers(f->spread.long_run, RANK_MOMENTS, a, &e->long_run);
}

static enum status fill_others(const struct alert_case *c, struct arena *a, struct alert *out)
{
    const struct window_feature_list *f = &c->window->features;
    struct other_feature *v = arena_array(a, f->n, sizeof(*v));
    size_t n = 0;

    if (!v)
        return ST_FATAL;
    for (size_t i = 0; i < f->n; i++) {
        struct other_feature *o = &v[n];

        if ((int32_t)i == c->feature || f->v[i].severity == SEVERITY_NONE)
            continue;
        *o = (struct other_feature){ .name = f->v[i].name,
                                     .psi = f->v[i].psi.v,
                                     .severity = f->v[i].severity };
        if (c->scan) {
            o->p = f->v[i].p;
            o->q = f->v[i].q;
            o->effect = f->v[i].effect;
        }
        n++;
    }
    out->others = (struct other_feature_list){ v, n };
    return ST_OK;
}

/* A few comments of one bin; returns how many there are now. */
static size_t add_examples(const struct alert_case *c, int32_t bin, struct alert_example *v,
                           size_t n)
{
    const struct baseline_feature *f = &c->tally->base->features[c->feature];
    const struct example_sample *s = &c->tally->examples;
    size_t taken = 0;

    for (size_t i = 0; i < s->n && taken < ALERT_EXAMPLES_PER_BIN && n < ALERT_EXAMPLES_MAX; i++) {
        const struct example *e = &s->v[i];
        int32_t cell = e->cells.v[c->feature];

        if (cell < 0 || f->psi_bin[cell] != bin)
            continue;
        v[n++] = (struct alert_example){ e->src, e->src_offset, e->src_index, e->comment_id, bin };
        taken++;
    }
    return n;
}

/* Examples of the bins that grew, the one that grew most first. */
static enum status fill_examples(const struct alert_case *c, struct arena *a, struct alert *out)
{
    struct alert_example *v = arena_array(a, ALERT_EXAMPLES_MAX, sizeof(*v));
    size_t n = 0;

    if (!v)
        return ST_FATAL;
    for (size_t i = 0; i < out->moved.n && c->state == ALERT_FIRING; i++)
        if (out->moved.v[i].share_now > out->moved.v[i].share_before)
            n = add_examples(c, out->moved.v[i].bin, v, n);
    out->examples = (struct alert_example_list){ v, n };
    return ST_OK;
}

static const char *direction(const struct alert *al)
{
    double d = al->moments.mean_now - al->moments.mean_before;

    if (al->categories.n > 0)
        return "changed";
    if (fabs(d) < 0.05 * al->baseline_sd)
        return "changed shape";
    return d > 0 ? "moved up" : "moved down";
}

/* Why it fires: PSI, or what is below its threshold but sure. */
static void add_reason(const struct alert *al, struct buf *b)
{
    if (al->psi.has)
        buf_fmt(b, ": PSI %.3f", al->psi.v);
    if (al->state == ALERT_FIRING && al->threshold > 0)
        buf_fmt(b, " > %g", al->threshold);
    if (al->state == ALERT_FIRING && al->evidence)
        buf_chance(b, ", p", al->p.v);
}

/* Why it ends: of a short run PSI is large by noise alone, and looks as if nothing had ended. */
static void add_end(const struct alert *al, struct buf *b)
{
    const struct alert_evidence *e = al->evidence;

    if (!e || al->state != ALERT_RESOLVED || !al->q.has)
        return;
    if (al->q.v <= e->level)
        buf_fmt(b, ", effect %.2g: too small to count", e->effect);
    else
        buf_fmt(b, ", p %.2g: no evidence left", al->p.v);
}

/* Less than this is no digit of a percentage. */
#define SHARE_SEEN 0.0005

/* The categories that moved most, with their shares: counted, where those of moved are smoothed
 * and give a category that nobody used some. */
static void add_categories(const struct alert *al, struct buf *b)
{
    size_t said = 0;

    for (size_t i = 0; al->categories.n > 0 && i < al->moved.n; i++) {
        const int32_t bin = al->moved.v[i].bin;
        const double before = (double)al->baseline_counts.v[bin] / (double)al->m;
        const double now = (double)al->window_counts.v[bin] / (double)al->n;

        if (said == MESSAGE_CATEGORIES_MAX)
            return;
        if (fabs(now - before) < SHARE_SEEN)
            continue;
        buf_str(b, said++ > 0 ? ", " : ": ");
        buf_slice_add(b, al->categories.v[bin]);
        buf_fmt(b, " %.1f%% (was %.1f%%)", 100 * now, 100 * before);
    }
}

/* Shares of comments in which a feature has no value. */
struct absence {
    const char *name;
    double before;
    double now;
};

static struct absence absence_of(const struct tally *t, size_t i)
{
    const struct baseline_feature *f = &t->base->features[i];
    const struct hist *h = &t->hists[i];

    return (struct absence){
        .name = f->name,
        .before = (double)(f->missing + f->infinite) / fmax((double)t->base->comments, 1),
        .now = (double)(h->missing + h->infinite) / fmax((double)t->n, 1),
    };
}

static double gain(const struct absence *a)
{
    return a->now - a->before;
}

/* Of a feature that counts missing ones: which are missing more often than before, the one that
 * gained most first. */
static void add_absences(const struct alert_case *c, struct buf *b)
{
    struct absence most[MESSAGE_CATEGORIES_MAX];
    size_t n = 0;

    for (size_t i = 0; i < c->tally->base->numbers; i++) {
        const struct absence a = absence_of(c->tally, i);
        size_t at = n;

        while (at > 0 && gain(&a) > gain(&most[at - 1]))
            at--;
        if (!(gain(&a) > 0) || at == MESSAGE_CATEGORIES_MAX)
            continue;
        n += n < MESSAGE_CATEGORIES_MAX ? 1 : 0;
        memmove(&most[at + 1], &most[at], (n - 1 - at) * sizeof(most[0]));
        most[at] = a;
    }
    for (size_t i = 0; i < n; i++)
        buf_fmt(b, "%s%s in %.1f%% (was %.1f%%)", i > 0 ? ", " : "; missing ", most[i].name,
                100 * most[i].now, 100 * most[i].before);
}

/* The other segments, as many as the record takes. */
static enum status fill_also(const struct alert_case *c, struct arena *a, struct alert *out)
{
    struct moved_segment *v = arena_array(a, c->moved.n, sizeof(*v));
    size_t n = 0;

    if (!v)
        return ST_FATAL;
    for (size_t i = 0; i < c->moved.n && n < ALERT_ALSO_MAX; i++)
        if (!slice_eq(c->moved.v[i].segment, out->segment))
            v[n++] = c->moved.v[i];
    out->also = (struct moved_segment_list){ v, n };
    return ST_OK;
}

static enum status fill_message(const struct alert_case *c, struct arena *a, struct alert *out)
{
    struct buf b;

    buf_init(&b, 2048);
    buf_slice_add(&b, out->feature);
    if (out->state == ALERT_RESOLVED)
        buf_str(&b, " is back near its baseline in ");
    else
        buf_fmt(&b, " %s in ", direction(out));
    buf_slice_add(&b, out->segment);
    if (out->state == ALERT_FIRING)
        add_categories(out, &b);
    if (out->state == ALERT_FIRING &&
        facet_counts_missing(c->tally->base->features[c->feature].facet))
        add_absences(c, &b);
    add_reason(out, &b);
    add_end(out, &b);
    buf_fmt(&b, " (%" PRId64 " comments, %" PRId64 " videos)", c->window->n, c->window->videos);
    if (!buf_failed(&b))
        out->message = arena_copy(a, buf_slice(&b));
    buf_release(&b);
    return out->message.p ? ST_OK : ST_FATAL;
}

static void fill_head(const struct alert_case *c, struct alert *out)
{
    const struct window *w = c->window;

    *out = (struct alert){
        .seq = c->episode->seq,
        .state = c->state,
        .severity = c->state == ALERT_RESOLVED ? c->episode->severity : c->episode->now,
        .kind = slice_str("drift"),
        .rule = w->rule,
        .rule_version = c->scan ? (int32_t)SCAN_RULE_VERSION : (int32_t)WINDOW_RULE_VERSION,
        .segment = w->segment,
        .feature = w->features.v[c->feature].name,
        .start_ms = w->start_ms,
        .end_ms = w->end_ms,
        .episode_ms = c->episode->episode_ms,
        .policy = w->policy,
        .baseline = w->baseline,
        .bundle = w->bundle,
        .config = c->config,
        .method = ALERT_METHOD,
    };
    out->todo = slice_str(alert_todo(out->feature));
}

enum status alert_build(const struct alert_case *c, struct arena *a, struct alert *out,
                        struct err *err)
{
    char *id = arena_zalloc(a, HASH_ID_HEX_LEN + 1);
    char *sum = arena_zalloc(a, SHA256_HEX_LEN + 1);
    enum status st;

    fill_head(c, out);
    if (!id || !sum || fill_evidence(c, a, out) != ST_OK || fill_given(c, a, out) != ST_OK ||
        fill_others(c, a, out) != ST_OK || fill_also(c, a, out) != ST_OK)
        return err_set(err, ST_FATAL, "no memory for an alert");
    alert_id(out, id);
    out->alert_id = slice_str(id);
    st = alert_measure(out, a, err);
    if (st != ST_OK)
        return st;
    out->threshold = policy_threshold(c->policy, out->severity, out->psi.has ? out->psi.v : 0);
    if (fill_examples(c, a, out) != ST_OK || fill_message(c, a, out) != ST_OK)
        return err_set(err, ST_FATAL, "no memory for an alert");
    st = alert_checksum(out, sum, err);
    out->checksum = slice_str(sum);
    return st;
}
