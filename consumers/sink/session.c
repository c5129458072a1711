/* SPDX-License-Identifier: MIT */
/* session.c -- from a connection to the first record: whose turn it is, where we stand. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "consumers/sink/inner.h"
#include "now/now.h"
#include "obs/log.h"
#include "store/migrate.h"

enum { STANDBY_MS = 500, NUMBER_MAX = 24 };

static const enum topic_id topics[] = { TOPIC_WINDOWS, TOPIC_ALERTS, TOPIC_SCORES, TOPIC_LABELS,
                                        TOPIC_DEAD };

struct lane *sink_lane(struct sink *s, enum topic_id topic, int32_t part)
{
    for (size_t i = 0; i < s->n_lanes; i++) {
        if (s->lanes[i].topic == topic && s->lanes[i].part == part)
            return &s->lanes[i];
    }
    return NULL;
}

/* Appends the partitions of a topic. */
static enum status add_lanes(struct sink *s, enum topic_id topic, struct err *err)
{
    int32_t n = 0;
    enum status st = kafka_admin_partitions(s->admin, s->names.of[topic], &n, err);

    if (st != ST_OK)
        return st;
    if (n == 0) /* one that has just come up may not know it yet */
        return err_set(err, s->opened ? ST_RETRY : ST_FATAL,
                       "config: there is no topic %s: run absa topics apply", s->names.of[topic]);
    struct lane *v = realloc(s->lanes, (s->n_lanes + (size_t)n) * sizeof(*v));
    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    s->lanes = v;
    for (int32_t p = 0; p < n; p++)
        v[s->n_lanes++] = (struct lane){ .topic = topic, .part = p };
    return ST_OK;
}

static enum status take_offset(void *ctx, const char *const *values, struct err *err)
{
    if (!slice_to_int64(slice_str(values[0]), ctx))
        return err_set(err, ST_FATAL, "the database gives no offset");
    return ST_OK;
}

static enum status save(struct sink *s, const struct lane *lane, struct err *err)
{
    char part[NUMBER_MAX];
    char offset[NUMBER_MAX];
    const char *const params[] = { s->names.of[lane->topic], part, offset };
    const struct store_query q = { "INSERT INTO absa.kafka_position (topic, part, next_offset)"
                                   " VALUES ($1, $2, $3) ON CONFLICT (topic, part)"
                                   " DO UPDATE SET next_offset = excluded.next_offset",
                                   params, 3 };

    snprintf(part, sizeof(part), "%" PRId32, lane->part);
    snprintf(offset, sizeof(offset), "%" PRId64, lane->saved);
    return store_change(s->store, &q, NULL, err);
}

/* What is saved against what the log has: first to end. */
static enum status place(struct sink *s, struct lane *lane, int64_t first, int64_t end,
                         struct err *err)
{
    const char *name = s->names.of[lane->topic];
    const int64_t was = lane->saved;

    if (was > end) {
        return err_set(err, ST_FATAL,
                       "config: %s[%d] ends at %" PRId64 ", but the database has it up to %" PRId64
                       ": another cluster, or the topic was made anew: see "
                       "docs/runbook/database.md",
                       name, (int)lane->part, end, was);
    }
    if (was >= first)
        return ST_OK;
    if (was >= 0 && !s->args->from_start)
        return err_set(err, ST_FATAL,
                       "config: %s[%d]: records %" PRId64 "..%" PRId64
                       " were deleted before they were read; --from-start goes on behind them",
                       name, (int)lane->part, was, first - 1);
    lane->saved = first;
    log_info("a log is read from its start", LOG_STR("topic", name), LOG_INT("part", lane->part),
             LOG_INT("offset", first), LOG_INT("was", was));
    return save(s, lane, err);
}

static enum status find(struct sink *s, struct lane *lane, struct err *err)
{
    const char *name = s->names.of[lane->topic];
    char part[NUMBER_MAX];
    const char *const params[] = { name, part };
    const struct store_query q = {
        "SELECT next_offset FROM absa.kafka_position WHERE topic = $1 AND part = $2", params, 2
    };
    int64_t first = 0;
    int64_t end = 0;

    snprintf(part, sizeof(part), "%" PRId32, lane->part);
    lane->saved = -1;
    enum status st = store_ask(s->store, &q, take_offset, &lane->saved, err);
    if (st == ST_OK)
        st = kafka_admin_range(s->admin, name, lane->part, &first, &end, err);
    if (st == ST_OK)
        st = place(s, lane, first, end, err);
    lane->next = lane->saved;
    lane->read = lane->saved;
    return st;
}

static enum status begin_reading(struct sink *s, struct err *err)
{
    struct kafka_lane *v = calloc(s->n_lanes, sizeof(*v));

    if (!v)
        return err_set(err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < s->n_lanes; i++)
        v[i] = (struct kafka_lane){ s->lanes[i].topic, s->lanes[i].part, s->lanes[i].saved };
    enum status st = kafka_lanes_new(&s->kafka, &s->names, v, s->n_lanes, &s->reader, err);
    free(v);
    return st;
}

/* Waits until no other sink of the same topics holds the lock; it goes with the connection. */
static enum status wait_for_turn(struct sink *s, struct err *err)
{
    const char *const params[] = { s->args->topics->prefix };
    const struct store_query q = {
        "SELECT pg_try_advisory_lock(hashtextextended($1, 7306085818))::integer", params, 1
    };
    int64_t ours = 0;
    enum status st = ST_OK;

    while (st == ST_OK && !ours && !app_stopping()) {
        health_beat(s->health);
        st = store_ask(s->store, &q, take_offset, &ours, err);
        if (st == ST_OK && !ours) {
            s->ready = PARTS_STANDBY;
            s->opened = true;
            sink_show_ready(s, NULL);
            now_nap(STANDBY_MS);
        }
    }
    if (ours)
        s->ready = PARTS_OWNED;
    return st;
}

/* From the positions on; only for whose turn it is. */
static enum status start(struct sink *s, struct err *err)
{
    enum status st = ST_OK;

    health_away(s->health, SINK_AWAY_MS);
    for (size_t i = 0; st == ST_OK && i < sizeof(topics) / sizeof(topics[0]); i++)
        st = add_lanes(s, topics[i], err);
    for (size_t i = 0; st == ST_OK && i < s->n_lanes; i++)
        st = find(s, &s->lanes[i], err);
    if (st == ST_OK)
        st = begin_reading(s, err);
    return st == ST_OK ? writer_new(s, &s->writer, err) : st;
}

enum status sink_open(struct sink *s, struct err *err)
{
    health_away(s->health, SINK_AWAY_MS);
    enum status st = store_open(s->conf->database, s->conf->password, &s->store, err);

    if (st == ST_OK)
        st = store_check_version(s->store, err);
    if (st == ST_OK)
        st = wait_for_turn(s, err);
    return st == ST_OK && s->ready == PARTS_OWNED ? start(s, err) : st;
}

void sink_close(struct sink *s)
{
    health_away(s->health, SINK_AWAY_MS);
    writer_free(s->writer);
    batch_clear(&s->now);
    kafka_lanes_free(s->reader);
    store_close(s->store);
    free(s->lanes);
    s->writer = NULL;
    s->reader = NULL;
    s->store = NULL;
    s->lanes = NULL;
    s->n_lanes = 0;
    s->catching_up = false;
    s->ready = PARTS_WAITING;
}
