/* SPDX-License-Identifier: MIT */
#include "report/page.h"

#include <math.h>
#include <stdlib.h>

#include "report/page_inner.h"

const char *page_class(enum page_level level)
{
    static const char *const names[] = {
        [PAGE_OK] = "ok",
        [PAGE_UNDECIDED] = "undecided",
        [PAGE_WARNING] = "WARNING",
        [PAGE_CRITICAL] = "CRITICAL",
    };

    return names[level];
}

const char *page_severity(enum severity s)
{
    static const char *const names[] = {
        [SEVERITY_NONE] = "ok",
        [SEVERITY_WARNING] = "WARNING",
        [SEVERITY_CRITICAL] = "CRITICAL",
    };

    return names[s];
}

/* What could not be decided is no drift, but comes before what is well. */
int page_by_drift(const void *a, const void *b)
{
    const struct page_feature *x = a;
    const struct page_feature *y = b;

    if (x->level != y->level)
        return x->level > y->level ? -1 : 1;
    if (x->psi > y->psi || (isnan(y->psi) && !isnan(x->psi)))
        return -1;
    if (x->psi < y->psi || (isnan(x->psi) && !isnan(y->psi)))
        return 1;
    return slice_cmp(x->name, y->name);
}

static void head(struct buf *out, const struct page *p)
{
    buf_str(out, "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n<meta "
                 "http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src "
                 "'unsafe-inline'\">\n<meta name=viewport "
                 "content=\"width=device-width,initial-scale=1\">\n<meta name=color-scheme "
                 "content=\"light dark\">\n<title>");
    html_text(out, p->verdict);
    buf_fmt(out, " - %s</title>\n<style>\n%s</style></head>\n<body>\n", p->kind, page_style);
}

static void tiles(struct buf *out, const struct page_facts *f)
{
    if (f->n == 0)
        return;
    buf_str(out, "<dl class=tiles>");
    for (size_t i = 0; i < f->n; i++) {
        buf_str(out, "<div><dt>");
        html_text(out, f->v[i].name);
        buf_str(out, "</dt><dd>");
        html_text(out, f->v[i].value);
        buf_str(out, "</dd></div>");
    }
    buf_str(out, "</dl>\n");
}

static void contents(struct buf *out, const struct page *p)
{
    buf_str(out, "<nav aria-label=Contents>");
    if (p->n_features > 0)
        buf_str(out, "<a href=#features>Ranking</a>");
    if (p->n_times > 0)
        buf_str(out, "<a href=#times>Over time</a>");
    if (p->n_features > 0)
        buf_fmt(out, "<a href=#each>Each %s</a>", p->thing);
    if (p->n_segments > 0)
        buf_str(out, "<a href=#segments>Segments</a>");
    if (p->n_alerts > 0)
        buf_str(out, "<a href=#alerts>Alerts</a>");
    for (size_t i = 0; i < p->n_facts; i++)
        buf_fmt(out, "<a href=#t%zu>%s</a>", i, p->facts[i].title);
    buf_str(out, "<a href=#words>What the figures say</a></nav>\n");
}

static void verdict(struct buf *out, const struct page *p)
{
    buf_fmt(out, "<header class=%s><p class=kind>%s</p><h1>", page_class(p->level), p->kind);
    html_text(out, p->verdict);
    buf_str(out, "</h1>\n<p>");
    html_text(out, p->lead);
    buf_str(out, "</p></header>\n<main>\n");
}

static void segment_row(struct buf *out, const struct page_segment *s)
{
    buf_str(out, "<tr><th scope=row>");
    html_text(out, s->name);
    buf_fmt(out, "<td><em class=%s>%s</em><td class=n>", page_class(s->level),
            page_class(s->level));
    html_count(out, s->judged);
    buf_str(out, "<td class=n>");
    html_count(out, s->not_judged);
    buf_str(out, "<td class=n>");
    html_count(out, s->n);
    buf_str(out, "<td class=n>");
    html_number(out, s->psi);
    buf_str(out, "<td>");
    html_text(out, s->worst);
    buf_str(out, "<td>");
    if (s->worst.n > 0)
        html_minute(out, s->worst_ms);
    buf_str(out, "\n");
}

