/* SPDX-License-Identifier: MIT */
/* Rule scan: what the boundary that is closing means for the alert of a segment. */
#include <string.h>

#include "consumers/drift/judge_inner.h"
#include "stats/family.h"

/* The segment's part of the level of the boundary that is closing: of all by the baseline's
 * calibration where there is one. */
static double segment_level(const struct judge *j, size_t segment)
{
    size_t all = segments_find(&j->segments, slice_str("all"));
    bool all_is_due = all < j->segments.n && judge_is_due(j, all, j->close.end_ms);

    if (segment == all && !j->promise.why)
        return j->promise.all.level;
    return j->close.cut * family_share(segment == all, all_is_due, (size_t)j->close.family);
}

static enum status weigh(const struct judge *j, const struct scan_memory *m, double level,
                         struct scan_weight *w)
{
    size_t n = j->base->n;

    *w = (struct scan_weight){ .at_ms = j->close.end_ms, .level = level };
    w->p = arena_array(j->arena, n, sizeof(*w->p));
    w->q = arena_array(j->arena, n, sizeof(*w->q));
    w->severity = arena_array(j->arena, n, sizeof(*w->severity));
    if (!w->p || !w->q || !w->severity)
        return ST_FATAL;
    scan_weigh(j->scan, &j->scan_rules, m->streak, w);
    return ST_OK;
}

/* The run of one feature as a window: what an alert shows. t is its tally. */
static enum status run_window(const struct judge *j, size_t segment, const struct scan_weight *w,
                              const struct tally *t, struct window *out)
{
    size_t n = j->base->n;
    struct window_feature *f = arena_zalloc(j->arena, n * sizeof(*f));
    char *bundle = arena_alloc(j->arena, BASELINE_ID_LEN);

    if (!f || !bundle)
        return ST_FATAL;
    memcpy(bundle, "sha256:", 7);
    memcpy(bundle + 7, j->base->bundle_sha256, SHA256_HEX_LEN);
    *out = (struct window){ .run = j->run,
                            .segment = j->segments.name[segment],
                            .rule = slice_str(SCAN_RULE),
                            .end_ms = j->close.end_ms,
                            .n = t->n,
                            .videos = video_sample_sizes(&t->videos, t->n).videos,
                            .baseline = slice_str(j->base->id),
                            .bundle = { bundle, BASELINE_ID_LEN },
                            .policy = slice_str(j->rules.policy->name),
                            .features = { f, n } };
    for (size_t i = 0; i < n; i++) {
        const struct scan_feature *s = &j->scan->features[i];

        f[i].name = slice_str(j->base->features[i].name);
        f[i].n = s->n;
        f[i].n_eff = s->n_eff;
        f[i].psi = defined(s->psi);
        f[i].p = defined(w->p[i]);
        f[i].q = defined(w->q[i]);
        f[i].effect = defined(s->outcome.effect);
        f[i].severity = w->severity[i];
    }
    return ST_OK;
}

/* Builds the alert: counts the run of its feature again, whole this time. */
static enum status tell(struct judge *j, size_t segment, const struct scan_weight *w,
                        struct verdict *v, struct err *err)
{
    const struct history *past = &j->seats[segment].past;
    const struct scan_feature *run = &j->scan->features[v->next.feature];
    const struct alert_scan found = { j->scan, &j->scan_rules, w };
    struct alert_state_of at = episode_state(j, segment, &v->next, (struct slice){ 0 });
    struct window window;
    struct alert_case c = {
        .window = &window,
        .tally = j->shown,
        .scan = &found,
        .policy = j->rules.policy,
        .episode = &at,
        .state = v->next.firing ? ALERT_FIRING : ALERT_RESOLVED,
        .feature = v->next.feature,
        .config = slice_str(j->config_id),
        .moved = j->close.moved,
    };
    enum status st;

    tally_clear(j->shown);
    st = history_sum(past, run->first, j->unpacked, j->shown, err);
    if (st == ST_OK && run_window(j, segment, w, j->shown, &window) != ST_OK)
        st = err_set(err, ST_FATAL, "no memory for an alert");
    if (st != ST_OK)
        return st;
    window.start_ms = past->v[run->first].start_ms;
    return alert_build(&c, j->arena, &v->alert, err);
}

/* Start of the run that moved most. */
static int64_t start_of(const struct judge *j, size_t segment, const struct scan_weight *w)
{
    size_t first = w->worst < 0 ? 0 : j->scan->features[w->worst].first;

    return j->seats[segment].past.v[first].start_ms;
}

/* The episode after this boundary; true when something is to be written. */
static bool next_scan_episode(const struct scan_weight *w, bool over, int64_t start_ms,
                              struct episode *e)
{
    enum severity now = w->worst < 0 ? SEVERITY_NONE : w->severity[w->worst];

