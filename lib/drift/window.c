/* SPDX-License-Identifier: MIT */
#include "drift/window.h"

#include <math.h>
#include <string.h>

#include "drift/estimate.h"
#include "drift/video_icc.h"
#include "stats/distance.h"
#include "stats/special.h"

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

/* Room for what is measured of all features together: what goes side by side is sooner done than
 * one by one (stats/wide.h). */
struct room {
    uint64_t **below; /* counts of each feature, cumulated */
    struct dist_pair *pairs;
    struct axis_window *axes;
    struct dist_ks *ks;
    double *p;
    struct evidence_case *cases;
    struct outcome *found;
};

/* below[i] has room for what is below the cells of feature i; NULL: out of memory. */
static uint64_t **room_below(const struct baseline *base, struct arena *a)
{
    uint64_t **below = arena_array(a, base->n, sizeof(*below));
    size_t cells = 0;
    uint64_t *all;

    for (size_t i = 0; i < base->n; i++)
        cells += base->features[i].n_cells + 1;
    all = arena_alloc(a, cells * sizeof(*all));
    if (!below || !all)
        return NULL;
    for (size_t i = 0; i < base->n; i++) {
        below[i] = all;
        all += base->features[i].n_cells + 1;
    }
    return below;
}

static bool make_room(const struct baseline *base, struct arena *a, struct room *r)
{
    const size_t n = base->n;

    r->below = room_below(base, a);
    r->pairs = arena_alloc(a, n * sizeof(*r->pairs));
    r->axes = arena_alloc(a, n * sizeof(*r->axes));
    r->ks = arena_alloc(a, n * sizeof(*r->ks));
    r->p = arena_alloc(a, n * sizeof(*r->p));
    r->cases = arena_alloc(a, n * sizeof(*r->cases));
    r->found = arena_alloc(a, n * sizeof(*r->found));
    return r->below && r->pairs && r->axes && r->ks && r->p && r->cases && r->found;
}

static enum status count_feature(const struct baseline_feature *base, const struct hist *h,
                                 uint64_t *below, struct arena *a, struct window_feature *f)
{
    f->name = slice_str(base->name);
    f->n = h->n;
    f->missing = h->missing;
    f->infinite = h->infinite;
    f->bins.n = base->n_bins;
    f->bins.v = arena_alloc(a, base->n_bins * sizeof(*f->bins.v));
    if (!f->bins.v)
        return ST_FATAL;
    cells_cumulate(h->counts, base->n_cells, below);
    cells_to_bins(below, base->psi_runs, base->n_psi_runs, base->n_bins,
                  (uint64_t *)(void *)f->bins.v);
    return ST_OK;
}

static void measure_bins(const struct baseline *base, struct room *r, struct window_feature *f)
{
    for (size_t i = 0; i < base->n; i++)
        r->pairs[i] = (struct dist_pair){ .ref = base->features[i].bin_counts,
                                          .cur = (const uint64_t *)(const void *)f[i].bins.v,
                                          .bins = base->features[i].n_bins };
    dist_pairs(r->pairs, base->n);
    for (size_t i = 0; i < base->n; i++) {
        f[i].psi = defined(r->pairs[i].psi);
        f[i].js = defined(r->pairs[i].js);
    }
}

/* p of KS, with n comments or what they are worth. */
static void test_numbers(const struct baseline *base, const struct window_feature *f, bool worth,
                         struct room *r)
{
    for (size_t i = 0; i < base->numbers; i++)
        r->ks[i] = (struct dist_ks){ .d = f[i].ks.has ? f[i].ks.v : (double)NAN,
                                     .n = worth ? f[i].n_eff : (double)f[i].n,
                                     .m = (double)base->features[i].n };
    dist_ks_ps(r->ks, base->numbers, r->p);
}

