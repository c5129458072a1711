/* SPDX-License-Identifier: MIT */
#include "stats/compare.h"

#include <math.h>
#include <stdlib.h>

#include "stats/cells.h"
#include "stats/distance.h"
#include "stats/ks.h"

enum { CHI2_VALUES_MAX = 20 };

static struct comparison undefined(uint64_t n_ref, uint64_t n_cur)
{
    const double nan = (double)NAN;

    return (struct comparison){ .n_ref = n_ref,
                                .n_cur = n_cur,
                                .psi = nan,
                                .psi_quantile10 = nan,
                                .psi_evidently = nan,
                                .ks = nan,
                                .ks_p = nan,
                                .wasserstein = nan,
                                .wasserstein_norm = nan,
                                .js = nan,
                                .kl = nan,
                                .hellinger = nan,
                                .chi2_p = nan,
                                .linf = nan,
                                .p = nan,
                                .q = nan };
}

static void on_bins(struct comparison *c, const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    c->bins = bins;
    c->psi = dist_psi(ref, cur, bins);
    c->js = dist_js(ref, cur, bins);
    c->kl = dist_kl(ref, cur, bins);
    c->hellinger = dist_hellinger(ref, cur, bins);
    c->chi2_p = dist_chi2_p(ref, cur, bins);
    c->linf = dist_linf(ref, cur, bins);
}

static void count_cells(const struct cells *cells, struct sample s, uint64_t *counts)
{
    for (size_t i = 0; i < cells_n(cells); i++)
        counts[i] = 0;
    for (size_t i = 0; i < s.n; i++)
        counts[cells_find(cells, s.v[i])]++;
}

static enum status on_psi_bins(struct comparison *c, struct sample ref, struct sample cur,
                               struct err *err)
{
    uint64_t counts[CELLS_MAX];
    uint64_t in_ref[PSI_BINS_MAX];
    uint64_t in_cur[PSI_BINS_MAX];
    int32_t bin[CELLS_MAX];
    struct cells *cells;

    enum status st = cells_build(ref.v, ref.n, &cells, err);
    if (st != ST_OK)
        return st;
    count_cells(cells, ref, counts);
    size_t bins = cells_psi_bins(cells, counts, bin);
    cells_to_bins(cells, counts, bin, bins, in_ref);
    count_cells(cells, cur, counts);
    cells_to_bins(cells, counts, bin, bins, in_cur);
    on_bins(c, in_ref, in_cur, bins);
    cells_free(cells);
    return ST_OK;
}

/* What the few values of a column say, each a category of its own. */
static enum status on_values(struct comparison *c, struct sample ref, struct sample cur,
                             struct err *err)
{
    uint64_t *counts = calloc(2 * (ref.n + cur.n), sizeof(*counts));

    if (!counts)
        return err_set(err, ST_FATAL, "out of memory for %zu values", ref.n + cur.n);
    uint64_t *in_cur = counts + ref.n + cur.n;
    size_t n = sample_value_counts(ref, cur, counts, in_cur);
    c->chi2_p = dist_chi2_p(counts, in_cur, n);
    free(counts);
    return ST_OK;
}

enum status compare_numbers(struct sample ref, struct sample cur, struct comparison *out,
                            struct err *err)
{
    *out = undefined(ref.n, cur.n);
    if (ref.n == 0 || cur.n == 0)
        return ST_OK;
    enum status st = on_psi_bins(out, ref, cur, err);
    if (st == ST_OK)
        st = sample_psi_evidently(ref, cur, &out->psi_evidently, err);
    if (st == ST_OK && sample_distinct(ref) <= CHI2_VALUES_MAX)
        st = on_values(out, ref, cur, err);
    if (st != ST_OK)
        return st;
    out->psi_quantile10 = sample_psi_quantile10(ref, cur);
    out->ks = ks_distance(ref.v, ref.n, cur.v, cur.n);
    out->ks_p = ks_auto_p(out->ks, ref.n, cur.n);
    out->wasserstein = sample_wasserstein(ref, cur);
    out->wasserstein_norm = out->wasserstein / fmax(sample_sd(ref), 0.001);
    out->p = out->ks_p;
    return ST_OK;
}

void compare_categories(const uint64_t *ref, const uint64_t *cur, size_t n, struct comparison *out)
{
    uint64_t n_ref = 0;
    uint64_t n_cur = 0;

    for (size_t i = 0; i < n; i++) {
        n_ref += ref[i];
        n_cur += cur[i];
    }
    *out = undefined(n_ref, n_cur);
    if (n_ref == 0 || n_cur == 0)
        return;
    on_bins(out, ref, cur, n);
    out->psi_evidently = psi_evidently_counts(ref, cur, n);
    out->p = out->chi2_p;
}

enum status comparison_decide(struct comparison *const *c, size_t n, size_t *drifted,
                              struct err *err)
{
    *drifted = 0;
    if (n == 0)
        return ST_OK;
    double *p = calloc(2 * n, sizeof(*p));
    if (!p)
        return err_set(err, ST_FATAL, "out of memory for %zu columns", n);
    for (size_t i = 0; i < n; i++)
        p[i] = c[i]->p;
    dist_bh(p, n, p + n);
    for (size_t i = 0; i < n; i++) {
        double noise = dist_psi_noise((double)c[i]->n_ref, (double)c[i]->n_cur, c[i]->bins);

        c[i]->q = p[n + i];
        c[i]->decided = isfinite(c[i]->q) && isfinite(c[i]->psi);
        c[i]->drift =
            c[i]->decided && c[i]->q < COMPARE_Q_MAX && c[i]->psi - noise > COMPARE_EFFECT_MIN;
        *drifted += c[i]->drift ? 1 : 0;
    }
    free(p);
    return ST_OK;
}
