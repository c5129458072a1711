/* SPDX-License-Identifier: MIT */
#include "producers/replay/stretch.h"

#include <stdio.h>
#include <stdlib.h>

#include "kafka/admin.h"
#include "kafka/reader.h"

/* One partition and its next record. */
struct lane {
    struct kafka_reader *reader;
    const struct kafka_msg *msg; /* NULL: at its end */
    int64_t arrival_ms;
};

struct stretch {
    struct kafka_names names; /* the reader asks for TOPIC_RAW */
    int64_t from_ms;
    int64_t until_ms;
    int32_t n;
    int32_t last; /* whose record was handed out; -1: none */
    struct lane lanes[STRETCH_PARTS_MAX];
};

/* When a record arrived first: what it says itself wins over the log. */
static int64_t arrival_of(const struct stage_rec *rec)
{
    struct slice s = stage_header(rec, "absa-arrival");
    char text[24];

    if (!s.p || s.n == 0 || s.n >= sizeof(text))
        return rec->arrival_ms;
    snprintf(text, sizeof(text), "%.*s", SLICE_ARG(s));
    return strtoll(text, NULL, 10);
}

/* Moves a lane to its next record within the stretch. */
static enum status advance(struct stretch *s, struct lane *l, struct err *err)
{
    enum status st;

    for (;;) {
        st = kafka_reader_next(l->reader, &l->msg, err);
        if (st != ST_OK || !l->msg)
            return st;
        l->arrival_ms = arrival_of(&l->msg->rec);
        if (!stage_header(&l->msg->rec, "absa-kind").p && l->arrival_ms >= s->from_ms &&
            l->arrival_ms < s->until_ms)
            return ST_OK;
    }
}

/* Opens a lane. A log that lives in its own time is read from its start; else
 * the log itself knows where the stretch begins. */
static enum status open_lane(struct stretch *s, const struct kafka_conf *kafka, int32_t part,
                             struct err *err)
{
    struct lane *l = &s->lanes[part];
    const struct kafka_msg *first = NULL;
    int64_t offset = -1;
    enum status st = kafka_reader_new(kafka, &s->names, &l->reader, err);

    if (st == ST_OK)
        st = kafka_reader_open(l->reader, TOPIC_RAW, part, -1, -1, err);
    if (st == ST_OK)
        st = kafka_reader_next(l->reader, &first, err);
    if (st == ST_OK && first && s->from_ms > 0 && !stage_header(&first->rec, "absa-arrival").p)
        st = kafka_reader_offset_at(l->reader, TOPIC_RAW, part, s->from_ms, &offset, err);
    if (st == ST_OK)
        st = kafka_reader_open(l->reader, TOPIC_RAW, part, offset, -1, err);
    return st == ST_OK ? advance(s, l, err) : st;
}

static enum status count_parts(struct stretch *s, const struct kafka_conf *kafka, struct err *err)
{
    const char *topic = s->names.of[TOPIC_RAW];
    struct kafka_admin *admin;
    enum status st = kafka_admin_new(kafka, &admin, err);

    if (st == ST_OK)
        st = kafka_admin_partitions(admin, topic, &s->n, err);
    if (st == ST_OK && (s->n == 0 || s->n > STRETCH_PARTS_MAX))
        st = err_set(err, ST_FATAL, "config: %s has %d partitions, want 1..%d", topic, (int)s->n,
                     STRETCH_PARTS_MAX);
    kafka_admin_free(admin);
    return st;
}

enum status stretch_open(const struct kafka_conf *kafka, const char *topic, int64_t from_ms,
                         int64_t until_ms, struct stretch **out, struct err *err)
{
    struct stretch *s = calloc(1, sizeof(*s));

    *out = NULL;
    if (!s)
        return err_set(err, ST_FATAL, "out of memory");
    s->from_ms = from_ms;
    s->until_ms = until_ms;
    s->last = -1;
    snprintf(s->names.of[TOPIC_RAW], KAFKA_TOPIC_MAX, "%s", topic);
    enum status st = count_parts(s, kafka, err);
    for (int32_t p = 0; st == ST_OK && p < s->n; p++)
        st = open_lane(s, kafka, p, err);
    if (st != ST_OK) {
        stretch_close(s);
        return st;
    }
    *out = s;
    return ST_OK;
}

void stretch_close(struct stretch *s)
{
    if (!s)
        return;
    for (int32_t p = 0; p < STRETCH_PARTS_MAX; p++)
        kafka_reader_free(s->lanes[p].reader);
    free(s);
}

int32_t stretch_parts(const struct stretch *s)
{
    return s->n;
}

enum status stretch_next(struct stretch *s, const struct stage_rec **rec, int64_t *arrival_ms,
                         struct err *err)
{
    struct lane *best = NULL;
    enum status st = ST_OK;

    *rec = NULL;
    if (s->last >= 0)
        st = advance(s, &s->lanes[s->last], err);
    if (st != ST_OK)
        return st;
    for (int32_t p = 0; p < s->n; p++) {
        struct lane *l = &s->lanes[p];

        if (l->msg && (!best || l->arrival_ms < best->arrival_ms))
            best = l;
    }
    s->last = best ? (int32_t)(best - s->lanes) : -1;
    if (best) {
        *rec = &best->msg->rec;
        *arrival_ms = best->arrival_ms;
    }
    return ST_OK;
}