/* What goes by the order of values. */
static void measure_numbers(const struct baseline *base, const struct hist *h, struct room *r,
                            struct window_feature *f)
{
    for (size_t i = 0; i < base->numbers; i++)
        r->axes[i] = (struct axis_window){ .axis = base->features[i].axis,
                                           .counts = h[i].counts,
                                           .sums = h[i].sums,
                                           .below = r->below[i] };
    axis_measure(r->axes, base->numbers);
    for (size_t i = 0; i < base->numbers; i++) {
        const struct baseline_feature *b = &base->features[i];

        f[i].ks = defined(r->axes[i].ks);
        f[i].wasserstein = defined(r->axes[i].wasserstein * b->unit / fmax(b->sd, WINDOW_SD_MIN));
    }
    test_numbers(base, f, false, r);
    for (size_t i = 0; i < base->numbers; i++)
        f[i].ks_p = defined(r->p[i]);
}

static void measure_categories(const struct baseline *base, const struct hist *h,
                               struct window_feature *f)
{
    for (size_t i = base->numbers; i < base->n; i++) {
        const struct baseline_feature *b = &base->features[i];

        f[i].linf = defined(dist_linf(b->counts, h[i].counts, b->n_cells));
        f[i].chi2_p = defined(dist_chi2(b->counts, h[i].counts, b->n_cells).p);
        f[i].unseen = (struct opt_long){ (int64_t)h[i].counts[b->n_cells - 1], true };
    }
}

double category_p(const uint64_t *before, const uint64_t *now, size_t cells, double worth)
{
    const struct chi2 c = dist_chi2(before, now, cells);

    return special_chi2_sf(c.stat * worth, c.dof);
}

/* p of each feature with a policy that weighs no evidence. */
static void test_fixed(const struct baseline *base, const struct hist *h, struct room *r,
                       struct window_feature *f)
{
    test_numbers(base, f, true, r);
    for (size_t i = 0; i < base->n; i++) {
        const struct baseline_feature *b = &base->features[i];

        f[i].test = slice_str(b->categories ? "chi2" : "ks");
        f[i].p = defined(b->categories ? category_p(b->counts, h[i].counts, b->n_cells,
                                                    f[i].n_eff / (double)h[i].n)
                                       : r->p[i]);
    }
}

static void test_evidence(const struct baseline *base, const struct hist *h, double mean_size,
                          struct room *r, struct window_feature *f)
{
    for (size_t i = 0; i < base->n; i++)
        r->cases[i] = (struct evidence_case){ base->features[i].evidence, h[i].counts, r->below[i],
                                              h[i].n, mean_size };
    evidence_test(r->cases, base->n, r->found);
    for (size_t i = 0; i < base->n; i++) {
        f[i].test = slice_str(evidence_test_name(r->found[i].test));
        f[i].p = defined(r->found[i].p);
        if (f[i].p.has)
            f[i].effect = defined(r->found[i].effect);
    }
}

/* Distances and p of each feature: what the policy goes by. */
static enum status measure(const struct tally *t, double mean_size, const struct policy *policy,
                           struct arena *a, struct window_feature *f)
{
    const struct baseline *base = t->base;
    struct room r;

    if (!make_room(base, a, &r))
        return ST_FATAL;
    for (size_t i = 0; i < base->n; i++) {
        if (count_feature(&base->features[i], &t->hists[i], r.below[i], a, &f[i]) != ST_OK)
            return ST_FATAL;
        f[i].n_eff = (double)f[i].n / video_design_effect(mean_size, base->features[i].icc);
    }
    measure_bins(base, &r, f);
    measure_numbers(base, t->hists, &r, f);
    measure_categories(base, t->hists, f);
    if (policy->scans)
        test_evidence(base, t->hists, mean_size, &r, f);
    else
        test_fixed(base, t->hists, &r, f);
    return ST_OK;
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
    for (size_t i = 0; i < base->n; i++)
        out->n_eff = fmin(
            out->n_eff, (double)t->n / video_design_effect(sizes.mean_size, base->features[i].icc));
    if (measure(t, sizes.mean_size, rules->policy, a, f) != ST_OK || adjust(out, a) != ST_OK)
        return err_set(err, ST_FATAL, "no memory for a window");
    power = window_has_power(out, rules) && t->other_bundle == 0;
    for (size_t i = 0; i < base->n && power; i++)
        f[i].severity = severity_of(&f[i], rules);
    out->state = state_of(out, t, rules);
    estimate_fill(t, out);
    return ST_OK;
}