    if (over) {
        e->firing = false;
        e->now = SEVERITY_NONE;
        e->seq++;
        return true;
    }
    if (now <= e->now)
        return false;
    if (!e->firing)
        *e = (struct episode){ .firing = true, .start_ms = start_ms, .seq = -1 };
    e->seq++;
    e->now = now;
    e->worst = now;
    e->feature = w->worst;
    return true;
}

/* What the scan says of a segment, and what it then remembers. */
static enum status look(struct judge *j, size_t segment, int64_t since_ms, struct glance *g,
                        struct scan_weight *w, struct err *err)
{
    const struct seat *seat = &j->seats[segment];
    const struct scan_rules *rules = &j->scan_rules;
    int64_t at = j->close.end_ms;
    int64_t from_ms = since_ms > seat->memory.from_ms ? since_ms : seat->memory.from_ms;
    enum status st = scan_look(j->scan, &seat->past, rules, from_ms, at, err);

    if (st != ST_OK)
        return st;
    if (weigh(j, &seat->memory, segment_level(j, segment), w) != ST_OK)
        return err_set(err, ST_FATAL, "no memory to weigh a boundary");
    g->memory = scan_remember(j->scan, rules, &seat->memory, w,
                              seat->episode.firing ? seat->episode.feature : -1, &g->over);
    if (g->memory.from_ms <= at - rules->span_ms)
        g->memory.from_ms = WM_NONE; /* nothing older is looked at anyway */
    return ST_OK;
}

static enum status judge_scan(struct judge *j, size_t segment, int64_t since_ms, struct verdict *v,
                              struct err *err)
{
    struct glance g = { 0 };
    struct scan_weight w;
    enum status st = look(j, segment, since_ms, &g, &w, err);

    if (st != ST_OK)
        return st;
    v->memory = g.memory;
    v->writes = next_scan_episode(&w, g.over, start_of(j, segment, &w), &v->next);
    if (!v->writes)
        return ST_OK;
    st = tell(j, segment, &w, v, err);
    if (!v->next.firing)
        v->next = (struct episode){ 0 };
    return st;
}

enum status episode_judge_scan(struct judge *j, size_t segment, struct verdict *v, struct err *err)
{
    const struct seat *seat = &j->seats[segment];
    const struct against a = judge_against(j, segment, j->close.end_ms - 1);
    enum status st;

    v->next = seat->episode;
    if (seat->glance.known) {
        v->memory = seat->glance.memory;
        return ST_OK;
    }
    scan_against(j->scan, a.base);
    tally_against(j->shown, a.base);
    st = judge_scan(j, segment, a.since_ms, v, err);
    scan_against(j->scan, j->base);
    tally_against(j->shown, j->base);
    return st;
}

static bool moved_more(const struct moved_segment *a, const struct moved_segment *b)
{
    return a->severity != b->severity ? a->severity > b->severity : a->p.v < b->p.v;
}

/* Puts a segment, behind all others by name, among those that moved most. */
static void list_moved(struct judge *j, size_t segment, const struct scan_weight *w)
{
    const struct scan_feature *f = &j->scan->features[w->worst];
    const struct moved_segment one = {
        .segment = j->segments.name[segment],
        .feature = slice_str(j->base->features[w->worst].name),
        .severity = w->severity[w->worst],
        .psi = defined(f->psi),
        .p = defined(f->p),
    };
    size_t at = j->close.moved.n;

    while (at > 0 && moved_more(&one, &j->moved[at - 1]))
        at--;
    if (at == ALERT_ALSO_MAX + 1)
        return;
    if (j->close.moved.n < ALERT_ALSO_MAX + 1)
        j->close.moved.n++;
    memmove(j->moved + at + 1, j->moved + at, (j->close.moved.n - at - 1) * sizeof(*j->moved));
    j->moved[at] = one;
}

static enum status look_at(struct judge *j, size_t segment, struct err *err)
{
    const struct against a = judge_against(j, segment, j->close.end_ms - 1);
    struct glance *glance = &j->seats[segment].glance;
    struct episode next = j->seats[segment].episode;
    struct scan_weight w;
    enum status st;

    arena_reset(j->arena);
    scan_against(j->scan, a.base);
    st = look(j, segment, a.since_ms, glance, &w, err);
    scan_against(j->scan, j->base);
    if (st != ST_OK)
        return st;
    glance->known = !next_scan_episode(&w, glance->over, 0, &next);
    if (w.worst >= 0)
        list_moved(j, segment, &w);
    return ST_OK;
}

enum status episode_look(struct judge *j, struct err *err)
{
    enum status st = ST_OK;

    j->close.moved = (struct moved_segment_list){ j->moved, 0 };
    for (size_t i = 0; i < j->segments.n && st == ST_OK; i++) {
        j->seats[i].glance.known = false;
        if (judge_is_due(j, i, j->close.end_ms))
            st = look_at(j, i, err);
    }
    return st;
}
