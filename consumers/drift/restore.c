/* SPDX-License-Identifier: MIT */
/* How the judge finds its place again by absa.state, of which the last record of a key
 * holds, and what it needs absa.panes for. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "consumers/drift/judge_inner.h"

/* What a restore gathers while it reads. */
struct found {
    bool judge;
    struct open_panes panes; /* closed ones, here in order of time */
};

static bool has_prefix(struct slice key, const char *prefix, struct slice *rest)
{
    size_t n = strlen(prefix);

    if (key.n < n || memcmp(key.p, prefix, n) != 0)
        return false;
    *rest = (struct slice){ key.p + n, key.n - n };
    return true;
}

static enum status find_segment(const struct judge *j, struct slice name, size_t *segment,
                                struct err *err)
{
    *segment = segments_find(&j->segments, name);
    if (*segment < j->segments.n)
        return ST_OK;
    return err_set(err, ST_FATAL,
                   "config: absa.state holds segment %.*s, which drift.segments does not",
                   (int)(name.n < 64 ? name.n : 64), name.n ? name.p : "");
}

/* "1753275600000|all" */
static bool split_pane_key(struct slice key, int64_t *start_ms, struct slice *segment)
{
    char digits[32];
    const char *bar = key.n > 0 ? memchr(key.p, '|', key.n) : NULL;
    size_t n = bar ? (size_t)(bar - key.p) : 0;

    if (n == 0 || n >= sizeof(digits))
        return false;
    memcpy(digits, key.p, n);
    digits[n] = '\0';
    *start_ms = strtoll(digits, NULL, 10);
    *segment = (struct slice){ bar + 1, key.n - n - 1 };
    return true;
}

/* What a key of absa.state names. */
enum key_kind { KEY_NONE, KEY_CLOSE, KEY_PANE, KEY_ALERT, KEY_SCAN, KEY_LESSON, KEY_OVERTAKEN };

static enum key_kind parse_key(struct slice key, int64_t *start_ms, struct slice *segment)
{
    struct slice rest;

    if (slice_is(key, "close"))
        return KEY_CLOSE;
    if (has_prefix(key, "overtaken|", segment))
        return KEY_OVERTAKEN;
    if (has_prefix(key, "lesson|", segment))
        return KEY_LESSON;
    if (has_prefix(key, "alert|" WINDOW_RULE "|", segment) ||
        has_prefix(key, "alert|" SCAN_RULE "|", segment))
        return KEY_ALERT;
    if (has_prefix(key, "scan|", segment))
        return KEY_SCAN;
    return has_prefix(key, "pane|", &rest) && split_pane_key(rest, start_ms, segment) ? KEY_PANE
                                                                                      : KEY_NONE;
}

static void forget_memory(struct seat *seat)
{
    seat->memory = (struct scan_memory){ .from_ms = WM_NONE };
    seat->memory_stored = false;
}

/* A tombstone. */
static enum status forget(struct judge *j, struct found *f, struct slice key, struct err *err)
{
    struct slice name;
    int64_t start_ms;
    size_t segment = 0;
    enum key_kind kind = parse_key(key, &start_ms, &name);

    if (kind == KEY_NONE)
        return err_set(err, ST_FATAL, "absa.state has a key that is not known: %.*s",
                       (int)(key.n < 64 ? key.n : 64), key.n ? key.p : "");
    if (kind == KEY_CLOSE) {
        j->closing = false;
        return ST_OK;
    }
    if (find_segment(j, name, &segment, err) != ST_OK)
        return ST_FATAL;
    if (kind == KEY_PANE)
        open_panes_remove(&f->panes, start_ms, segment);
    else if (kind == KEY_ALERT)
        j->seats[segment].episode = (struct episode){ 0 };
    else if (kind == KEY_SCAN)
        forget_memory(&j->seats[segment]);
    else if (kind == KEY_LESSON)
        against_forget(&j->seats[segment]);
    else
        j->seats[segment].overtaken = 0;
    return ST_OK;
}

static enum status take_judge(struct judge *j, const struct judge_state *s, struct err *err)
{
    size_t parts = (size_t)j->parts;

    if (!slice_is(s->baseline, j->base->id))
        return err_set(err, ST_FATAL,
                       "config: absa.state was counted with baseline %.23s, not %.23s",
                       s->baseline.n >= 23 ? s->baseline.p : "(none)", j->base->id);
    if (s->pane_ms != j->conf.pane_ms || s->window_ms != j->conf.window_ms)
        return err_set(err, ST_FATAL,
                       "config: absa.state has panes of %" PRId64 " ms and windows of %" PRId64
                       " ms, the configuration %" PRId64 " and %" PRId64,
                       s->pane_ms, s->window_ms, j->conf.pane_ms, j->conf.window_ms);
    if (s->next.n != parts || s->replay_next.n != parts)
        return err_set(err, ST_FATAL,
                       "config: absa.state is of %zu partitions of scores, not of %zu", s->next.n,
                       parts);
    j->run = s->run;
    j->untold = false;
    j->begin_ms = s->begin_ms;
    j->incomplete_until_ms = s->incomplete_until_ms;
    j->next_offset = s->next_offset;
    j->replay_from = s->replay_from;
    j->closed_ms = s->closed_ms;
    j->last_data_ms = s->last_data_ms;
    j->window_start_ms = s->window_start_ms;
    j->overtaken = s->overtaken;
    j->chain_duplicates = s->chain_duplicates;
    memcpy(j->want_next, s->next.v, parts * sizeof(*j->want_next));
    memcpy(j->chain.next, s->replay_next.v, parts * sizeof(*j->chain.next));
    memcpy(j->chain.replay_next, s->replay_next.v, parts * sizeof(*j->chain.replay_next));
    matrix_release(&j->matrix);
    matrix_init(&j->matrix, j->parts);
    return matrix_load(&j->matrix, s->src_epoch, s->src_count, s->wm.v, s->wm.n, err);
}

