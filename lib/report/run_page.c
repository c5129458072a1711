/* SPDX-License-Identifier: MIT */
/* run_page.c -- what was gathered of a run, in words and pictures. */
#include <math.h>
#include <stdlib.h>

#include "drift/policy.h"
#include "drift/scan.h"
#include "report/cut.h"
#include "report/html.h"
#include "report/run_inner.h"
#include "stats/compare.h"

static enum page_level level_of(enum severity s)
{
    if (s == SEVERITY_NONE)
        return PAGE_OK;
    return s == SEVERITY_CRITICAL ? PAGE_CRITICAL : PAGE_WARNING;
}

static double opt(struct opt_double d)
{
    return d.has ? d.v : (double)NAN;
}

static struct slice label(struct run *r, const struct bin *b)
{
    cut_label(b, &r->text);
    return run_keep(r);
}

static struct slice tick(struct run *r, const struct bin *b)
{
    cut_tick(b, &r->text);
    return run_keep(r);
}

static struct page_bin *bins(struct run *r, const struct cut *from, size_t n_bins, size_t *n)
{
    struct page_bin *v = n_bins > 0 ? run_array(r, n_bins, sizeof(*v)) : NULL;

    *n = 0;
    if (!v)
        return NULL;
    for (size_t i = 0; i < n_bins; i++) {
        v[i] = (struct page_bin){
            .label = label(r, &from[i].bin),
            .tick = tick(r, &from[i].bin),
            .before = from[i].bin.before,
            .now = from[i].bin.now,
            .part = from[i].part,
        };
    }
    *n = n_bins;
    return v;
}

static struct page_bin *feature_bins(struct run *r, const struct baseline_feature *b,
                                     const struct window_feature *w, size_t *n)
{
    struct cut v[BINS_MAX];

    return bins(r, v, cut_window(b, w, v), n);
}

static struct page_bin *alert_bins(struct run *r, const struct alert *al, size_t *n)
{
    struct cut v[BINS_MAX];

    return bins(r, v, cut_alert(al, v), n);
}

/* Which way the values went, and which bin shows it most. One that nobody used has a part of PSI
 * too, by smoothing, and says nothing. */
static void say_move(struct run *r, const struct page_bin *v, size_t n, bool ordered)
{
    size_t most = 0;
    double part = 0;
    double way = 0;

    for (size_t i = 0; i < n; i++) {
        way += (v[i].now - v[i].before) * (double)i;
        if (v[i].part > part && v[i].before + v[i].now > 0) {
            part = v[i].part;
            most = i;
        }
    }
    if (ordered && fabs(way) > 0.3)
        buf_fmt(&r->text, " Values were %s than in the baseline.", way > 0 ? "higher" : "lower");
    if (part > 0)
        buf_fmt(&r->text,
                " Most of it in one %s, %.*s: %.1f %% of the values before, %.1f %% here.",
                ordered ? "bin" : "category", SLICE_ARG(v[most].label), v[most].before * 100,
                v[most].now * 100);
}

static void say_worst(struct run *r, const struct run_feature *f)
{
    if (f->over > 0) {
        buf_fmt(&r->text, "Called drift in ");
        html_count(&r->text, f->over);
        buf_str(&r->text, " of ");
        html_count(&r->text, run_judged(r));
        buf_str(&r->text, run_judged(r) == 1 ? " window." : " windows.");
    } else {
        buf_str(&r->text, "No window was called drift");
        buf_str(&r->text, f->severity == SEVERITY_NONE
                              ? "."
                              : " by itself; a run of panes was, and is an alert.");
    }
    buf_str(&r->text, " The worst, shown here: ");
    html_minute(&r->text, f->worst_ms);
    buf_str(&r->text, " UTC, ");
    html_count(&r->text, f->worst_n);
    buf_fmt(&r->text, " comments worth %.0f independent ones.", f->worst.n_eff);
}

