/* SPDX-License-Identifier: MIT */
#include "drift/tally.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/monitored.h"

static enum status overflow(struct err *err)
{
    return err_set(err, ST_FATAL, "a count or a sum overflows");
}

/* *into += n, and whether that did not fit. */
static bool add(int64_t *into, int64_t n)
{
    return __builtin_add_overflow(*into, n, into);
}

struct sighting_values *sighting_values_new(const struct baseline *base)
{
    struct sighting_values *v = calloc(1, sizeof(*v));

    if (!v)
        return NULL;
    v->n = base->n;
    v->scores = monitored_scores(base->features[0].name);
    v->x = calloc(base->n, sizeof(*v->x));
    v->cell = calloc(base->n, sizeof(*v->cell));
    v->units = calloc(base->n, sizeof(*v->units));
    v->cells = calloc(base->n, sizeof(const struct cells *));
    if (!v->x || !v->cell || !v->units || !v->cells) {
        sighting_values_free(v);
        return NULL;
    }
    for (size_t i = 0; i < base->n; i++)
        v->cells[i] = base->features[i].cells;
    return v;
}

void sighting_values_free(struct sighting_values *v)
{
    if (!v)
        return;
    free(v->cells);
    free(v->units);
    free(v->cell);
    free(v->x);
    free(v);
}

/* The cell of a score's category as a number. Of aspects the first that it names: one
 * value a comment, so that comments stay what is counted. */
static double category_of(const struct baseline_feature *f, const struct score *score)
{
    int32_t cell = categories_find(f->categories, facet_value(f->facet, score, 0));

    return cell < 0 ? (double)NAN : cell;
}

enum status sighting_values_fill(struct sighting_values *v, const struct baseline *base,
                                 const struct score *score, struct err *err)
{
    if (base->numbers != v->scores + score->features.n)
        return err_set(err, ST_REJECT, "a score has %zu features, the baseline %zu",
                       v->scores + score->features.n, base->numbers);
    monitored_put(score, v->scores, v->x);
    for (size_t i = 0; i < base->numbers; i++)
        v->x[i] += 0.0; /* of two zeros one: -0 is 0 */
    for (size_t i = base->numbers; i < base->n; i++)
        v->x[i] = category_of(&base->features[i], score);
    cells_find_row(v->cells, v->x, base->n, v->cell);
    for (size_t i = 0; i < base->n; i++)
        v->units[i] =
            v->cell[i] < 0 || i >= base->numbers ? 0 : baseline_units(&base->features[i], v->x[i]);
    v->video = hash64(score->video_id.n > 0 ? score->video_id : score->comment_id);
    v->example = (struct example){
        .hash = (int64_t)hash64(score->comment_id),
        .src = score->origin.src,
        .src_offset = score->origin.src_offset,
        .src_index = score->origin.src_index,
        .comment_id = score->comment_id,
        .cells = { v->cell, base->n },
    };
    return ST_OK;
}

struct tally *tally_new(const struct baseline *base)
{
    struct tally *t = calloc(1, sizeof(*t));
    uint64_t *counts = NULL;
    int64_t *sums = NULL;
    size_t cells = 0;

    assert(base->n > 0);
    for (size_t i = 0; i < base->n; i++)
        cells += base->features[i].n_cells;
    if (t)
        t->hists = calloc(base->n, sizeof(*t->hists));
    counts = calloc(cells, sizeof(*counts));
    sums = calloc(cells, sizeof(*sums));
    if (!t || !t->hists || !counts || !sums) {
        free(sums);
        free(counts);
        if (t)
            free(t->hists);
        free(t);
        return NULL;
    }
    t->base = base;
    t->examples.n_cells = base->n;
    for (size_t i = 0; i < base->n; i++) {
        t->hists[i] = (struct hist){ .counts = counts, .sums = sums };
        counts += base->features[i].n_cells;
        sums += base->features[i].n_cells;
    }
    return t;
}

void tally_free(struct tally *t)
{
    if (!t)
        return;
    example_sample_release(&t->examples);
    video_sample_release(&t->videos);
    free(t->hists[0].sums); /* one block for all features */
    free(t->hists[0].counts);
    free(t->hists);
    free(t);
}

void tally_clear(struct tally *t)
{
    struct tally empty = { .base = t->base, .hists = t->hists };

    example_sample_release(&t->examples);
    video_sample_release(&t->videos);
    empty.examples.n_cells = t->examples.n_cells;
    *t = empty;
    for (size_t i = 0; i < t->base->n; i++) {
        struct hist *h = &t->hists[i];

        memset(h->counts, 0, t->base->features[i].n_cells * sizeof(*h->counts));
        memset(h->sums, 0, t->base->features[i].n_cells * sizeof(*h->sums));
        *h = (struct hist){ .counts = h->counts, .sums = h->sums };
    }
}

void tally_against(struct tally *t, const struct baseline *base)
{
    assert(base->n == t->base->n && base->features[0].cells == t->base->features[0].cells);
    t->base = base;
}

static void hist_range(struct hist *h, double min, double max)
{
    h->min = h->n == 0 || min < h->min ? min : h->min;
    h->max = h->n == 0 || max > h->max ? max : h->max;
}

enum status tally_add(struct tally *t, const struct sighting_values *v, struct err *err)
{
    enum status st;

