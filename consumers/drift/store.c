/* SPDX-License-Identifier: MIT */
/* absa.state: what the judge writes before a commit. The topic is compacted; the last
 * record of a key holds. */
#include "consumers/drift/judge_inner.h"

enum out_rc judge_put_state(struct out *out, struct slice key, const struct state *state)
{
    const struct out_rec tombstone = { .topic = TOPIC_STATE, .key = key };

    if (!state)
        return out_put(out, &tombstone);
    return out_put_record(out, TOPIC_STATE, 0, key, RECORD_STATE, state);
}

static enum out_rc force_state(struct out *out, struct slice key, const struct state *state)
{
    return out_force_record(out, TOPIC_STATE, 0, key, RECORD_STATE, state);
}

static enum out_rc store_judge(struct judge *j, struct out *out)
{
    size_t parts = (size_t)j->parts;
    size_t cells = parts * (size_t)j->matrix.count;
    struct judge_state judge;
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_JUDGE, .judge = &judge };

    j->replay_from = open_panes_replay_from(&j->open, j->next_offset);
    chain_forget(&j->chain, j->replay_from);
    judge = (struct judge_state){
        .run = j->run,
        .next_offset = j->next_offset,
        .replay_from = j->replay_from,
        .closed_ms = j->closed_ms,
        .last_data_ms = j->last_data_ms,
        .overtaken = j->overtaken,
        .chain_duplicates = j->chain_duplicates,
        .next = { j->chain.next, parts },
        .src_epoch = j->matrix.epoch,
        .src_count = j->matrix.count,
        .wm = { j->matrix.wm, cells },
        .window_start_ms = j->window_start_ms,
        .replay_next = { j->chain.replay_next, parts },
        .baseline = slice_str(j->base->id),
        .pane_ms = j->conf.pane_ms,
        .window_ms = j->conf.window_ms,
        .begin_ms = j->begin_ms,
        .incomplete_until_ms = j->incomplete_until_ms,
    };
    return force_state(out, slice_str("judge"), &state);
}

static enum out_rc store_close(struct judge *j, struct out *out)
{
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_CLOSE, .close = &j->close };
    enum out_rc rc = OUT_OK;

    if (j->closing)
        rc = force_state(out, slice_str("close"), &state);
    else if (j->close_stored)
        rc = out_force_tombstone(out, TOPIC_STATE, 0, slice_str("close"));
    j->close_stored = j->closing;
    j->close_dirty = false;
    return rc;
}

static enum out_rc store_overtaken(struct judge *j, size_t segment, struct out *out)
{
    struct pane_delta delta = { .segment = j->segments.name[segment],
                                .overtaken = j->seats[segment].overtaken };
    const struct state state = { .format = STATE_FORMAT, .kind = STATE_PANE, .pane = &delta };
    char key[STATE_KEY_MAX];

    j->seats[segment].overtaken_dirty = false;
    return force_state(out, state_key_overtaken(key, delta.segment), &state);
}

enum status judge_store(struct judge *j, struct out *out, struct err *err)
{
    enum out_rc rc = OUT_OK;

    if (j->rebuilding)
        return ST_OK; /* nothing is new */
    if (j->dirty)
        rc = store_judge(j, out);
    if (rc == OUT_OK && j->close_dirty)
        rc = store_close(j, out);
    for (size_t i = 0; i < j->segments.n && rc == OUT_OK; i++)
        if (j->seats[i].overtaken_dirty)
            rc = store_overtaken(j, i, out);
    j->dirty = false;
    return rc == OUT_OK ? ST_OK : out_error(out, err);
}
