/* SPDX-License-Identifier: MIT */
#include "cli/why/account.h"

#include "stats/family.h"

static enum status keep(struct why *y, struct slice *s, struct err *err)
{
    *s = arena_copy(y->keep, *s);
    return s->p ? ST_OK : err_set(err, ST_FATAL, "out of memory");
}

static const struct window_feature *find_feature(const struct why *y, const struct window *w)
{
    for (size_t i = 0; i < w->features.n; i++) {
        if (slice_eq(w->features.v[i].name, y->asked.feature))
            return &w->features.v[i];
    }
    return NULL;
}

/* The window without what is borrowed from the line. */
static enum status keep_window(struct why *y, const struct window *w, struct err *err)
{
    enum status st = policy_find(w->policy, &y->policy, err);

    if (st != ST_OK)
        return err_set(err, ST_REJECT,
                       "a window of policy '%.*s', which this version does not know",
                       SLICE_ARG(w->policy));
    y->window = (struct window){ .run = w->run,
                                 .segment = y->asked.segment,
                                 .start_ms = w->start_ms,
                                 .end_ms = w->end_ms,
                                 .state = w->state,
                                 .stale_by = w->stale_by,
                                 .n = w->n,
                                 .n_eff = w->n_eff,
                                 .videos = w->videos,
                                 .videos_eff = w->videos_eff,
                                 .policy = slice_str(y->policy->name) };
    y->level = y->policy->scans ? family_level(y->rules.false_alarms, w->end_ms - w->start_ms) : 0;
    y->found = true;
    return keep(y, &y->window.stale_by, err);
}

enum status why_take_window(struct why *y, const struct window *w, struct err *err)
{
    const struct window_feature *f = find_feature(y, w);

    y->feature_seen = y->feature_seen || f;
    y->features_seen = y->features_seen || w->features.n > 0;
    if (!slice_eq(w->segment, y->asked.segment))
        return ST_OK;
    y->segment_seen = true;
    if (y->asked.at_ms < w->start_ms || y->asked.at_ms >= w->end_ms)
        return ST_OK;
    if (w->state == WINDOW_TRAINING_SKEW && y->found && y->window.state != w->state)
        return ST_OK; /* it is of the baseline; what was judged then says more */
    y->feature = f ? *f : (struct window_feature){ 0 };
    y->feature.name = y->asked.feature;
    y->feature.bins = (struct longs){ 0 };
    enum status st = f ? keep(y, &y->feature.test, err) : ST_OK;
    return st == ST_OK ? keep_window(y, w, err) : st;
}

static bool names(const struct why *y, const struct alert *al)
{
    if (slice_eq(al->feature, y->asked.feature))
        return true;
    for (size_t i = 0; i < al->others.n; i++) {
        if (slice_eq(al->others.v[i].name, y->asked.feature))
            return true;
    }
    return false;
}

static enum status keep_alert(struct why *y, const struct alert *al, struct err *err)
{
    struct alert *to = &y->alert.last;
    struct alert_evidence *e = NULL;

    if (al->evidence) {
        e = arena_zalloc(y->keep, sizeof(*e));
        if (!e)
            return err_set(err, ST_FATAL, "out of memory");
        e->level = al->evidence->level;
        e->effect = al->evidence->effect;
        e->effect_min = al->evidence->effect_min;
        e->streak = al->evidence->streak;
        e->streak_min = al->evidence->streak_min;
    }
    *to = (struct alert){ .alert_id = al->alert_id,
                          .seq = al->seq,
                          .state = al->state,
                          .severity = al->severity,
                          .feature = al->feature,
                          .start_ms = al->start_ms,
                          .end_ms = al->end_ms,
                          .episode_ms = al->episode_ms,
                          .psi = al->psi,
                          .threshold = al->threshold,
                          .p = al->p,
                          .q = al->q,
                          .n = al->n,
                          .n_eff = al->n_eff,
                          .evidence = e };
    enum status st = keep(y, &to->alert_id, err);
    return st == ST_OK ? keep(y, &to->feature, err) : st;
}

static void note_later(struct why *y, const struct alert *al)
{
    if (!y->policy->scans || y->later.known || al->state != ALERT_FIRING ||
        al->start_ms >= y->window.end_ms || !names(y, al))
        return;
    y->later = (struct why_later){ true, al->start_ms, al->end_ms };
}

enum status why_take_alert(struct why *y, const struct alert *al, struct err *err)
{
    if (!y->found || !slice_eq(al->segment, y->asked.segment))
        return ST_OK;
    if (al->end_ms > y->window.end_ms) {
        note_later(y, al);
        return ST_OK;
    }
    bool named = al->state == ALERT_FIRING && names(y, al);

