/* SPDX-License-Identifier: MIT */
/* HTML as mail programs take it: tables, inline colours, no style sheet, no image. */
#include <math.h>

#include "base/utf8.h"
#include "notify/render_inner.h"
#include "wire/table.h"

enum { BAR_PX = 160 };

#define COLOUR_BEFORE   "#9db4cf"
#define COLOUR_NOW      "#5b7fb5"
#define COLOUR_CRITICAL "#b3362f"
#define COLOUR_WARNING  "#b7791f"
#define COLOUR_RESOLVED "#3a7d44"
#define TABLE           "<table cellpadding=\"2\" cellspacing=\"0\" style=\"font-size:14px\">\n"
#define GREY            "<td style=\"color:#666;padding-right:12px\">"

static const char *colour_of(enum severity s)
{
    return s == SEVERITY_CRITICAL ? COLOUR_CRITICAL : COLOUR_WARNING;
}

void put_html(struct buf *out, struct slice s)
{
    s = utf8_cut(s, SHOWN_MAX);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c == '&')
            buf_str(out, "&amp;");
        else if (c == '<')
            buf_str(out, "&lt;");
        else if (c == '>')
            buf_str(out, "&gt;");
        else if (c == '"')
            buf_str(out, "&quot;");
        else
            buf_byte(out, (char)(c < ' ' || c == 0x7f ? ' ' : s.p[i]));
    }
}

static void row(struct buf *out, const char *name, struct slice value)
{
    buf_fmt(out, "<tr>" GREY "%s</td><td>", name);
    put_html(out, value);
    buf_str(out, "</td></tr>\n");
}

static bool has_moved(const struct view *v, size_t bin)
{
    for (size_t i = 0; i < v->moved; i++) {
        if ((size_t)v->al->moved.v[i].bin == bin)
            return true;
    }
    return false;
}

/* A bar: a cell with a colour, as wide as v is of top. */
static void bar(struct buf *out, double v, double top, const char *colour)
{
    long width = top > 0 ? lround(fmin(v / top, 1) * BAR_PX) : 0;

    buf_fmt(out, "<td width=\"%d\"><table cellpadding=\"0\" cellspacing=\"0\"><tr>", BAR_PX + 4);
    if (width > 0) {
        buf_fmt(out,
                "<td bgcolor=\"%s\" width=\"%ld\" height=\"12\" style=\"font-size:1px\">&nbsp;"
                "</td>",
                colour, width);
    } else {
        buf_str(out, "<td height=\"12\"></td>");
    }
    buf_str(out, "</tr></table></td>");
}

static void share(struct buf *out, double v, double top, const char *colour)
{
    bar(out, v, top, colour);
    buf_fmt(out, "<td align=\"right\">%.1f %%</td>", v * 100);
}

static void histogram(const struct view *v, struct buf *out)
{
    double top = 0;

    if (v->n_bins == 0)
        return;
    for (size_t i = 0; i < v->n_bins; i++)
        top = fmax(top, fmax(v->bins[i].before, v->bins[i].now));
    buf_str(out, "<pre style=\"font-size:18px;line-height:1.4;margin:12px 0\">baseline  ");
    bins_spark(v->bins, v->n_bins, false, out);
    buf_str(out, "\nwindow    ");
    bins_spark(v->bins, v->n_bins, true, out);
    buf_str(out, "</pre>\n" TABLE
                 "<tr><th align=\"left\">value</th><th colspan=\"2\" align=\"left\">baseline</th>"
                 "<th colspan=\"2\" align=\"left\">window</th></tr>\n");
    for (size_t i = 0; i < v->n_bins; i++) {
        const struct bin *b = &v->bins[i];
        bool moved = has_moved(v, i);

        buf_str(out, moved ? "<tr><td><b>" : "<tr><td>");
        bins_range(b, out);
        buf_str(out, moved ? "</b></td>" : "</td>");
        share(out, b->before, top, COLOUR_BEFORE);
        share(out, b->now, top, moved ? colour_of(v->al->severity) : COLOUR_NOW);
        buf_str(out, "</tr>\n");
    }
    buf_str(out, "</table>\n");
}

