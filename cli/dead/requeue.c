/* SPDX-License-Identifier: MIT */
#include "cli/dead/requeue.h"

#include <inttypes.h>
#include <stdio.h>

enum { HEADERS_MAX = 32, FLUSH_MS = 60000, NUMBER_MAX = 24 };

/* What goes back; borrows from the letter and from the source record. */
struct back {
    struct hdr hdr[HEADERS_MAX];
    struct kafka_rec rec;
    char offset[NUMBER_MAX];
    char arrival[NUMBER_MAX];
};

enum status requeue_open(struct requeue *r, bool dry_run, struct err *err)
{
    enum status st = kafka_reader_new(r->kafka, r->names, &r->source, err);

    return st == ST_OK && !dry_run ? kafka_producer_new(r->kafka, &r->producer, err) : st;
}

/* The record at a place; NULL: it is no longer there. */
static enum status record_at(struct requeue *r, enum topic_id topic, int32_t part, int64_t offset,
                             const struct kafka_msg **m, struct err *err)
{
    enum status st = kafka_reader_open(r->source, topic, part, offset, offset + 1, err);

    *m = NULL;
    if (st == ST_OK)
        st = kafka_reader_next(r->source, m, err);
    if (st == ST_OK && *m && (*m)->rec.offset != offset)
        *m = NULL;
    return st;
}

/* Do the records of this raw partition bring their own time? The oldest tells. */
static enum status brings_time(struct requeue *r, int32_t part, bool *own, struct err *err)
{
    const struct kafka_msg *m = NULL;
    enum status st = kafka_reader_open(r->source, TOPIC_RAW, part, -1, -1, err);

    *own = false;
    while (st == ST_OK && (st = kafka_reader_next(r->source, &m, err)) == ST_OK && m) {
        if (stage_header(&m->rec, "absa-kind").p)
            continue;
        *own = stage_header(&m->rec, "absa-arrival").p != NULL;
        break;
    }
    return st;
}

static void add(struct back *b, const char *name, const char *value)
{
    if (b->rec.nhdr < HEADERS_MAX)
        b->hdr[b->rec.nhdr++] = (struct hdr){ slice_str(name), slice_str(value) };
}

/* Headers as the source had them, but for one of ours. */
static void copy_headers(struct back *b, const struct stage_rec *source)
{
    for (size_t i = 0; i < source->nhdr && b->rec.nhdr < HEADERS_MAX - 2; i++) {
        if (!slice_is(source->hdr[i].name, "absa-requeued"))
            b->hdr[b->rec.nhdr++] = source->hdr[i];
    }
}

/* Headers of a letter whose source is gone. */
static enum status make_headers(struct requeue *r, struct back *b, enum topic_id topic,
                                const struct deadletter *l, struct err *err)
{
    bool own = false;
    enum status st = topic == TOPIC_RAW ? brings_time(r, l->part, &own, err) : ST_OK;

    if (st == ST_OK && own && l->arrival_ms.has) {
        snprintf(b->arrival, sizeof(b->arrival), "%" PRId64, l->arrival_ms.v);
        add(b, "absa-arrival", b->arrival);
    }
    return st;
}

static enum status send_back(struct requeue *r, struct back *b, int64_t offset, struct err *err)
{
    snprintf(b->offset, sizeof(b->offset), "%" PRId64, offset);
    add(b, "absa-requeued", b->offset);
    b->rec.hdr = b->hdr;
    r->sent++;
    return r->producer ? kafka_producer_send(r->producer, &b->rec, err) : ST_OK;
}

enum status requeue_one(struct requeue *r, int64_t offset, const struct deadletter *l,
                        bool by_offset, struct err *err)
{
    const struct kafka_msg *source = NULL;
    struct way_back w = letter_way_back(l, by_offset, true);
    enum status st = ST_OK;

    if (!w.not_because)
        st = record_at(r, w.topic, l->part, l->offset, &source, err);
    if (st != ST_OK)
        return st;
    if (!w.not_because)
        w = letter_way_back(l, by_offset, source != NULL);
    if (w.not_because) {
        fprintf(stderr, "absa dead: %" PRId64 " stays: %s\n", offset, w.not_because);
        r->not_sent++;
        return ST_OK;
    }
    struct back b = {
        .rec = { .topic = r->names->of[w.topic], .part = l->part, .key = l->key, .value = l->value }
    };
    if (source && l->value_length != (int64_t)l->value.n)
        b.rec.value = source->rec.value;
    if (source)
        copy_headers(&b, &source->rec);
    else
        st = make_headers(r, &b, w.topic, l, err);
    return st == ST_OK ? send_back(r, &b, offset, err) : st;
}

enum status requeue_finish(struct requeue *r, struct err *err)
{
    return r->producer ? kafka_producer_flush(r->producer, FLUSH_MS, err) : ST_OK;
}

void requeue_close(struct requeue *r)
{
    kafka_producer_free(r->producer);
    kafka_reader_free(r->source);
}