static void segments(struct buf *out, const struct page *p)
{
    if (p->n_segments == 0)
        return;
    buf_str(out, "<section id=segments><h2>Segments</h2>\n<div class=wide tabindex=0 role=region "
                 "aria-label=Segments><table><thead><tr><th scope=col>segment<th "
                 "scope=col>verdict<th scope=col class=n>windows judged<th scope=col class=n>not "
                 "judged<th scope=col class=n>comments<th scope=col class=n>worst PSI<th "
                 "scope=col>of<th scope=col>in the window, UTC</thead><tbody>\n");
    for (size_t i = 0; i < p->n_segments; i++)
        segment_row(out, &p->segment[i]);
    buf_str(out, "</tbody></table></div>\n");
    if (p->n_segments_left > 0)
        buf_fmt(out, "<p class=dim>And %zu more, none of them worse.</p>\n", p->n_segments_left);
    buf_str(out, "</section>\n");
}

static void alerts(struct buf *out, const struct page *p)
{
    if (p->n_alerts == 0)
        return;
    buf_str(out, "<section id=alerts><h2>Alerts</h2>\n");
    page_alerts(out, p);
    buf_str(out, "<h2>Evidence</h2>\n");
    page_evidence(out, p);
    buf_str(out, "</section>\n");
}

static void facts_section(struct buf *out, const struct page_facts *f, size_t i)
{
    buf_fmt(out, "<section id=t%zu><h2>%s</h2>\n<table>", i, f->title);
    for (size_t k = 0; k < f->n; k++) {
        buf_str(out, "<tr><th scope=row>");
        html_text(out, f->v[k].name);
        buf_str(out, "<td>");
        html_text(out, f->v[k].value);
        if (f->v[k].note)
            buf_fmt(out, "<td>%s", f->v[k].note);
        buf_str(out, "\n");
    }
    buf_str(out, "</table></section>\n");
}

static void glossary(struct buf *out)
{
    buf_str(out, "<section id=words><h2>What the figures say</h2>\n<table>");
    for (int w = 0; w < WORD_N; w++) {
        buf_fmt(out, "<tr><th scope=row>%s<td>%s\n", word_title((enum word)w),
                word_meaning((enum word)w));
    }
    buf_str(out, "</table></section>\n");
}

static void again(struct buf *out, const struct page *p)
{
    if (p->command.n == 0)
        return;
    buf_str(out, "<section id=again><h2>To make it again</h2>\n<pre>");
    html_whole(out, p->command);
    buf_str(out, "</pre>\n<p class=dim>The same input gives the same bytes.</p></section>\n");
}

static void each_head(struct buf *out, const struct page *p)
{
    if (p->n_features == 0)
        return;
    buf_fmt(out,
            "<h2 id=each>Each %s</h2>\n<p>Share of the values by bin: <span class=\"k "
            "a\"></span>%s <span class=\"k b\"></span>%s",
            p->thing, p->before, p->now);
    if (p->n_times > 0) {
        buf_fmt(out,
                " <span class=\"k m\"></span>%s, where it moved. Beside it PSI over time (UTC) "
                "against the steps of the policy; its numbers are in the <a href=#times>table "
                "above</a>",
                p->now);
    }
    buf_str(out, ".</p>\n");
}

enum status page_render(const struct page *p, struct buf *out, struct err *err)
{
    head(out, p);
    verdict(out, p);
    tiles(out, &p->tiles);
    contents(out, p);
    page_features(out, p);
    page_times(out, p);
    each_head(out, p);
    for (size_t i = 0; i < p->n_features; i++)
        page_feature_section(out, p, i);
    segments(out, p);
    alerts(out, p);
    for (size_t i = 0; i < p->n_facts; i++)
        facts_section(out, &p->facts[i], i);
    glossary(out);
    again(out, p);
    buf_str(out, "</main></body></html>\n");
    if (buf_failed(out))
        return err_set(err, ST_FATAL, "out of memory for the report");
    return ST_OK;
}
