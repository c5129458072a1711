/* SPDX-License-Identifier: MIT */
/* feature.c -- what is said of the features: the table, PSI over time, a section each. */
#include <math.h>

#include "report/chart.h"
#include "report/page_inner.h"

/* A bin whose part of PSI is this much is worth a colour. */
#define MOVED_MIN 0.02

bool page_bin_moved(const struct page_bin *b)
{
    return b->part > MOVED_MIN;
}

static void tag(struct buf *out, const struct page_feature *f)
{
    buf_fmt(out, "<em class=%s>%s</em>", page_class(f->level), f->verdict);
}

static void psi(struct buf *out, double x)
{
    if (isnan(x))
        html_number(out, x);
    else
        buf_fmt(out, "%.3f", x);
}

static void missing(struct buf *out, const struct page_feature *f)
{
    buf_str(out, "<td>");
    if (f->missing_before == 0 && f->missing_now == 0) {
        buf_str(out, "none");
        return;
    }
    html_share(out, f->missing_before);
    buf_str(out, " \xE2\x86\x92 ");
    html_share(out, f->missing_now);
}

static void table_row(struct buf *out, const struct page *p, size_t i)
{
    const struct page_feature *f = &p->feature[i];

    buf_fmt(out, "<tr><th scope=row><a href=#f%zu>", i);
    html_text(out, f->name);
    buf_str(out, "</a></th><td>");
    tag(out, f);
    buf_str(out, "<td>");
    psi(out, f->psi);
    buf_str(out, "<td>");
    html_count(out, f->n_now);
    missing(out, f);
    if (p->n_times > 0) {
        buf_fmt(out, "<td>%lld<td>%lld<td>", (long long)f->over, (long long)f->segments_over);
        html_text(out, f->when);
    }
    buf_str(out, "\n");
}

void page_features(struct buf *out, const struct page *p)
{
    if (p->n_features == 0)
        return;
    buf_fmt(out,
            "<section id=features><h2>By drift</h2>\n<div class=wide tabindex=0 "
            "role=region aria-label=\"By drift\"><table class=r><thead><tr><th "
            "scope=col>%s<th scope=col>verdict<th scope=col>PSI<th scope=col "
            ">values<th scope=col>missing, %s \xE2\x86\x92 %s",
            p->thing, p->before, p->now);
    if (p->n_times > 0)
        buf_str(out, "<th scope=col>windows over<th scope=col>segments over<th "
                     "scope=col>worst window, UTC");
    buf_str(out, "</thead><tbody>\n");
    for (size_t i = 0; i < p->n_features; i++)
        table_row(out, p, i);
    buf_str(out, "</tbody></table></div></section>\n");
}

/* .24, 1.2, 12: room is scarce. */
static void cell(struct buf *out, const struct page_point *t)
{
    if (t->severity == SEVERITY_NONE)
        buf_str(out, "<td>");
    else
        buf_str(out, t->severity == SEVERITY_CRITICAL ? "<td class=c>" : "<td class=w>");
    if (isnan(t->psi))
        buf_str(out, "\xC2\xB7");
    else if (t->psi < 0.995)
        buf_fmt(out, ".%02ld", lround(t->psi * 100));
    else
        buf_fmt(out, t->psi < 9.95 ? "%.1f" : "%.0f", t->psi);
}

static void times_head(struct buf *out, const struct page *p)
{
    enum { DATE_AT = 5, CLOCK_AT = 11, CLOCK_END = 16 };
    struct buf minute;

    buf_init(&minute, HTML_TEXT_MAX);
    buf_str(out, "<thead><tr><th scope=col>UTC");
    for (size_t i = 0; i < p->n_times; i++) {
        buf_clear(&minute);
        html_minute(&minute, p->time_ms[i]);
        if (minute.n == CLOCK_END)
            buf_fmt(out, "<th scope=col>%.5s\n%.5s", minute.p + DATE_AT, minute.p + CLOCK_AT);
    }
    buf_str(out, "</thead><tbody>\n");
    if (buf_failed(&minute))
        out->failed = true;
    buf_release(&minute);
}

