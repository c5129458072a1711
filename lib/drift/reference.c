/* SPDX-License-Identifier: MIT */
#include "drift/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void spread_out(struct baseline_feature *f, const struct pane_feature *d)
{
    f->n = d->n;
    f->missing = d->missing;
    f->infinite = d->infinite;
    f->min = d->min;
    f->max = d->max;
    for (size_t i = 0; i < d->cells.n; i++) {
        f->counts[d->cells.v[i]] = (uint64_t)d->counts.v[i];
        f->sums[d->cells.v[i]] = d->sums.v[i];
    }
}

/* Mean and deviation of the means of the cells. */
static void describe(struct baseline_feature *f)
{
    double sum = 0;
    double squares = 0;

    f->mean = 0;
    f->sd = 0;
    if (f->n == 0)
        return;
    for (size_t i = 0; i < f->n_cells; i++)
        sum += (double)f->sums[i] * f->unit;
    f->mean = sum / (double)f->n;
    for (size_t i = 0; i < f->n_cells; i++) {
        double count = (double)f->counts[i];
        double off = f->counts[i] > 0 ? (double)f->sums[i] * f->unit / count - f->mean : 0;

        squares += count * off * off;
    }
    f->sd = sqrt(squares / (double)f->n);
}

/* Names, cells and units are the parent's; counts are to come. */
static enum status begin(struct baseline_feature *f, const struct baseline_feature *parent,
                         struct err *err)
{
    *f = (struct baseline_feature){
        .name = parent->name,
        .categories = parent->categories,
        .facet = parent->facet,
        .cells = parent->cells,
        .n_cells = parent->n_cells,
        .unit = parent->unit,
        .icc = parent->icc,
        .counts = calloc(parent->n_cells, sizeof(*f->counts)),
        .sums = calloc(parent->n_cells, sizeof(*f->sums)),
    };
    return f->counts && f->sums ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

/* What follows from the counts. */
static enum status finish(struct baseline_feature *f, const struct baseline_feature *parent,
                          double video_size, struct err *err)
{
    struct ranks *ranks = malloc(sizeof(*ranks));

    if (!ranks)
        return err_set(err, ST_FATAL, "out of memory");
    describe(f);
    ranks_init(ranks, f->counts, f->n_cells);
    spread_carry(&parent->spread, parent->icc, ranks, &f->spread);
    free(ranks);
    return baseline_derive(f, video_size, err);
}

enum status reference_new(const struct baseline *parent, const struct pane_delta *d,
                          double video_size, struct baseline **out, struct err *err)
{
    struct baseline *r = calloc(1, sizeof(*r));
    enum status st = ST_OK;

    *out = NULL;
    if (r)
        r->features = calloc(parent->n, sizeof(*r->features));
    if (!r || !r->features) {
        free(r);
        return err_set(err, ST_FATAL, "out of memory");
    }
    memcpy(r->id, parent->id, sizeof(r->id));
    memcpy(r->bundle_sha256, parent->bundle_sha256, sizeof(r->bundle_sha256));
    r->method = parent->method;
    r->numbers = parent->numbers;
    r->comments = d->n;
    r->video_size = video_size;
    r->split.ok = true;
    for (; r->n < parent->n && st == ST_OK; r->n++)
        st = begin(&r->features[r->n], &parent->features[r->n], err);
    for (size_t i = 0; i < d->features.n && st == ST_OK; i++)
        spread_out(&r->features[d->features.v[i].index], &d->features.v[i]);
    for (size_t i = 0; i < r->n && st == ST_OK; i++)
        st = finish(&r->features[i], &parent->features[i], video_size, err);
    if (st != ST_OK) {
        reference_free(r);
        return st;
    }
    *out = r;
    return ST_OK;
}

void reference_free(struct baseline *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++) {
        struct baseline_feature *f = &r->features[i];

        axis_free(f->axis);
        evidence_free(f->evidence);
        free(f->bin_counts);
        free(f->psi_runs);
        free(f->psi_bin);
        free(f->sums);
        free(f->counts);
    }
    free(r->features);
    free(r);
}
