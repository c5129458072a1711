/* SPDX-License-Identifier: MIT */
#include "consumers/drift/way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "now/now.h"
#include "record/mark.h"
#include "record/score.h"
#include "record/state.h"
#include "record/types.h"

enum { ARENA_MAX = 64 << 20 };

const char *way_time(int64_t ms, char out[WAY_TIME_MAX])
{
    char minute[TIME_MINUTE_LEN + 1];

    if (ms == WM_NONE)
        return "the start";
    time_format_minute(ms, minute);
    snprintf(out, WAY_TIME_MAX, "%s UTC", minute);
    return out;
}

/* Keeps what outlives the arena. */
static enum status take_state(struct way_state *s, const struct judge_state *j, struct err *err)
{
    int64_t *next = calloc(j->next.n + 1, sizeof(*next));

    if (!next)
        return err_set(err, ST_FATAL, "out of memory");
    if (j->next.n > 0)
        memcpy(next, j->next.v, j->next.n * sizeof(*next));
    free(s->next);
    *s = (struct way_state){ .known = true,
                             .run = j->run,
                             .next = next,
                             .n = j->next.n,
                             .closed_ms = j->closed_ms,
                             .window_start_ms = j->window_start_ms };
    return ST_OK;
}

static enum status read_state(struct way *w, struct err *err)
{
    const struct kafka_msg *m;
    enum status st = kafka_reader_open(w->reader, TOPIC_STATE, 0, -1, -1, err);

    while (st == ST_OK) {
        struct state s;

        st = kafka_reader_next(w->reader, &m, err);
        if (st != ST_OK || !m)
            break;
        if (!m->rec.value.p || !slice_is(m->rec.key, "judge"))
            continue;
        arena_reset(w->arena);
        st = wire_decode(w->wire, RECORD_STATE, m->rec.value, &s, w->arena, err);
        if (st == ST_OK && s.judge)
            st = take_state(&w->state, s.judge, err);
    }
    return st == ST_REJECT ? ST_FATAL : st;
}

/* When the record arrived, or up to when a mark says that all has; WM_NONE: it says neither. */
static int64_t arrival_of(struct way *w, const struct stage_rec *rec, struct err *err)
{
    enum record_kind kind;
    struct mark mark;
    struct score score;

    arena_reset(w->arena);
    if (stage_header(rec, STAGE_CANARY).p) /* of today, whatever the rest is of */
        return WM_NONE;
    if (wire_peek(w->wire, rec->value, &kind, err) != ST_OK)
        return WM_NONE;
    if (kind == RECORD_MARK &&
        wire_decode(w->wire, kind, rec->value, &mark, w->arena, err) == ST_OK)
        return mark.wm_ms <= TIME_MAX_MS ? mark.wm_ms : WM_NONE;
    if (kind == RECORD_SCORE &&
        wire_decode(w->wire, kind, rec->value, &score, w->arena, err) == ST_OK)
        return score.origin.arrival_ms;
    return WM_NONE;
}

enum status way_whole_from(struct way *w, int32_t part, int64_t offset, int64_t *ms,
                           struct err *err)
{
    const struct kafka_msg *m;
    int64_t arrival = WM_NONE;
    enum status st = kafka_reader_open(w->reader, TOPIC_SCORES, part, offset, -1, err);

    while (st == ST_OK && arrival == WM_NONE) {
        st = kafka_reader_next(w->reader, &m, err);
        if (st != ST_OK || !m)
            break;
        arrival = arrival_of(w, &m->rec, err);
    }
    *ms = (arrival == WM_NONE ? now_wall_ms() : arrival) + WAY_AHEAD_MS;
    return st;
}

enum status way_confirm(const struct way *w, bool *go, struct err *err)
{
    char line[8] = "";

    fflush(stdout);
    *go = !w->run->dry_run;
    if (w->run->dry_run)
        fputs("nothing was changed (-n)\n", stdout);
    if (w->run->dry_run || w->args->yes)
        return ST_OK;
    if (!isatty(STDIN_FILENO))
        return err_set(err, ST_FATAL,
                       "usage: there is nobody to ask: say --yes, or -n to only look");
    fputs("Write this order? It stays in the log for good. [y/N] ", stderr);
    *go = fgets(line, sizeof(line), stdin) &&
          (strcmp(line, "y\n") == 0 || strcmp(line, "yes\n") == 0);
    if (!*go)
        fputs("nothing was changed\n", stdout);
    return ST_OK;
}

enum status way_make(const struct way *w, const struct order *o, struct way_order *out,
                     struct err *err)
{
    size_t nhdr;
    struct pane pane = order_pane(o, out->hdr, &nhdr, &out->times);

    pane.baseline = slice_str(w->base->id);
    buf_init(&out->bytes, 1 << 16);
    enum status st = wire_encode(w->wire, RECORD_PANE, &pane, &out->bytes, err);
    out->rec = (struct kafka_rec){ .topic = w->names.of[TOPIC_PANES],
                                   .value = buf_slice(&out->bytes),
                                   .hdr = out->hdr,
                                   .nhdr = nhdr };
    return st;
}

static enum status open_all(struct way *w, struct err *err)
{
    w->names = kafka_names_make(w->args->topics->prefix);
    w->arena = arena_new(ARENA_MAX);
    if (!w->arena)
        return err_set(err, ST_FATAL, "out of memory");
    enum status st = drift_baseline_load(w->args->props, "", &w->base, err);
    if (st == ST_OK)
        st = wire_new(NULL, &w->wire, err);
    if (st == ST_OK)
        st = kafka_conf_take(&w->kafka, w->run->conf, NULL, err);
    if (st == ST_OK)
        st = kafka_admin_new(&w->kafka, &w->admin, err);
    if (st == ST_OK)
        st = kafka_reader_new(&w->kafka, &w->names, &w->reader, err);
    return st == ST_OK ? read_state(w, err) : st;
}

static void close_all(struct way *w)
{
    free(w->state.next);
    kafka_reader_free(w->reader);
    kafka_admin_free(w->admin);
    kafka_conf_release(&w->kafka);
    wire_free(w->wire);
    baseline_free(w->base);
    arena_free(w->arena);
}

enum status way_run(const struct way_args *args, const struct app_run *run, struct err *err)
{
    struct way w = { .args = args, .run = run };
    const char *verb = run->argv[0];
    const bool gap = strcmp(verb, "accept-gap") == 0;

    if (!gap && strcmp(verb, "rewind") != 0)
        return err_set(err, ST_FATAL, "usage: say accept-gap or rewind, or nothing");
    enum status st = open_all(&w, err);
    if (st == ST_OK)
        st = gap ? way_accept_gap(&w, run->argc - 1, run->argv + 1, err)
                 : way_rewind(&w, run->argc - 1, run->argv + 1, err);
    close_all(&w);
    return st;
}
