/* SPDX-License-Identifier: MIT */
#include "stats/compare.h"

#include <math.h>
#include <stdlib.h>

#include "stats/cells.h"
#include "stats/distance.h"
#include "stats/ks.h"
#include "stats/scipy.h"

enum { CHI2_VALUES_MAX = 20 };

static struct comparison undefined(uint64_t n_ref, uint64_t n_cur)
{
    const double nan = (double)NAN;

    return (struct comparison){ .n_ref = n_ref,
                                .n_cur = n_cur,
                                .psi = nan,
                                .psi_quantile10 = nan,
                                .psi_quantile20 = nan,
                                .ks = nan,
                                .ks_p = nan,
                                .ks_p_asymptotic = nan,
                                .wasserstein = nan,
                                .wasserstein_norm = nan,
                                .sd_reference = nan,
                                .energy = nan,
                                .cvm = nan,
                                .mann_whitney_p = nan,
                                .js = nan,
                                .kl = nan,
                                .hellinger = nan,
                                .chi2 = { nan, nan, nan },
                                .linf = nan,
                                .new_share = nan,
                                .evidently = evidently_undefined(),
                                .nannyml = { nan, nan, nan },
                                .missing_p = nan,
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
    c->chi2 = dist_chi2(ref, cur, bins);
    c->linf = dist_linf(ref, cur, bins);
}

/* What is not in ref, as a share of cur. */
static double new_share(const uint64_t *ref, const uint64_t *cur, size_t n, uint64_t n_cur)
{
    uint64_t fresh = 0;

    for (size_t i = 0; i < n; i++)
        fresh += ref[i] == 0 ? cur[i] : 0;
    return (double)fresh / (double)n_cur;
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
    struct cell_run runs[CELLS_MAX];
    uint64_t below[CELLS_MAX + 1];
    struct cells *cells;

    enum status st = cells_build(ref.v, ref.n, &cells, err);
    if (st != ST_OK)
        return st;
    count_cells(cells, ref, counts);
    size_t bins = cells_psi_bins(cells, counts, bin);
    size_t n_runs = cells_runs(bin, cells_n(cells), runs);
    cells_cumulate(counts, cells_n(cells), below);
    cells_to_bins(below, runs, n_runs, bins, in_ref);
    count_cells(cells, cur, counts);
    cells_cumulate(counts, cells_n(cells), below);
    cells_to_bins(below, runs, n_runs, bins, in_cur);
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
    c->chi2 = dist_chi2(counts, in_cur, n);
    c->new_share = new_share(counts, in_cur, n, cur.n);
    free(counts);
    return ST_OK;
}

/* What needs nothing but the values in order. */
static enum status on_order(struct comparison *c, struct sample ref, struct sample cur,
                            struct err *err)
{
    c->psi_quantile10 = sample_psi_quantile(ref, cur, 10);
    c->psi_quantile20 = sample_psi_quantile(ref, cur, 20);
    c->ks = ks_distance(ref.v, ref.n, cur.v, cur.n);
    c->ks_p = ks_auto_p(c->ks, ref.n, cur.n);
    c->ks_p_asymptotic = dist_ks_p(c->ks, (double)ref.n, (double)cur.n);
    c->wasserstein = sample_wasserstein(ref, cur);
    c->sd_reference = sample_sd(ref);
    c->wasserstein_norm = c->wasserstein / fmax(c->sd_reference, 0.001);
    c->energy = scipy_energy(ref, cur);
    c->cvm = scipy_cvm(ref, cur);
    c->p = c->ks_p;
    return scipy_mann_whitney_p(ref, cur, &c->mann_whitney_p, err);
}

enum status compare_numbers(struct sample ref, struct sample cur, struct comparison *out,
                            struct err *err)
{
    const struct sample a = sample_finite(ref);
    const struct sample b = sample_finite(cur);

    *out = undefined(a.n, b.n);
    if (a.n == 0 || b.n == 0)
        return ST_OK;
    enum status st = on_psi_bins(out, a, b, err);
    if (st == ST_OK && sample_distinct(a) <= CHI2_VALUES_MAX)
        st = on_values(out, a, b, err);
    if (st == ST_OK)
        st = on_order(out, a, b, err);
    struct evidently_known known = { out->wasserstein_norm, out->ks_p };
    if (st == ST_OK)
        st = evidently_numbers(a, b, known, &out->evidently, err);
    out->nannyml = nannyml_numbers(ref, cur);
    return st;
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
    out->new_share = new_share(ref, cur, n, n_cur);
    evidently_categories(ref, cur, n, &out->evidently);
    out->nannyml = nannyml_categories(ref, cur, n);
    out->p = out->chi2.p;
}

void comparison_missing(struct comparison *c, uint64_t ref_missing, uint64_t ref_rows,
                        uint64_t cur_missing, uint64_t cur_rows)
{
    c->missing_p = dist_z_p(ref_missing, ref_rows, cur_missing, cur_rows);
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
