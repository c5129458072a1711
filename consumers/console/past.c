/* SPDX-License-Identifier: MIT */
#include "consumers/console/past.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_MAX = 24, FRAME_MAX = WIRE_RECORD_MAX };

/* clang-format off */
#define MS(at)   "(extract(epoch FROM " at ") * 1000)::bigint"
#define TIME(ms) "to_timestamp(" ms "::bigint / 1000.0)"

/* A window as its record reads. $1 and $2 bound its end, the latter included. */
static const char windows_sql[] =
    "SELECT json_build_object("
        "'run', w.run, 'segment', w.segment, 'rule', w.rule, "
        "'start_ms', " MS("w.start_at") ", 'end_ms', " MS("w.end_at") ", "
        "'state', w.state, 'stale_by', coalesce(w.stale_by, ''), "
        "'n', w.n, 'n_eff', w.n_eff, 'videos', w.videos, 'videos_eff', w.videos_eff, "
        "'late', w.late, 'updates', w.updates, "
        "'baseline', w.baseline, 'bundle', w.bundle, 'policy', w.policy, "
        "'counters', json_build_object("
            "'late_by_floor', w.late_by_floor, 'overtaken', w.overtaken, "
            "'cross_source_updates', w.cross_source_updates, 'dedupe_evicted', w.dedupe_evicted), "
        "'estimated_accuracy', w.estimated_accuracy, "
        "'estimated_accuracy_error', w.estimated_accuracy_error, "
        "'estimated_accuracy_before', w.estimated_accuracy_before, "
        "'features', coalesce("
            "(SELECT json_agg(json_build_object("
                "'name', d.feature, 'n', d.n, 'missing', d.missing, 'infinite', d.infinite, "
                "'n_eff', d.n_eff, 'psi', d.psi, 'ks', d.ks, 'ks_p', d.ks_p, "
                "'wasserstein', d.wasserstein, 'js', d.js, 'p', d.p, 'q', d.q, 'test', d.test, "
                "'effect', d.effect, 'severity', d.severity, 'bins', d.bins, 'linf', d.linf, "
                "'chi2_p', d.chi2_p, 'unseen', d.unseen) ORDER BY d.feature) "
            "FROM absa.distance d "
            "WHERE d.start_at = w.start_at AND d.end_at = w.end_at AND d.segment = w.segment "
            "AND d.rule = w.rule AND d.run = w.run), '[]')) "
    "FROM absa.judged_window w "
    "WHERE w.end_at > " TIME("$1") " AND w.end_at <= " TIME("$2") " AND w.start_at <= " TIME("$2") " "
    "ORDER BY w.end_at DESC LIMIT 100 OFFSET $3::bigint";

static const char alerts_sql[] =
    "SELECT evidence FROM absa.alert WHERE end_at > " TIME("$1") " AND end_at <= " TIME("$2") " "
    "ORDER BY end_at, alert_id, seq LIMIT 500";

static const char dead_sql[] =
    "SELECT stage, reason, sum(n)::bigint, " MS("max(at)") " FROM absa.dead_count "
    "WHERE at > " TIME("$1") " AND at <= " TIME("$2") " GROUP BY stage, reason ORDER BY stage, reason";

static const char alert_sql[] =
    "SELECT evidence FROM absa.alert WHERE alert_id = $1 ORDER BY seq LIMIT 50";

static const char newest_sql[] =
    "SELECT " MS("max(end_at)") " FROM absa.judged_window WHERE state <> 'training_skew'";
/* clang-format on */

void past_release(struct past *p)
{
    for (size_t i = 0; i < PAST_N; i++)
        model_free(p->slot[i].model);
    *p = (struct past){ 0 };
}

struct past_slot *past_get(struct past *p, const char *key)
{
    struct past_slot *found = &p->slot[0];

    for (size_t i = 0; i < PAST_N; i++) {
        struct past_slot *s = &p->slot[i];

        if (s->state != PAST_FREE && strcmp(s->key, key) == 0) {
            found = s;
            break;
        }
        if (s->used < found->used)
            found = s;
    }
    found->used = ++p->clock;
    if (found->state == PAST_FREE || strcmp(found->key, key) != 0) {
        model_free(found->model);
        *found = (struct past_slot){ .state = PAST_WANTED, .used = found->used };
        (void)snprintf(found->key, sizeof(found->key), "%s", key);
    }
    return found;
}

struct past_slot *past_wanted(struct past *p)
{
    for (size_t i = 0; i < PAST_N; i++) {
        if (p->slot[i].state == PAST_WANTED)
            return &p->slot[i];
    }
    return NULL;
}

