/* SPDX-License-Identifier: MIT */
#include "stage/out.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "record/deadletter.h"
#include "stage/stage.h"

/* What out_undo() goes back to. Bytes of undone records stay in the arena until
 * out_clear(): an undo ends a batch, so there is one a batch. */
struct tally {
    size_t n;
    size_t bytes;
    int64_t counters[COUNTER_N];
    int64_t dead[DEAD_N];
};

struct out {
    struct wire *wire;
    const struct topology *topo;
    struct out_limits limits;
    bool (*full)(void *ctx);
    void *full_ctx;

    struct arena *arena; /* keys, values, headers */
    struct out_rec *v;
    size_t cap;
    struct tally now;
    struct tally open;
    struct hdr tag; /* name.p == NULL: none */

    struct buf scratch; /* the encoding at hand */
    struct err err;
    bool failed;
};

static const char *const reason_names[DEAD_N] = {
    [DEAD_JSON] = "json",
    [DEAD_DEPTH] = "depth",
    [DEAD_DUP_KEY] = "dup_key",
    [DEAD_NUMBER] = "number",
    [DEAD_TOO_LARGE] = "too_large",
    [DEAD_ENCODING] = "encoding",
    [DEAD_CSV] = "csv",
    [DEAD_SHAPE] = "shape",
    [DEAD_RANGE] = "range",
    [DEAD_CLOCK] = "clock",
    [DEAD_CLOCK_SKEW] = "clock_skew",
    [DEAD_NO_TIME] = "no_time",
    [DEAD_NULL] = "null",
    [DEAD_SCHEMA] = "schema",
    [DEAD_AVRO] = "avro",
    [DEAD_SCHEMA_INCOMPATIBLE] = "schema_incompatible",
    [DEAD_SCORE] = "score",
    [DEAD_KILLER] = "killer",
    [DEAD_REFUSED] = "refused",
    [DEAD_PREDICTION] = "prediction",
};

const char *dead_reason_name(enum dead_reason r)
{
    return reason_names[r];
}

struct out *out_new(struct wire *w, const struct topology *topo, struct out_limits limits)
{
    struct out *out = calloc(1, sizeof(*out));

    if (!out)
        return NULL;
    out->arena = arena_new(OUT_BYTES_MAX);
    if (!out->arena) {
        free(out);
        return NULL;
    }
    out->wire = w;
    out->topo = topo;
    out->limits = limits;
    buf_init(&out->scratch, WIRE_RECORD_MAX);
    return out;
}

void out_free(struct out *out)
{
    if (!out)
        return;
    arena_free(out->arena);
    free(out->v);
    buf_release(&out->scratch);
    free(out);
}

void out_set_limits(struct out *out, struct out_limits limits)
{
    out->limits = limits;
}

void out_set_fault(struct out *out, bool (*full)(void *ctx), void *ctx)
{
    out->full = full;
    out->full_ctx = ctx;
}

void out_open(struct out *out)
{
    out->open = out->now;
    out->tag = (struct hdr){ { NULL, 0 }, { NULL, 0 } };
}

void out_tag(struct out *out, const struct hdr *tag)
{
    out->tag = tag ? *tag : (struct hdr){ { NULL, 0 }, { NULL, 0 } };
}

void out_undo(struct out *out)
{
    out->now = out->open;
    out->failed = false;
}

void out_clear(struct out *out)
{
    arena_reset(out->arena);
    out->now = (struct tally){ 0 };
    out->open = out->now;
    out->failed = false;
}

static enum out_rc fail(struct out *out, const char *what)
{
    out->failed = true;
    err_set(&out->err, ST_FATAL, "output: %s", what);
    return OUT_ERROR;
}

static bool is_full(const struct out *out, size_t bytes)
{
    if (out->open.n == 0) /* it was empty: let it through */
        return false;
    if (out->full && out->full(out->full_ctx))
        return true;
    return out->now.n >= out->limits.records || bytes > out->limits.bytes ||
           out->now.bytes > out->limits.bytes - bytes;
}

static size_t size_of(const struct out_rec *rec)
{
    size_t n = rec->key.n + rec->value.n;

    for (size_t i = 0; i < rec->nhdr; i++)
        n += rec->hdr[i].name.n + rec->hdr[i].value.n;
    return n;
}

static bool grow(struct out *out)
{
    if (out->now.n < out->cap)
        return true;
    size_t cap = out->cap > 0 ? out->cap * 2 : 256;
    if (cap > OUT_RECORDS_MAX)
        return false;
    struct out_rec *v = realloc(out->v, cap * sizeof(*v));
    if (!v)
        return false;
    out->v = v;
    out->cap = cap;
    return true;
}

/* A copy of s in the arena that keeps p == NULL; false: no memory. */
static bool copy(struct out *out, struct slice s, struct slice *to)
{
    *to = s.p ? arena_copy(out->arena, s) : s;
    return to->p || !s.p;
}

static bool copy_headers(struct out *out, const struct out_rec *from, struct out_rec *to)
{
    to->hdr = NULL;
    to->nhdr = from->nhdr;
    if (from->nhdr == 0)
        return true;
    struct hdr *h = arena_array(out->arena, from->nhdr, sizeof(*h));
    if (!h)
        return false;
    to->hdr = h;
    for (size_t i = 0; i < from->nhdr; i++) {
        if (!copy(out, from->hdr[i].name, &h[i].name) ||
            !copy(out, from->hdr[i].value, &h[i].value))
            return false;
    }
    return true;
}

