/* SPDX-License-Identifier: MIT */
/* because.c -- the first condition that was met or failed, and what it would have taken. */
#include <inttypes.h>

#include "cli/why/account.h"
#include "drift/reference.h"
#include "drift/scan.h"
#include "drift/training.h"
#include "report/words.h"
#include "wire/table.h"

static void because_weighed(const struct why *y, enum why_reason r, struct buf *out)
{
    const struct window_feature *f = &y->feature;

    if (r == WHY_SMALL) {
        buf_fmt(out, "PSI %.3g is not above %g", f->psi.v, y->policy->warning);
    } else if (r == WHY_NO_EVIDENCE && f->q.has) {
        buf_fmt(out, "this window by itself could be chance: q %.3g is above its level %.3g",
                f->q.v, y->level);
    } else if (r == WHY_NO_EVIDENCE) {
        buf_str(out, "no test could be done");
    } else if (r == WHY_SMALL_EFFECT) {
        buf_fmt(out, "evidence (q %.3g), but of a small change: PSI %.3g, effect %.3g", f->q.v,
                f->psi.v, f->effect.has ? f->effect.v : 0.0);
    } else if (r == WHY_SHORT) {
        buf_fmt(out,
                "this window shows it, but no run of panes did by the stricter level of a "
                "boundary%s",
                y->policy->early ? "" : ", or not at enough of them in a row");
    } else {
        buf_fmt(out,
                "PSI %.3g is above %g, but there is no alert of it: other alerts, or other "
                "settings than the run had",
                f->psi.v, y->policy->warning);
    }
}

static void because_state(const struct window *w, struct buf *out)
{
    const char *stale = word_stale(w->stale_by);

    buf_fmt(out, "the window is not judged: %s", wire_window_state_names[w->state]);
    if (stale)
        buf_fmt(out, ", %s", stale);
    if (w->state == WINDOW_TRAINING_SKEW)
        buf_str(out, ", " TRAINING_SENTENCE);
    if (w->state == WINDOW_WARMING || w->state == WINDOW_NO_BASELINE)
        buf_str(out, ", the baseline has too little of this segment, which is still learning from "
                     "its own first windows");
}

/* What the window shows, whatever fires. */
static void because_alone(const struct why *y, enum why_reason r, struct buf *out)
{
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
        because_weighed(y, r, out);
    }
}

static void because_it_goes_on(const struct why *y, struct buf *out)
{
    const enum why_reason alone = why_alone(y);

    buf_str(out, "the alert that fires names it");
    if (alone == WHY_REASONS || alone == WHY_SMALL_EFFECT) {
        buf_str(out, ": nothing new was to be said");
        return;
    }
    buf_str(out, ", and goes on: ");
    because_alone(y, alone, out);
}

void why_because(const struct why *y, struct buf *out)
{
    const enum why_reason r = why_answer(y);

    if (r == WHY_ALERT)
        buf_str(out, "an alert of this window names it");
    else if (r == WHY_GOES_ON)
        because_it_goes_on(y, out);
    else if (r == WHY_OTHER)
        buf_fmt(out, "%s, while the alert that fires names other features",
                y->policy->scans ? "this window shows it" : "over a threshold");
    else
        because_alone(y, r, out);
}

static void needed_weighed(const struct why *y, enum why_reason r, struct buf *out)
{
    if (r == WHY_SMALL)
        buf_fmt(out, "PSI above %g for WARNING, above %g for CRITICAL", y->policy->warning,
                y->policy->critical);
    else if (r == WHY_NO_EVIDENCE)
        buf_str(out, "evidence in a run of panes: a larger change, or as large a one in more "
                     "comments");
    else if (r == WHY_SMALL_EFFECT)
        buf_fmt(out, "an effect above %g at %" PRId64 " boundaries in a row, or PSI above %g",
                y->rules.effect_min, y->rules.streak_min, y->policy->warning);
    else if (r == WHY_SHORT && y->policy->early)
        buf_str(out, "evidence at a boundary, by the segment's share of its level");
    else if (r == WHY_SHORT)
        buf_fmt(out, "evidence at %" PRId64 " boundaries in a row, or at one with PSI above %g",
                y->rules.streak_min, y->policy->warning);
}

static void needed_state(const struct why *y, struct buf *out)
{
    const enum window_state s = y->window.state;
    const char *todo = word_stale_todo(y->window.stale_by);

    if (todo)
        buf_str(out, todo);
    if (s == WINDOW_WARMING || s == WINDOW_NO_BASELINE) {
        buf_fmt(out,
                "%" PRId64 " comments of %d videos (drift.warming.comments), or a baseline that "
                "has %d of it: absa baseline --segments",
                y->rules.warming_comments, REFERENCE_VIDEOS, REFERENCE_COMMENTS);
    }
}

void why_needed(const struct why *y, struct buf *out)
{
    const enum why_reason r = why_answer(y);
    const int64_t min = y->rules.min_samples;

    const bool few = r == WHY_FEW_VIDEOS && y->feature.n_eff < SCAN_EFF_MIN;

    if (y->policy->scans && (r == WHY_NO_DATA || few))
        buf_fmt(out, "%d effective comments, of %" PRId64 " effective videos", SCAN_EFF_MIN,
                y->rules.min_videos);
    else if (r == WHY_FEW_COMMENTS || r == WHY_NO_DATA)
        buf_fmt(out, "%" PRId64 " more comments", min - y->window.n);
    else if (r == WHY_STATE)
        needed_state(y, out);
    else if (r == WHY_FEW_VALUES)
        buf_fmt(out, "%" PRId64 " more comments with a value", min - y->feature.n);
    else if (r == WHY_FEW_VIDEOS)
        buf_fmt(out, "%.1f more effective videos",
                (double)y->rules.min_videos - y->window.videos_eff);
    else if (!why_is_alert(r))
        needed_weighed(y, r, out);
}
