/* SPDX-License-Identifier: MIT */
#include "consumers/tail/entry.h"

#include <inttypes.h>

#include "pipe/transcode.h"
#include "wire/tojson.h"

enum { JSON_MAX = 4 * WIRE_RECORD_MAX, SCRATCH_MAX = 256 << 20 };

enum status entry_reader_init(struct entry_reader *r, struct err *err)
{
    *r = (struct entry_reader){ .arena = arena_new(SCRATCH_MAX) };
    buf_init(&r->json, JSON_MAX);
    if (!r->arena)
        return err_set(err, ST_FATAL, "out of memory");
    return wire_new(NULL, &r->wire, err);
}

void entry_reader_release(struct entry_reader *r)
{
    wire_free(r->wire);
    arena_free(r->arena);
    buf_release(&r->json);
}

static void begin(struct entry_reader *r, const char *kind)
{
    buf_clear(&r->json);
    buf_fmt(&r->json, "{\"absa_kind\":\"%s\"", kind);
}

static void add_string(struct entry_reader *r, const char *name, struct slice value)
{
    buf_fmt(&r->json, ",\"%s\":", name);
    to_json_string(value, &r->json);
}

static void undecodable(struct entry_reader *r, const char *reason, struct entry *e)
{
    e->reason = reason;
    e->why = r->why.msg;
    begin(r, "undecodable");
    add_string(r, "topic", slice_str(e->topic));
    buf_fmt(&r->json, ",\"partition\":%" PRId32 ",\"offset\":%" PRId64, e->rec->part,
            e->rec->offset);
    add_string(r, "reason", slice_str(reason));
    add_string(r, "why", slice_str(e->why));
    buf_byte(&r->json, '}');
}

/* The struct of an alert or a dead letter, whose lines are for people. NULL: it
 * is none. */
static const void *body(struct entry_reader *r, const struct stage_rec *rec, enum topic_id topic,
                        enum record_kind kind)
{
    struct err ignored;
    void *rec_of;

    if (rec->topic != topic || slice_is(stage_header(rec, "absa-kind"), "mark"))
        return NULL;
    rec_of = arena_zalloc(r->arena, wire_tables[kind]->size);
    if (!rec_of || wire_decode(r->wire, kind, rec->value, rec_of, r->arena, &ignored) != ST_OK)
        return NULL;
    return rec_of;
}

static void decode(struct entry_reader *r, const struct stage_rec *rec, struct entry *e)
{
    const struct out_rec as_out = { .topic = rec->topic,
                                    .part = rec->part,
                                    .key = rec->key,
                                    .value = rec->value,
                                    .hdr = rec->hdr,
                                    .nhdr = rec->nhdr };
    enum status st = transcode_out(r->wire, &as_out, r->arena, &r->json, &r->why);

    if (st != ST_OK) {
        undecodable(r, st == ST_REJECT ? dead_reason_name(wire_reason(r->wire)) : "too_large", e);
        return;
    }
    buf_truncate(&r->json, r->json.n - 1); /* the end of the line */
    e->alert = body(r, rec, TOPIC_ALERTS, RECORD_ALERT);
    e->dead = body(r, rec, TOPIC_DEAD, RECORD_DEADLETTER);
}

void entry_read(struct entry_reader *r, const char *name, const struct stage_rec *rec,
                struct entry *out)
{
    arena_reset(r->arena);
    buf_clear(&r->json);
    *out = (struct entry){ .topic = name, .rec = rec };
    if (rec->topic == TOPIC_RAW && slice_is(stage_header(rec, "absa-kind"), "end")) {
        begin(r, "end");
        buf_byte(&r->json, '}');
    } else if (!rec->value.p) {
        begin(r, "deleted");
        add_string(r, "key", rec->key);
        buf_byte(&r->json, '}');
    } else if (rec->topic == TOPIC_RAW) {
        out->json = rec->value;
        return;
    } else {
        decode(r, rec, out);
    }
    out->json = buf_slice(&r->json);
}
