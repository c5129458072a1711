/* SPDX-License-Identifier: MIT */
/* An alert fires, and nothing will judge it any more: another policy judges by another
 * rule, or a rewind begins with nothing remembered, perhaps with another baseline. Whoever was
 * told that it fires is told that it ends: the last record of it once more, as resolved. So it
 * can be checked as any alert can, whatever the judge knows now.
 *
 * The last record is that which this judge wrote, or, of what fired before it started,
 * that in absa.alerts. One that is there no more (retention) has no farewell. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "consumers/drift/judge_inner.h"

static struct farewell *find(const struct farewells *f, struct slice key)
{
    for (size_t i = 0; i < f->n; i++)
        if (slice_is(key, f->v[i].key))
            return &f->v[i];
    return NULL;
}

static void release(struct farewell *f)
{
    free(f->key);
    buf_release(&f->alert);
}

void farewells_release(struct farewells *f)
{
    for (size_t i = 0; i < f->n; i++)
        release(&f->v[i]);
    free(f->v);
    *f = (struct farewells){ NULL, 0 };
}

static void drop(struct farewells *f, struct farewell *one)
{
    assert(f->v); /* one is of it */
    release(one);
    *one = f->v[--f->n];
}

/* The entry of a key, empty when it is new. NULL: out of memory. */
static struct farewell *entry_of(struct farewells *f, struct slice key)
{
    struct farewell *one = find(f, key);
    struct farewell *v;

    if (one) {
        buf_clear(&one->alert);
        return one;
    }
    v = realloc(f->v, (f->n + 1) * sizeof(*v));
    if (!v)
        return NULL;
    f->v = v;
    one = &v[f->n];
    *one = (struct farewell){ .key = strndup(key.p, key.n) };
    if (!one->key)
        return NULL;
    buf_init(&one->alert, ALERT_BYTES_MAX);
    f->n++;
    return one;
}

enum status farewell_note(struct judge *j, struct slice key, const struct alert *alert,
                          struct err *err)
{
    struct farewell *one = find(&j->farewells, key);

    if (alert->state == ALERT_RESOLVED) {
        if (one)
            drop(&j->farewells, one);
        return ST_OK;
    }
    one = entry_of(&j->farewells, key);
    if (!one)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(one->id, alert->alert_id.p, HASH_ID_HEX_LEN);
    one->severity = alert->severity;
    return wire_encode(j->wire, RECORD_ALERT, alert, &one->alert, err);
}

/* What absa.state says fires, whatever judged it. */
static enum status note_state(struct judge *j, const struct stage_rec *rec, struct err *err)
{
    const struct slice prefix = slice_str("alert|");
    struct farewell *one;
    struct state s;
    enum status st;

    if (rec->key.n <= prefix.n || memcmp(rec->key.p, prefix.p, prefix.n) != 0)
        return ST_OK;
    one = find(&j->farewells, rec->key);
    if (!rec->value.p) {
        if (one)
            drop(&j->farewells, one);
        return ST_OK;
    }
    arena_reset(j->arena);
    st = wire_decode(j->wire, RECORD_STATE, rec->value, &s, j->arena, err);
    if (st == ST_REJECT || (st == ST_OK && (!s.alert || s.alert->alert_id.n != HASH_ID_HEX_LEN)))
        return ST_OK; /* of a version that we do not know: a rewind leads on all the same */
    if (st != ST_OK)
        return st;
    one = entry_of(&j->farewells, rec->key);
    if (!one)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(one->id, s.alert->alert_id.p, HASH_ID_HEX_LEN);
    one->severity = s.alert->severity;
    return ST_OK;
}

/* Keeps the alert when it is of one that fires. */
static enum status note_alert(struct judge *j, const struct stage_rec *rec, struct err *err)
{
    struct alert alert;
    enum status st;

