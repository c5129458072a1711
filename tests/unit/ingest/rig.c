/* SPDX-License-Identifier: MIT */
#include "rig.h"

#include "support/check.h"

#include <stdio.h>

static const struct out_limits roomy = { 10000, 16 << 20 };

void rig_open(struct rig *r, const struct ingest_conf *conf)
{
    const struct ingest_conf dflt = ingest_conf_default();
    struct err err = { 0 };

    *r = (struct rig){ .topo = topology_make(RIG_RAW, RIG_PARTS, 1) };
    assert_int_equal(wire_new(NULL, &r->wire, &err), ST_OK);
    assert_int_equal(ingest_stage_new(conf ? conf : &dflt, r->wire, &r->topo, &r->stage, &err),
                     ST_OK);
    r->out = out_new(r->wire, &r->topo, roomy);
    r->arena = arena_new(64 << 20);
    assert_non_null(r->out);
    assert_non_null(r->arena);
}

void rig_close(struct rig *r)
{
    stage_close(&r->stage);
    out_free(r->out);
    wire_free(r->wire);
    arena_free(r->arena);
}

void rig_assign(struct rig *r, int32_t part, int64_t offset, const char *meta)
{
    struct stage_resume resume = { .offset = offset, .meta = slice_str(meta) };
    struct err err = { 0 };

    assert_int_equal(r->stage.ops->assign(r->stage.ctx, part, &resume, r->out, &err), ST_OK);
}

static void feed(struct rig *r, struct stage_rec *rec)
{
    struct err err = { 0 };
    size_t used = 0;

    rec->topic = TOPIC_RAW;
    rec->offset = r->offset++;
    if (r->stage.ops->process(r->stage.ctx, rec->part, rec, 1, &used, r->out, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(used, 1);
}

void rig_feed(struct rig *r, int32_t part, const char *value, int64_t arrival_ms)
{
    feed(r,
         &(struct stage_rec){ .part = part, .arrival_ms = arrival_ms, .value = slice_str(value) });
}

void rig_feed_with(struct rig *r, int32_t part, const char *value, const char *header,
                   const char *header_value)
{
    const struct hdr h = { slice_str(header), slice_str(header_value) };

    feed(r, &(struct stage_rec){
                .part = part, .arrival_ms = -1, .value = slice_str(value), .hdr = &h, .nhdr = 1 });
}

/* The i-th record of the output that goes to topic and is a mark, or not. */
static const struct out_rec *find(struct rig *r, enum topic_id topic, bool mark, size_t i)
{
    for (size_t k = 0; k < out_n(r->out); k++) {
        const struct out_rec *rec = out_at(r->out, k);

        if (rec->topic == topic && (rec->nhdr > 0) == mark && i-- == 0)
            return rec;
    }
    return NULL;
}

static void *decode(struct rig *r, const struct out_rec *rec, enum record_kind kind)
{
    struct err err = { 0 };
    void *to = arena_zalloc(r->arena, wire_tables[kind]->size);

    assert_non_null(to);
    assert_int_equal(wire_decode(r->wire, kind, rec->value, to, r->arena, &err), ST_OK);
    return to;
}

const struct comment *rig_comment(struct rig *r, size_t i)
{
    const struct out_rec *rec = find(r, TOPIC_COMMENTS, false, i);

    return rec ? decode(r, rec, RECORD_COMMENT) : NULL;
}

const struct mark *rig_mark(struct rig *r, size_t i, int32_t *part)
{
    const struct out_rec *rec = find(r, TOPIC_COMMENTS, true, i);

    if (rec && part)
        *part = rec->part;
    return rec ? decode(r, rec, RECORD_MARK) : NULL;
}

const struct deadletter *rig_dead(struct rig *r, size_t i)
{
    const struct out_rec *rec = find(r, TOPIC_DEAD, false, i);

    return rec ? decode(r, rec, RECORD_DEADLETTER) : NULL;
}

size_t rig_marks(struct rig *r)
{
    size_t n = 0;

    while (find(r, TOPIC_COMMENTS, true, n))
        n++;
    return n;
}

void rig_commit(struct rig *r)
{
    out_clear(r->out);
}

const char *rig_text(const char *video, const char *iso)
{
    static char text[256];

    snprintf(text, sizeof(text),
             "{\"comment_text\":\"so good\",\"timestamp\":\"%s\",\"video_id\":\"%s\"}", iso, video);
    return text;
}