    y->alert.any = true;
    y->alert.named = named;
    y->alert.in_window = y->alert.in_window || (named && al->end_ms > y->window.start_ms);
    return keep_alert(y, al, err);
}

void why_take_closed(struct why *y, int64_t closed_ms)
{
    y->scan.known = true;
    y->scan.closed_ms = closed_ms;
}

void why_take_streak(struct why *y, int32_t streak, int32_t calm)
{
    y->scan.streak = streak;
    y->scan.calm = calm;
}

bool why_scan_is_of_it(const struct why *y)
{
    const int64_t length_ms = y->window.end_ms - y->window.start_ms;

    return y->scan.known && y->policy->scans && y->scan.closed_ms >= y->window.end_ms &&
           y->scan.closed_ms - y->window.end_ms < length_ms;
}

/* Whether n is fewer than a window needs. A run of the scan needs others (drift/scan.h), and may
 * be longer than a window. */
static bool is_few(const struct why *y, int64_t n)
{
    return !y->policy->scans && n < y->rules.min_samples;
}

/* Whether its state lets the feature be weighed: by the scan, how few comments a window has does
 * not matter. */
static bool is_weighed(const struct why *y)
{
    const enum window_state s = y->window.state;

    return s == WINDOW_EVALUATED || s == WINDOW_INCOMPLETE ||
           (s == WINDOW_INSUFFICIENT_DATA && y->policy->scans);
}

/* What kept the window, or the feature in it, from being judged; WHY_REASONS: nothing. */
static enum why_reason power(const struct why *y)
{
    const struct window *w = &y->window;

    if (w->n == 0 && w->state != WINDOW_BASELINE_STALE) /* else some came, of another bundle */
        return WHY_NO_DATA;
    if (w->state == WINDOW_INSUFFICIENT_DATA || w->state == WINDOW_INCOMPLETE) {
        if (is_few(y, w->n))
            return WHY_FEW_COMMENTS;
        if (w->videos_eff < (double)y->rules.min_videos)
            return WHY_FEW_VIDEOS;
    }
    if (!is_weighed(y))
        return WHY_STATE;
    if (is_few(y, y->feature.n))
        return WHY_FEW_VALUES;
    return y->feature.psi.has ? WHY_REASONS : WHY_UNDEFINED;
}

bool why_fires(const struct why *y)
{
    return y->alert.any && y->alert.last.state == ALERT_FIRING;
}

/* What was measured, of a feature that can be weighed. */
static enum why_reason weigh(const struct why *y)
{
    const struct window_feature *f = &y->feature;
    const bool over = policy_severity(y->policy, f->psi.v) != SEVERITY_NONE;

    if (!y->policy->scans)
        return over ? WHY_REASONS : WHY_SMALL;
    if (!f->q.has || f->q.v > y->level)
        return WHY_NO_EVIDENCE;
    if (over || y->policy->early || (f->effect.has && f->effect.v > y->rules.effect_min))
        return WHY_REASONS;
    return WHY_SMALL_EFFECT;
}

enum why_reason why_alone(const struct why *y)
{
    const enum why_reason r = power(y);

    return r == WHY_REASONS ? weigh(y) : r;
}

/* Nothing was written: an alert that names the feature goes on unless this window ended that. */
static enum why_reason unwritten(const struct why *y, enum why_reason alone)
{
    const bool shows = alone == WHY_REASONS || alone == WHY_SMALL_EFFECT;

    if (why_fires(y) && y->alert.named && alone != WHY_SMALL)
        return WHY_GOES_ON;
    if (why_fires(y) && shows)
        return WHY_OTHER;
    if (alone != WHY_REASONS)
        return alone;
    return y->policy->scans ? WHY_SHORT : WHY_MISSING;
}

enum why_reason why_answer(const struct why *y)
{
    return y->alert.in_window ? WHY_ALERT : unwritten(y, why_alone(y));
}

const char *why_name(enum why_reason r)
{
    static const char *const names[WHY_REASONS] = {
        "alert",        "goes_on",      "other_features",  "no_data",   "state",
        "few_comments", "few_videos",   "few_values",      "undefined", "small_change",
        "no_evidence",  "small_effect", "not_long_enough", "no_record"
    };

    return r < WHY_REASONS ? names[r] : "";
}

bool why_is_alert(enum why_reason r)
{
    return r <= WHY_OTHER;
}
