/* SPDX-License-Identifier: MIT */
#include "consumers/tail/line.h"

#include <inttypes.h>
#include <time.h>

#include "base/time.h"
#include "text/visible.h"
#include "wire/table.h"

enum { SEGMENT_WIDTH = 8, FEATURE_WIDTH = 20 };

void line_colour(const struct style *style, const char *code, struct buf *out)
{
    if (style->colour)
        buf_fmt(out, "\x1b[%sm", code);
}

void line_plain(const struct style *style, struct buf *out)
{
    line_colour(style, "0", out);
}

const char *line_colour_of(const struct alert *al)
{
    if (al->state == ALERT_RESOLVED)
        return "32";
    return al->severity == SEVERITY_CRITICAL ? "1;31" : "33";
}

static bool broken_down(int64_t ms, bool local, struct tm *out)
{
    if (ms < TIME_MIN_MS || ms > TIME_MAX_MS)
        return false;
    time_t t = (time_t)(time_floor(ms, MS_SECOND) / MS_SECOND);
    return local ? localtime_r(&t, out) : gmtime_r(&t, out);
}

void line_time(int64_t ms, const struct style *style, struct buf *out)
{
    char text[40] = "";
    struct tm tm;

    if (!broken_down(ms, style->local, &tm)) {
        buf_fmt(out, "%" PRId64 " ms", ms);
        return;
    }
    strftime(text, sizeof(text), tm.tm_sec ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", &tm);
    buf_str(out, text);
    strftime(text, sizeof(text), style->local ? "%z" : "Z", &tm);
    buf_str(out, text);
}

/* "1h", "90s": in the largest unit that it is a multiple of. */
static void add_length(int64_t from_ms, int64_t to_ms, struct buf *out)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = { { MS_DAY, "d" }, { MS_HOUR, "h" }, { MS_MINUTE, "m" }, { MS_SECOND, "s" } };
    int64_t ms;

    if (__builtin_sub_overflow(to_ms, from_ms, &ms))
        ms = 0;
    for (size_t i = 0; ms > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
        if (ms % units[i].ms == 0) {
            buf_fmt(out, "%" PRId64 "%s", ms / units[i].ms, units[i].unit);
            return;
        }
    }
    buf_fmt(out, "%" PRId64 "ms", ms);
}

/* Harmless, and followed by blanks up to a width. */
static void add_column(struct slice s, size_t width, struct buf *out)
{
    size_t start = out->n;

    visible_add(s, out);
    while (!buf_failed(out) && out->n - start < width)
        buf_byte(out, ' ');
}

static void add_alert(const struct alert *al, const struct style *style, struct buf *out)
{
    line_time(al->start_ms, style, out);
    buf_byte(out, ' ');
    add_length(al->start_ms, al->end_ms, out);
    buf_str(out, "  ");
    line_colour(style, line_colour_of(al), out);
    buf_fmt(out, "%-8s  %-8s", wire_severity_names[al->severity],
            al->state == ALERT_RESOLVED ? "resolved" : "firing");
    line_plain(style, out);
    buf_str(out, "  ");
    add_column(al->segment, SEGMENT_WIDTH, out);
    buf_str(out, "  ");
    add_column(al->feature, FEATURE_WIDTH, out);
    if (al->psi.has)
        buf_fmt(out, "  PSI %.3f", al->psi.v);
    if (al->psi.has && al->threshold > 0)
        buf_fmt(out, " %s %g", al->psi.v > al->threshold ? ">" : "<=", al->threshold);
    if (al->evidence && al->p.has)
        buf_chance(out, "  p", al->p.v);
    buf_fmt(out, "  n %" PRId64, al->n);
    if (al->n_eff < (double)al->n)
        buf_fmt(out, " (worth %.0f)", al->n_eff);
    if (al->categories.n > 0)
        buf_fmt(out, "  unseen %" PRId64, al->unseen.has ? al->unseen.v : 0);
    else
        buf_fmt(out, "  mean %.4g -> %.4g", al->moments.mean_before, al->moments.mean_now);
    if (al->others.n > 0)
        buf_fmt(out, "  and %zu more", al->others.n);
}

static void add_dead(const struct entry *e, const struct style *style, struct buf *out)
{
    const struct deadletter *d = e->dead;

    buf_fmt(out, "%s[%d] offset %" PRId64 "  ", e->topic, (int)e->rec->part, e->rec->offset);
    line_colour(style, "33", out);
    visible_add(d->stage, out);
    buf_str(out, " refused: ");
    visible_add(d->reason, out);
    line_plain(style, out);
    buf_str(out, "  ");
    visible_add(d->topic, out);
    buf_fmt(out, "[%d] offset %" PRId64, (int)d->part, d->offset);
    if (d->index > 0)
        buf_fmt(out, " index %d", (int)d->index);
    buf_fmt(out, "  %" PRId64 " bytes  ", d->value_length);
    visible_add(d->why, out);
}

static void add_unreadable(const struct entry *e, const struct style *style, struct buf *out)
{
    buf_fmt(out, "%s[%d] offset %" PRId64 "  ", e->topic, (int)e->rec->part, e->rec->offset);
    line_colour(style, "33", out);
    buf_str(out, "cannot be read:");
    line_plain(style, out);
    buf_byte(out, ' ');
    visible_add(slice_str(e->why), out);
}

void line_add(const struct entry *e, const struct style *style, struct buf *out)
{
    if (e->alert)
        add_alert(e->alert, style, out);
    else if (e->dead)
        add_dead(e, style, out);
    else if (e->reason)
        add_unreadable(e, style, out);
    else if (style->terminal)
        visible_add(e->json, out);
    else
        buf_slice_add(out, e->json);
    buf_byte(out, '\n');
}
