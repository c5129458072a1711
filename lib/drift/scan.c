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

/* Room for a number a cell of each feature, and some more of them, in one block. NULL: no memory.
 */
static uint64_t **rows_new(const struct baseline *base, size_t more)
{
    uint64_t **rows = calloc(base->n, sizeof(*rows));
    size_t all = 0;

    for (size_t i = 0; i < base->n; i++)
        all += base->features[i].n_cells + more;
    if (rows)
        rows[0] = calloc(all, sizeof(*rows[0]));
    if (!rows || !rows[0]) {
        free(rows);
        return NULL;
    }
    for (size_t i = 1; i < base->n; i++)
        rows[i] = rows[i - 1] + base->features[i - 1].n_cells + more;
    return rows;
}

static void rows_free(uint64_t **rows)
{
    if (rows)
        free(rows[0]);
    free(rows);
}

struct scan *scan_new(const struct baseline *base)
{
    struct scan *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->base = base;
    s->features = calloc(base->n, sizeof(*s->features));
    s->counts = rows_new(base, 0);
    s->below = rows_new(base, 1);
    s->n = calloc(base->n, sizeof(*s->n));
    s->scale = calloc(base->n, sizeof(*s->scale));
    s->due = calloc(base->n, sizeof(*s->due));
    s->cases = calloc(base->n, sizeof(*s->cases));
    s->found = calloc(base->n, sizeof(*s->found));
    s->unpacked = calloc(VIDEO_SAMPLE_K, sizeof(*s->unpacked));
    if (s->features && s->counts && s->below && s->n && s->scale && s->due && s->cases &&
        s->found && s->unpacked)
        return s;
    scan_free(s);
    return NULL;
}

void scan_free(struct scan *s)
{
    if (!s)
        return;
    video_sums_release(&s->videos);
    free(s->unpacked);
    free(s->found);
    free(s->cases);
    free(s->due);
    free(s->scale);
    free(s->n);
    rows_free(s->below);
    rows_free(s->counts);
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

static double psi_of(const struct baseline_feature *f, const uint64_t *below)
{
    uint64_t bins[BASELINE_BINS_MAX];

    cells_to_bins(below, f->psi_runs, f->n_psi_runs, f->n_bins, bins);
    return dist_psi(f->bin_counts, bins, f->n_bins);
}

double scan_effective(double n, double video_size, double icc, const struct spread *spread)
{
    return n / (video_design_effect(video_size, icc) * spread_long_run(spread));
}

/* Whether the run is long enough for the next scale of the feature, which is taken then. */
static bool is_due(struct scan *s, size_t i, double n_eff)
{
    if (s->scale[i] == SCAN_SCALES || n_eff < wanted(s->scale[i]))
        return false;
    while (s->scale[i] < SCAN_SCALES && n_eff >= wanted(s->scale[i]))
        s->scale[i]++;
    return true;
}

/* Keeps what was found of the run from pane first on when it is the strongest so far. */
static void keep_stronger(struct scan *s, const struct scan_due *due, size_t first,
                          const struct outcome *found)
{
    const struct baseline_feature *base = &s->base->features[due->feature];
    struct scan_feature *f = &s->features[due->feature];

    if (found->test == EVIDENCE_NONE)
        return;
    f->runs++;
    f->longest_eff = due->n_eff;
    if (f->runs > 1 && !(found->p < f->outcome.p))
        return;
    f->outcome = *found;
    f->first = first;
    f->n = s->n[due->feature];
    f->n_eff = due->n_eff;
    f->video_size = s->cases[0].b;
    f->psi = psi_of(base, s->below[due->feature]);
}

/* The run from pane first on, of the features for which it is one. */
static void test_run(struct scan *s, size_t first, double video_size)
{
    size_t n = 0;

    for (size_t i = 0; i < s->base->n; i++) {
        const struct baseline_feature *base = &s->base->features[i];
        double n_eff = scan_effective((double)s->n[i], video_size, base->icc, &base->spread);

        if (!is_due(s, i, n_eff))
            continue;
        s->due[n] = (struct scan_due){ i, n_eff };
        cells_cumulate(s->counts[i], base->n_cells, s->below[i]);
        s->cases[n++] = (struct evidence_case){ base->evidence, s->counts[i], s->below[i], s->n[i],
                                                video_size };
    }
    evidence_test(s->cases, n, s->found);
    for (size_t k = 0; k < n; k++)
        keep_stronger(s, &s->due[k], first, &s->found[k]);
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
        if (sizes.videos_eff >= min_videos)
            test_run(s, at - 1, sizes.mean_size);
    }
    for (size_t i = 0; i < s->base->n; i++) {
        struct scan_feature *f = &s->features[i];

        if (f->runs > 0)
            f->p = family_bonferroni(f->outcome.p, f->runs);
    }
    return ST_OK;
}
