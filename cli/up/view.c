/* SPDX-License-Identifier: MIT */
#include "cli/up/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { LINE_MAX_BYTES = 400, BAR_MAX = 24 };

static const char *const severities[] = { "none", "WARNING", "CRITICAL" };
static const char *const states[] = { "evaluated",      "insufficient data", "no data",   "warming",
                                      "baseline stale", "no baseline",       "incomplete" };

enum colour { PLAIN, BOLD, RED, YELLOW, GREEN, DIM };
static const char *const codes[] = { "", "\033[1m", "\033[31m", "\033[33m", "\033[32m", "\033[2m" };

/* Where the lines go, and how many fit. */
struct page {
    struct buf *out;
    const struct frame *frame;
    int left;
};

static void line(struct page *p, enum colour c, struct buf *text)
{
    size_t n = text->n < (size_t)p->frame->width ? text->n : (size_t)p->frame->width;

    if (p->left > 0) {
        bool coloured = p->frame->colour && c != PLAIN;

        p->left--;
        if (coloured)
            buf_str(p->out, codes[c]);
        if (n > 0)
            buf_add(p->out, text->p, n);
        buf_str(p->out, coloured ? "\033[0m\033[K\r\n" : "\033[K\r\n");
    }
    buf_clear(text);
}

static void instant(struct buf *out, int64_t ms)
{
    char text[32] = "-";
    time_t t = (time_t)(ms / 1000);
    struct tm tm;

    if (ms != INT64_MIN && gmtime_r(&t, &tm))
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
    buf_fmt(out, "%s", text);
}

static enum colour of_severity(enum severity s)
{
    return s == SEVERITY_CRITICAL ? RED : s == SEVERITY_WARNING ? YELLOW : PLAIN;
}

static void head(struct page *p, struct buf *text)
{
    const struct frame *f = p->frame;

    buf_fmt(text, "absa up  %" PRId64 " s", f->elapsed_ms / 1000);
    if (f->for_ms > 0)
        buf_fmt(text, " of %" PRId64 " s", f->for_ms / 1000);
    buf_fmt(text, "   %s broker %s%s", f->embedded ? "embedded" : "Kafka", f->broker,
            f->paused ? "   PAUSED" : "");
    line(p, BOLD, text);
    buf_fmt(text, "logs in %s", f->dir);
    line(p, DIM, text);
    line(p, PLAIN, text);
}

static void stage(struct page *p, const struct stage_view *s, struct buf *text)
{
    buf_fmt(text, "%-8s %-8s", s->name, s->running ? "running" : "down");
    if (s->seen) {
        buf_fmt(text, " %10.0f %10" PRId64 " %8" PRId64 "   ", s->rate, s->records, s->lag);
        instant(text, s->watermark_ms);
    } else {
        buf_fmt(text, " %10s %10s %8s   -", "-", "-", "-");
    }
    if (s->restarts > 0)
        buf_fmt(text, "   restarted %d times", s->restarts);
    line(p, s->running ? PLAIN : RED, text);
}

static void features(struct page *p, const struct view *v, struct buf *text)
{
    for (size_t i = 0; i < v->n_top; i++) {
        const struct feature_view *f = &v->top[i];
        int bar = f->psi > 1 ? BAR_MAX : (int)(f->psi * BAR_MAX);

        buf_fmt(text, "  %-24s PSI %7.3f  %-8s ", f->name, f->psi,
                f->severity == SEVERITY_NONE ? "" : severities[f->severity]);
        for (int k = 0; k < bar; k++)
            buf_byte(text, '#');
        line(p, of_severity(f->severity), text);
    }
}

void view_alert(const struct alert_view *a, struct buf *out)
{
    instant(out, a->start_ms);
    buf_fmt(out, "  %-8s %-8s %s  %s  PSI %.3f", a->resolved ? "" : severities[a->severity],
            a->resolved ? "resolved" : "firing", a->segment, a->feature, a->psi);
}

static void newest(struct page *p, const struct view *v, struct buf *text)
{
    line(p, PLAIN, text);
    buf_fmt(text, "windows %" PRId64 "   alerts %" PRId64, v->windows, v->alerts);
    line(p, BOLD, text);
    if (v->windows == 0)
        return;
    buf_str(text, "newest window ");
    instant(text, v->start_ms);
    buf_fmt(text, "  %s, %" PRId64 " comments", states[v->state], v->n);
    line(p, PLAIN, text);
    features(p, v, text);
    if (v->n_last > 0)
        line(p, PLAIN, text);
    for (size_t i = 0; i < v->n_last; i++) {
        view_alert(&v->last[i], text);
        line(p, v->last[i].resolved ? GREEN : of_severity(v->last[i].severity), text);
    }
}

static void help(struct page *p, struct buf *text)
{
    static const char *const lines[] = {
        "rate and records   what a stage has read, marks included",
        "lag                committed records that it has not read yet",
        "watermark          arrivals are complete up to this time",
        "PSI                how far a feature moved: above 0.2 WARNING, above 0.3 CRITICAL",
        "",
        "h  this help     p  stop redrawing, and go on     q  drain and quit (also Ctrl-C)",
        "",
        "In another terminal:",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        buf_str(text, lines[i]);
        line(p, PLAIN, text);
    }
    buf_fmt(text, "  absa import -b %s --arrival created FILE", p->frame->broker);
    line(p, PLAIN, text);
}

void view_picture(const struct view *v, const struct frame *f, struct buf *out)
{
    struct page p = { out, f, f->height - 1 };
    struct buf text;

    buf_init(&text, LINE_MAX_BYTES);
    buf_str(out, "\033[H");
    head(&p, &text);
    if (f->help) {
        help(&p, &text);
    } else {
        buf_fmt(&text, "%-8s %-8s %10s %10s %8s   %s", "stage", "", "records/s", "records", "lag",
                "watermark (UTC)");
        line(&p, BOLD, &text);
        for (size_t i = 0; i < v->n_stages; i++)
            stage(&p, &v->stages[i], &text);
        newest(&p, v, &text);
    }
    buf_str(out, "\033[J");
    if (f->colour)
        buf_str(out, "\033[2m");
    buf_fmt(out, "\033[%d;1Hh help   p pause   q quit%s", f->height, f->colour ? "\033[0m" : "");
    buf_release(&text);
}

void view_line(const struct view *v, const struct frame *f, struct buf *out)
{
    buf_fmt(out, "absa up: %" PRId64 " s", f->elapsed_ms / 1000);
    for (size_t i = 0; i < v->n_stages; i++) {
        const struct stage_view *s = &v->stages[i];

        if (s->seen)
            buf_fmt(out, "  %s %" PRId64 " (%.0f/s, lag %" PRId64 ")", s->name, s->records, s->rate,
                    s->lag);
        else
            buf_fmt(out, "  %s %s", s->name, s->running ? "starting" : "down");
    }
    buf_fmt(out, "  windows %" PRId64 "  alerts %" PRId64, v->windows, v->alerts);
    if (v->n_stages > 0 && v->stages[0].watermark_ms != INT64_MIN) {
        buf_str(out, "  watermark ");
        instant(out, v->stages[0].watermark_ms);
    }
    buf_byte(out, '\n');
}
