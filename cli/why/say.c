/* SPDX-License-Identifier: MIT */
/* say.c -- the answer in words, and as JSON. Names are of strangers: they are escaped. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/time.h"
#include "cli/why/account.h"
#include "drift/scan.h"
#include "drift/training.h"
#include "report/words.h"
#include "text/visible.h"
#include "wire/table.h"

enum { WORDS_MAX = 4096 };

static const char *state_word(enum window_state s)
{
    return wire_window_state_names[s];
}

static const char *severity_word(enum severity s)
{
    return wire_severity_names[s];
}

static void add_figure(struct buf *out, const char *name, struct opt_double x)
{
    if (x.has)
        buf_fmt(out, ", %s %.3g", name, x.v);
}

static void because_weighed(const struct why *y, enum why_reason r, struct buf *out)
{
    const struct window_feature *f = &y->feature;

    if (r == WHY_SMALL)
        buf_fmt(out, "PSI %.3g is not above %g", f->psi.v, y->policy->warning);
    else if (r == WHY_NO_EVIDENCE && f->q.has)
        buf_fmt(out, "it could be chance: q %.3g is above the level %.3g", f->q.v, y->level);
    else if (r == WHY_NO_EVIDENCE)
        buf_str(out, "no test could be done");
    else if (r == WHY_SMALL_EFFECT)
        buf_fmt(out, "evidence (q %.3g), but of a small change: PSI %.3g, effect %.3g", f->q.v,
                f->psi.v, f->effect.has ? f->effect.v : 0.0);
    else if (r == WHY_SHORT)
        buf_str(out, "this window shows it, but the scan found it in no run of panes, or not at "
                     "enough successive boundaries");
    else
        buf_fmt(out,
                "PSI %.3g is above %g, but there is no alert of it: other alerts, or other "
                "settings than the run had",
                f->psi.v, y->policy->warning);
}

/* Of the reasons for which there was an alert. */
static void because_alert(enum why_reason r, struct buf *out)
{
    if (r == WHY_ALERT)
        buf_str(out, "an alert of this window names it");
    else if (r == WHY_GOES_ON)
        buf_str(out, "the alert that fires names it: nothing new was to be said");
    else
        buf_str(out, "over a threshold, while the alert that fires names other features");
}

static void because_state(const struct window *w, struct buf *out)
{
    const char *stale = word_stale(w->stale_by);

    buf_fmt(out, "the window is not judged: %s", state_word(w->state));
    if (stale)
        buf_fmt(out, ", %s", stale);
    if (w->state == WINDOW_TRAINING_SKEW)
        buf_str(out, ", " TRAINING_SENTENCE);
}

void why_because(const struct why *y, struct buf *out)
{
    const enum why_reason r = why_answer(y);
    const struct window *w = &y->window;

    switch (r) {
    case WHY_NO_DATA:
        buf_str(out, "no comment came");
        break;
    case WHY_STATE:
        because_state(w, out);
        break;
    case WHY_FEW_COMMENTS:
        buf_fmt(out, "too few comments: %" PRId64 " of %" PRId64, w->n, y->rules.min_samples);
        break;
    case WHY_FEW_VIDEOS:
        buf_fmt(out, "too few videos: %.1f effective of %" PRId64, w->videos_eff,
                y->rules.min_videos);
        break;
    case WHY_FEW_VALUES:
        buf_fmt(out, "too few comments have a value: %" PRId64 " of %" PRId64, y->feature.n,
                y->rules.min_samples);
        break;
    case WHY_UNDEFINED:
        buf_str(out, "no PSI is defined between baseline and window");
        break;
    default:
        if (why_is_alert(r))
            because_alert(r, out);
        else
            because_weighed(y, r, out);
    }
}

static void needed_weighed(const struct why *y, enum why_reason r, struct buf *out)
{
    if (r == WHY_SMALL)
        buf_fmt(out, "PSI above %g for WARNING, above %g for CRITICAL", y->policy->warning,
                y->policy->critical);
    else if (r == WHY_NO_EVIDENCE)
        buf_fmt(out, "q at most %.3g: a larger change, or as large a one in more comments",
                y->level);
    else if (r == WHY_SMALL_EFFECT)
        buf_fmt(out, "an effect above %g at %" PRId64 " successive boundaries, or PSI above %g",
                y->rules.effect_min, y->rules.streak_min, y->policy->warning);
    else if (r == WHY_SHORT && y->policy->early)
        buf_str(out, "evidence at a boundary, by the segment's share of its level");
    else if (r == WHY_SHORT)
        buf_fmt(out, "evidence at %" PRId64 " successive boundaries, or at one with PSI above %g",
                y->rules.streak_min, y->policy->warning);
}