void page_times(struct buf *out, const struct page *p)
{
    if (p->n_times == 0)
        return;
    buf_fmt(
        out,
        "<section id=times><h2>PSI over time</h2>\n<p>Each cell is the %s; a dot: none that was "
        "judged. Colours say what the policy called it, with %.2g and %.2g as its steps of "
        "PSI.</p>\n<div class=wide tabindex=0 role=region aria-label=\"PSI over time\"><table "
        "class=heat>",
        p->windows_per_time > 1 ? "worst window of a stretch" : "PSI of one window", p->warning,
        p->critical);
    times_head(out, p);
    for (size_t i = 0; i < p->n_features; i++) {
        if (!p->feature[i].point)
            continue;
        buf_str(out, "<tr><th scope=row>");
        html_text(out, p->feature[i].name);
        for (size_t t = 0; t < p->n_times; t++)
            cell(out, &p->feature[i].point[t]);
        buf_str(out, "\n");
    }
    buf_str(out, "</tbody></table></div>\n");
    if (p->windows_per_time > 1)
        buf_fmt(out, "<p class=dim>A column is %zu windows, headed by the first.</p>\n",
                p->windows_per_time);
    buf_str(out, "</section>\n");
}

void page_bins(struct buf *out, const struct page *p, const char *now, const struct page_bin *bin,
               size_t n)
{
    const bool parts = n > 0 && !isnan(bin[0].part);

    buf_fmt(out,
            "<table class=h><thead><tr><th>values<th>%s, %%<th>%s, %%%s"
            "</thead>\n",
            p->before, now, parts ? "<th>part of PSI" : "");
    for (size_t i = 0; i < n; i++) {
        buf_str(out, page_bin_moved(&bin[i]) ? "<tr><th>" : "<tr><td>");
        html_text(out, bin[i].label);
        buf_str(out, "<td>");
        buf_fmt(out, "%.1f<td>%.1f", bin[i].before * 100.0, bin[i].now * 100.0);
        if (parts)
            buf_fmt(out, "<td>%.3f", bin[i].part);
        buf_byte(out, '\n');
    }
    buf_str(out, "</table>");
}

/* Which test gave p and the effect. */
static void test(struct buf *out, const struct page_feature *f)
{
    const char *says = word_test(f->test);

    if (f->test.n == 0)
        return;
    buf_str(out, "<tr><th>test<td>");
    html_text(out, f->test);
    buf_fmt(out, "<td>%s\n", says ? says : "");
}

static void figures(struct buf *out, const struct page_feature *f, bool spoken)
{
    buf_str(out, "<table class=g>");
    for (size_t i = 0; i < f->n_figures; i++) {
        const struct page_figure *g = &f->figure[i];

        if (!isfinite(g->value) || (g->word != WORD_N) != spoken)
            continue;
        buf_fmt(out, "<tr><th>%s<td>", g->name);
        html_number(out, g->value);
        if (spoken) {
            buf_str(out, "<td>");
            word_say(out, g->word, g->value);
        }
        buf_byte(out, '\n');
    }
    if (spoken)
        test(out, f);
    buf_str(out, "</table>\n");
}

static bool has_unspoken(const struct page_feature *f)
{
    for (size_t i = 0; i < f->n_figures; i++) {
        if (f->figure[i].word == WORD_N && isfinite(f->figure[i].value))
            return true;
    }
    return false;
}

/* The histogram, and beside it the line or, where there is none, the figures. */
static void pictures(struct buf *out, const struct page *p, const struct page_feature *f)
{
    const bool line = f->point && p->n_times > 0;

    if (f->n_bins > 0) {
        buf_str(out, "<div class=pair>");
        chart_bins(out, f);
        buf_str(out, line ? "" : "<div>");
    }
    if (f->n_bins > 0 && line) {
        chart_line(out, p, f);
        buf_str(out, "</div>\n");
    }
    if (f->n_figures > 0)
        figures(out, f, true);
    if (f->n_bins > 0 && !line)
        buf_str(out, "</div></div>\n");
}

static void tables(struct buf *out, const struct page *p, const struct page_feature *f)
{
    if (f->n_bins > 0) {
        buf_str(out, "<details><summary>As a table</summary>");
        page_bins(out, p, p->now, f->bin, f->n_bins);
        buf_str(out, "</details>\n");
    }
    if (has_unspoken(f)) {
        buf_str(out, "<details><summary>All other figures</summary>");
        figures(out, f, false);
        buf_str(out, "</details>\n");
    }
}

void page_feature_section(struct buf *out, const struct page *p, size_t i)
{
    const struct page_feature *f = &p->feature[i];

    buf_fmt(out, "<section class=f id=f%zu><h3>", i);
    html_text(out, f->name);
    buf_byte(out, ' ');
    tag(out, f);
    buf_str(out, "</h3>\n<p>");
    html_text(out, f->said);
    buf_str(out, "</p>\n");
    pictures(out, p, f);
    tables(out, p, f);
    if (f->why.n > 0) {
        buf_str(out, "<p class=dim>Not defined: ");
        html_text(out, f->why);
        buf_str(out, ".</p>\n");
    }
    buf_str(out, "</section>\n");
}