/* A record from JSON into the model. */
static enum status take(struct past_reader *r, enum record_kind kind, const char *json,
                        struct err *err)
{
    union {
        struct window window;
        struct alert alert;
    } any;
    struct buf frame;

    arena_reset(r->arena);
    buf_init(&frame, FRAME_MAX);
    enum status st = wire_from_json(r->wire, kind, slice_str(json), &any, r->arena, err);
    if (st == ST_OK)
        st = wire_encode(r->wire, kind, &any, &frame, err);
    if (st == ST_OK && kind == RECORD_WINDOW)
        st = model_take_window(r->model, &any.window, buf_slice(&frame), err);
    else if (st == ST_OK)
        st = model_take_alert(r->model, &any.alert, buf_slice(&frame), err);
    buf_release(&frame);
    return st;
}

struct rows {
    struct past_reader *reader;
    size_t n;
};

static enum status take_window(void *ctx, const char *const *values, struct err *err)
{
    struct rows *rows = ctx;

    rows->n++;
    return values[0] ? take(rows->reader, RECORD_WINDOW, values[0], err) : ST_OK;
}

static enum status take_alert(void *ctx, const char *const *values, struct err *err)
{
    struct rows *rows = ctx;

    rows->n++;
    return values[0] ? take(rows->reader, RECORD_ALERT, values[0], err) : ST_OK;
}

static enum status take_dead(void *ctx, const char *const *values, struct err *err)
{
    struct rows *rows = ctx;
    struct model_dead d = { .part = -1 };

    if (!values[2] || !slice_to_int64(slice_str(values[2]), &d.n) || !values[3] ||
        !slice_to_int64(slice_str(values[3]), &d.last_ms))
        return err_set(err, ST_FATAL, "the database gives no number");
    model_take_dead(rows->reader->model, slice_str(values[0]), slice_str(values[1]), &d);
    return ST_OK;
}

/* The newest first, so that what there is no room for is the oldest. */
static enum status load_windows(struct past_reader *r, const char *from, const char *until,
                                struct err *err)
{
    const int64_t dropped = r->model->dropped;
    char offset[NUMBER_MAX];
    enum status st = ST_OK;
    struct rows rows;
    int64_t n = 0;

    do {
        const char *const params[] = { from, until, offset };
        const struct store_query q = { windows_sql, params, 3 };

        rows = (struct rows){ r, 0 };
        (void)snprintf(offset, sizeof(offset), "%" PRId64, n);
        st = store_ask(r->store, &q, take_window, &rows, err);
        n += (int64_t)rows.n;
    } while (st == ST_OK && rows.n > 0 && n < PAST_ROWS_MAX && r->model->dropped == dropped);
    return st;
}

static enum status load_until(struct past_reader *r, int64_t until_ms, struct err *err)
{
    char from[NUMBER_MAX];
    char until[NUMBER_MAX];
    const char *const params[] = { from, until };
    const struct store_query alerts = { alerts_sql, params, 2 };
    const struct store_query dead = { dead_sql, params, 2 };
    struct rows rows = { r, 0 };

    (void)snprintf(from, sizeof(from), "%" PRId64, until_ms - r->model->keep_ms);
    (void)snprintf(until, sizeof(until), "%" PRId64, until_ms);
    enum status st = load_windows(r, from, until, err);
    if (st == ST_OK)
        st = store_ask(r->store, &alerts, take_alert, &rows, err);
    return st == ST_OK ? store_ask(r->store, &dead, take_dead, &rows, err) : st;
}

static enum status load_alert(struct past_reader *r, const char *alert_id, struct err *err)
{
    const char *const params[] = { alert_id };
    const struct store_query q = { alert_sql, params, 1 };
    struct rows rows = { r, 0 };

    return store_ask(r->store, &q, take_alert, &rows, err);
}

enum status past_load(struct past_reader *r, const char *key, struct err *err)
{
    int64_t until_ms = 0;
    enum status st = ST_OK;

    if (strncmp(key, "alert ", 6) == 0)
        return load_alert(r, key + 6, err);
    if (strncmp(key, "until ", 6) != 0 || !slice_to_int64(slice_str(key + 6), &until_ms))
        return err_set(err, ST_FATAL, "nothing is called %.40s", key);
    if (until_ms == 0)
        st = store_number(r->store, newest_sql, &until_ms, err);
    return st == ST_OK && until_ms > 0 ? load_until(r, until_ms, err) : st;
}