    arena_reset(j->arena);
    st = wire_decode(j->wire, RECORD_ALERT, rec->value, &alert, j->arena, err);
    if (st == ST_REJECT)
        return ST_OK; /* none of ours */
    for (size_t i = 0; i < j->farewells.n && st == ST_OK; i++) {
        struct farewell *one = &j->farewells.v[i];

        if (!slice_is(alert.alert_id, one->id))
            continue;
        buf_clear(&one->alert);
        st = wire_encode(j->wire, RECORD_ALERT, &alert, &one->alert, err);
    }
    return st;
}

static enum status read_log(struct judge *j, struct log_reader *log, enum topic_id topic,
                            enum status (*note)(struct judge *, const struct stage_rec *,
                                                struct err *),
                            struct err *err)
{
    struct stage_rec rec;
    bool more = true;
    enum status st = log->open(log->ctx, topic, 0, 0, err);

    if (st != ST_OK)
        return st;
    while ((st = log->next(log->ctx, &rec, &more, err)) == ST_OK && more) {
        st = note(j, &rec, err);
        if (st != ST_OK)
            break;
    }
    log->close(log->ctx);
    return st;
}

enum status farewells_read(struct judge *j, struct log_reader *log, struct err *err)
{
    enum status st;

    farewells_release(&j->farewells);
    st = read_log(j, log, TOPIC_STATE, note_state, err);
    if (st == ST_OK && j->farewells.n > 0)
        st = read_log(j, log, TOPIC_ALERTS, note_alert, err);
    return st;
}

/* Tells what was told last as resolved, and for ever. */
static enum out_rc put(struct judge *j, const struct farewell *one, struct out *out,
                       struct err *err)
{
    const struct slice prefix = slice_str("alert|");
    const struct slice key = slice_str(one->key);
    const struct policy *policy = NULL;
    struct alert alert;
    char sum[SHA256_HEX_LEN + 1];

    if (one->alert.n == 0)
        return OUT_OK;
    arena_reset(j->arena);
    if (wire_decode_own(j->wire, RECORD_ALERT, buf_slice(&one->alert), &alert, j->arena, err) !=
            ST_OK ||
        policy_find(alert.policy, &policy, err) != ST_OK)
        return OUT_ERROR;
    alert.state = ALERT_RESOLVED;
    alert.seq++;
    alert.severity = one->severity;
    alert.threshold = policy_threshold(policy, one->severity, alert.psi.has ? alert.psi.v : 0);
    alert.examples = (struct alert_example_list){ 0 };
    alert.message = slice_str("not watched any more: another policy, baseline or run has begun");
    if (alert_checksum(&alert, sum, err) != ST_OK)
        return OUT_ERROR;
    alert.checksum = slice_str(sum);
    out_count(out, COUNTER_ALERTS, 1);
    return out_force_record(out, TOPIC_ALERTS, 0,
                            (struct slice){ key.p + prefix.n, key.n - prefix.n }, RECORD_ALERT,
                            &alert);
}

bool farewells_complete(const struct judge *j)
{
    for (size_t i = 0; i < j->segments.n; i++) {
        char key[STATE_KEY_MAX];

        if (j->seats[i].episode.firing &&
            !find(&j->farewells, state_key_alert(key, judge_rule(j), j->segments.name[i])))
            return false;
    }
    return true;
}

/* Whether the judge goes on with the alert: its rule is ours. */
static bool is_ours(const struct judge *j, const struct farewell *one)
{
    const char *rule = judge_rule(j);
    const size_t prefix = strlen("alert|");

    return strncmp(one->key + prefix, rule, strlen(rule)) == 0 &&
           one->key[prefix + strlen(rule)] == '|';
}

enum status farewells_say(struct judge *j, bool all, struct out *out, struct err *err)
{
    for (size_t i = j->farewells.n; i > 0; i--) {
        struct farewell *one = &j->farewells.v[i - 1];
        enum out_rc rc = OUT_OK;

        if (!all && is_ours(j, one))
            continue;
        rc = put(j, one, out, err);
        if (rc == OUT_OK && !all)
            rc = out_force_tombstone(out, TOPIC_STATE, 0, slice_str(one->key));
        if (rc != OUT_OK)
            return err->msg[0] ? ST_FATAL : out_error(out, err);
        drop(&j->farewells, one);
    }
    return ST_OK;
}
