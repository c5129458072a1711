/* SPDX-License-Identifier: MIT */
#include "notify/render.h"

#include <string.h>

#include "base/time.h"
#include "base/utf8.h"
#include "notify/render_inner.h"
#include "wire/table.h"

enum { SUBJECT_NAME_MAX = 100 };

enum severity telling_severity(const struct telling *t, bool *firing)
{
    enum severity most = SEVERITY_NONE;

    *firing = false;
    for (size_t i = 0; i < t->n; i++)
        *firing |= t->alerts[i].state == ALERT_FIRING;
    for (size_t i = 0; i < t->n; i++) {
        const struct alert *al = &t->alerts[i];

        if ((al->state == ALERT_FIRING || !*firing) && al->severity > most)
            most = al->severity;
    }
    return most;
}

const char *view_state(const struct alert *al)
{
    return al->state == ALERT_RESOLVED ? "RESOLVED" : wire_severity_names[al->severity];
}

/* Those that moved most, however many there are. */
static void pick_others(struct view *v)
{
    for (size_t i = 0; i < v->al->others.n; i++) {
        const struct other_feature *o = &v->al->others.v[i];
        size_t at = v->n_others < VIEW_OTHERS_MAX ? v->n_others++ : VIEW_OTHERS_MAX;

        for (; at > 0 && v->others[at - 1]->psi < o->psi; at--) {
            if (at < VIEW_OTHERS_MAX)
                v->others[at] = v->others[at - 1];
        }
        if (at < VIEW_OTHERS_MAX)
            v->others[at] = o;
    }
}

void view_make(const struct alert *al, struct view *v)
{
    v->al = al;
    v->n_bins = bins_of(al, v->bins);
    v->moved = 0;
    v->n_others = 0;
    pick_others(v);
    for (size_t i = 0; i < al->moved.n && i < VIEW_MOVED_MAX && v->moved == i; i++) {
        int32_t bin = al->moved.v[i].bin;

        if (bin >= 0 && (size_t)bin < v->n_bins)
            v->moved = i + 1;
    }
}

/* The head of s without control characters: each becomes a blank. */
static void put_line(struct buf *out, struct slice s)
{
    s = utf8_cut(s, SHOWN_MAX);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        buf_byte(out, (char)(c < ' ' || c == 0x7f ? ' ' : s.p[i]));
    }
}

void view_psi(const struct alert *al, struct buf *out)
{
    if (al->psi.has)
        buf_fmt(out, "%.3f", al->psi.v);
    if (al->psi.has && al->threshold > 0)
        buf_fmt(out, ", threshold %.3g", al->threshold);
}

void view_evidence(const struct alert *al, struct buf *out)
{
    if (!al->evidence || !al->p.has)
        return;
    buf_chance(out, "p", al->p.v);
    buf_fmt(out, " (%.*s); most moved: %.*s", SLICE_ARG(al->evidence->test),
            SLICE_ARG(al->evidence->moved));
}

void view_shares(const struct alert *al, struct buf *out)
{
    if (al->linf.has)
        buf_fmt(out, "largest difference %.1f %%, ", 100 * al->linf.v);
    if (al->chi2_p.has)
        buf_chance(out, "chi-square p", al->chi2_p.v);
    buf_fmt(out, "%s%lld unseen", al->chi2_p.has ? ", " : "",
            al->unseen.has ? (long long)al->unseen.v : 0);
}

void view_also(const struct alert *al, struct buf *out)
{
    for (size_t i = 0; i < al->also.n && i < VIEW_ALSO_MAX; i++) {
        const struct moved_segment *m = &al->also.v[i];

        buf_str(out, i > 0 ? ", " : "");
        put_line(out, utf8_cut(m->segment, SUBJECT_NAME_MAX));
        buf_byte(out, ' ');
        put_line(out, utf8_cut(m->feature, SUBJECT_NAME_MAX));
        buf_fmt(out, " %s", wire_severity_names[m->severity]);
    }
    if (al->also.n > VIEW_ALSO_MAX)
        buf_fmt(out, " and %zu more", al->also.n - VIEW_ALSO_MAX);
}