static enum status take_pane(struct judge *j, struct found *f, struct slice key,
                             const struct pane_delta *d, struct err *err)
{
    struct slice rest;
    size_t segment;
    enum status st = delta_check(j->base, d, err);

    if (st == ST_OK)
        st = find_segment(j, d->segment, &segment, err);
    if (st != ST_OK)
        return st;
    if (has_prefix(key, "lesson|", &rest)) {
        against_forget(&j->seats[segment]);
        return against_learn(j, segment, d, err);
    }
    if (!has_prefix(key, "overtaken|", &rest)) {
        open_panes_remove(&f->panes, d->start_ms, segment);
        return open_panes_add(&f->panes, segment, d, 0, err);
    }
    j->seats[segment].overtaken = d->overtaken;
    return ST_OK;
}

static enum status take_alert(struct judge *j, const struct alert_state_of *a, struct err *err)
{
    int32_t feature = baseline_find(j->base, a->feature);
    size_t segment;
    enum status st = find_segment(j, a->segment, &segment, err);

    if (st != ST_OK)
        return st;
    if (feature < 0)
        return err_set(err, ST_FATAL, "config: absa.state has an alert of %.*s: no such feature",
                       SLICE_ARG(a->feature));
    if (!slice_is(a->rule, judge_rule(j))) {
        j->foreign = true; /* of the policy before: it ends (farewell.c) */
        return ST_OK;
    }
    j->seats[segment].episode = (struct episode){
        .firing = true,
        .feature = feature,
        .seq = a->seq,
        .start_ms = a->episode_ms,
        .worst = a->severity,
        .now = a->now,
    };
    return ST_OK;
}

static enum status take_scan(struct judge *j, const struct scan_state *s, struct err *err)
{
    size_t segment;
    enum status st = find_segment(j, s->segment, &segment, err);

    if (st != ST_OK)
        return st;
    j->seats[segment].memory = (struct scan_memory){ s->from_ms, s->streak, s->calm, s->need_eff };
    j->seats[segment].memory_stored = true;
    return ST_OK;
}

/* A segment that moved, in names that live as long as the judge. */
static enum status take_moved(struct judge *j, const struct moved_segment *m, struct err *err)
{
    int32_t feature = baseline_find(j->base, m->feature);
    size_t segment;
    enum status st = find_segment(j, m->segment, &segment, err);

    if (st != ST_OK)
        return st;
    if (feature < 0 || j->close.moved.n == ALERT_ALSO_MAX + 1)
        return err_set(err, ST_FATAL, "config: absa.state has a close that does not fit");
    j->moved[j->close.moved.n] = *m;
    j->moved[j->close.moved.n].segment = j->segments.name[segment];
    j->moved[j->close.moved.n++].feature = slice_str(j->base->features[feature].name);
    return ST_OK;
}

static enum status take_close(struct judge *j, const struct close_state *close, struct err *err)
{
    enum status st = ST_OK;

    j->closing = true;
    j->close_stored = true;
    j->close = *close;
    j->close.moved = (struct moved_segment_list){ j->moved, 0 };
    for (size_t i = 0; i < close->moved.n && st == ST_OK; i++)
        st = take_moved(j, &close->moved.v[i], err);
    return st;
}

static enum status take_state(struct judge *j, struct found *f, const struct stage_rec *rec,
                              struct err *err)
{
    struct state s;
    enum status st;

    arena_reset(j->arena);
    if (!rec->value.p)
        return forget(j, f, rec->key, err);
    st = wire_decode_own(j->wire, RECORD_STATE, rec->value, &s, j->arena, err);
    if (st != ST_OK)
        return st;
    if (s.format > STATE_FORMAT_NEWEST)
        return err_set(err, ST_FATAL,
                       "config: absa.state has format %" PRId32 ", this program knows %d: it is of "
                       "a newer one",
                       s.format, STATE_FORMAT_NEWEST);
    if (s.kind == STATE_JUDGE && s.judge) {
        f->judge = true;
        return take_judge(j, s.judge, err);
    }
    if (s.kind == STATE_PANE && s.pane)
        return take_pane(j, f, rec->key, s.pane, err);
    if (s.kind == STATE_ALERT && s.alert)
        return take_alert(j, s.alert, err);
    if (s.kind == STATE_SCAN && s.scan)
        return take_scan(j, s.scan, err);
    if (s.kind == STATE_CLOSE && s.close)
        return take_close(j, s.close, err);
    return err_set(err, ST_FATAL, "absa.state has a record of no kind");
}