static struct page_figure *figures(struct run *r, const struct window_feature *f, size_t *n)
{
    const struct page_figure all[] = {
        { "psi", WORD_PSI, opt(f->psi) },
        { "ks", WORD_KS, opt(f->ks) },
        { "wasserstein", WORD_WASSERSTEIN, opt(f->wasserstein) },
        { "js", WORD_JS, opt(f->js) },
        { "linf", WORD_LINF, opt(f->linf) },
        { "effect", WORD_EFFECT, opt(f->effect) },
        { "p", WORD_P, opt(f->p.has ? f->p : f->ks_p) },
        { "q", WORD_Q, opt(f->q) },
    };
    const size_t count = sizeof(all) / sizeof(all[0]);
    struct page_figure *v = run_array(r, count, sizeof(*v));

    *n = v ? count : 0;
    for (size_t i = 0; v && i < count; i++)
        v[i] = all[i];
    return v;
}

static double share(int64_t part, int64_t rest)
{
    return part + rest > 0 ? (double)part / (double)(part + rest) : (double)NAN;
}

/* The worst of each stretch of windows. */
static struct page_point *points(struct run *r, const struct page *p, size_t at)
{
    struct page_point *v = run_array(r, p->n_times, sizeof(*v));

    for (size_t i = 0; v && i < p->n_times; i++)
        v[i].psi = (double)NAN;
    for (size_t i = 0; v && i < r->n_times; i++) {
        const struct page_point *from = &r->time[i].point[at];
        struct page_point *to = &v[i / p->windows_per_time];

        if (!isnan(from->psi) && (isnan(to->psi) || from->psi > to->psi))
            to->psi = from->psi;
        to->severity = from->severity > to->severity ? from->severity : to->severity;
    }
    return v;
}

/* What windows were not judged for, other than how much came: of how many, and why. */
static int64_t set_aside(const struct run *r, const char **why)
{
    const int64_t stale = r->states[WINDOW_BASELINE_STALE];
    const int64_t without = r->states[WINDOW_WARMING] + r->states[WINDOW_NO_BASELINE];

    *why = stale > 0 ? "the baseline was stale" : "the baseline had too little of the segment";
    return stale > 0 ? stale : without;
}

/* Why nothing was judged at all, where most windows were set aside; else NULL: too little came. */
static const char *why_none(const struct run *r)
{
    const char *why;
    const int64_t n = set_aside(r, &why);

    return run_judged(r) == 0 && n > r->states[WINDOW_INSUFFICIENT_DATA] ? why : NULL;
}

/* Why there is no picture of a feature. */
static struct slice unjudged(struct run *r, bool called)
{
    const char *why = called ? NULL : why_none(r);

    if (why)
        buf_fmt(&r->text, "No window was judged: %s.", why);
    else if (called)
        buf_str(&r->text, "No window had enough comments to be judged by itself; a run of panes "
                          "had, and is an alert: its evidence is below.");
    else
        buf_fmt(&r->text, "No window had enough comments to be judged%s.",
                r->scans ? " by itself, and no run of panes was an alert of it" : "");
    return run_keep(r);
}

static void fill_feature(struct run *r, const struct page *p, size_t at, struct page_feature *to)
{
    const struct baseline_feature *b = &r->baseline->features[at];
    const struct run_feature *f = &r->feature[at];
    const bool judged = f->worst.name.p != NULL;
    const bool called = judged || f->severity != SEVERITY_NONE;

    *to = (struct page_feature){
        .name = slice_str(b->name),
        .verdict = called ? page_severity(f->severity) : "not judged",
        .level = called ? level_of(f->severity) : PAGE_UNDECIDED,
        .psi = judged ? f->worst.psi.v : (double)NAN,
        .n_before = b->n,
        .n_now = f->n,
        .missing_before = share(b->missing, b->n),
        .missing_now = share(f->missing, f->n),
        .over = f->over,
        .segments_over = f->segments_over,
        .point = points(r, p, at),
    };
    if (!judged) {
        to->said = unjudged(r, called);
        return;
    }
    to->bin = feature_bins(r, b, &f->worst, &to->n_bins);
    to->figure = figures(r, &f->worst, &to->n_figures);
    to->test = f->worst.test;
    say_worst(r, f);
    say_move(r, to->bin, to->n_bins, !b->categories);
    to->said = run_keep(r);
    html_minute(&r->text, f->worst_ms);
    to->when = run_keep(r);
}