void view_window(const struct alert *al, struct buf *out)
{
    enum { DAY_LEN = 11 }; /* with the blank */
    char from[TIME_MINUTE_LEN + 1];
    char to[TIME_MINUTE_LEN + 1];
    bool same_day = time_floor(al->start_ms, MS_DAY) == time_floor(al->end_ms, MS_DAY);

    time_format_minute(al->start_ms, from);
    time_format_minute(al->end_ms, to);
    buf_fmt(out, "%s to %s UTC", from, same_day ? to + DAY_LEN : to);
}

void view_command(const struct alert *al, struct buf *out)
{
    static const char hex[] = "0123456789abcdef";
    bool plain = al->alert_id.n > 0;

    for (size_t i = 0; plain && i < al->alert_id.n; i++)
        plain = memchr(hex, al->alert_id.p[i], sizeof(hex) - 1) != NULL;
    buf_str(out, "absa tail -o beginning -e -J | grep ");
    if (plain) /* it goes into somebody's shell */
        buf_slice_add(out, al->alert_id);
    else
        buf_str(out, "ALERT_ID");
    buf_str(out, " | absa verify-alert -");
}

/* [absa] CRITICAL drift in all: sentiment_score, PSI 0.412 */
static void put_subject(const struct telling *t, struct buf *out)
{
    bool firing;
    enum severity most = telling_severity(t, &firing);
    const struct alert *al = &t->alerts[0];

    buf_fmt(out, "[absa] %s drift", firing ? wire_severity_names[most] : "RESOLVED");
    if (t->n == 1) {
        buf_str(out, " in ");
        put_line(out, utf8_cut(al->segment, SUBJECT_NAME_MAX));
        buf_str(out, ": ");
        put_line(out, utf8_cut(al->feature, SUBJECT_NAME_MAX));
        if (al->psi.has && firing)
            buf_fmt(out, ", PSI %.3f", al->psi.v);
    } else {
        buf_fmt(out, ": %zu alerts", t->n);
    }
    if (t->repeat > 0)
        buf_fmt(out, " (still, %d)", (int)t->repeat);
}

static void put_histograms(const struct view *v, struct buf *out)
{
    const struct alert *al = v->al;

    if (v->n_bins == 0)
        return;
    buf_str(out, "\n  baseline   ");
    bins_spark(v->bins, v->n_bins, false, out);
    buf_str(out, "\n  window     ");
    bins_spark(v->bins, v->n_bins, true, out);
    buf_str(out, "\n\n  moved most");
    for (size_t i = 0; i < v->moved; i++) {
        const struct bin *b = &v->bins[al->moved.v[i].bin];

        buf_str(out, "\n    ");
        bins_range(b, out);
        buf_fmt(out, ": %.1f %% before, %.1f %% now (%.3f of the PSI)", b->before * 100,
                b->now * 100, al->moved.v[i].psi_part);
    }
    buf_str(out, "\n");
}

static void put_others(const struct view *v, struct buf *out)
{
    for (size_t i = 0; i < v->n_others; i++) {
        const struct other_feature *o = v->others[i];

        buf_str(out, i == 0 ? "\n  also       " : "\n             ");
        put_line(out, o->name);
        buf_fmt(out, ", PSI %.3f, %s", o->psi, wire_severity_names[o->severity]);
    }
    if (v->al->others.n > v->n_others)
        buf_fmt(out, "\n             and %zu more", v->al->others.n - v->n_others);
    if (v->n_others > 0)
        buf_byte(out, '\n');
}

static void put_field(struct buf *out, const char *name, struct slice value)
{
    buf_fmt(out, "\n  %-10s ", name);
    put_line(out, value);
}