static enum status read_all(struct judge *j, struct log_reader *log, struct found *f,
                            struct err *err)
{
    enum status st = log->open(log->ctx, TOPIC_STATE, 0, 0, err);
    struct stage_rec rec;
    bool more = true;

    if (st != ST_OK)
        return st;
    while (st == ST_OK) {
        st = log->next(log->ctx, &rec, &more, err);
        if (st != ST_OK || !more)
            break;
        st = take_state(j, f, &rec, err);
        if (st == ST_REJECT)
            st = ST_FATAL;
        if (st != ST_OK)
            err_prefix(err, "absa.state %" PRId64, rec.offset);
    }
    log->close(log->ctx);
    return st;
}

/* The closed panes, taken from panes: to those of their segments. */
static enum status take_closed(struct judge *j, struct open_panes *panes, struct err *err)
{
    enum status st = ST_OK;

    while (panes->n > 0 && st == ST_OK) {
        if (panes->v[0].start_ms >= j->window_start_ms + j->conf.window_ms)
            return err_set(err, ST_FATAL,
                           "absa.state has a closed pane at %" PRId64 " behind the open window",
                           panes->v[0].start_ms);
        st = judge_remember(j, panes, err);
    }
    return st;
}

/* The state and the committed offset must tell the same story. */
static enum status find_place(struct judge *j, const struct found *f, struct stage_resume *resume,
                              struct err *err)
{
    if (!f->judge && resume->offset > 0) {
        return err_set(err, ST_FATAL,
                       "absa.panes is committed at %" PRId64
                       " but absa.state is empty: absa drift rewind counts again; see "
                       "docs/runbook/exit-70.md",
                       resume->offset);
    }
    if (!f->judge)
        return ST_OK;
    resume->reset = resume->offset >= 0 && resume->offset != j->next_offset;
    if (resume->reset && !j->conf.from_state) {
        return err_set(err, ST_FATAL,
                       "absa.panes is committed at %" PRId64 " but absa.state stands at %" PRId64
                       ": --from-state goes on from the state, absa drift rewind counts again; "
                       "see docs/runbook/exit-70.md",
                       resume->offset, j->next_offset);
    }
    resume->offset = j->replay_from;
    resume->floor = j->next_offset;
    j->rebuilding = j->replay_from < j->next_offset;
    return ST_OK;
}

/* The state can be gone on from only with the panes that were open then. */
static enum status check_log(const struct judge *j, const struct stage_resume *resume,
                             struct err *err)
{
    char to[TIME_INSTANT_LEN + 1] = "start";

    if (resume->offset < 0 || resume->offset >= resume->start)
        return ST_OK;
    if (j->window_start_ms != WM_NONE)
        time_format_instant(j->window_start_ms, to);
    return err_set(err, ST_FATAL,
                   "config: absa.panes %" PRId64 "..%" PRId64
                   " were deleted, and windows that are open need them: absa drift rewind --to %s "
                   "counts them again; see docs/runbook/exit-78.md",
                   resume->offset, resume->start - 1, to);
}

static enum status read_state(struct judge *j, struct stage_resume *resume, struct err *err)
{
    struct found f = { 0 };
    enum status st;

    open_panes_init(&f.panes, j->scratch, j->arena);
    st = read_all(j, resume->log, &f, err);
    if (st == ST_OK)
        st = take_closed(j, &f.panes, err);
    if (st == ST_OK)
        st = find_place(j, &f, resume, err);
    if (st == ST_OK)
        st = check_log(j, resume, err);
    open_panes_release(&f.panes);
    return st;
}

/* What fires and may have to end: of another rule, or because a rewind lies ahead. */
static enum status read_farewells(struct judge *j, struct log_reader *log, struct err *err)
{
    if (!j->foreign && !orders_rewind(&j->orders, j->run, j->next_offset))
        return ST_OK;
    return farewells_read(j, log, err);
}

enum status judge_restore(struct judge *j, struct stage_resume *resume, struct err *err)
{
    const int64_t committed = resume->offset;
    struct err why = { 0 };
    bool found = false;

    if (!resume->log)
        return ST_OK;
    enum status st = read_state(j, resume, &why);
    const int64_t from = st == ST_OK ? resume->offset : committed;
    enum status scanned =
        orders_scan(&j->orders, resume->log, from < 0 ? 0 : from, j->wire, j->arena, err);
    if (scanned == ST_OK && st == ST_OK)
        return read_farewells(j, resume->log, err);
    if (scanned != ST_OK)
        return scanned;
    resume->offset = committed;
    resume->reset = false;
    if (st == ST_FATAL)
        scanned = judge_abandon(j, resume, &found, err);
    if (scanned == ST_OK && found)
        return read_farewells(j, resume->log, err);
    if (scanned != ST_OK)
        return scanned;
    *err = why;
    return st;
}
