/* SPDX-License-Identifier: MIT */
/* What one segment has to say at a boundary: an alert of the scan, a window and
 * its alert, and the end of panes that nothing needs any more. It fits the output
 * as a whole or is left for the next commit, with the judge as it was. */
#include "consumers/drift/judge_inner.h"
#include "drift/training.h"

/* All that is to be written of a segment, and what holds once it is. */
struct report {
    size_t segment;
    bool window; /* a window ends here */
    struct window w;
    struct verdict scan;    /* nothing but the memory when it is not due */
    struct verdict verdict; /* of the window */
    bool learns;            /* the segment learns from the window: */
    struct pane_delta lesson;
    size_t drop; /* closed panes that nothing needs */
};

static enum out_rc put_alert(struct judge *j, size_t segment, const struct verdict *v,
                             struct out *out)
{
    struct alert_state_of at = episode_state(j, segment, &v->next, v->alert.alert_id);
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_ALERT, .alert = &at };
    char key[STATE_KEY_MAX];
    struct slice state_key = state_key_alert(key, judge_rule(j), j->segments.name[segment]);
    struct slice alert_key = { state_key.p + 6, state_key.n - 6 }; /* behind "alert|" */
    enum out_rc rc = out_put_record(out, TOPIC_ALERTS, 0, alert_key, RECORD_ALERT, &v->alert);

    if (rc == OUT_OK)
        rc = judge_put_state(out, state_key, v->next.firing ? &state : NULL);
    out_count(out, COUNTER_ALERTS, 1);
    return rc;
}

static bool is_blank(const struct scan_memory *m)
{
    return m->from_ms == WM_NONE && m->streak == 0 && m->calm == 0 && m->need_eff == 0;
}

static bool same_memory(const struct scan_memory *a, const struct scan_memory *b)
{
    return a->from_ms == b->from_ms && a->streak == b->streak && a->calm == b->calm &&
           a->need_eff == b->need_eff;
}

/* The memory of the scan, where it says something new. */
static enum out_rc put_memory(const struct judge *j, const struct report *r, struct out *out)
{
    const struct seat *seat = &j->seats[r->segment];
    const struct scan_memory *m = &r->scan.memory;
    struct scan_state scan = { j->segments.name[r->segment], m->from_ms, m->streak, m->calm,
                               m->need_eff };
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_SCAN, .scan = &scan };
    char key[STATE_KEY_MAX];

    if (same_memory(m, &seat->memory) || (is_blank(m) && !seat->memory_stored))
        return OUT_OK;
    return judge_put_state(out, state_key_scan(key, scan.segment), is_blank(m) ? NULL : &state);
}

static enum out_rc put_tombstones(const struct judge *j, const struct report *r, struct out *out)
{
    const struct seat *seat = &j->seats[r->segment];
    const struct slice name = j->segments.name[r->segment];
    char key[STATE_KEY_MAX];
    enum out_rc rc = OUT_OK;

    for (size_t i = 0; i < r->drop && rc == OUT_OK; i++)
        rc = judge_put_state(out, state_key_pane(key, seat->past.v[i].start_ms, name), NULL);
    if (rc == OUT_OK && r->window && seat->overtaken > 0)
        rc = judge_put_state(out, state_key_overtaken(key, name), NULL);
    return rc;
}

static enum out_rc put_lesson(const struct judge *j, const struct report *r, struct out *out)
{
    struct pane_delta lesson = r->lesson;
    const struct state state = { .format = STATE_FORMAT_NEWEST,
                                 .kind = STATE_PANE,
                                 .pane = &lesson };
    char key[STATE_KEY_MAX];

    return judge_put_state(out, state_key_lesson(key, j->segments.name[r->segment]), &state);
}

static enum out_rc put_report(struct judge *j, const struct report *r, struct out *out)
{
    enum out_rc rc = OUT_OK;

    if (r->scan.writes)
        rc = put_alert(j, r->segment, &r->scan, out);
    if (rc == OUT_OK)
        rc = put_memory(j, r, out);
    if (rc == OUT_OK && r->window)
        rc = out_put_record(out, TOPIC_WINDOWS, 0, r->w.segment, RECORD_WINDOW, &r->w);
    if (rc == OUT_OK && r->window && r->verdict.writes)
        rc = put_alert(j, r->segment, &r->verdict, out);
    if (rc == OUT_OK && r->learns)
        rc = put_lesson(j, r, out);
    if (rc == OUT_OK)
        rc = put_tombstones(j, r, out);
    return rc;
}

/* How many closed panes are of no use once this boundary is written: before the
 * open window, and beyond what the scan may look back to. */
static size_t count_useless(const struct judge *j, const struct report *r)
{
    const struct history *past = &j->seats[r->segment].past;
    int64_t window_ms = r->window ? j->close.end_ms : j->window_start_ms;
    size_t before = history_seek(past, window_ms);
    size_t needed =
        j->scan ? history_needed(past, j->close.end_ms, j->scan_rules.span_ms, SCAN_COMMENTS_MAX)
                : past->n;

    return before < needed ? before : needed;
}

/* A window that is not judged has no severities, whatever its distances are. Where runs are judged
 * too, that one has few comments does not say so: what sets it aside does. */
