/* SPDX-License-Identifier: MIT */
#include "report/cut.h"

#include <math.h>

#include "base/utf8.h"
#include "drift/category.h"
#include "stats/compare.h"
#include "stats/distance.h"

enum { TICK_MAX = 9 }; /* bytes of a name */

#define SUM_EPSILON 1e-9

/* The bins of al, with other counts of now by bin. */
static size_t cut(const struct alert *al, const int64_t *now, struct cut v[BINS_MAX])
{
    struct bin bin[BINS_MAX];
    uint64_t was[BINS_MAX] = { 0 };
    uint64_t is[BINS_MAX] = { 0 };
    uint64_t total = 0;
    const size_t n = bins_of(al, bin);

    for (size_t i = 0; n > 0 && i < al->psi_bins.n; i++)
        was[al->psi_bins.v[i]] += (uint64_t)al->baseline_counts.v[i];
    for (size_t i = 0; i < n; i++) {
        is[i] = now[i] > 0 ? (uint64_t)now[i] : 0;
        total += is[i];
    }
    for (size_t i = 0; i < n; i++) {
        v[i] = (struct cut){ bin[i], dist_psi_part(was, is, n, i) };
        v[i].bin.now = total > 0 ? (double)is[i] / (double)total : 0;
    }
    return n;
}

size_t cut_alert(const struct alert *al, struct cut v[BINS_MAX])
{
    int64_t now[BINS_MAX] = { 0 };

    for (size_t i = 0; i < al->psi_bins.n && i < al->window_counts.n; i++) {
        if (al->psi_bins.v[i] >= 0 && al->psi_bins.v[i] < BINS_MAX)
            now[al->psi_bins.v[i]] += al->window_counts.v[i];
    }
    return cut(al, now, v);
}

/* Whether these bins have that PSI, but for the last digits of a sum. */
static bool has_psi(const struct cut *v, size_t n, struct opt_double psi)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i].part;
    return !psi.has || fabs(sum - psi.v) <= SUM_EPSILON * (1 + psi.v);
}

size_t cut_window(const struct baseline_feature *f, const struct window_feature *w,
                  struct cut v[BINS_MAX])
{
    int64_t counts[CELLS_MAX];
    double edges[CELLS_MAX];

    if (w->bins.n != f->n_bins || f->n_cells > CELLS_MAX || f->n_bins > BINS_MAX)
        return 0;
    for (size_t i = 0; i < f->n_cells; i++) {
        counts[i] = (int64_t)f->counts[i];
        if (i + 1 < f->n_cells)
            edges[i] = cells_edges(f->cells)[i];
    }
    const struct alert as_alert = {
        .edges = { edges, f->n_cells - 1 },
        .psi_bins = { f->psi_bin, f->n_cells },
        .baseline_counts = { counts, f->n_cells },
        .window_counts = { counts, f->n_cells },
        .categories = { f->categories ? f->categories->name : NULL,
                        f->categories ? f->n_cells : 0 },
    };
    const size_t n = cut(&as_alert, w->bins.v, v);
    return has_psi(v, n, w->psi) ? n : 0;
}

/* The two cells that are no category of the baseline. */
static const char *no_category(const struct bin *b)
{
    if (slice_is(b->name, CATEGORY_OTHER))
        return "all other";
    return slice_is(b->name, CATEGORY_UNSEEN) ? "unseen" : NULL;
}

void cut_label(const struct bin *b, struct buf *out)
{
    const char *instead = no_category(b);

    if (instead)
        buf_str(out, instead);
    else if (b->name.p)
        buf_slice_add(out, b->name);
    else
        bins_range(b, out);
}

static void name_tick(const struct bin *b, struct buf *out)
{
    const struct slice shown = utf8_cut(b->name, TICK_MAX);

    if (no_category(b)) {
        buf_str(out, no_category(b));
        return;
    }
    buf_slice_add(out, shown);
    if (shown.n < b->name.n)
        buf_str(out, "\xE2\x80\xA6");
}

void cut_tick(const struct bin *b, struct buf *out)
{
    if (b->name.p)
        name_tick(b, out);
    else if (b->parted)
        buf_str(out, "other");
    else if (isinf(b->hi))
        buf_str(out, isinf(b->lo) ? "all" : "more");
    else if (bins_one_value(b))
        buf_fmt(out, "%.3g", b->lo);
    else
        buf_fmt(out, "<%.3g", b->hi);
}
