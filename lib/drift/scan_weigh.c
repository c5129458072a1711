/* SPDX-License-Identifier: MIT */
#include "drift/scan_weigh.h"

#include <math.h>

#include "stats/distance.h"

enum status scan_look(struct scan *s, const struct history *h, const struct scan_rules *rules,
                      int64_t from_ms, int64_t at_ms, struct err *err)
{
    size_t from = history_needed(h, at_ms, rules->span_ms, SCAN_COMMENTS_MAX);
    size_t unused = history_seek(h, from_ms);

    return scan_run(s, h, from > unused ? from : unused, rules->min_videos, err);
}

static bool has_effect(const struct scan_feature *f, const struct scan_rules *rules)
{
    return f->runs > 0 && f->outcome.effect > rules->effect_min;
}

static bool is_worse(const struct scan_weight *w, size_t i)
{
    if (w->severity[i] == SEVERITY_NONE || w->worst < 0)
        return w->severity[i] != SEVERITY_NONE;
    if (w->severity[i] != w->severity[w->worst])
        return w->severity[i] > w->severity[w->worst];
    return w->p[i] < w->p[w->worst];
}

void scan_weigh(const struct scan *s, const struct scan_rules *rules, int32_t streak_before,
                struct scan_weight *out)
{
    size_t n = s->base->n;

    out->worst = -1;
    out->streak = 0;
    for (size_t i = 0; i < n; i++)
        out->p[i] = s->features[i].p;
    dist_bh(out->p, n, out->q);
    for (size_t i = 0; i < n; i++)
        if (out->q[i] <= out->level && has_effect(&s->features[i], rules))
            out->streak = streak_before < INT32_MAX ? streak_before + 1 : streak_before;
    for (size_t i = 0; i < n; i++) {
        const struct scan_feature *f = &s->features[i];
        const struct weighed w = {
            .psi = f->psi,
            .evidence = out->q[i] <= out->level,
            .lasting = has_effect(f, rules) && out->streak >= rules->streak_min,
        };

        out->severity[i] = policy_weigh(rules->policy, &w);
        if (is_worse(out, i))
            out->worst = (int32_t)i;
    }
}

struct scan_memory scan_remember(const struct scan *s, const struct scan_rules *rules,
                                 const struct scan_memory *before, const struct scan_weight *w,
                                 int32_t feature, bool *over)
{
    const double longest = (double)((int64_t)SCAN_EFF_MIN << (SCAN_SCALES - 1));
    struct scan_memory m = *before;

    *over = false;
    m.streak = w->streak;
    if (w->worst >= 0)
        return (struct scan_memory){
            .from_ms = w->at_ms,
            .need_eff = (int64_t)fmin(s->features[w->worst].n_eff, longest),
        };
    if (feature < 0)
        return m;
    if (w->streak == 0 && s->features[feature].longest_eff < (double)m.need_eff)
        return m; /* nothing is known, however many it counted under other rules */
    m.calm = w->streak > 0 ? 0 : m.calm + 1;
    if (m.calm < rules->keep_firing_for)
        return m;
    *over = true;
    m.calm = 0;
    m.need_eff = 0;
    return m;
}
