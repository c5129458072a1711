/* SPDX-License-Identifier: MIT */
#include "cli/up/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "text/spark.h"

enum { LINE_MAX_BYTES = 2000, BAR_MAX = 24, ROOMY = 20 /* lines of a terminal */ };

/* Where PSI becomes a WARNING and CRITICAL: policy fixed. */
static const double warning_above = 0.2, critical_above = 0.3;

static const char *const severities[] = { "none", "WARNING", "CRITICAL" };
static const char *const states[] = { "evaluated",  "insufficient data", "no data",
                                      "warming",    "baseline stale",    "no baseline",
                                      "incomplete", "training skew" };

enum colour { PLAIN, BOLD, RED, YELLOW, GREEN, DIM };
static const char *const codes[] = { "\033[0m",  "\033[1m",  "\033[31m",
                                     "\033[33m", "\033[32m", "\033[2m" };

/* Where the lines go, and how many fit. */
struct page {
    struct buf *out;
    const struct frame *frame;
    int left;
};

static void paint(const struct frame *f, enum colour c, struct buf *text)
{
    if (f->colour)
        buf_str(text, codes[c]);
}

/* As much of text as has so many columns: a character has one, a colour none. */
static size_t bytes_of(struct slice text, int columns)
{
    size_t at = 0;

    while (at < text.n) {
        const struct slice rest = { text.p + at, text.n - at };
        const char *m = rest.p[0] == '\033' ? memchr(rest.p, 'm', rest.n) : NULL;
        const int step = utf8_step(rest);

        if (!m && columns-- == 0)
            break;
        at += m ? (size_t)(m - rest.p) + 1 : (size_t)(step > 0 ? step : -step);
    }
    return at;
}

static void line(struct page *p, enum colour c, struct buf *text)
{
    if (p->left > 0) {
        p->left--;
        if (c != PLAIN)
            paint(p->frame, c, p->out);
        if (text->n > 0)
            buf_add(p->out, text->p, bytes_of(buf_slice(text), p->frame->width));
        paint(p->frame, PLAIN, p->out);
        buf_str(p->out, "\033[K\r\n");
    }
    buf_clear(text);
}

/* Between two parts, where there is room for it. */
static void blank(struct page *p, struct buf *text)
{
    if (p->frame->height >= ROOMY)
        line(p, PLAIN, text);
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
    buf_fmt(text, "   %s %s%s", f->embedded ? "broker in memory at" : "Kafka at", f->broker,
            f->paused ? "   PAUSED" : "");
    line(p, BOLD, text);
    if (f->height < ROOMY)
        return;
    buf_fmt(text, "logs in %s", f->dir);
    line(p, DIM, text);
    line(p, PLAIN, text);
}

/* What a stage makes; NULL: one that is not known here. */
static const char *product(const char *stage)
{
    static const char *const made[][2] = { { "ingest", "comments" },
                                           { "score", "scores" },
                                           { "pane", "batches" },
                                           { "judge", "windows" },
                                           { "notify", "messages" } };

    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        if (strcmp(stage, made[i][0]) == 0)
            return made[i][1];
    }
    return "";
}

static void stage(struct page *p, const struct stage_view *s, struct buf *text)
{
    buf_fmt(text, "%-8s %-8s", s->name, s->running ? "running" : "down");
    if (s->seen) {
        buf_fmt(text, " %9.0f %10" PRId64 " %8" PRId64 " %10" PRId64 " %-9s  ", s->rate, s->records,
                s->lag, s->wrote, product(s->name));
        if (s->watermark_ms != INT64_MIN)
            instant(text, s->watermark_ms);
    } else {
        buf_fmt(text, " %9s %10s %8s %10s            ", "-", "-", "-", "-");
    }
    if (s->untold > 0)
        buf_fmt(text, "%" PRId64 " failed: absa doctor -c FILE -b %s", s->untold, p->frame->broker);
    if (s->restarts > 0)
        buf_fmt(text, "   restarted %s", s->restarts == 1 ? "once" : "");
    if (s->restarts > 1)
        buf_fmt(text, "%d times", s->restarts);
    line(p, !s->running ? RED : s->untold > 0 ? YELLOW : PLAIN, text);
}

static void stages(struct page *p, const struct view *v, struct buf *text)
{
    int64_t dead = 0;

    buf_fmt(text, "%-8s %-8s %9s %10s %8s %10s %-9s  %s", "stage", "", "read/s", "read", "behind",
            "wrote", "", "watermark (UTC)");
    line(p, BOLD, text);
    for (size_t i = 0; i < v->n_stages; i++) {
        stage(p, &v->stages[i], text);
        dead += v->stages[i].dead;
    }
    if (dead == 0)
        return;
    buf_fmt(text, "dead letters %" PRId64 ": absa tail -b %s -t dead -e", dead, p->frame->broker);
    line(p, YELLOW, text);
}

static void bar(struct buf *text, double psi)
{
    int n = psi > 1 ? BAR_MAX : (int)(psi * BAR_MAX);

    for (int k = 0; k < n; k++)
        buf_str(text, "█");
}

