/* SPDX-License-Identifier: MIT */
/* say.c -- the answer in words. Names are of strangers: they are escaped. */
#include <inttypes.h>

#include "base/time.h"
#include "cli/why/account.h"
#include "drift/scan.h"
#include "text/visible.h"
#include "wire/table.h"

/* To three digits, since a level stands beside it. */
static void add_chance(struct buf *out, const char *name, struct opt_double x)
{
    if (x.has && x.v < 1e-300)
        buf_chance(out, name, x.v);
    else if (x.has)
        buf_fmt(out, "%s %.3g", name, x.v);
}

/* By what rule of the policy an alert of the scan fires. */
static void say_rule(const struct why *y, struct buf *out)
{
    const struct alert *al = &y->alert.last;
    const struct alert_evidence *e = al->evidence;

    buf_fmt(out, "            level %.3g, effect %.3g", e->level, e->effect);
    if (al->state == ALERT_RESOLVED) {
        if (al->q.has && al->q.v > e->level)
            buf_str(out, ": no evidence left");
        buf_byte(out, '\n');
        return;
    }
    if (al->threshold > 0)
        buf_fmt(out, ": evidence, and PSI above %g", al->threshold);
    else if (y->policy->early)
        buf_str(out, ": evidence");
    else
        buf_fmt(out, ": evidence of one above %g, boundary %d of %d in a row", e->effect_min,
                e->streak, e->streak_min);
    buf_fmt(out, "; ends after %" PRId64 " calm boundaries\n", y->rules.keep_firing_for);
}

static void say_alert(const struct why *y, struct buf *out)
{
    const struct alert *al = &y->alert.last;
    char since[TIME_MINUTE_LEN + 1];
    char told[TIME_MINUTE_LEN + 1];

    if (!y->alert.any) {
        buf_str(out, "  episode   none so far\n");
        return;
    }
    time_format_minute(al->episode_ms, since);
    time_format_minute(al->end_ms, told);
    buf_fmt(out, "  episode   %s, %s, of a change since %s; last told %s (number %d), of ",
            al->state == ALERT_FIRING ? "firing" : "resolved", wire_severity_names[al->severity],
            since, told, al->seq);
    visible_add(al->feature, out);
    if (al->psi.has)
        buf_fmt(out, ": PSI %.3g", al->psi.v);
    add_chance(out, ", p", al->p);
    add_chance(out, ", q", al->q);
    buf_fmt(out, ", %.1f effective\n", al->n_eff);
    if (al->evidence)
        say_rule(y, out);
}

static void say_later(const struct why *y, struct buf *out)
{
    char from[TIME_MINUTE_LEN + 1];
    char told[TIME_MINUTE_LEN + 1];

    if (!y->later.known || why_is_alert(why_answer(y)))
        return;
    time_format_minute(y->later.start_ms, from);
    time_format_minute(y->later.end_ms, told);
    buf_fmt(out, "an alert told %s names it, by a run since %s that reaches into this window", told,
            from);
}

static void say_scan(const struct why *y, struct buf *out)
{
    char at[TIME_MINUTE_LEN + 1];

    if (!why_scan_is_of_it(y))
        return;
    time_format_minute(y->scan.closed_ms, at);
    buf_fmt(out, "%s UTC: boundary %d of %" PRId64 " in a row that shows an effect", at,
            y->scan.streak, y->rules.streak_min);
    if (why_fires(y))
        buf_fmt(out, "; calm at %d of %" PRId64, y->scan.calm, y->rules.keep_firing_for);
}

static void say_line(const char *name, void (*say)(const struct why *, struct buf *),
                     const struct why *y, struct buf *out)
{
    const size_t before = out->n;

    buf_fmt(out, "  %-9s ", name);
    const size_t start = out->n;
    say(y, out);
    if (out->n == start)
        buf_truncate(out, before);
    else
        buf_byte(out, '\n');
}

static void say_measured(const struct why *y, struct buf *out)
{
    const struct window_feature *f = &y->feature;

    if (!f->psi.has)
        return;
    buf_fmt(out, "PSI %.3g", f->psi.v);
    if (f->effect.has)
        buf_fmt(out, ", effect %.3g", f->effect.v);
    add_chance(out, ", p", f->p);
    add_chance(out, ", q", f->q);
    if (f->test.n > 0) {
        buf_str(out, ", test ");
        visible_add(f->test, out);
    }
}

static void say_asked(const struct why *y, struct buf *out)
{
    if (!y->policy->scans) {
        buf_fmt(out, "%" PRId64 " comments, %" PRId64 " effective videos, policy %s",
                y->rules.min_samples, y->rules.min_videos, y->policy->name);
        return;
    }
    buf_fmt(out,
            "policy %s, of runs of %d effective comments, %" PRId64
            " effective videos; q at most %.3g in a window, less at a boundary",
            y->policy->name, SCAN_EFF_MIN, y->rules.min_videos, y->level);
    if (!y->policy->early)
        buf_fmt(out, "; %" PRId64 " boundaries in a row where PSI is not above %g",
                y->rules.streak_min, y->policy->warning);
}

void why_say(const struct why *y, struct buf *out)
{
    const struct window *w = &y->window;
    char from[TIME_MINUTE_LEN + 1];
    char to[TIME_MINUTE_LEN + 1];

    time_format_minute(w->start_ms, from);
    time_format_minute(w->end_ms, to);
    visible_add(y->asked.feature, out);
    buf_str(out, " in ");
    visible_add(y->asked.segment, out);
    buf_fmt(out, ", %s to %s UTC: %s\n", from, to,
            why_is_alert(why_answer(y)) ? "alert" : "no alert");
    say_line("because", why_because, y, out);
    say_line("needed", why_needed, y, out);
    say_line("measured", say_measured, y, out);
    buf_fmt(out,
            "  data      %" PRId64 " comments, %" PRId64 " with a value, %.1f effective; %" PRId64
            " videos, %.1f effective\n",
            w->n, y->feature.n, y->feature.n_eff, w->videos, w->videos_eff);
    say_line("asked", say_asked, y, out);
    say_alert(y, out);
    say_line("later", say_later, y, out);
    say_line("scan", say_scan, y, out);
}
