/* SPDX-License-Identifier: MIT */
#include "consumers/tail/evidence.h"

#include <inttypes.h>
#include <math.h>

#include "text/spark.h"
#include "text/visible.h"

static void label(const char *name, const struct style *style, struct buf *out)
{
    buf_str(out, "    ");
    line_colour(style, "2", out);
    buf_fmt(out, "%-9s", name);
    line_plain(style, out);
    buf_str(out, " ");
}

/* Cells that both histograms and the bins have: all, in a record of ours. */
static size_t n_cells(const struct alert *al)
{
    size_t n = al->psi_bins.n;

    n = al->baseline_counts.n < n ? al->baseline_counts.n : n;
    return al->window_counts.n < n ? al->window_counts.n : n;
}

static void add_histogram(const char *name, const double *shares, size_t n, double top,
                          const struct style *style, struct buf *out)
{
    label(name, style, out);
    spark_add(shares, n, top, out);
}

/* How many, and where: categories lie nowhere. */
static void add_side(const struct alert *al, int64_t n, double mean, double sd, struct buf *out)
{
    if (al->categories.n > 0)
        buf_fmt(out, "  n %" PRId64 "\n", n);
    else
        buf_fmt(out, "  n %-7" PRId64 " mean %-9.4g sd %.4g\n", n, mean, sd);
}

static void add_histograms(const struct alert *al, const struct style *style, struct buf *out)
{
    double before[SPARK_BINS_MAX];
    double now[SPARK_BINS_MAX];
    size_t n = n_cells(al);
    size_t bins = spark_shares(al->baseline_counts.v, al->psi_bins.v, n, before);

    (void)spark_shares(al->window_counts.v, al->psi_bins.v, n, now);
    double top_before = spark_top(before, bins);
    double top_now = spark_top(now, bins);
    double top = top_before > top_now ? top_before : top_now;

    add_histogram("baseline", before, bins, top, style, out);
    add_side(al, al->m, al->moments.mean_before, al->moments.sd_before, out);
    label("window", style, out);
    line_colour(style, line_colour_of(al), out);
    spark_add(now, bins, top, out);
    line_plain(style, out);
    add_side(al, al->n, al->moments.mean_now, al->moments.sd_now, out);
}

/* Whether edge i is the first double above edge i - 1: between them is one value. */
static bool is_next(const struct alert *al, size_t i)
{
    return i > 0 && al->edges.v[i] == nextafter(al->edges.v[i - 1], (double)INFINITY);
}

/* The values of cells first..last: "x = 0", "3 < x", "3 <= x < 5". */
static void add_interval(const struct alert *al, size_t first, size_t last, struct buf *out)
{
    const double *edge = al->edges.v;
    bool has_top = last < al->edges.n;

    if (first == last && has_top && is_next(al, last)) {
        buf_fmt(out, "x = %.4g", edge[last - 1]);
        return;
    }
    if (first > 0 && is_next(al, first - 1))
        buf_fmt(out, "%.4g < ", edge[first - 2]);
    else if (first > 0)
        buf_fmt(out, "%.4g <= ", edge[first - 1]);
    buf_str(out, "x");
    if (has_top)
        buf_fmt(out, " < %.4g", edge[last]);
}

/* The values of a bin, which is not of one piece around a value that is a bin of
 * its own: "x < 0 or 1 < x < 3". */
static void add_values(const struct alert *al, int32_t bin, struct buf *out)
{
    const struct ints *bins = &al->psi_bins;
    const char *before = "";

    if (al->categories.n == bins->n && bin >= 0 && (size_t)bin < bins->n) {
        visible_add(al->categories.v[bin], out);
        return;
    }
    if (al->edges.n + 1 != bins->n)
        return;
    for (size_t i = 0, next; i < bins->n; i = next) {
        next = i + 1;
        if (bins->v[i] != bin)
            continue;
        while (next < bins->n && bins->v[next] == bin)
            next++;
        buf_str(out, before);
        add_interval(al, i, next - 1, out);
        before = " or ";
    }
}

static void add_moved(const struct alert *al, const struct style *style, struct buf *out)
{
    for (size_t i = 0; i < al->moved.n && i < EVIDENCE_BINS; i++) {
        const struct moved_bin *m = &al->moved.v[i];

        label(i == 0 ? "moved" : "", style, out);
        buf_fmt(out, "bin %-2d %5.1f%% -> %5.1f%%  PSI %+.3f  ", (int)m->bin, 100 * m->share_before,
                100 * m->share_now, m->psi_part);
        add_values(al, m->bin, out);
        buf_byte(out, '\n');
    }
}

