/* SPDX-License-Identifier: MIT */
#include "drift/window.h"

#include <math.h>
#include <string.h>

#include "drift/estimate.h"
#include "drift/video_icc.h"
#include "stats/distance.h"
#include "stats/special.h"

struct opt_double defined(double x)
{
    return isfinite(x) ? (struct opt_double){ x, true } : (struct opt_double){ 0, false };
}

bool window_has_power(const struct window *w, const struct window_rules *rules)
{
    return w->n > 0 && w->n >= rules->min_samples && w->videos_eff >= rules->min_videos;
}

int32_t window_worst(const struct window *w)
{
    int32_t worst = -1;

    for (size_t i = 0; i < w->features.n; i++) {
        const struct window_feature *f = &w->features.v[i];
        const struct window_feature *best = worst < 0 ? NULL : &w->features.v[worst];

        if (f->severity == SEVERITY_NONE)
            continue;
        if (!best || f->severity > best->severity ||
            (f->severity == best->severity && f->psi.v > best->psi.v))
            worst = (int32_t)i;
    }
    return worst;
}

/* Counts in PSI's bins, both as the record has them and as distances want them. */
static enum status fill_bins(const struct baseline_feature *base, const struct hist *h,
                             uint64_t *bins, struct arena *a, struct longs *out)
{
    out->v = arena_array(a, base->n_bins, sizeof(*out->v));
    out->n = base->n_bins;
    if (!out->v)
        return ST_FATAL;
    cells_to_bins(h->counts, base->psi_bin, base->n_cells, base->n_bins, bins);
    for (size_t i = 0; i < base->n_bins; i++)
        out->v[i] = (int64_t)bins[i];
    return ST_OK;
}

/* What goes by the order of values. */
static void measure_numbers(const struct baseline_feature *base, const struct hist *h,
                            struct window_feature *f)
{
    const struct axis_distances d = axis_measure(base->axis, h->counts, h->sums);

    f->ks = defined(d.ks);
    f->wasserstein = defined(d.wasserstein * base->unit / fmax(base->sd, WINDOW_SD_MIN));
    if (f->ks.has)
        f->ks_p = defined(dist_ks_p(d.ks, (double)h->n, (double)base->n));
}

static void measure_categories(const struct baseline_feature *base, const struct hist *h,
                               struct window_feature *f)
{
    f->linf = defined(dist_linf(base->counts, h->counts, base->n_cells));
    f->chi2_p = defined(dist_chi2(base->counts, h->counts, base->n_cells).p);
    f->unseen = (struct opt_long){ (int64_t)h->counts[base->n_cells - 1], true };
}

static enum status measure_feature(const struct baseline_feature *base, const struct hist *h,
                                   double mean_size, struct arena *a, struct window_feature *f)
{
    uint64_t bins[BASELINE_BINS_MAX];
    double n = (double)h->n;

    f->name = slice_str(base->name);
    f->n = h->n;
    f->missing = h->missing;
    f->infinite = h->infinite;
    f->n_eff = n / video_design_effect(mean_size, base->icc);
    if (fill_bins(base, h, bins, a, &f->bins) != ST_OK)
        return ST_FATAL;
    f->psi = defined(dist_psi(base->bin_counts, bins, base->n_bins));
    f->js = defined(dist_js(base->bin_counts, bins, base->n_bins));
    if (base->categories)
        measure_categories(base, h, f);
    else
        measure_numbers(base, h, f);
    return ST_OK;
}

double category_p(const uint64_t *before, const uint64_t *now, size_t cells, double worth)
{
    const struct chi2 c = dist_chi2(before, now, cells);

    return special_chi2_sf(c.stat * worth, c.dof);
}

/* p of the feature: what the policy goes by. */
static void test_feature(const struct baseline_feature *base, const struct hist *h,
                         double mean_size, const struct policy *policy, struct window_feature *f)
{
    struct outcome found;

    f->test = slice_str(base->categories ? "chi2" : "ks");
    if (!policy->scans && base->categories) {
        f->p = defined(category_p(base->counts, h->counts, base->n_cells, f->n_eff / (double)h->n));
        return;
    }
    if (!policy->scans) {
        if (f->ks.has)
            f->p = defined(dist_ks_p(f->ks.v, f->n_eff, (double)base->n));
        return;
    }
    evidence_test(base->evidence, h->counts, h->n, mean_size, &found);
    f->test = slice_str(evidence_test_name(found.test));
    f->p = defined(found.p);
    if (f->p.has)
        f->effect = defined(found.effect);
}