static void fill_times(struct run *r, struct page *p)
{
    if (r->n_times == 0)
        return;
    p->windows_per_time = (r->n_times + PAGE_TIMES_MAX - 1) / PAGE_TIMES_MAX;
    p->n_times = (r->n_times + p->windows_per_time - 1) / p->windows_per_time;
    p->time_ms = run_array(r, p->n_times, sizeof(*p->time_ms));
    for (size_t i = 0; p->time_ms && i < p->n_times; i++)
        p->time_ms[i] = r->time[i * p->windows_per_time].start_ms;
}

static int by_worst(const void *a, const void *b)
{
    const struct run_segment *x = a;
    const struct run_segment *y = b;

    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->psi > y->psi || x->psi < y->psi)
        return x->psi > y->psi ? -1 : 1;
    return slice_cmp(x->name, y->name);
}

static void fill_segments(struct run *r, struct page *p)
{
    const size_t n = r->n_segments < PAGE_SEGMENTS_MAX ? r->n_segments : PAGE_SEGMENTS_MAX;

    if (n == 0)
        return;
    qsort(r->segments, r->n_segments, sizeof(*r->segments), by_worst);
    p->segment = run_array(r, n, sizeof(*p->segment));
    for (size_t i = 0; p->segment && i < n; i++) {
        const struct run_segment *s = &r->segments[i];

        p->segment[i] = (struct page_segment){
            .name = s->name,
            .level = s->judged > 0 || s->severity != SEVERITY_NONE ? level_of(s->severity)
                                                                   : PAGE_UNDECIDED,
            .judged = s->judged,
            .not_judged = s->not_judged,
            .n = s->n,
            .worst = s->worst,
            .psi = s->psi >= 0 ? s->psi : (double)NAN,
            .worst_ms = s->worst_ms,
        };
    }
    p->n_segments = p->segment ? n : 0;
    p->n_segments_left = r->n_segments - n;
}

static void fill_alerts(struct run *r, struct page *p)
{
    p->alert = run_array(r, PAGE_ALERTS_MAX, sizeof(*p->alert));
    if (!p->alert)
        return;
    for (size_t level = 0; level < RUN_LEVELS; level++) {
        for (size_t i = 0; i < r->alerts[level].n && p->n_alerts < PAGE_ALERTS_MAX; i++) {
            struct page_alert *to = &p->alert[p->n_alerts];

            to->alert = &r->alerts[level].v[i];
            if (p->n_alerts < PAGE_EVIDENCE_MAX)
                to->bin = alert_bins(r, to->alert, &to->n_bins);
            p->n_alerts++;
        }
    }
    p->n_alerts_left = r->n_alerts - p->n_alerts;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static size_t drifted_segments(const struct run *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_segments; i++)
        n += r->segments[i].severity != SEVERITY_NONE ? 1 : 0;
    return n;
}

static void say_nothing_judged(struct run *r)
{
    const char *why = why_none(r);

    if (why)
        buf_fmt(&r->text, "Not decided: %s", why);
    else
        buf_str(&r->text, r->scans
                              ? "No alert; no window had enough comments to be judged by itself"
                              : "Not decided: no window had enough comments");
}