    for (size_t i = 0; i < v->n; i++) {
        struct hist *h = &t->hists[i];
        int32_t cell = v->cell[i];

        if (cell < 0) {
            if (add(isnan(v->x[i]) ? &h->missing : &h->infinite, 1))
                return overflow(err);
            continue;
        }
        hist_range(h, v->x[i], v->x[i]);
        if (add(&h->n, 1) || add(&h->sums[cell], v->units[i]))
            return overflow(err);
        t->touched += h->counts[cell]++ == 0; /* cannot pass n */
    }
    if (add(&t->n, 1))
        return overflow(err);
    st = video_sample_add(&t->videos, v->video, 1, err);
    if (st == ST_OK)
        st = example_sample_add(&t->examples, &v->example, err);
    return st;
}

static enum status hist_merge(struct tally *t, const struct pane_feature *f, struct err *err)
{
    struct hist *h = &t->hists[f->index];

    if (f->n > 0)
        hist_range(h, f->min, f->max);
    if (add(&h->n, f->n) || add(&h->missing, f->missing) || add(&h->infinite, f->infinite))
        return overflow(err);
    for (size_t i = 0; i < f->cells.n; i++) {
        int32_t cell = f->cells.v[i];

        t->touched += h->counts[cell] == 0;
        h->counts[cell] += (uint64_t)f->counts.v[i]; /* cannot pass n */
        if (add(&h->sums[cell], f->sums.v[i]))
            return overflow(err);
    }
    return ST_OK;
}

enum status tally_merge(struct tally *t, const struct pane_delta *d, struct err *err)
{
    enum status st = ST_OK;

    if (add(&t->n, d->n) || add(&t->late, d->late) || add(&t->late_by_floor, d->late_by_floor) ||
        add(&t->updates, d->updates) || add(&t->cross_source_updates, d->cross_source_updates) ||
        add(&t->dedupe_evicted, d->dedupe_evicted) || add(&t->overtaken, d->overtaken) ||
        add(&t->other_bundle, d->other_bundle))
        return overflow(err);
    for (size_t i = 0; i < d->features.n && st == ST_OK; i++)
        st = hist_merge(t, &d->features.v[i], err);
    if (st == ST_OK)
        st = video_sample_merge(&t->videos, &d->videos, err);
    if (st == ST_OK)
        st = example_sample_merge(&t->examples, &d->examples, err);
    return st;
}

static bool hist_empty(const struct hist *h)
{
    return h->n == 0 && h->missing == 0 && h->infinite == 0;
}

static enum status hist_sparse(const struct hist *h, size_t n_cells, struct arena *a,
                               struct pane_feature *f)
{
    size_t held = 0;
    size_t at = 0;

    for (size_t i = 0; i < n_cells; i++)
        held += h->counts[i] != 0;
    f->n = h->n;
    f->missing = h->missing;
    f->infinite = h->infinite;
    f->min = h->min;
    f->max = h->max;
    f->cells = (struct ints){ arena_array(a, held, sizeof(int32_t)), held };
    f->counts = (struct longs){ arena_array(a, held, sizeof(int64_t)), held };
    f->sums = (struct longs){ arena_array(a, held, sizeof(int64_t)), held };
    if (!f->cells.v || !f->counts.v || !f->sums.v)
        return ST_FATAL;
    for (size_t i = 0; i < n_cells; i++) {
        if (h->counts[i] == 0)
            continue;
        f->cells.v[at] = (int32_t)i;
        f->counts.v[at] = (int64_t)h->counts[i];
        f->sums.v[at++] = h->sums[i];
    }
    return ST_OK;
}

enum status tally_delta(const struct tally *t, struct arena *a, struct pane_delta *out,
                        struct err *err)
{
    struct pane_feature *features = arena_array(a, t->base->n, sizeof(*features));
    size_t n = 0;

    if (!features)
        return err_set(err, ST_FATAL, "no memory for a pane");
    for (size_t i = 0; i < t->base->n; i++) {
        if (hist_empty(&t->hists[i]))
            continue;
        features[n].index = (int32_t)i;
        if (hist_sparse(&t->hists[i], t->base->features[i].n_cells, a, &features[n++]) != ST_OK)
            return err_set(err, ST_FATAL, "no memory for a pane");
    }
    out->n = t->n;
    out->late = t->late;
    out->late_by_floor = t->late_by_floor;
    out->updates = t->updates;
    out->cross_source_updates = t->cross_source_updates;
    out->dedupe_evicted = t->dedupe_evicted;
    out->overtaken = t->overtaken;
    out->other_bundle = t->other_bundle;
    out->features = (struct pane_feature_list){ features, n };
    out->videos = (struct video_count_list){ t->videos.v, t->videos.n };
    out->examples = (struct example_list){ t->examples.v, t->examples.n };
    return ST_OK;
}

size_t tally_wire_size(const struct tally *t)
{
    /* A cell: 2 bytes of index, 1-3 of count, up to 7 of sum; a feature: 16 of
     * range and a few counts; a video: 9 of hash and its count. */
    return 64 + t->touched * 10 + t->base->n * 32 + t->videos.n * 12 +
           t->examples.n * (48 + 2 * t->examples.n_cells);
}