static void set_aside(const struct judge *j, struct window *w, enum window_state state)
{
    if (state == WINDOW_EVALUATED)
        return;
    if (w->state == WINDOW_EVALUATED || (j->scan && w->state == WINDOW_INSUFFICIENT_DATA))
        w->state = state;
    for (size_t i = 0; i < w->features.n; i++)
        w->features.v[i].severity = SEVERITY_NONE;
}

static enum status judge_tallied(struct judge *j, struct report *r, const struct tally *t,
                                 enum window_state state, struct err *err)
{
    enum status st;

    r->w = (struct window){ .run = j->run,
                            .segment = j->segments.name[r->segment],
                            .start_ms = j->close.start_ms,
                            .end_ms = j->close.end_ms };
    st = window_judge(t, &j->rules, j->arena, &r->w, err);
    if (st != ST_OK)
        return st;
    set_aside(j, &r->w, state);
    if (r->w.start_ms < j->incomplete_until_ms)
        r->w.state = WINDOW_INCOMPLETE;
    if (r->w.state == WINDOW_BASELINE_STALE)
        r->w.stale_by = slice_str(t->other_bundle > 0 ? STALE_BY_BUNDLE : STALE_BY_AGE);
    return j->scan ? ST_OK : episode_judge_window(j, r->segment, &r->w, t, &r->verdict, err);
}

/* Sums the panes of the window that closes. */
static enum status sum_window(struct judge *j, const struct seat *seat, struct err *err)
{
    const struct history *past = &seat->past;

    tally_clear(j->window);
    j->window->overtaken = seat->overtaken;
    return history_sum(past, history_seek(past, j->close.start_ms), j->unpacked, j->window, err);
}

static enum status judge_window(struct judge *j, struct report *r, struct err *err)
{
    const struct against a = judge_against(j, r->segment, j->close.start_ms);
    enum status st = sum_window(j, &j->seats[r->segment], err);

    if (st != ST_OK)
        return st;
    tally_against(j->window, a.base);
    st = judge_tallied(j, r, j->window, a.state, err);
    tally_against(j->window, j->base);
    r->learns = against_learns(j, r->segment);
    if (st == ST_OK && r->learns)
        st = against_lesson(j, r->segment, &r->lesson, err);
    return st;
}

/* What was told of an alert, until its end. */
static enum status note_alerts(struct judge *j, const struct report *r, struct err *err)
{
    const struct verdict *v = r->scan.writes ? &r->scan : &r->verdict;
    char key[STATE_KEY_MAX];

    if (!v->writes)
        return ST_OK;
    return farewell_note(j, state_key_alert(key, judge_rule(j), j->segments.name[r->segment]),
                         &v->alert, err);
}

/* It is written: now it holds. */
static enum status settle(struct judge *j, const struct report *r, struct out *out, struct err *err)
{
    struct seat *seat = &j->seats[r->segment];
    enum status st = note_alerts(j, r, err);

    if (st != ST_OK)
        return st;
    if (r->window) {
        out_count(out, COUNTER_WINDOWS, 1);
        out_count(out, COUNTER_BASELINE_STALE, r->w.state == WINDOW_BASELINE_STALE ? 1 : 0);
        seat->overtaken = 0;
        seat->overtaken_dirty = false;
    }
    if (j->scan) {
        seat->memory_stored = !is_blank(&r->scan.memory);
        seat->memory = r->scan.memory;
        seat->episode = r->scan.next;
    } else if (r->window) {
        seat->episode = r->verdict.next;
    }
    seat->glance.known = false;
    history_drop(&seat->past, r->drop);
    return r->learns ? against_learn(j, r->segment, &r->lesson, err) : ST_OK;
}

enum status judge_emit(struct judge *j, size_t segment, struct out *out, bool *full,
                       struct err *err)
{
    const struct seat *seat = &j->seats[segment];
    struct report r = { .segment = segment,
                        .window = judge_window_ends(j),
                        .scan = { .next = seat->episode, .memory = seat->memory } };
    bool due = judge_is_due(j, segment, j->close.end_ms);
    enum status st = ST_OK;
    enum out_rc rc;

    *full = false;
    if (!due && !r.window)
        return ST_OK;
    arena_reset(j->arena);
    if (due)
        st = episode_judge_scan(j, segment, &r.scan, err);
    if (st == ST_OK && r.window)
        st = judge_window(j, &r, err);
    if (st != ST_OK)
        return st;
    r.drop = count_useless(j, &r);
    out_open(out);
    rc = put_report(j, &r, out);
    if (rc == OUT_ERROR)
        return out_error(out, err);
    *full = rc == OUT_FULL;
    if (!*full)
        return settle(j, &r, out, err);
    out_undo(out);
    return ST_OK;
}

enum status judge_introduce(struct judge *j, struct out *out, struct err *err)
{
    struct window w;

    j->untold = false;
    if (training_records(j->base) == 0)
        return ST_OK;
    arena_reset(j->arena);
    enum status st = training_window(j->base, j->arena, &w, err);
    if (st != ST_OK)
        return st;
    w.run = j->run;
    w.policy = slice_str(j->rules.policy->name);
    out_count(out, COUNTER_WINDOWS, 1);
    return out_force_record(out, TOPIC_WINDOWS, 0, w.segment, RECORD_WINDOW, &w) == OUT_OK
               ? ST_OK
               : out_error(out, err);
}
