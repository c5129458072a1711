/* SPDX-License-Identifier: MIT */
/* html.c -- the report as one page that needs nothing else: style and pictures
 * are in it, and there is no script. */
#include <math.h>
#include <stdlib.h>

#include "column.h"

enum { BARS = 24, WIDTH = 480, HEIGHT = 120 };

/* Shares of the two tables in each bar of a picture. */
struct bars {
    size_t n;
    double ref[BARS];
    double cur[BARS];
};

static const char head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>absa compare</title>\n"
    "<style>\n"
    ":root{color-scheme:light dark}\n"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\n"
    "section{border-top:1px solid #8886;padding:1rem 0}h2{margin:0;font-size:1.1rem}\n"
    ".drift,.WARNING,.CRITICAL{color:#c2410c}dl{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem}\n"
    "dt{opacity:.7}dd{margin:0 0 0 .3rem;font-variant-numeric:tabular-nums}dl div{display:flex}\n"
    "svg{width:100%;max-width:30rem;display:block}.r{fill:#64748b}.c{fill:#ea580c}\n"
    "p.why{opacity:.8}\n"
    "</style>\n";

static void escaped(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<')
            buf_str(out, "&lt;");
        else if (s.p[i] == '&')
            buf_str(out, "&amp;");
        else if (s.p[i] == '"')
            buf_str(out, "&quot;");
        else
            buf_add(out, (unsigned char)s.p[i] < 0x20 ? " " : &s.p[i], 1);
    }
}

static void fill(double *share, struct sample s, double lo, double width, size_t n)
{
    size_t below = 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = i + 1 < n ? sample_below(s, lo + width * (double)(i + 1)) : s.n;

        share[i] = (double)(at - below) / (double)s.n;
        below = at;
    }
}

/* Bars of equal width over the middle 99 % of both; the tails go to the ends. */
static bool number_bars(const struct result *r, struct bars *b)
{
    const struct sample ref = sample_finite(r->ref.sample);
    const struct sample cur = sample_finite(r->cur.sample);

    if (ref.n == 0 || cur.n == 0)
        return false;
    double lo = fmin(sample_quantile(ref, 0.005), sample_quantile(cur, 0.005));
    double hi = fmax(sample_quantile(ref, 0.995), sample_quantile(cur, 0.995));
    double width = hi / BARS - lo / BARS;
    b->n = width > 0.0 && isfinite(width) ? BARS : 1;
    fill(b->ref, ref, lo, width, b->n);
    fill(b->cur, cur, lo, width, b->n);
    return true;
}

static int by_count(const void *x, const void *y)
{
    const struct category *a = x;
    const struct category *b = y;

    if (a->ref != b->ref)
        return a->ref > b->ref ? -1 : 1;
    if (a->cur != b->cur)
        return a->cur > b->cur ? -1 : 1;
    return slice_cmp(a->name, b->name);
}

/* The commonest of the reference first; what is beyond the last bar is in it. */
static bool category_bars(const struct result *r, struct bars *b)
{
    if (r->c.n_ref == 0 || r->c.n_cur == 0)
        return false;
    qsort(r->category, r->n_categories, sizeof(*r->category), by_count);
    *b = (struct bars){ .n = r->n_categories < BARS ? r->n_categories : BARS };
    for (size_t i = 0; i < r->n_categories; i++) {
        size_t at = i < b->n ? i : b->n - 1;

        b->ref[at] += (double)r->category[i].ref / (double)r->c.n_ref;
        b->cur[at] += (double)r->category[i].cur / (double)r->c.n_cur;
    }
    return true;
}

static void bar(struct buf *out, char class, double x, double width, double height)
{
    buf_fmt(out, "<rect class=\"%c\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
            class, x, HEIGHT - height, width, height);
}

static void picture(struct buf *out, const struct bars *b)
{
    const double slot = (double)WIDTH / (double)b->n;
    double most = 0.0;

    for (size_t i = 0; i < b->n; i++)
        most = fmax(most, fmax(b->ref[i], b->cur[i]));
    buf_fmt(out,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"shares in the reference "
            "(grey) and the current table (orange)\">\n",
            WIDTH, HEIGHT);
    for (size_t i = 0; i < b->n; i++) {
        double x = slot * (double)i;

        bar(out, 'r', x, slot * 0.45, b->ref[i] / most * HEIGHT);
        bar(out, 'c', x + slot * 0.45, slot * 0.45, b->cur[i] / most * HEIGHT);
    }
    buf_str(out, "</svg>\n");
}

static void section(struct buf *out, const struct result *r)
{
    const char *verdict = verdict_text(r);
    struct bars b;

    buf_str(out, "<section><h2>");
    escaped(out, r->name);
    buf_fmt(out, " <small class=\"%s\">%s</small></h2>\n", verdict, verdict);
    if (r->numeric ? number_bars(r, &b) : category_bars(r, &b))
        picture(out, &b);
    buf_fmt(out,
            "<dl><div><dt>reference</dt><dd>%llu values, %zu missing, %zu infinite</dd></div>"
            "<div><dt>current</dt><dd>%llu values, %zu missing, %zu infinite</dd></div>\n",
            (unsigned long long)r->c.n_ref, r->ref.missing, r->ref.infinite,
            (unsigned long long)r->c.n_cur, r->cur.missing, r->cur.infinite);
    for (const struct figure *f = figures; f->name; f++) {
        if (isfinite(figure_of(r, f)))
            buf_fmt(out, "<div><dt>%s</dt><dd>%.4g</dd></div>\n", f->name, figure_of(r, f));
    }
    buf_str(out, "</dl>\n");
    if (r->why[0]) {
        buf_str(out, "<p class=\"why\">Not defined: ");
        escaped(out, slice_str(r->why));
        buf_str(out, ".</p>\n");
    }
    buf_str(out, "</section>\n");
}

enum status report_html(const struct report *r, struct buf *out, struct err *err)
{
    buf_str(out, head);
    buf_fmt(out, "<h1>%s: %zu of %zu columns</h1>\n<p>Reference ",
            r->drifted > 0 ? "Drift" : "No drift", r->drifted, r->n);
    escaped(out, slice_str(r->ref_name));
    buf_fmt(out, ", %zu rows (grey); current ", r->ref_rows);
    escaped(out, slice_str(r->cur_name));
    buf_fmt(out, ", %zu rows (orange).</p>\n", r->cur_rows);
    for (size_t i = 0; i < r->n; i++)
        section(out, &r->column[i]);
    buf_str(out, "</html>\n");
    if (buf_failed(out))
        return err_set(err, ST_FATAL, "out of memory for the report");
    return ST_OK;
}
