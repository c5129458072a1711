/* SPDX-License-Identifier: MIT */
/* The evidence of an alert, from what it gives alone. */
#include <math.h>
#include <string.h>

#include "drift/alert.h"
#include "drift/evidence.h"
#include "drift/window.h"
#include "stats/distance.h"
#include "stats/family.h"

/* Covariances and factors beyond this are not from a baseline's file. */
#define NUMBER_MAX 1e6

static struct spread spread_of(const struct alert_evidence *e)
{
    struct spread s = { .known = e->between_moments.n > 0 };

    if (s.known) {
        memcpy(s.moments, e->between_moments.v, e->between_moments.n * sizeof(*s.moments));
        memcpy(s.groups, e->between_groups.v, e->between_groups.n * sizeof(*s.groups));
    }
    memcpy(s.long_run, e->long_run.v, RANK_MOMENTS * sizeof(*s.long_run));
    return s;
}

static struct evidence_counts baseline_of(const struct alert *al)
{
    return (struct evidence_counts){ (const void *)al->baseline_counts.v, al->baseline_counts.n,
                                     al->categories.n > 0, al->method == EVIDENCE_METHOD_NO_REST };
}

/* The moment that moved most; the first of equals. */
static struct slice most_moved(const double *z)
{
    static const char *const names[RANK_MOMENTS] = { "mean", "variance", "skew", "tails" };
    size_t most = 0;

    for (size_t k = 1; k < RANK_MOMENTS; k++)
        if (fabs(z[k]) > fabs(z[most]))
            most = k;
    return slice_str(names[most]);
}

static enum status fill_family(struct alert *al, struct arena *a)
{
    struct alert_evidence *e = al->evidence;
    size_t n = e->family.n;
    double *p = arena_array(a, n, sizeof(*p));
    double *q = arena_array(a, n, sizeof(*q));

    if (!p || !q)
        return ST_FATAL;
    memcpy(p, e->family.v, n * sizeof(*p));
    p[e->index] = al->p.has ? al->p.v : (double)NAN;
    dist_bh(p, n, q);
    e->family.v = p;
    al->q = defined(q[e->index]);
    return ST_OK;
}

enum status alert_weigh(struct alert *al, struct arena *a, struct err *err)
{
    struct alert_evidence *e = al->evidence;
    const struct evidence_counts baseline = baseline_of(al);
    struct spread spread = spread_of(e);
    struct evidence *model = evidence_new(&baseline, &spread, e->baseline_video_size);
    double *moments = arena_array(a, RANK_MOMENTS, sizeof(*moments));
    const uint64_t *counts = (const void *)al->window_counts.v;
    uint64_t below[CELLS_MAX + 1];
    struct evidence_case now;
    struct outcome f;

    if (!model || !moments) {
        evidence_free(model);
        return err_set(err, ST_FATAL, "no memory for an alert");
    }
    cells_cumulate(counts, al->window_counts.n, below);
    now = (struct evidence_case){ model, counts, below, al->n, e->video_size };
    evidence_test(&now, 1, &f);
    evidence_moments(&now, moments);
    evidence_free(model);
    e->test = slice_str(evidence_test_name(f.test));
    e->statistic = f.statistic;
    e->df = f.df;
    e->df_videos = f.df_videos;
    e->p_run = f.p;
    e->effect = f.effect;
    e->moments = (struct doubles){ moments, RANK_MOMENTS };
    e->moved = al->categories.n > 0 ? slice_str("shares") : most_moved(moments);
    al->n_eff = scan_effective((double)al->n, e->video_size, e->icc, &spread);
    al->p = defined(family_bonferroni(f.p, (size_t)e->runs));
    return fill_family(al, a) == ST_OK ? ST_OK : err_set(err, ST_FATAL, "no memory for an alert");
}

static bool all_small(const struct doubles *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (!(fabs(d->v[i]) <= NUMBER_MAX))
            return false;
    return true;
}

static bool is_size(double x)
{
    return x >= 1 && x <= 0x1p53;
}

/* Groups that the baseline's counts give; 0: out of memory, or none. */
static size_t groups_of(const struct alert *al)
{
    const struct spread none = { 0 };
    const struct evidence_counts baseline = baseline_of(al);
    struct evidence *e = evidence_new(&baseline, &none, 1);
    size_t n = e ? evidence_groups(e) : 0;

    evidence_free(e);
    return n;
}

const char *alert_evidence_fault(const struct alert *al)
{
    const struct alert_evidence *e = al->evidence;
    size_t groups = groups_of(al);

    if (e->runs < 1 || e->runs > SCAN_SCALES)
        return "evidence: runs are out of range";
    if (e->family.n > BASELINE_FEATURES_MAX || e->index < 0 || (size_t)e->index >= e->family.n)
        return "evidence: index is not within family";
    if (!is_size(e->video_size) || !is_size(e->baseline_video_size) ||
        !(e->icc >= 0 && e->icc <= 1))
        return "evidence: sizes of videos are out of range";
    if (e->long_run.n != RANK_MOMENTS || !all_small(&e->long_run) ||
        (e->between_moments.n != 0 && e->between_moments.n != SPREAD_MOMENTS) ||
        e->between_groups.n != (e->between_moments.n ? groups * (groups + 1) / 2 : 0) ||
        !all_small(&e->between_moments) || !all_small(&e->between_groups))
        return "evidence: covariances are not of one shape";
    for (size_t k = 0; k < RANK_MOMENTS; k++)
        if (e->long_run.v[k] < 0)
            return "evidence: long_run is negative";
    return NULL;
}
