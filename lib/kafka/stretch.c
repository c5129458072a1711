/* SPDX-License-Identifier: MIT */
#include "kafka/stretch.h"

#include <stdio.h>
#include <stdlib.h>

#include "kafka/admin.h"
#include "kafka/reader.h"

/* One partition and its next record. */
struct lane {
    struct kafka_reader *reader;
    const struct kafka_msg *msg; /* NULL: at its end */
    int64_t arrival_ms;
    int64_t start; /* offset of its first record; -1: it has none */
};

struct stretch {
    struct stretch_conf conf;
    struct kafka_names names; /* the readers ask for conf.id alone */
    int32_t n;
    int32_t last; /* whose record was handed out; -1: none */
    struct lane lanes[STRETCH_PARTS_MAX];
};

static int64_t arrival_of(const struct stage_rec *rec)
{
    int64_t ms;

    return slice_to_int64(stage_header(rec, "absa-arrival"), &ms) ? ms : rec->arrival_ms;
}

/* Whether a record is asked for. */
static bool wanted(const struct stretch_conf *c, const struct stage_rec *rec, int64_t arrival_ms)
{
    if (stage_header(rec, STAGE_CANARY).p)
        return false;
    return c->id != TOPIC_RAW || (!stage_header(rec, "absa-kind").p && arrival_ms >= c->from_ms &&
                                  arrival_ms < c->until_ms);
}

/* Moves a lane to its next record that is asked for. */
static enum status advance(struct stretch *s, struct lane *l, struct err *err)
{
    enum status st;

    for (;;) {
        st = kafka_reader_next(l->reader, &l->msg, err);
        if (st != ST_OK || !l->msg)
            return st;
        l->arrival_ms = arrival_of(&l->msg->rec);
        if (l->start < 0)
            l->start = l->msg->rec.offset;
        if (wanted(&s->conf, &l->msg->rec, l->arrival_ms))
            return ST_OK;
    }
}

/* Opens a lane. A log that lives in its own time is read from its start; else
 * the log itself knows where the stretch begins. */
static enum status open_lane(struct stretch *s, int32_t part, struct err *err)
{
    const struct stretch_conf *c = &s->conf;
    struct lane *l = &s->lanes[part];
    const struct kafka_msg *first = NULL;
    int64_t offset = -1;
    enum status st = kafka_reader_new(c->kafka, &s->names, &l->reader, err);

    l->start = -1;
    if (st == ST_OK)
        st = kafka_reader_open(l->reader, c->id, part, -1, -1, err);
    if (st == ST_OK && c->from_ms > 0) {
        st = kafka_reader_next(l->reader, &first, err);
        if (st == ST_OK && first && !stage_header(&first->rec, "absa-arrival").p)
            st = kafka_reader_offset_at(l->reader, c->id, part, c->from_ms, &offset, err);
        if (st == ST_OK)
            st = kafka_reader_open(l->reader, c->id, part, offset, -1, err);
    }
    return st == ST_OK ? advance(s, l, err) : st;
}

static enum status count_parts(struct stretch *s, struct err *err)
{
    const char *topic = s->conf.topic;
    struct kafka_admin *admin;
    enum status st = kafka_admin_new(s->conf.kafka, &admin, err);

    if (st == ST_OK)
        st = kafka_admin_partitions(admin, topic, &s->n, err);
    if (st == ST_OK && (s->n == 0 || s->n > STRETCH_PARTS_MAX))
        st = err_set(err, ST_FATAL, "config: %s has %d partitions, want 1..%d", topic, (int)s->n,
                     STRETCH_PARTS_MAX);
    kafka_admin_free(admin);
    return st;
}

enum status stretch_open(const struct stretch_conf *conf, struct stretch **out, struct err *err)
{
    struct stretch *s = calloc(1, sizeof(*s));

    *out = NULL;
    if (!s)
        return err_set(err, ST_FATAL, "out of memory");
    s->conf = *conf;
    s->last = -1;
    snprintf(s->names.of[conf->id], KAFKA_TOPIC_MAX, "%s", conf->topic);
    enum status st = count_parts(s, err);
    for (int32_t p = 0; st == ST_OK && p < s->n; p++)
        st = open_lane(s, p, err);
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

void stretch_progress(const struct stretch *s, int64_t *done, int64_t *total)
{
    *done = 0;
    *total = 0;
    for (int32_t p = 0; p < s->n; p++) {
        const struct lane *l = &s->lanes[p];
        const int64_t end = kafka_reader_end(l->reader);

        if (l->start < 0)
            continue;
        *total += end - l->start;
        *done += (l->msg ? l->msg->rec.offset : end) - l->start;
    }
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