static enum severity severity_of(const struct window_feature *f, const struct window_rules *rules)
{
    if (!f->psi.has || f->n < rules->min_samples)
        return SEVERITY_NONE;
    if (!rules->policy->scans)
        return policy_severity(rules->policy, f->psi.v);
    return policy_weigh(rules->policy, &(struct weighed){
                                           .psi = f->psi.v,
                                           .evidence = f->q.has && f->q.v <= rules->level,
                                       });
}

/* q over the features of the window. */
static enum status adjust(struct window *w, struct arena *a)
{
    double *p = arena_array(a, w->features.n, sizeof(*p));
    double *q = arena_array(a, w->features.n, sizeof(*q));

    if (!p || !q)
        return ST_FATAL;
    for (size_t i = 0; i < w->features.n; i++)
        p[i] = w->features.v[i].p.has ? w->features.v[i].p.v : (double)NAN;
    dist_bh(p, w->features.n, q);
    for (size_t i = 0; i < w->features.n; i++)
        w->features.v[i].q = defined(q[i]);
    return ST_OK;
}

static enum window_state state_of(const struct window *w, const struct tally *t,
                                  const struct window_rules *rules)
{
    if (w->counters.overtaken > 0)
        return WINDOW_INCOMPLETE;
    if (t->other_bundle > 0)
        return WINDOW_BASELINE_STALE; /* what the baseline's bundle scored is not the whole */
    if (w->n == 0)
        return WINDOW_NO_DATA;
    return window_has_power(w, rules) ? WINDOW_EVALUATED : WINDOW_INSUFFICIENT_DATA;
}

static void fill_head(const struct tally *t, const struct window_rules *rules,
                      const struct video_sizes *sizes, struct window *out)
{
    out->rule = slice_str(WINDOW_RULE);
    out->n = t->n;
    out->n_eff = (double)t->n;
    out->videos = sizes->videos;
    out->videos_eff = sizes->videos_eff;
    out->late = t->late;
    out->updates = t->updates;
    out->baseline = slice_str(t->base->id);
    out->policy = slice_str(rules->policy->name);
    out->counters = (struct identity_counters){
        .late_by_floor = t->late_by_floor,
        .overtaken = t->overtaken,
        .cross_source_updates = t->cross_source_updates,
        .dedupe_evicted = t->dedupe_evicted,
    };
}

enum status window_judge(const struct tally *t, const struct window_rules *rules, struct arena *a,
                         struct window *out, struct err *err)
{
    const struct baseline *base = t->base;
    struct video_sizes sizes = video_sample_sizes(&t->videos, t->n);
    struct window_feature *f = arena_array(a, base->n, sizeof(*f));
    char *bundle = arena_alloc(a, BASELINE_ID_LEN);
    bool power;

    if (!f || !bundle)
        return err_set(err, ST_FATAL, "no memory for a window");
    fill_head(t, rules, &sizes, out);
    memcpy(bundle, "sha256:", 7);
    memcpy(bundle + 7, base->bundle_sha256, SHA256_HEX_LEN);
    out->bundle = (struct slice){ bundle, BASELINE_ID_LEN };
    out->features = (struct window_feature_list){ f, base->n };
    for (size_t i = 0; i < base->n; i++) {
        double eff = (double)t->n / video_design_effect(sizes.mean_size, base->features[i].icc);

        if (measure_feature(&base->features[i], &t->hists[i], sizes.mean_size, a, &f[i]) != ST_OK)
            return err_set(err, ST_FATAL, "no memory for a window");
        test_feature(&base->features[i], &t->hists[i], sizes.mean_size, rules->policy, &f[i]);
        out->n_eff = fmin(out->n_eff, eff);
    }
    if (adjust(out, a) != ST_OK)
        return err_set(err, ST_FATAL, "no memory for a window");
    power = window_has_power(out, rules) && t->other_bundle == 0;
    for (size_t i = 0; i < base->n && power; i++)
        f[i].severity = severity_of(&f[i], rules);
    out->state = state_of(out, t, rules);
    estimate_fill(t, out);
    return ST_OK;
}
