/* SPDX-License-Identifier: MIT */
/* Deltas from the wire: are they what a pane may say, and how to keep one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/tally.h"

static bool counts_ok(const struct pane_delta *d)
{
    return d->n >= 0 && d->late >= 0 && d->late_by_floor >= 0 && d->updates >= 0 &&
           d->cross_source_updates >= 0 && d->dedupe_evicted >= 0 && d->overtaken >= 0 &&
           d->other_bundle >= 0 && d->other_bundle <= INT64_MAX - d->n;
}

static bool feature_ok(const struct baseline *base, const struct pane_feature *f, int64_t n)
{
    int32_t last = -1;
    int64_t left = f->n;

    if (f->n < 0 || f->missing < 0 || f->infinite < 0 || f->n > n || f->missing > n - f->n ||
        f->infinite != n - f->n - f->missing)
        return false;
    if (f->counts.n != f->cells.n || f->sums.n != f->cells.n || !(f->min <= f->max) ||
        !isfinite(f->min) || !isfinite(f->max))
        return false;
    for (size_t i = 0; i < f->cells.n; i++) {
        if (f->cells.v[i] <= last || (size_t)f->cells.v[i] >= base->features[f->index].n_cells ||
            f->counts.v[i] <= 0 || f->counts.v[i] > left)
            return false;
        last = f->cells.v[i];
        left -= f->counts.v[i];
    }
    return left == 0;
}

static bool features_ok(const struct baseline *base, const struct pane_delta *d)
{
    int32_t last = -1;

    if (d->n > 0 && d->features.n != base->n)
        return false;
    for (size_t i = 0; i < d->features.n; i++) {
        const struct pane_feature *f = &d->features.v[i];

        if (f->index <= last || (size_t)f->index >= base->n || !feature_ok(base, f, d->n))
            return false;
        last = f->index;
    }
    return true;
}

static bool videos_ok(const struct pane_delta *d)
{
    int64_t left = d->n;

    if (d->videos.n > VIDEO_SAMPLE_K || (d->n > 0 && d->videos.n == 0))
        return false;
    for (size_t i = 0; i < d->videos.n; i++) {
        const struct video_count *v = &d->videos.v[i];

        if (v->n <= 0 || v->n > left ||
            (i > 0 && (uint64_t)v->hash <= (uint64_t)d->videos.v[i - 1].hash))
            return false;
        left -= v->n;
    }
    return true;
}

static bool examples_ok(const struct baseline *base, const struct pane_delta *d)
{
    if (d->examples.n > EXAMPLE_SAMPLE_K)
        return false;
    for (size_t i = 0; i < d->examples.n; i++) {
        const struct example *e = &d->examples.v[i];

        if (e->cells.n != base->n)
            return false;
        for (size_t k = 0; k < base->n; k++)
            if (e->cells.v[k] < -1 || e->cells.v[k] >= (int64_t)base->features[k].n_cells)
                return false;
    }
    return true;
}

enum status delta_check(const struct baseline *base, const struct pane_delta *d, struct err *err)
{
    const char *fault = NULL;

    if (!counts_ok(d))
        fault = "a count is negative";
    else if (!features_ok(base, d))
        fault = "its histograms do not add up";
    else if (!videos_ok(d))
        fault = "its sample of videos is not one";
    else if (!examples_ok(base, d))
        fault = "its examples are not in the baseline's cells";
    if (!fault)
        return ST_OK;
    return err_set(err, ST_REJECT, "pane of segment %.*s: %s", SLICE_ARG(d->segment), fault);
}

/* Hands out pieces of a block; without a block it only measures. */
struct bump {
    char *block;
    size_t n;
};

static void *take(struct bump *b, const void *from, size_t n, size_t size)
{
    size_t at = (b->n + 7) & ~(size_t)7;
    void *to = b->block ? b->block + at : NULL;

    b->n = at + n * size;
    if (to && n > 0)
        memcpy(to, from, n * size);
    return to;
}

static void take_feature(struct bump *b, const struct pane_feature *from, struct pane_feature *to)
{
    void *cells = take(b, from->cells.v, from->cells.n, sizeof(int32_t));
    void *counts = take(b, from->counts.v, from->counts.n, sizeof(int64_t));
    void *sums = take(b, from->sums.v, from->sums.n, sizeof(int64_t));

    if (!to)
        return;
    to->cells.v = cells;
    to->counts.v = counts;
    to->sums.v = sums;
}

static void take_example(struct bump *b, const struct example *from, struct example *to)
{
    void *id = take(b, from->comment_id.p, from->comment_id.n, 1);
    void *cells = take(b, from->cells.v, from->cells.n, sizeof(int32_t));

    if (!to)
        return;
    to->comment_id.p = id;
    to->cells.v = cells;
}

static struct pane_delta *take_delta(struct bump *b, const struct pane_delta *d)
{
    struct pane_delta *to = take(b, d, 1, sizeof(*d));
    void *segment = take(b, d->segment.p, d->segment.n, 1);
    void *videos = take(b, d->videos.v, d->videos.n, sizeof(*d->videos.v));
    struct pane_feature *features = take(b, d->features.v, d->features.n, sizeof(*d->features.v));
    struct example *examples = take(b, d->examples.v, d->examples.n, sizeof(*d->examples.v));

    for (size_t i = 0; i < d->features.n; i++)
        take_feature(b, &d->features.v[i], features ? &features[i] : NULL);
    for (size_t i = 0; i < d->examples.n; i++)
        take_example(b, &d->examples.v[i], examples ? &examples[i] : NULL);
    if (!to)
        return NULL;
    to->segment.p = segment;
    to->videos.v = videos;
    to->features.v = features;
    to->examples.v = examples;
    return to;
}

struct pane_delta *delta_copy(const struct pane_delta *d, size_t *bytes)
{
    struct bump b = { 0 };

    (void)take_delta(&b, d);
    *bytes = b.n;
    b.block = malloc(b.n);
    b.n = 0;
    return b.block ? take_delta(&b, d) : NULL;
}
