/* SPDX-License-Identifier: MIT */
#include "stats/evidently.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/distance.h"
#include "stats/distance_inner.h"
#include "stats/equal_bins.h"
#include "stats/special.h"
#include "stats/xmath.h"

enum { VALUES_MAX = 20, FEW = 5, SMALL = 1000 };

struct evidently evidently_undefined(void)
{
    const double nan = (double)NAN;

    return (struct evidently){
        .psi = nan, .js = nan, .kl = nan, .hellinger = nan, .chi2_p = nan, .z_p = nan, .score = nan
    };
}

/* ---- of counts */

static double share_of_empty(const uint64_t *counts, size_t bins, double n)
{
    double least = 1.0;

    for (size_t i = 0; i < bins; i++)
        if (counts[i] > 0)
            least = fmin(least, (double)counts[i] / n);
    return least <= 0.0001 ? least / 1e6 : 0.0001;
}

/* Shares of one side, no one of them 0, and their sum. */
struct filled {
    const uint64_t *counts;
    double n;
    double empty;
    double sum;
};

static double share(const struct filled *f, size_t i)
{
    return f->counts[i] > 0 ? (double)f->counts[i] / f->n : f->empty;
}

static struct filled fill(const uint64_t *counts, size_t bins)
{
    struct filled f = { .counts = counts, .n = (double)total(counts, bins) };

    f.empty = share_of_empty(counts, bins, f.n);
    for (size_t i = 0; i < bins; i++)
        f.sum += share(&f, i);
    return f;
}

static void psi_and_kl(const uint64_t *ref, const uint64_t *cur, size_t bins, struct evidently *out)
{
    const struct filled a = fill(ref, bins);
    const struct filled b = fill(cur, bins);

    out->psi = 0.0;
    out->kl = 0.0;
    for (size_t i = 0; i < bins; i++) {
        double p = share(&a, i);
        double q = share(&b, i);

        out->psi += (p - q) * xlog(p / q);
        out->kl += p / a.sum * xlog(p / a.sum / (q / b.sum));
    }
}

/* scipy.stats.chisquare of cur with ref's shares expected. */
static double fit_p(const uint64_t *ref, const uint64_t *cur, size_t bins)
{
    const double factor = (double)total(cur, bins) / (double)total(ref, bins);
    double stat = 0.0;

    if (bins < 2)
        return (double)NAN;
    for (size_t i = 0; i < bins; i++) {
        double expected = (double)ref[i] * factor;
        double gap = (double)cur[i] - expected;

        stat += gap * gap / expected;
    }
    return special_chi2_sf(stat, (double)(bins - 1));
}

/* What both kinds say of values counted one by one. */
static void of_values(const uint64_t *ref, const uint64_t *cur, size_t n, struct evidently *out)
{
    out->chi2_p = fit_p(ref, cur, n);
    if (n == 1)
        out->z_p = 1.0;
    else if (n == 2)
        out->z_p = dist_z_p(ref[1], ref[0] + ref[1], cur[1], cur[0] + cur[1]);
}

static void of_bins(const uint64_t *ref, const uint64_t *cur, size_t bins, struct evidently *out)
{
    psi_and_kl(ref, cur, bins, out);
    out->js = dist_js(ref, cur, bins);
}

/* 1 less the affinity of the shares: what it has lost by cancellation, ours has
 * lost with it. Each share over the width of a bin, as a density. */
static double hellinger(const uint64_t *ref, const uint64_t *cur, size_t bins, double width)
{
    const double n = (double)total(ref, bins);
    const double m = (double)total(cur, bins);
    double sum = 0.0;

    for (size_t i = 0; i < bins; i++)
        sum += sqrt((double)ref[i] / width / n * ((double)cur[i] / width / m)) * width;
    return sqrt(1.0 - fmin(sum, 1.0));
}

/* ---- the test it picks */

static void pick(struct evidently *e, const char *test, double score)
{
    const bool is_distance = strcmp(test, "wasserstein") == 0 || strcmp(test, "jensenshannon") == 0;

    e->test = test;
    e->score = score;
    e->drift = is_distance ? score >= 0.1 : score < 0.05;
}

static void pick_by_values(struct evidently *e, size_t n_ref, size_t values)
{
    if (n_ref > SMALL)
        pick(e, "jensenshannon", e->js);
    else if (values > 2)
        pick(e, "chisquare", e->chi2_p);
    else
        pick(e, "z", e->z_p);
}

/* ---- the two kinds */

static enum status count_values(struct sample ref, struct sample cur, struct evidently *out,
                                struct err *err)
{
    uint64_t *counts = calloc(2 * (ref.n + cur.n), sizeof(*counts));

    if (!counts)
        return err_set(err, ST_FATAL, "out of memory for %zu values", ref.n + cur.n);
    uint64_t *in_cur = counts + ref.n + cur.n;
    size_t n = sample_value_counts(ref, cur, counts, in_cur);
    of_bins(counts, in_cur, n, out);
    of_values(counts, in_cur, n, out);
    free(counts);
    return ST_OK;
}

enum status evidently_numbers(struct sample ref, struct sample cur, struct evidently_known known,
                              struct evidently *out, struct err *err)
{
    uint64_t in_ref[EQUAL_BINS_MAX];
    uint64_t in_cur[EQUAL_BINS_MAX];
    struct equal_bins bins;
    enum status st = ST_OK;

    *out = evidently_undefined();
    if (ref.n == 0 || cur.n == 0)
        return ST_OK;
    const size_t values = sample_distinct_both(ref, cur);
    const double lo = fmin(ref.v[0], cur.v[0]);
    const double hi = fmax(ref.v[ref.n - 1], cur.v[cur.n - 1]);
    if (equal_bins_sturges(lo, hi, values, &bins)) {
        equal_bins_count(&bins, ref, in_ref);
        equal_bins_count(&bins, cur, in_cur);
        out->hellinger = hellinger(in_ref, in_cur, bins.n, (bins.hi - bins.lo) / (double)bins.n);
    }
    if (sample_distinct(ref) <= VALUES_MAX) {
        st = count_values(ref, cur, out, err);
    } else if (equal_bins_sturges(lo, hi, ref.n + cur.n, &bins)) {
        equal_bins_count(&bins, ref, in_ref);
        equal_bins_count(&bins, cur, in_cur);
        of_bins(in_ref, in_cur, bins.n, out);
    }
    if (values <= FEW)
        pick_by_values(out, ref.n, values);
    else if (ref.n > SMALL)
        pick(out, "wasserstein", known.wasserstein_norm);
    else
        pick(out, "ks", known.ks_p);
    return st;
}

void evidently_categories(const uint64_t *ref, const uint64_t *cur, size_t n, struct evidently *out)
{
    const uint64_t n_ref = total(ref, n);

    *out = evidently_undefined();
    if (n_ref == 0 || total(cur, n) == 0)
        return;
    of_bins(ref, cur, n, out);
    of_values(ref, cur, n, out);
    out->hellinger = hellinger(ref, cur, n, 1.0);
    pick_by_values(out, n_ref, n);
}
