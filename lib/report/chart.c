/* SPDX-License-Identifier: MIT */
#include "report/chart.h"

#include <math.h>

#include "report/html.h"
#include "report/page_inner.h"

enum {
    WIDTH = 600,
    BINS_HEIGHT = 168,
    BINS_TOP = 18, /* of the highest bar */
    BINS_BOTTOM = 146,
    TICKS_MAX = 12,
    LINE_HEIGHT = 150,
    LINE_LEFT = 34,
    LINE_RIGHT = 590,
    LINE_TOP = 10,
    LINE_BOTTOM = 120,
    BAND_Y = 126,
};

/* So that what it shows is read aloud. */
static void name(struct buf *out, const struct page_feature *f, const char *what)
{
    buf_fmt(out, " role=img><title>%s of ", what);
    html_text(out, f->name);
    buf_str(out, "</title>");
}

/* Of a bar; there are two to a slot. */
static double bar_width(double slot)
{
    return floor(fmin(slot * 0.42, 60));
}

/* The bars of one class as one path, each a broad stroke: of what was (-1), is (0), or
 * moved (1). */
static void bars(struct buf *out, char class, const struct page_feature *f, double top, int which)
{
    const double slot = (double)WIDTH / (double)f->n_bins;
    const double width = bar_width(slot);
    const double middle = (slot + (which < 0 ? -width : width)) / 2;
    bool any = false;

    for (size_t i = 0; i < f->n_bins; i++) {
        const struct page_bin *b = &f->bin[i];
        const double share = which < 0 ? b->before : b->now;
        const long height = lround(share / top * (BINS_BOTTOM - BINS_TOP));

        if ((which >= 0 && page_bin_moved(b) != (which > 0)) || height <= 0)
            continue;
        if (!any)
            buf_fmt(out, "<path class=%c d=\"", class);
        any = true;
        buf_fmt(out, "M%.0f %dv-%ld", slot * (double)i + middle, (int)BINS_BOTTOM, height);
    }
    if (any)
        buf_str(out, "\"/>");
}

static void ticks(struct buf *out, const struct page_feature *f)
{
    const double slot = (double)WIDTH / (double)f->n_bins;
    const size_t step = (f->n_bins + TICKS_MAX - 1) / TICKS_MAX;

    buf_fmt(out, "<text class=c y=%d>", (int)BINS_HEIGHT - 6);
    for (size_t i = 0; i < f->n_bins; i += step) {
        if (f->bin[i].tick.n == 0)
            continue;
        buf_fmt(out, "<tspan x=%.0f>", slot * ((double)i + 0.5));
        html_text(out, f->bin[i].tick);
        buf_str(out, "</tspan>");
    }
    buf_str(out, "</text>");
}

void chart_bins(struct buf *out, const struct page_feature *f)
{
    double top = 0;

    for (size_t i = 0; i < f->n_bins; i++)
        top = fmax(top, fmax(f->bin[i].before, f->bin[i].now));
    buf_fmt(out, "<svg viewBox=\"0 0 %d %d\" stroke-width=%.0f", (int)WIDTH, (int)BINS_HEIGHT,
            bar_width((double)WIDTH / (double)f->n_bins));
    name(out, f, "Bins");
    buf_fmt(out, "<path class=x d=\"M0 %dH%dM0 %dH%d\"/><text x=0 y=%d>", (int)BINS_TOP, (int)WIDTH,
            (int)BINS_BOTTOM, (int)WIDTH, (int)BINS_TOP - 5);
    html_share(out, top);
    buf_str(out, "</text>");
    if (top > 0) {
        bars(out, 'a', f, top, -1);
        bars(out, 'b', f, top, 0);
        bars(out, 'm', f, top, 1);
    }
    ticks(out, f);
    buf_str(out, "</svg>\n");
}

static double at_x(const struct page *p, size_t i)
{
    const double width = LINE_RIGHT - LINE_LEFT;

    return p->n_times > 1 ? LINE_LEFT + width * (double)i / (double)(p->n_times - 1)
                          : LINE_LEFT + width / 2;
}

