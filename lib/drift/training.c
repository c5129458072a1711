/* SPDX-License-Identifier: MIT */
#include "drift/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/baseline_inner.h"
#include "drift/video_icc.h"
#include "stats/distance.h"
#include "stats/special.h"

/* Counts a column in the cells of another baseline's feature, as PSI bins; how many are finite. */
static int64_t count(const struct baseline_feature *f, const double *x, int32_t *cell, size_t rows,
                     uint64_t bins[BASELINE_BINS_MAX])
{
    int64_t n = 0;

    memset(bins, 0, f->n_bins * sizeof(*bins));
    cells_find_many(f->cells, x, rows, cell);
    for (size_t i = 0; i < rows; i++) {
        if (cell[i] < 0)
            continue;
        bins[f->psi_bin[cell[i]]]++;
        n++;
    }
    return n;
}

/* PSI less its noise where that is beyond chance, else 0: between samples of one distribution PSI
 * is about chi-square with a degree of freedom less than there are bins, times 1/n + 1/m
 * (stats/distance.h). n and m are effective. */
static double skew_of(const struct baseline_feature *f, const uint64_t *bins, double n, double m)
{
    const double psi = dist_psi(f->bin_counts, bins, f->n_bins);
    const double excess = psi - dist_psi_noise(n, m, f->n_bins);

    if (!(excess > TRAINING_SKEW_MIN) || f->n_bins < 2)
        return 0;
    return special_chi2_sf(psi / (1 / n + 1 / m), (double)f->n_bins - 1) < TRAINING_P_MAX ? excess
                                                                                          : 0;
}

static void compare(struct baseline *b, const struct baseline *training, size_t at, const double *x,
                    int32_t *cell, size_t rows)
{
    struct baseline_feature *f = &b->features[at];
    const int32_t with = baseline_find(training, slice_str(f->name));
    const struct baseline_feature *before = with < 0 ? NULL : &training->features[with];
    uint64_t bins[BASELINE_BINS_MAX];

    f->training_skew = 0;
    if (!before || before->categories || before->n == 0)
        return;
    const int64_t n = count(before, x, cell, rows, bins);
    if (n > 0)
        f->training_skew =
            skew_of(before, bins, (double)n / video_design_effect(b->video_size, f->icc),
                    (double)before->n / video_design_effect(training->video_size, before->icc));
}

enum status training_compare(struct baseline *b, const struct baseline *training,
                             const struct baseline_input *in, struct err *err)
{
    if (strcmp(b->bundle_sha256, training->bundle_sha256) != 0)
        return err_set(err, ST_REJECT, "the bundle's own baseline is of bundle %.12s...",
                       training->bundle_sha256);
    int32_t *cell = calloc(in->rows, sizeof(*cell));
    if (!cell)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < in->n; i++)
        compare(b, training, i, in->columns[i], cell, in->rows);
    free(cell);
    memcpy(b->training, training->id, sizeof(b->training));
    b->from_ms = in->from_ms > 0 ? in->from_ms : 0;
    return baseline_name(b, err);
}

size_t training_skewed(const struct baseline *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += b->features[i].training_skew > 0 ? 1 : 0;
    return n;
}

int64_t training_records(const struct baseline *b)
{
    return training_skewed(b) > 0 ? 1 : 0;
}

const struct baseline_feature *training_next(const struct baseline *b,
                                             const struct baseline_feature *last)
{
    const struct baseline_feature *found = NULL;

    for (const struct baseline_feature *f = b->features; f < b->features + b->n; f++) {
        const bool behind = !last || f->training_skew < last->training_skew ||
                            (!(f->training_skew > last->training_skew) && f > last);

        if (f->training_skew > 0 && behind && (!found || f->training_skew > found->training_skew))
            found = f;
    }
    return found;
}

void training_names(const struct baseline *b, size_t max, struct buf *out)
{
    const size_t n = training_skewed(b);
    const struct baseline_feature *f = training_next(b, NULL);

    for (size_t i = 0; f && i < max; i++, f = training_next(b, f))
        buf_fmt(out, "%s%s %.2g", i ? ", " : "", f->name, f->training_skew);
    if (n > max)
        buf_fmt(out, " and %zu more", n - max);
}

static struct window_feature skewed(const struct baseline_feature *f, double video_size)
{
    return (struct window_feature){
        .name = slice_str(f->name),
        .n = f->n,
        .missing = f->missing,
        .infinite = f->infinite,
        .n_eff = (double)f->n / video_design_effect(video_size, f->icc),
        .psi = { f->training_skew, true },
        .test = slice_str(""),
    };
}

enum status training_window(const struct baseline *b, struct arena *a, struct window *out,
                            struct err *err)
{
    const size_t n = training_skewed(b);
    struct window_feature *f = arena_array(a, n, sizeof(*f));
    char *bundle = arena_alloc(a, BASELINE_ID_LEN);
    size_t k = 0;

    if (!f || !bundle)
        return err_set(err, ST_FATAL, "no memory for a window");
    memcpy(bundle, "sha256:", 7);
    memcpy(bundle + 7, b->bundle_sha256, SHA256_HEX_LEN);
    *out = (struct window){
        .segment = slice_str("all"),
        .rule = slice_str(TRAINING_RULE),
        .start_ms = b->from_ms > 0 ? b->from_ms : b->until_ms,
        .end_ms = b->until_ms + 1,
        .state = WINDOW_TRAINING_SKEW,
        .n = b->comments,
        .n_eff = (double)b->comments,
        .videos = b->videos,
        .videos_eff = b->videos > 0 ? (double)b->comments / b->video_size : 0,
        .baseline = slice_str(b->id),
        .bundle = { bundle, BASELINE_ID_LEN },
        .features = { f, n },
    };
    for (size_t i = 0; i < b->n; i++) {
        out->n_eff = fmin(out->n_eff, (double)b->comments /
                                          video_design_effect(b->video_size, b->features[i].icc));
        if (b->features[i].training_skew > 0)
            f[k++] = skewed(&b->features[i], b->video_size);
    }
    return ST_OK;
}
