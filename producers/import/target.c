/* SPDX-License-Identifier: MIT */
#include "producers/import/target.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "kafka/admin.h"
#include "kafka/producer.h"
#include "kafka/reader.h"

enum { FLUSH_MS = 60000, TAIL = 100 /* records looked at in each partition */ };

struct target {
    const char *topic;
    int32_t parts;
    bool own_time;
    struct kafka_producer *producer;
};

/* What the last records of a partition say about it. */
static enum status check_record(const struct target *t, const struct stage_rec *rec,
                                struct err *err)
{
    if (slice_is(stage_header(rec, "absa-kind"), "end")) {
        return err_set(err, ST_FATAL,
                       "config: %s has ended: an import or replay into it is complete. Give "
                       "another topic (-t), or delete this one and run absa topics apply",
                       t->topic);
    }
    if ((stage_header(rec, "absa-arrival").p != NULL) != t->own_time) {
        return err_set(err, ST_FATAL,
                       "config: %s holds %s: a topic is one or the other. Give another topic "
                       "(-t), or --arrival %s",
                       t->topic, t->own_time ? "live records" : "records with their own arrival",
                       t->own_time ? "kafka" : "now");
    }
    return ST_OK;
}

static enum status check_tail(const struct target *t, struct kafka_reader *r, int32_t part,
                              int64_t from, struct err *err)
{
    const struct kafka_msg *m = NULL;
    enum status st = kafka_reader_open(r, TOPIC_RAW, part, from, -1, err);

    while (st == ST_OK) {
        st = kafka_reader_next(r, &m, err);
        if (st != ST_OK || !m)
            break;
        st = check_record(t, &m->rec, err);
    }
    return st;
}

static enum status check_partitions(const struct target *t, struct kafka_admin *admin,
                                    struct kafka_reader *r, struct err *err)
{
    int32_t n = 0;
    enum status st = kafka_admin_partitions(admin, t->topic, &n, err);

    if (st == ST_OK && n == 0) {
        return err_set(err, ST_FATAL, "config: there is no topic %s: run absa topics apply",
                       t->topic);
    }
    if (st == ST_OK && n != t->parts) {
        return err_set(err, ST_FATAL,
                       "config: %s has %d partitions, raw.partitions says %d: see absa topics grow",
                       t->topic, (int)n, (int)t->parts);
    }
    for (int32_t p = 0; st == ST_OK && p < n; p++) {
        int64_t low = 0;
        int64_t end = 0;

        st = kafka_admin_range(admin, t->topic, p, &low, &end, err);
        if (st == ST_OK && end > low)
            st = check_tail(t, r, p, end - low > TAIL ? end - TAIL : low, err);
    }
    return st;
}

static enum status check_topic(const struct target *t, const struct kafka_conf *kafka,
                               struct err *err)
{
    struct kafka_names names = { 0 };
    struct kafka_admin *admin = NULL;
    struct kafka_reader *r = NULL;

    snprintf(names.of[TOPIC_RAW], sizeof(names.of[TOPIC_RAW]), "%s", t->topic);
    enum status st = kafka_admin_new(kafka, &admin, err);
    if (st == ST_OK)
        st = kafka_reader_new(kafka, &names, &r, err);
    if (st == ST_OK)
        st = check_partitions(t, admin, r, err);
    kafka_reader_free(r);
    kafka_admin_free(admin);
    return st;
}

enum status target_open(const struct kafka_conf *kafka, const char *topic, int32_t parts,
                        bool own_time, struct target **out, struct err *err)
{
    struct target *t = calloc(1, sizeof(*t));

    *out = NULL;
    if (!t)
        return err_set(err, ST_FATAL, "out of memory");
    *t = (struct target){ .topic = topic, .parts = parts, .own_time = own_time };
    enum status st = check_topic(t, kafka, err);
    if (st == ST_OK)
        st = kafka_producer_new(kafka, &t->producer, err);
    if (st != ST_OK) {
        target_close(t);
        return st;
    }
    *out = t;
    return ST_OK;
}

void target_close(struct target *t)
{
    if (!t)
        return;
    kafka_producer_free(t->producer);
    free(t);
}

enum status target_send(struct target *t, const struct raw_record *rec, int64_t arrival_ms,
                        struct err *err)
{
    struct raw_headers h;

    raw_headers(rec, arrival_ms, &h);
    const struct kafka_rec out = { .topic = t->topic,
                                   .part = hash_partition(rec->video, t->parts),
                                   .key = rec->video,
                                   .value = rec->value,
                                   .hdr = h.v,
                                   .nhdr = h.n };
    return kafka_producer_send(t->producer, &out, err);
}

enum status target_finish(struct target *t, bool end, struct err *err)
{
    const struct hdr kind = { slice_str("absa-kind"), slice_str("end") };
    enum status st = ST_OK;

    for (int32_t p = 0; end && st == ST_OK && p < t->parts; p++) {
        const struct kafka_rec out = {
            .topic = t->topic, .part = p, .value = { "", 0 }, .hdr = &kind, .nhdr = 1
        };
        st = kafka_producer_send(t->producer, &out, err);
    }
    return st == ST_OK ? kafka_producer_flush(t->producer, FLUSH_MS, err) : st;
}