void why_needed(const struct why *y, struct buf *out)
{
    const enum why_reason r = why_answer(y);
    const int64_t min = y->rules.min_samples;

    if (r == WHY_NO_DATA && y->policy->scans)
        buf_fmt(out, "%d effective comments, of %" PRId64 " effective videos", SCAN_EFF_MIN,
                y->rules.min_videos);
    else if (r == WHY_FEW_COMMENTS || r == WHY_NO_DATA)
        buf_fmt(out, "%" PRId64 " more comments", min - y->window.n);
    else if (r == WHY_FEW_VALUES)
        buf_fmt(out, "%" PRId64 " more comments with a value", min - y->feature.n);
    else if (r == WHY_FEW_VIDEOS)
        buf_fmt(out, "%.1f more effective videos",
                (double)y->rules.min_videos - y->window.videos_eff);
    else if (!why_is_alert(r))
        needed_weighed(y, r, out);
}

static void say_alert(const struct why *y, struct buf *out)
{
    const struct alert *al = &y->alert.last;
    const struct alert_evidence *e = al->evidence;
    char since[TIME_MINUTE_LEN + 1];

    if (!y->alert.any) {
        buf_str(out, "  episode   none so far\n");
        return;
    }
    time_format_minute(al->episode_ms, since);
    buf_fmt(out, "  episode   %s, %s since %s, number %d, of ",
            al->state == ALERT_FIRING ? "firing" : "resolved", severity_word(al->severity), since,
            al->seq);
    visible_add(al->feature, out);
    if (al->psi.has)
        buf_fmt(out, ": PSI %.3g", al->psi.v);
    add_figure(out, "p", al->p);
    add_figure(out, "q", al->q);
    buf_fmt(out, ", %.1f effective\n", al->n_eff);
    if (e) {
        buf_fmt(out,
                "            level %.3g, effect %.3g (asked: %g), boundary %d of %d; ends after "
                "%" PRId64 " calm boundaries\n",
                e->level, e->effect, e->effect_min, e->streak, e->streak_min,
                y->rules.keep_firing_for);
    }
}

static void say_scan(const struct why *y, struct buf *out)
{
    char at[TIME_MINUTE_LEN + 1];

    if (!why_scan_is_of_it(y))
        return;
    time_format_minute(y->scan.closed_ms, at);
    buf_fmt(out, "%s UTC: boundary %d of %" PRId64 " in a row that shows an effect", at,
            y->scan.streak, y->rules.streak_min);
    if (y->alert.any && y->alert.last.state == ALERT_FIRING)
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
    add_figure(out, "effect", f->effect);
    add_figure(out, "p", f->p);
    add_figure(out, "q", f->q);
    if (f->test.n > 0) {
        buf_str(out, ", test ");
        visible_add(f->test, out);
    }
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
    if (y->policy->scans) {
        buf_fmt(out,
                "  asked     runs of %d effective comments, %" PRId64
                " videos, policy %s, level %.3g, for %" PRId64,
                SCAN_EFF_MIN, y->rules.min_videos, y->policy->name, y->level, y->rules.streak_min);
    } else {
        buf_fmt(out, "  asked     %" PRId64 " comments, %" PRId64 " videos, policy %s",
                y->rules.min_samples, y->rules.min_videos, y->policy->name);
    }
    buf_byte(out, '\n');
    say_alert(y, out);
    say_line("scan", say_scan, y, out);
}

/* json_object_set_new() takes the value over and refuses NULL, so one flag tells of all. */
static void set(json_t *o, const char *name, json_t *v, int *bad)
{
    *bad |= json_object_set_new(o, name, v);
}

static json_t *real(struct opt_double x)
{
    return x.has && isfinite(x.v) ? json_real(x.v) : json_null();
}

static json_t *plain(double x)
{
    return real((struct opt_double){ x, true });
}