static void others(const struct view *v, struct buf *out)
{
    const double top = v->n_others > 0 ? fmax(1, v->others[0]->psi) : 1;

    if (v->n_others == 0)
        return;
    buf_str(out, "<p style=\"margin:16px 0 4px\">Also moved</p>\n" TABLE);
    for (size_t i = 0; i < v->n_others; i++) {
        const struct other_feature *o = v->others[i];

        buf_str(out, "<tr><td style=\"padding-right:12px\">");
        put_html(out, o->name);
        buf_str(out, "</td>");
        bar(out, o->psi, top, colour_of(o->severity));
        buf_fmt(out, "<td align=\"right\">PSI %.3f</td><td style=\"color:%s\">%s</td></tr>\n",
                o->psi, colour_of(o->severity), wire_severity_names[o->severity]);
    }
    if (v->al->others.n > v->n_others)
        buf_fmt(out, "<tr>" GREY "and %zu more</td></tr>\n", v->al->others.n - v->n_others);
    buf_str(out, "</table>\n");
}

static void facts(const struct alert *al, struct buf *out)
{
    struct buf line;

    buf_init(&line, 256);
    buf_str(out, TABLE);
    row(out, "segment", al->segment);
    view_psi(al, &line);
    row(out, "PSI", buf_slice(&line));
    buf_clear(&line);
    view_evidence(al, &line);
    if (al->evidence)
        row(out, "evidence", buf_slice(&line));
    buf_clear(&line);
    view_window(al, &line);
    row(out, "window", buf_slice(&line));
    buf_clear(&line);
    buf_fmt(&line, "%lld, worth %.1f; baseline %lld", (long long)al->n, al->n_eff,
            (long long)al->m);
    row(out, "comments", buf_slice(&line));
    buf_clear(&line);
    if (al->categories.n > 0)
        view_shares(al, &line);
    else
        buf_fmt(&line, "%.4g before, %.4g now", al->moments.mean_before, al->moments.mean_now);
    row(out, al->categories.n > 0 ? "shares" : "mean", buf_slice(&line));
    buf_clear(&line);
    view_also(al, &line);
    if (al->also.n > 0)
        row(out, "elsewhere", buf_slice(&line));
    row(out, "what to do", al->todo);
    buf_str(out, "</table>\n");
    if (buf_failed(&line))
        out->failed = true;
    buf_release(&line);
}

static void put_alert(const struct alert *al, struct buf *out)
{
    struct view v;
    bool bad = al->state == ALERT_FIRING;

    view_make(al, &v);
    buf_fmt(out,
            "<table width=\"100%%\" cellpadding=\"10\" cellspacing=\"0\"><tr><td bgcolor=\"%s\" "
            "style=\"color:#fff;font-size:20px\"><b>%s</b> &nbsp;",
            bad ? colour_of(al->severity) : COLOUR_RESOLVED, view_state(al));
    put_html(out, al->feature);
    buf_str(out, "</td></tr></table>\n<p style=\"font-size:16px\">");
    put_html(out, al->message);
    buf_str(out, "</p>\n");
    facts(al, out);
    histogram(&v, out);
    others(&v, out);
    buf_str(out,
            "<p style=\"color:#666;font-size:13px;margin-bottom:24px\">To compute every number "
            "again: <code>");
    view_command(al, out);
    buf_str(out, "</code><br>alert_id ");
    put_html(out, al->alert_id);
    buf_fmt(out, ", seq %d</p>\n", (int)al->seq);
}

void render_html(const struct telling *t, struct slice title, struct buf *out)
{
    buf_str(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
    put_html(out, title);
    buf_str(out,
            "</title></head>\n<body style=\"font-family:sans-serif;color:#222;background:#fff\">"
            "\n<div style=\"max-width:640px\">\n");
    if (t->repeat > 0)
        buf_fmt(out, "<p>Told before, and still so (reminder %d).</p>\n", (int)t->repeat);
    for (size_t i = 0; i < t->n; i++)
        put_alert(&t->alerts[i], out);
    buf_str(out, "</div></body></html>\n");
}