static void features(struct page *p, const struct view *v, struct buf *text)
{
    for (size_t i = 0; i < v->n_top; i++) {
        const struct feature_view *f = &v->top[i];

        buf_fmt(text, "  %-24s PSI %7.3f  %-8s ", f->name, f->psi,
                f->severity == SEVERITY_NONE ? "" : severities[f->severity]);
        bar(text, f->psi);
        line(p, of_severity(f->severity), text);
    }
}

void view_alert(const struct alert_view *a, struct buf *out)
{
    instant(out, a->start_ms);
    buf_fmt(out, "  %-8s %-8s %s  %s  PSI %.3f", a->resolved ? "" : severities[a->severity],
            a->resolved ? "resolved" : "firing", a->segment, a->feature, a->psi);
}

/* One block a window, so that a drift is seen to rise. */
static void past(struct page *p, const struct view *v, struct buf *text)
{
    double top = spark_top(v->past, v->n_past);

    buf_str(text, "  PSI so far  ");
    for (size_t i = 0; i < v->n_past; i++) {
        paint(p->frame,
              v->past[i] > critical_above  ? RED
              : v->past[i] > warning_above ? YELLOW
                                           : GREEN,
              text);
        spark_add(&v->past[i], 1, top > critical_above ? top : critical_above, text);
    }
    line(p, PLAIN, text);
}

static void newest(struct page *p, const struct view *v, struct buf *text)
{
    buf_fmt(text, "windows %" PRId64, v->windows);
    line(p, BOLD, text);
    if (v->n_past > 0) {
        past(p, v, text);
        buf_str(text, "  newest      ");
        instant(text, v->start_ms);
        buf_fmt(text, "  %s%s%s, %" PRId64 " comments of %" PRId64 " videos", states[v->state],
                v->stale_by[0] != '\0' ? " by " : "", v->stale_by, v->n, v->videos);
        line(p, PLAIN, text);
    }
    features(p, v, text);
    blank(p, text);
    buf_fmt(text, "alerts %" PRId64, v->alerts);
    line(p, BOLD, text);
    for (size_t i = 0; i < v->n_last; i++) {
        buf_str(text, "  ");
        view_alert(&v->last[i], text);
        line(p, v->last[i].resolved ? GREEN : of_severity(v->last[i].severity), text);
    }
}

void view_import(const struct frame *f, struct buf *out)
{
    buf_fmt(out, "absa import -b %s", f->broker);
    if (f->conf_file) /* partitions and the prefix are in it */
        buf_fmt(out, " -c %s", f->conf_file);
    buf_str(out, " --arrival created FILE");
}

/* What to do, or to wait for, while there is nothing to see. */
static void before_the_first(struct page *p, const struct view *v, struct buf *text)
{
    if (v->n_stages > 0 && v->stages[0].records > 0) {
        buf_str(text, "No window has closed yet: one does when arrivals pass its end.");
        line(p, PLAIN, text);
        return;
    }
    buf_str(text, "Nothing has arrived yet. In another terminal:");
    line(p, PLAIN, text);
    buf_str(text, "  ");
    view_import(p->frame, text);
    line(p, GREEN, text);
}

static void help(struct page *p, struct buf *text)
{
    static const char *const lines[] = {
        "read        records that a stage has read since it started, marks of progress included",
        "behind      committed records that it has not read yet",
        "wrote       what it made of them, committed",
        "watermark   arrivals are complete up to this time",
        "PSI         how far a feature moved: above 0.2 WARNING, above 0.3 CRITICAL; so far: the",
        "            greatest of each window, a dot where it could not be judged",
        "",
        "h  this help     p  stop redrawing, and go on     q  drain and quit (also Ctrl-C)",
        "",
        "In another terminal:",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        buf_str(text, lines[i]);
        line(p, PLAIN, text);
    }
    buf_str(text, "  ");
    view_import(p->frame, text);
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
        stages(&p, v, &text);
        blank(&p, &text);
        if (v->windows > 0)
            newest(&p, v, &text);
        else
            before_the_first(&p, v, &text);
    }
    buf_str(out, "\033[J");
    buf_fmt(out, "\033[%d;1H", f->height);
    paint(f, DIM, out);
    buf_str(out, "h help   p pause   q quit");
    paint(f, PLAIN, out);
    buf_release(&text);
}

void view_line(const struct view *v, const struct frame *f, struct buf *out)
{
    int64_t dead = 0;

    buf_fmt(out, "absa up: %" PRId64 " s", f->elapsed_ms / 1000);
    for (size_t i = 0; i < v->n_stages; i++) {
        const struct stage_view *s = &v->stages[i];

        if (s->seen)
            buf_fmt(out, "  %s %" PRId64 " (%.0f/s, lag %" PRId64 ")", s->name, s->records, s->rate,
                    s->lag);
        else
            buf_fmt(out, "  %s %s", s->name, s->running ? "starting" : "down");
        dead += s->dead;
    }
    if (dead > 0)
        buf_fmt(out, "  dead letters %" PRId64, dead);
    buf_fmt(out, "  windows %" PRId64 "  alerts %" PRId64, v->windows, v->alerts);
    if (v->n_stages > 0 && v->stages[0].watermark_ms != INT64_MIN) {
        buf_str(out, "  watermark ");
        instant(out, v->stages[0].watermark_ms);
    }
    buf_byte(out, '\n');
}