static double at_y(double psi, double top)
{
    return LINE_BOTTOM - (LINE_BOTTOM - LINE_TOP) * fmin(psi / top, 1);
}

static void threshold(struct buf *out, const char *class, double psi, double top)
{
    const double y = at_y(psi, top);

    if (!(psi > 0) || psi > top)
        return;
    buf_fmt(out, "<path class=%s d=\"M%d %.0fH%d\"/><text y=%.0f>%.2g</text>", class,
            (int)LINE_LEFT, y, (int)LINE_RIGHT, y + 4, psi);
}

/* The line breaks where nothing was judged; what stands alone is a dot. */
static void path(struct buf *out, const struct page *p, const struct page_feature *f, double top)
{
    bool pen = false;
    long x = 0;
    long y = 0;

    buf_str(out, "<path class=l d=\"");
    for (size_t i = 0; i < p->n_times; i++) {
        if (isnan(f->point[i].psi)) {
            pen = false;
            continue;
        }
        const long to_x = lround(at_x(p, i));
        const long to_y = lround(at_y(f->point[i].psi, top));
        if (pen)
            buf_fmt(out, to_y < y ? "l%ld%ld" : "l%ld %ld", to_x - x, to_y - y);
        else
            buf_fmt(out, "M%ld %ldh0", to_x, to_y);
        x = to_x;
        y = to_y;
        pen = true;
    }
    buf_str(out, "\"/>");
}

/* Below the line, a band where the policy called it so. */
static void band(struct buf *out, const struct page *p, const struct page_feature *f,
                 enum severity severity)
{
    const double half =
        (LINE_RIGHT - LINE_LEFT) / 2.0 / (double)(p->n_times > 1 ? p->n_times - 1 : 1);
    bool any = false;

    for (size_t i = 0; i < p->n_times; i++) {
        const size_t first = i;

        if (f->point[i].severity != severity)
            continue;
        while (i + 1 < p->n_times && f->point[i + 1].severity == severity)
            i++;
        if (!any)
            buf_fmt(out, "<path class=%s d=\"", severity == SEVERITY_CRITICAL ? "dc" : "dw");
        any = true;
        buf_fmt(out, "M%.0f %dH%.0f", fmax(at_x(p, first) - half, LINE_LEFT), (int)BAND_Y,
                fmin(at_x(p, i) + half, LINE_RIGHT));
    }
    if (any)
        buf_str(out, "\"/>");
}

static void time_label(struct buf *out, const char *class, int x, int64_t ms)
{
    buf_fmt(out, "<text %sx=%d y=%d>", class, x, (int)LINE_HEIGHT - 6);
    html_minute(out, ms);
    buf_str(out, "</text>");
}

void chart_line(struct buf *out, const struct page *p, const struct page_feature *f)
{
    double top = fmax(p->critical, 0.1) * 1.25;

    for (size_t i = 0; i < p->n_times; i++)
        top = isnan(f->point[i].psi) ? top : fmax(top, f->point[i].psi * 1.06);
    buf_fmt(out, "<svg viewBox=\"0 0 %d %d\"", (int)WIDTH, (int)LINE_HEIGHT);
    name(out, f, "PSI");
    buf_fmt(out, "<path class=x d=\"M%d %dH%d\"/>", (int)LINE_LEFT, (int)LINE_BOTTOM,
            (int)LINE_RIGHT);
    /* So high a line that both would be written over each other: the upper one alone. */
    if ((p->critical - p->warning) / top > 0.09)
        threshold(out, "tw", p->warning, top);
    threshold(out, "tc", p->critical, top);
    path(out, p, f, top);
    band(out, p, f, SEVERITY_WARNING);
    band(out, p, f, SEVERITY_CRITICAL);
    time_label(out, "", LINE_LEFT, p->time_ms[0]);
    if (p->n_times > 1)
        time_label(out, "class=e ", LINE_RIGHT, p->time_ms[p->n_times - 1]);
    buf_str(out, "</svg>\n");
}
