/* SPDX-License-Identifier: MIT */
/* What an operator said in absa.panes, and what follows for the judge. */
#include <stdlib.h>
#include <string.h>

#include "consumers/drift/judge_inner.h"

/* The positions of o are lost: the chain goes on behind them, and windows say so. */
static enum status accept(struct judge *j, const struct order *o, int64_t offset, struct err *err)
{
    const struct pane lost = { .part = o->part, .from_offset = o->from, .to_offset = o->to };
    bool duplicate;

    if (!j->rebuilding && o->until_ms > j->incomplete_until_ms)
        j->incomplete_until_ms = o->until_ms;
    return chain_step(&j->chain, offset, &lost, &duplicate, err);
}

enum status judge_chain(struct judge *j, int64_t offset, const struct pane *p, bool *duplicate,
                        struct err *err)
{
    enum status st = ST_OK;

    if (chain_is_gap(&j->chain, p)) {
        const struct order *o = orders_gap(&j->orders, j->run, p, j->chain.next[p->part]);

        st = o ? accept(j, o, offset, err) : ST_OK;
    }
    return st == ST_OK ? chain_step(&j->chain, offset, p, duplicate, err) : st;
}

/* What absa.state holds of us is no longer so. */
static enum out_rc forget_segment(struct judge *j, size_t segment, struct out *out)
{
    const struct seat *seat = &j->seats[segment];
    const struct slice name = j->segments.name[segment];
    char key[STATE_KEY_MAX];
    enum out_rc rc = OUT_OK;

    for (size_t i = 0; i < seat->past.n && rc == OUT_OK; i++)
        rc = out_force_tombstone(out, TOPIC_STATE, 0,
                                 state_key_pane(key, seat->past.v[i].start_ms, name));
    if (rc == OUT_OK && seat->overtaken > 0)
        rc = out_force_tombstone(out, TOPIC_STATE, 0, state_key_overtaken(key, name));
    if (rc == OUT_OK && seat->episode.firing)
        rc = out_force_tombstone(out, TOPIC_STATE, 0, state_key_alert(key, judge_rule(j), name));
    if (rc == OUT_OK && seat->memory_stored)
        rc = out_force_tombstone(out, TOPIC_STATE, 0, state_key_scan(key, name));
    if (rc == OUT_OK && seat->lesson)
        rc = out_force_tombstone(out, TOPIC_STATE, 0, state_key_lesson(key, name));
    return rc;
}

static enum out_rc forget_state(struct judge *j, struct out *out)
{
    enum out_rc rc = OUT_OK;

    for (size_t i = 0; i < j->leftover.n && rc == OUT_OK; i++)
        rc = out_force_tombstone(out, TOPIC_STATE, 0, slice_str(j->leftover.key[i]));
    for (size_t i = 0; i < j->segments.n && rc == OUT_OK; i++)
        rc = forget_segment(j, i, out);
    if (rc == OUT_OK && j->close_stored)
        rc = out_force_tombstone(out, TOPIC_STATE, 0, slice_str("close"));
    return rc;
}

/* A run begins, with nothing remembered. */
static enum status begin_run(struct judge *j, const struct order *o, struct out *out,
                             struct err *err)
{
    if (!farewells_complete(j)) /* once what is before is committed, a new start knows them */
        return err_set(err, ST_RETRY,
                       "a rewind ends alerts of before this start: obeyed at the next");
    enum status st = farewells_say(j, true, out, err);
    if (st != ST_OK)
        return st;
    if (forget_state(j, out) != OUT_OK)
        return out_error(out, err);
    st = judge_begin(j, err);
    if (st != ST_OK)
        return st;
    j->run = o->run;
    j->begin_ms = o->begin_ms;
    j->closed_ms = o->begin_ms;
    j->window_start_ms = o->begin_ms;
    j->incomplete_until_ms = o->until_ms;
    return ST_OK;
}

enum status judge_obey(struct judge *j, const struct stage_rec *rec, struct out *out,
                       struct err *err)
{
    const bool again = rec->offset < j->next_offset;
    struct order o;
    enum status st = order_read(j->wire, rec, j->arena, &o, err);

    if (st != ST_OK)
        return st;
    if (o.kind == ORDER_REWIND && o.run > j->run && !again)
        st = begin_run(j, &o, out, err);
    else if (o.kind == ORDER_GAP && o.run == j->run && o.part >= 0 && o.part < j->parts &&
             j->chain.next[o.part] == o.from)
        st = accept(j, &o, rec->offset, err);
    if (st == ST_OK && !again) {
        j->next_offset = rec->offset + 1;
        j->dirty = true;
    }
    return st;
}

enum status judge_or_rewind(struct judge *j, int64_t offset, enum status st)
{
    const struct order *o = orders_rewind(&j->orders, j->run, offset);

    if (!o)
        return st;
    j->skip_to = o->offset;
    return ST_OK;
}

void judge_release_leftovers(struct judge *j)
{
    for (size_t i = 0; i < j->leftover.n; i++)
        free(j->leftover.key[i]);
    free(j->leftover.key);
    j->leftover = (struct leftovers){ NULL, 0 };
}

/* Notes a key, or drops it again when it was deleted. */
static enum status note_key(struct leftovers *l, const struct stage_rec *rec, struct err *err)
{
    size_t i = 0;

    while (i < l->n && !slice_is(rec->key, l->key[i]))
        i++;
    if (slice_is(rec->key, "judge") || (!rec->value.p && i == l->n))
        return ST_OK;
    if (!rec->value.p) {
        free(l->key[i]);
        l->key[i] = l->key[--l->n];
        return ST_OK;
    }
    if (i < l->n)
        return ST_OK;
    char **key = realloc(l->key, (l->n + 1) * sizeof(*key));
    if (key)
        l->key = key;
    char *copy = key ? strndup(rec->key.p, rec->key.n) : NULL;
    if (!copy)
        return err_set(err, ST_FATAL, "out of memory");
    l->key[l->n++] = copy;
    return ST_OK;
}

static enum status note_keys(struct judge *j, struct log_reader *log, struct err *err)
{
    struct stage_rec rec;
    bool more = true;
    enum status st = log->open(log->ctx, TOPIC_STATE, 0, 0, err);

    if (st != ST_OK)
        return st;
    while ((st = log->next(log->ctx, &rec, &more, err)) == ST_OK && more) {
        st = note_key(&j->leftover, &rec, err);
        if (st != ST_OK)
            break;
    }
    log->close(log->ctx);
    return st;
}

enum status judge_abandon(struct judge *j, struct stage_resume *resume, bool *found,
                          struct err *err)
{
    const struct order *first = orders_rewind(&j->orders, 0, resume->offset);
    enum status st;

    *found = first != NULL;
    if (!first)
        return ST_OK;
    const struct order o = *first;
    st = judge_begin(j, err);
    if (st == ST_OK)
        st = note_keys(j, resume->log, err);
    j->next_offset = o.offset;
    j->replay_from = o.offset;
    resume->offset = o.offset;
    resume->floor = o.offset;
    return st;
}
