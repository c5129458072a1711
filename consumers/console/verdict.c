/* SPDX-License-Identifier: MIT */
#include "consumers/console/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "drift/policy.h"

enum { MESSAGE_SHOWN = 500 };

const char *verdict_level_name(enum verdict_level level)
{
    static const char *const names[] = {
        [VERDICT_NOTHING] = "nothing", [VERDICT_UNDECIDED] = "undecided", [VERDICT_OK] = "ok",
        [VERDICT_WARNING] = "WARNING", [VERDICT_CRITICAL] = "CRITICAL",
    };

    return names[level];
}

static enum verdict_level level_of(enum severity s)
{
    return s == SEVERITY_CRITICAL ? VERDICT_CRITICAL : VERDICT_WARNING;
}

/* The alert to name: the most severe, then the one that began first. */
static const struct model_alert *worst_firing(const struct model *m, size_t *n)
{
    const struct model_alert *worst = NULL;

    *n = 0;
    for (size_t i = 0; i < m->n_alerts; i++) {
        const struct model_alert *a = m->alert[i];

        if (a->state != ALERT_FIRING || !model_is_latest(m, i))
            continue;
        ++*n;
        if (!worst || a->severity > worst->severity ||
            (a->severity == worst->severity && a->episode_ms < worst->episode_ms))
            worst = a;
    }
    return worst;
}

static void say_others(struct verdict *v)
{
    const size_t n = strlen(v->lead);
    const size_t others = v->firing - 1;

    if (others > 0)
        (void)snprintf(v->lead + n, sizeof(v->lead) - n, " %zu more alert%s.", others,
                       others == 1 ? " fires" : "s fire");
}

static void say_alert(struct verdict *v, const struct model_alert *a)
{
    const struct slice message = utf8_cut(a->message, MESSAGE_SHOWN);

    v->level = level_of(a->severity);
    v->alert_id = a->alert_id;
    v->since_ms = a->episode_ms;
    if (a->others > 0)
        (void)snprintf(v->title, sizeof(v->title), "Drift: %.100s and %zu more in %.100s",
                       a->feature, a->others, a->segment);
    else
        (void)snprintf(v->title, sizeof(v->title), "Drift: %.100s in %.100s", a->feature,
                       a->segment);
    (void)snprintf(v->lead, sizeof(v->lead), "%.*s.", SLICE_ARG(message));
    say_others(v);
}

/* Of the newest windows of all series, the one that is the most to worry about: a window that
 * ended long before the newest of all says nothing of now. */
static const struct model_window *worst_window(const struct model *m, const char **segment)
{
    const struct model_window *worst = NULL;

    for (size_t i = 0; i < m->n_series; i++) {
        const struct model_series *s = &m->series[i];
        const struct model_window *w = s->v[s->n - 1];

        if (w->end_ms + (w->end_ms - w->start_ms) < m->newest_ms || isnan(w->psi))
            continue;
        if (!worst || w->severity > worst->severity ||
            (w->severity == worst->severity && w->psi > worst->psi)) {
            worst = w;
            *segment = s->segment;
        }
    }
    return worst;
}

static void say_window(struct verdict *v, const struct model_window *w, const char *segment)
{
    const struct policy *p = NULL;
    struct err ignored = { 0 };
    const double step = policy_find(slice_str(w->policy), &p, &ignored) == ST_OK ? p->warning : 0.2;

    if (w->severity > SEVERITY_NONE) {
        v->level = level_of(w->severity);
        (void)snprintf(v->title, sizeof(v->title), "Past a threshold: %.100s in %.100s", w->worst,
                       segment);
        (void)snprintf(v->lead, sizeof(v->lead), "Its PSI is %.3g; no alert fires for it.", w->psi);
        return;
    }
    v->level = VERDICT_OK;
    (void)snprintf(v->title, sizeof(v->title), "No drift");
    (void)snprintf(v->lead, sizeof(v->lead),
                   "No alert fires. The furthest from its baseline is %.100s in %.100s, with a PSI "
                   "of %.3g; %.2g is the first threshold.",
                   w->worst, segment, w->psi, step);
}

static void say_undecided(struct verdict *v, const struct model *m)
{
    const struct model_series *s = model_series_of(m, "all", NULL);
    const struct model_window *w = model_window_at(s ? s : &m->series[0], -1);

    v->level = VERDICT_UNDECIDED;
    (void)snprintf(v->title, sizeof(v->title), "Too little to judge");
    (void)snprintf(v->lead, sizeof(v->lead),
                   "The newest window holds %" PRId64 " comment%s of %" PRId64
                   " video%s: fewer than window.min_samples or window.min_videos ask for. That is "
                   "no alert, and no all-clear.",
                   w->n, w->n == 1 ? "" : "s", w->videos, w->videos == 1 ? "" : "s");
}

struct verdict verdict_of(const struct model *m)
{
    struct verdict v = { .level = VERDICT_NOTHING };
    const struct model_alert *a = worst_firing(m, &v.firing);
    const char *segment = "";

    if (a) {
        say_alert(&v, a);
        return v;
    }
    if (m->n_series == 0) {
        (void)snprintf(v.title, sizeof(v.title), "Nothing judged yet");
        (void)snprintf(v.lead, sizeof(v.lead),
                       "No window has come. One is judged when its time is over and a later "
                       "comment has arrived.");
        return v;
    }
    const struct model_window *w = worst_window(m, &segment);
    if (w)
        say_window(&v, w, segment);
    else
        say_undecided(&v, m);
    return v;
}