static enum out_rc force(struct out *out, const struct out_rec *rec)
{
    assert(rec->part >= 0 && rec->part < out->topo->parts[rec->topic]);
    if (!grow(out))
        return fail(out, "out of memory, or more than OUT_RECORDS_MAX records in one commit");
    struct out_rec *to = &out->v[out->now.n];
    *to = *rec;
    if (!copy(out, rec->key, &to->key) || !copy(out, rec->value, &to->value) ||
        !copy_headers(out, rec, to))
        return fail(out, "out of memory, or more than OUT_BYTES_MAX bytes in one commit");
    out->now.n++;
    out->now.bytes += size_of(rec);
    return OUT_OK;
}

enum out_rc out_put(struct out *out, const struct out_rec *rec)
{
    if (is_full(out, size_of(rec)))
        return OUT_FULL;
    return force(out, rec);
}

/* Encodes into scratch; *value is borrowed from it. */
static enum out_rc encode(struct out *out, enum record_kind kind, const void *rec,
                          struct slice *value)
{
    buf_clear(&out->scratch);
    if (wire_encode(out->wire, kind, rec, &out->scratch, &out->err) != ST_OK) {
        out->failed = true;
        return OUT_ERROR;
    }
    *value = buf_slice(&out->scratch);
    return OUT_OK;
}

enum out_rc out_put_record(struct out *out, enum topic_id topic, int32_t part, struct slice key,
                           enum record_kind kind, const void *rec)
{
    struct out_rec r = {
        .topic = topic, .part = part, .key = key, .hdr = &out->tag, .nhdr = out->tag.name.p ? 1 : 0
    };
    enum out_rc rc = encode(out, kind, rec, &r.value);

    return rc == OUT_OK ? out_put(out, &r) : rc;
}

enum out_rc out_put_mark(struct out *out, enum topic_id topic, int32_t part,
                         const struct mark *mark)
{
    const struct hdr h = { slice_str("absa-kind"), slice_str("mark") };
    struct out_rec r = { .topic = topic, .part = part, .hdr = &h, .nhdr = 1 };
    enum out_rc rc = encode(out, RECORD_MARK, mark, &r.value);

    return rc == OUT_OK ? out_put(out, &r) : rc;
}

enum out_rc out_force_record(struct out *out, enum topic_id topic, int32_t part, struct slice key,
                             enum record_kind kind, const void *rec)
{
    struct out_rec r = {
        .topic = topic, .part = part, .key = key, .hdr = &out->tag, .nhdr = out->tag.name.p ? 1 : 0
    };
    enum out_rc rc = encode(out, kind, rec, &r.value);

    return rc == OUT_OK ? force(out, &r) : rc;
}

enum out_rc out_force_tombstone(struct out *out, enum topic_id topic, int32_t part,
                                struct slice key)
{
    return force(out, &(struct out_rec){ .topic = topic, .part = part, .key = key });
}

/* The first n bytes of s, never NULL. */
static struct slice head(struct slice s, size_t n)
{
    if (!s.p)
        return (struct slice){ "", 0 };
    return (struct slice){ s.p, s.n < n ? s.n : n };
}

/* The schema id of a Confluent frame, -1 when there is none. */
static int32_t frame_id(const struct stage_rec *rec)
{
    if (rec->topic == TOPIC_RAW || rec->value.n < WIRE_FRAME_LEN || rec->value.p[0] != 0)
        return -1;
    const unsigned char *p = (const unsigned char *)rec->value.p;
    uint32_t id = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
    return id <= INT32_MAX ? (int32_t)id : -1;
}

enum out_rc out_dead(struct out *out, const char *stage, const struct stage_rec *rec, int32_t index,
                     enum dead_reason reason, const char *why)
{
    char sha[SHA256_HEX_LEN + 1];
    struct deadletter d = {
        .stage = slice_str(stage),
        .reason = slice_str(dead_reason_name(reason)),
        .why = slice_str(why),
        .topic = slice_str(topic_table[rec->topic].name),
        .part = rec->part,
        .offset = rec->offset,
        .index = index,
        .arrival_ms = { .v = rec->arrival_ms, .has = rec->arrival_ms != -1 },
        .value = head(rec->value, rec->value.n > DEAD_VALUE_MAX ? DEAD_HEAD : DEAD_VALUE_MAX),
        .value_length = (int64_t)rec->value.n,
        .key = head(rec->key, DEAD_HEAD),
        .schema_id = frame_id(rec),
    };
    hash_sha256_hex(head(rec->value, rec->value.n), sha);
    d.value_sha256 = slice_str(sha);

    int32_t parts = out->topo->parts[TOPIC_DEAD];
    int32_t part = d.key.n > 0 ? hash_partition(d.key, parts) : rec->part % parts;
    enum out_rc rc = out_put_record(out, TOPIC_DEAD, part, d.key, RECORD_DEADLETTER, &d);
    if (rc == OUT_OK) {
        out->now.dead[reason]++;
        out->now.counters[COUNTER_DEAD]++;
    }
    return rc;
}

void out_count(struct out *out, enum counter c, int64_t n)
{
    out->now.counters[c] += n;
}

size_t out_n(const struct out *out)
{
    return out->now.n;
}

size_t out_bytes(const struct out *out)
{
    return out->now.bytes;
}

const struct out_rec *out_at(const struct out *out, size_t i)
{
    assert(i < out->now.n);
    return &out->v[i];
}

int64_t out_counter(const struct out *out, enum counter c)
{
    return out->now.counters[c];
}

int64_t out_dead_count(const struct out *out, enum dead_reason r)
{
    return out->now.dead[r];
}

enum status out_error(const struct out *out, struct err *err)
{
    return err_set(err, ST_FATAL, "%s", out->failed ? out->err.msg : "output: no error");
}

const struct topology *out_topology(const struct out *out)
{
    return out->topo;
}