static void add_distances(const struct alert *al, const struct style *style, struct buf *out)
{
    const struct {
        const char *name;
        struct opt_double d;
    } all[] = { { "PSI", al->psi }, { "KS", al->ks },     { "Wasserstein/sd", al->wasserstein },
                { "JS", al->js },   { "Linf", al->linf }, { "chi-square p", al->chi2_p },
                { "p", al->p } };
    const char *between = "";

    label("distances", style, out);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (!all[i].d.has)
            continue;
        buf_fmt(out, "%s%s %.3g", between, all[i].name, all[i].d.v);
        between = "  ";
    }
    buf_byte(out, '\n');
}

/* The other features of one severity, a few on a line. */
static void add_others(const struct alert *al, enum severity severity, const char *name,
                       const struct style *style, struct buf *out)
{
    size_t n = 0;

    for (size_t i = 0; i < al->others.n; i++) {
        const struct other_feature *o = &al->others.v[i];

        if (o->severity != severity)
            continue;
        if (n % EVIDENCE_OTHERS == 0) {
            buf_str(out, n > 0 ? "\n" : "");
            label(n > 0 ? "" : name, style, out);
        }
        buf_str(out, n % EVIDENCE_OTHERS > 0 ? ", " : "");
        visible_add(o->name, out);
        buf_fmt(out, " %.3f", o->psi);
        n++;
    }
    buf_str(out, n > 0 ? "\n" : "");
}

/* The other segments that moved at the same boundary, one a line. */
static void add_elsewhere(const struct alert *al, const struct style *style, struct buf *out)
{
    for (size_t i = 0; i < al->also.n && i < EVIDENCE_OTHERS; i++) {
        const struct moved_segment *m = &al->also.v[i];

        label(i == 0 ? "elsewhere" : "", style, out);
        visible_add(m->segment, out);
        buf_byte(out, ' ');
        visible_add(m->feature, out);
        if (m->p.has)
            buf_chance(out, "  p", m->p.v);
        buf_byte(out, '\n');
    }
}

/* Each is the command that shows it: the text is asked for, never offered. */
static void add_examples(const struct alert *al, const char *where, const struct style *style,
                         struct buf *out)
{
    for (size_t i = 0; i < al->examples.n && i < EVIDENCE_EXAMPLES; i++) {
        const struct alert_example *x = &al->examples.v[i];

        label(i == 0 ? "examples" : "", style, out);
        buf_fmt(out, "absa tail%s -t raw -p %d -o %" PRId64 " -c 1   bin %d  comment ", where,
                (int)x->src, x->src_offset, (int)x->bin);
        visible_add(x->comment_id, out);
        if (x->src_index > 0)
            buf_fmt(out, " (number %d in it)", (int)x->src_index + 1);
        buf_byte(out, '\n');
    }
    if (al->examples.n == 0)
        return;
    label("scores", style, out);
    buf_fmt(out, "absa explain%s --alert ", where);
    visible_add(al->alert_id, out);
    buf_byte(out, '\n');
}

static void add_text(const char *name, struct slice text, const struct style *style,
                     struct buf *out)
{
    label(name, style, out);
    visible_add(text, out);
    buf_byte(out, '\n');
}

/* How sure it is, with rule scan. */
static void add_proof(const struct alert *al, const struct style *style, struct buf *out)
{
    const struct alert_evidence *e = al->evidence;

    if (!e || !al->p.has || !al->q.has)
        return;
    label("evidence", style, out);
    visible_add(e->test, out);
    buf_chance(out, "  p", al->p.v);
    buf_chance(out, "  q", al->q.v);
    buf_fmt(out, " <= %.2g  effect %.3g  most moved: ", e->level, e->effect);
    visible_add(e->moved, out);
    buf_byte(out, '\n');
}

void evidence_add(const struct alert *al, const char *where, const struct style *style,
                  struct buf *out)
{
    add_text("message", al->message, style, out);
    add_histograms(al, style, out);
    add_moved(al, style, out);
    add_distances(al, style, out);
    add_proof(al, style, out);
    add_others(al, SEVERITY_CRITICAL, "critical", style, out);
    add_others(al, SEVERITY_WARNING, "warning", style, out);
    add_elsewhere(al, style, out);
    add_examples(al, where, style, out);
    add_text("todo", al->todo, style, out);
    add_text("id", al->alert_id, style, out);
    buf_byte(out, '\n');
}