static void say_verdict(struct run *r, struct page *p, size_t drifted)
{
    const size_t segments = drifted_segments(r);

    if (run_judged(r) == 0 && segments == 0)
        say_nothing_judged(r);
    else if (drifted > 0)
        buf_fmt(&r->text, "Drift in %zu of %zu features", drifted, p->n_features);
    else if (segments > 0)
        buf_fmt(&r->text, "Drift in %zu segment%s, none in %.*s", segments, plural(segments),
                SLICE_ARG(r->segment));
    else
        buf_fmt(&r->text, "No drift in %zu features", p->n_features);
    p->verdict = run_keep(r);
}

static void say_nearest(struct run *r, const struct page *p)
{
    const struct page_feature *f = p->feature;

    if (p->n_features > 0 && f->when.n > 0)
        buf_fmt(&r->text, "%s: %.*s, PSI %.3g in the window of %.*s UTC. ",
                f->level == PAGE_OK ? "Nearest to it" : "Worst", SLICE_ARG(f->name), f->psi,
                SLICE_ARG(f->when));
}

static void say_period(struct run *r)
{
    if (r->n_times == 0)
        return;
    buf_str(&r->text, " From ");
    html_minute(&r->text, r->first_ms);
    buf_str(&r->text, " to ");
    html_minute(&r->text, r->last_ms);
    buf_str(&r->text, " UTC.");
}

/* How many windows there are something to say of. */
static void say_judged(struct run *r)
{
    const char *why;
    const int64_t aside = set_aside(r, &why);

    html_count(&r->text, run_judged(r));
    buf_fmt(&r->text, " of %zu windows", r->n_times);
    if (r->segment.n > 0)
        buf_fmt(&r->text, " of segment %.*s", SLICE_ARG(r->segment));
    buf_str(&r->text, aside > 0 ? " were judged" : " had enough comments to be judged");
    if (r->policy.n > 0)
        buf_fmt(&r->text, ", by policy %.*s", SLICE_ARG(r->policy));
    buf_byte(&r->text, '.');
    if (aside > 0) {
        buf_str(&r->text, " Of ");
        html_count(&r->text, aside);
        buf_fmt(&r->text, " %s.", why);
    }
}

static void say_lead(struct run *r, struct page *p)
{
    say_nearest(r, p);
    if (r->n_alerts == 0)
        buf_str(&r->text, "No alerts. ");
    else
        buf_fmt(&r->text, "%zu alert record%s, %zu still firing at the end. ", r->n_alerts,
                plural(r->n_alerts), r->n_open);
    say_judged(r);
    if (r->scans)
        buf_fmt(&r->text,
                " Alerts are of runs of panes, of %d effective comments or more, wherever windows "
                "end.",
                SCAN_EFF_MIN);
    say_period(r);
    p->lead = run_keep(r);
}

static void fill_level(struct run *r, struct page *p)
{
    p->level = run_judged(r) > 0 ? PAGE_OK : PAGE_UNDECIDED;
    for (size_t i = 0; i < r->n_segments; i++) {
        enum page_level level = level_of(r->segments[i].severity);

        p->level = level > p->level ? level : p->level;
    }
}

void run_page(struct run *r, struct page *p)
{
    const struct policy *policy;
    struct err ignored;
    const size_t n = r->baseline->n;
    size_t drifted = 0;

    p->warning = COMPARE_PSI_WARNING;
    p->critical = COMPARE_PSI_CRIT;
    if (policy_find(r->policy, &policy, &ignored) == ST_OK) {
        p->warning = policy->warning;
        p->critical = policy->critical;
    }
    fill_times(r, p);
    p->feature = run_array(r, n, sizeof(*p->feature));
    if (r->failed)
        return;
    for (size_t i = 0; i < n; i++) {
        fill_feature(r, p, i, &p->feature[i]);
        drifted += r->feature[i].severity != SEVERITY_NONE ? 1 : 0;
    }
    p->n_features = n;
    if (n > 0)
        qsort(p->feature, n, sizeof(*p->feature), page_by_drift);
    fill_segments(r, p);
    fill_alerts(r, p);
    fill_level(r, p);
    say_verdict(r, p, drifted);
    say_lead(r, p);
    p->command = r->end->command;
}
