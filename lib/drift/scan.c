/* SPDX-License-Identifier: MIT */
#include "drift/scan.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "drift/video_icc.h"
#include "stats/distance.h"
#include "stats/family.h"

struct scan *scan_new(const struct baseline *base)
{
    struct scan *s = calloc(1, sizeof(*s));
    size_t cells = 0;

    if (!s)
        return NULL;
    for (size_t i = 0; i < base->n; i++)
        cells += base->features[i].n_cells;
    s->base = base;
    s->features = calloc(base->n, sizeof(*s->features));
    s->counts = calloc(base->n, sizeof(*s->counts));
    s->n = calloc(base->n, sizeof(*s->n));
    s->scale = calloc(base->n, sizeof(*s->scale));
    s->unpacked = calloc(VIDEO_SAMPLE_K, sizeof(*s->unpacked));
    if (s->counts)
        s->counts[0] = calloc(cells, sizeof(*s->counts[0]));
    if (!s->features || !s->counts || !s->n || !s->scale || !s->unpacked || !s->counts[0]) {
        scan_free(s);
        return NULL;
    }
    for (size_t i = 1; i < base->n; i++)
        s->counts[i] = s->counts[i - 1] + base->features[i - 1].n_cells;
    return s;
}

void scan_free(struct scan *s)
{
    if (!s)
        return;
    video_sums_release(&s->videos);
    if (s->counts)
        free(s->counts[0]); /* one block for all features */
    free(s->unpacked);
    free(s->scale);
    free(s->n);
    free(s->counts);
    free(s->features);
    free(s);
}

void scan_against(struct scan *s, const struct baseline *base)
{
    assert(base->n == s->base->n && base->features[0].cells == s->base->features[0].cells);
    s->base = base;
}

static void reset(struct scan *s, const struct history *h)
{
    for (size_t i = 0; i < s->base->n; i++) {
        memset(s->counts[i], 0, s->base->features[i].n_cells * sizeof(*s->counts[i]));
        s->n[i] = 0;
        s->scale[i] = 0;
        s->features[i] = (struct scan_feature){ .p = (double)NAN };
    }
    video_sums_begin(&s->videos);
    s->counted = h->n;
    s->comments = 0;
}

static enum status add_pane(struct scan *s, const struct past_pane *p, struct err *err)
{
    bool fits = !__builtin_add_overflow(s->comments, p->n, &s->comments);

    fits = packed_add_counts(&p->packed, s->n, s->counts) && fits;
    return fits ? ST_OK : err_set(err, ST_FATAL, "a count overflows");
}

static double wanted(int scale)
{
    return (double)((int64_t)SCAN_EFF_MIN << scale);
}

/* Whether a feature could have reached its next scale, were its comments
 * independent: only then is it worth to count videos. */
static bool worth_looking(const struct scan *s)
{
    for (size_t i = 0; i < s->base->n; i++)
        if (s->scale[i] < SCAN_SCALES && (double)s->n[i] >= wanted(s->scale[i]))
            return true;
    return false;
}

static bool all_done(const struct scan *s)
{
    for (size_t i = 0; i < s->base->n; i++)
        if (s->scale[i] < SCAN_SCALES)
            return false;
    return true;
}

static enum status count_videos(struct scan *s, const struct history *h, size_t first,
                                struct video_sizes *sizes, struct err *err)
{
    enum status st = ST_OK;

    while (s->counted > first && st == ST_OK) {
        const struct packed *p = &h->v[--s->counted].packed;
        const struct video_count_list videos = { s->unpacked, packed_videos(p, s->unpacked) };

        st = video_sums_add(&s->videos, &videos, err);
    }
    *sizes = video_sums_sizes(&s->videos, s->comments);
    return st;
}

static double psi_of(const struct baseline_feature *f, const uint64_t *counts)
{
    uint64_t bins[BASELINE_BINS_MAX];

    cells_to_bins(counts, f->psi_bin, f->n_cells, f->n_bins, bins);
    return dist_psi(f->bin_counts, bins, f->n_bins);
}

double scan_effective(double n, double video_size, double icc, const struct spread *spread)
{
    return n / (video_design_effect(video_size, icc) * spread_long_run(spread));
}

/* The run from pane first on, if it is long enough for a scale of the feature. */
static void test_feature(struct scan *s, size_t i, size_t first, double video_size)
{
    const struct baseline_feature *base = &s->base->features[i];
    struct scan_feature *f = &s->features[i];
    double n_eff = scan_effective((double)s->n[i], video_size, base->icc, &base->spread);
    struct outcome found;

    if (s->scale[i] == SCAN_SCALES || n_eff < wanted(s->scale[i]))
        return;
    while (s->scale[i] < SCAN_SCALES && n_eff >= wanted(s->scale[i]))
        s->scale[i]++;
    evidence_test(base->evidence, s->counts[i], s->n[i], video_size, &found);
    if (found.test == EVIDENCE_NONE)
        return;
    f->runs++;
    f->longest_eff = n_eff;
    if (f->runs > 1 && !(found.p < f->outcome.p))
        return;
    f->outcome = found;
    f->first = first;
    f->n = s->n[i];
    f->n_eff = n_eff;
    f->video_size = video_size;
    f->psi = psi_of(base, s->counts[i]);
}

enum status scan_run(struct scan *s, const struct history *h, size_t from, double min_videos,
                     struct err *err)
{
    reset(s, h);
    for (size_t at = h->n; at > from && !all_done(s); at--) {
        struct video_sizes sizes;
        enum status st = add_pane(s, &h->v[at - 1], err);

        if (st == ST_OK && !worth_looking(s))
            continue;
        if (st == ST_OK)
            st = count_videos(s, h, at - 1, &sizes, err);
        if (st != ST_OK)
            return st;
        for (size_t i = 0; i < s->base->n && sizes.videos_eff >= min_videos; i++)
            test_feature(s, i, at - 1, sizes.mean_size);
    }
    for (size_t i = 0; i < s->base->n; i++) {
        struct scan_feature *f = &s->features[i];

        if (f->runs > 0)
            f->p = family_bonferroni(f->outcome.p, f->runs);
    }
    return ST_OK;
}