static json_t *text(struct slice s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

static json_t *words(const struct why *y, void (*say)(const struct why *, struct buf *))
{
    struct buf b;

    buf_init(&b, WORDS_MAX);
    say(y, &b);
    json_t *v = b.n > 0 ? text(buf_slice(&b)) : json_null();
    buf_release(&b);
    return v;
}

static void set_measured(json_t *o, const struct why *y, int *bad)
{
    const struct window *w = &y->window;
    const struct window_feature *f = &y->feature;

    set(o, "state", json_string(state_word(w->state)), bad);
    if (w->stale_by.n > 0)
        set(o, "stale_by", text(w->stale_by), bad);
    set(o, "n", json_integer(w->n), bad);
    set(o, "videos", json_integer(w->videos), bad);
    set(o, "videos_eff", plain(w->videos_eff), bad);
    set(o, "n_values", json_integer(f->n), bad);
    set(o, "n_eff", plain(f->n_eff), bad);
    set(o, "psi", real(f->psi), bad);
    set(o, "effect", real(f->effect), bad);
    set(o, "p", real(f->p), bad);
    set(o, "q", real(f->q), bad);
    set(o, "test", text(f->test), bad);
    set(o, "severity", json_string(severity_word(f->severity)), bad);
}

static void set_rules(json_t *o, const struct why *y, int *bad)
{
    set(o, "policy", json_string(y->policy->name), bad);
    set(o, "min_samples", json_integer(y->rules.min_samples), bad);
    set(o, "min_videos", json_integer(y->rules.min_videos), bad);
    set(o, "psi_warning", plain(y->policy->warning), bad);
    set(o, "psi_critical", plain(y->policy->critical), bad);
    set(o, "level", y->policy->scans ? plain(y->level) : json_null(), bad);
    set(o, "effect_min", y->policy->scans ? plain(y->rules.effect_min) : json_null(), bad);
    set(o, "for", y->policy->scans ? json_integer(y->rules.streak_min) : json_null(), bad);
    set(o, "keep_firing_for",
        y->policy->scans ? json_integer(y->rules.keep_firing_for) : json_null(), bad);
}

static json_t *episode(const struct why *y, int *bad)
{
    const struct alert *al = &y->alert.last;

    if (!y->alert.any)
        return json_null();
    json_t *o = json_object();
    set(o, "alert_id", text(al->alert_id), bad);
    set(o, "seq", json_integer(al->seq), bad);
    set(o, "state", json_string(al->state == ALERT_FIRING ? "firing" : "resolved"), bad);
    set(o, "severity", json_string(severity_word(al->severity)), bad);
    set(o, "feature", text(al->feature), bad);
    set(o, "episode_ms", json_integer(al->episode_ms), bad);
    set(o, "end_ms", json_integer(al->end_ms), bad);
    set(o, "p", real(al->p), bad);
    set(o, "q", real(al->q), bad);
    set(o, "n_eff", plain(al->n_eff), bad);
    set(o, "streak", al->evidence ? json_integer(al->evidence->streak) : json_null(), bad);
    return o;
}

static json_t *scan(const struct why *y, int *bad)
{
    if (!why_scan_is_of_it(y))
        return json_null();
    json_t *o = json_object();
    set(o, "closed_ms", json_integer(y->scan.closed_ms), bad);
    set(o, "streak", json_integer(y->scan.streak), bad);
    set(o, "calm", json_integer(y->scan.calm), bad);
    return o;
}

enum status why_json(const struct why *y, struct buf *out, struct err *err)
{
    const enum why_reason r = why_answer(y);
    json_t *o = json_object();
    char *line = NULL;
    int bad = 0;

    set(o, "feature", text(y->asked.feature), &bad);
    set(o, "segment", text(y->asked.segment), &bad);
    set(o, "start_ms", json_integer(y->window.start_ms), &bad);
    set(o, "end_ms", json_integer(y->window.end_ms), &bad);
    set(o, "alert", json_boolean(why_is_alert(r)), &bad);
    set(o, "reason", json_string(why_name(r)), &bad);
    set(o, "because", words(y, why_because), &bad);
    set(o, "needed", words(y, why_needed), &bad);
    set_measured(o, y, &bad);
    set_rules(o, y, &bad);
    set(o, "episode", episode(y, &bad), &bad);
    set(o, "scan", scan(y, &bad), &bad);
    if (!bad)
        line = json_dumps(o, JSON_REAL_PRECISION(17));
    json_decref(o);
    if (!line)
        return err_set(err, ST_FATAL, "out of memory, or a name that is not UTF-8");
    buf_str(out, line);
    buf_byte(out, '\n');
    free(line);
    return ST_OK;
}