static void put_evidence(const struct alert *al, struct buf *out)
{
    struct buf line;

    buf_init(&line, 4096);
    view_evidence(al, &line);
    if (line.n > 0)
        put_field(out, "evidence", buf_slice(&line));
    buf_release(&line);
}

/* Where the values lie, or what the categories say. */
static void put_middle(const struct alert *al, struct buf *out)
{
    if (al->categories.n > 0) {
        buf_str(out, "\n  shares     ");
        view_shares(al, out);
        buf_byte(out, '\n');
        return;
    }
    buf_fmt(out, "\n  mean       %.4g before, %.4g now (sd %.4g, %.4g)\n", al->moments.mean_before,
            al->moments.mean_now, al->moments.sd_before, al->moments.sd_now);
}

static void put_alert(const struct alert *al, struct buf *out)
{
    struct view v;

    view_make(al, &v);
    buf_fmt(out, "%s: ", view_state(al));
    put_line(out, al->message);
    buf_byte(out, '\n');
    put_field(out, "feature", al->feature);
    put_field(out, "segment", al->segment);
    buf_str(out, "\n  PSI        ");
    view_psi(al, out);
    put_evidence(al, out);
    buf_str(out, "\n  window     ");
    view_window(al, out);
    buf_fmt(out, "\n  comments   %lld, worth %.1f; baseline %lld", (long long)al->n, al->n_eff,
            (long long)al->m);
    put_middle(al, out);
    put_histograms(&v, out);
    put_others(&v, out);
    if (al->also.n > 0) {
        buf_str(out, "\n  elsewhere  ");
        view_also(al, out);
        buf_byte(out, '\n');
    }
    put_field(out, "what to do", al->todo);
    buf_str(out, "\n  verify     ");
    view_command(al, out);
    buf_str(out, "\n  alert_id   ");
    put_line(out, al->alert_id);
    buf_fmt(out, ", seq %d\n", (int)al->seq);
}

static void put_text(const struct telling *t, struct buf *out)
{
    if (t->repeat > 0)
        buf_fmt(out, "Told before, and still so (reminder %d).\n\n", (int)t->repeat);
    for (size_t i = 0; i < t->n; i++) {
        if (i > 0)
            buf_str(out, "\n----\n\n");
        put_alert(&t->alerts[i], out);
    }
}

static enum status end(struct buf *const *bufs, struct err *err)
{
    for (size_t i = 0; i < 3; i++) {
        if (buf_failed(bufs[i]))
            return err_set(err, ST_FATAL, "a message is too long, or out of memory");
    }
    return ST_OK;
}

static void begin(struct buf *const *bufs)
{
    for (size_t i = 0; i < 3; i++)
        buf_clear(bufs[i]);
}

enum status render(const struct telling *t, struct buf *subject, struct buf *text, struct buf *html,
                   struct err *err)
{
    struct buf *const bufs[] = { subject, text, html };

    begin(bufs);
    put_subject(t, subject);
    put_text(t, text);
    render_html(t, buf_slice(subject), html);
    return end(bufs, err);
}

enum status render_test(const char *receiver, struct buf *subject, struct buf *text,
                        struct buf *html, struct err *err)
{
    struct buf *const bufs[] = { subject, text, html };

    begin(bufs);
    buf_fmt(subject, "[absa] TEST of receiver %s", receiver);
    buf_fmt(text,
            "This is a test, not an alert: absa notify --test %s.\n\n"
            "An alert would show both histograms, as here:\n\n"
            "  baseline   \xe2\x96\x82\xe2\x96\x85\xe2\x96\x88\xe2\x96\x85\xe2\x96\x82\n"
            "  window     \xe2\x96\x81\xe2\x96\x82\xe2\x96\x85\xe2\x96\x88\xe2\x96\x86\n",
            receiver);
    buf_str(html, "<!DOCTYPE html>\n<html><body><p>This is a test, not an alert: "
                  "<code>absa notify --test ");
    put_html(html, slice_str(receiver));
    buf_str(html, "</code>.</p></body></html>\n");
    return end(bufs, err);
}
