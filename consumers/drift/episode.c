/* SPDX-License-Identifier: MIT */
/* One alert a rule, segment and episode.
 *
 * Rule window: an episode starts with the first window over a threshold and ends
 * with the first that is evaluated below WARNING; windows that cannot say (no or
 * too little data) change nothing. Something is written when it starts, when its
 * severity changes and when it ends. Rule scan: drift/scan_weigh.h; something is
 * written when it starts, when its severity rises and when it ends. */
#include "consumers/drift/judge_inner.h"

const char *judge_rule(const struct judge *j)
{
    return j->scan ? SCAN_RULE : WINDOW_RULE;
}

struct alert_state_of episode_state(const struct judge *j, size_t segment, const struct episode *e,
                                    struct slice id)
{
    return (struct alert_state_of){
        .rule = slice_str(judge_rule(j)),
        .segment = j->segments.name[segment],
        .feature = slice_str(j->base->features[e->feature].name),
        .alert_id = id,
        .seq = e->seq,
        .episode_ms = e->start_ms,
        .severity = e->worst,
        .now = e->now,
    };
}

/* The episode after this window; true when something is to be written. */
static bool next_episode(const struct judge *j, const struct window *w, struct episode *e)
{
    int32_t feature = window_worst(w);
    enum severity now = feature < 0 ? SEVERITY_NONE : w->features.v[feature].severity;

    if (!window_has_power(w, &j->rules) || now == e->now)
        return false;
    if (now == SEVERITY_NONE && w->state != WINDOW_EVALUATED)
        return false;
    if (!e->firing)
        *e = (struct episode){ .firing = true, .start_ms = w->start_ms, .seq = -1 };
    e->seq++;
    e->now = now;
    e->firing = now != SEVERITY_NONE;
    if (!e->firing)
        return true; /* resolved: of the feature that was named last */
    e->feature = feature;
    e->worst = now > e->worst ? now : e->worst;
    return true;
}

enum status episode_judge_window(const struct judge *j, size_t segment, const struct window *w,
                                 const struct tally *t, struct verdict *v, struct err *err)
{
    struct alert_state_of at;
    struct alert_case c = {
        .window = w,
        .tally = t,
        .policy = j->rules.policy,
        .config = slice_str(j->config_id),
    };
    enum status st;

    v->next = j->seats[segment].episode;
    v->writes = next_episode(j, w, &v->next);
    if (!v->writes)
        return ST_OK;
    at = episode_state(j, segment, &v->next, (struct slice){ 0 });
    c.episode = &at;
    c.state = v->next.firing ? ALERT_FIRING : ALERT_RESOLVED;
    c.feature = v->next.feature;
    st = alert_build(&c, j->arena, &v->alert, err);
    if (!v->next.firing)
        v->next = (struct episode){ 0 };
    return st;
}
