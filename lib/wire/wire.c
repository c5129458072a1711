/* SPDX-License-Identifier: MIT */
#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>

#include "wire/builtin.h"
#include "wire/encode.h"
#include "wire/fromjson.h"
#include "wire/json.h"
#include "wire/schema.h"
#include "wire/tojson.h"

enum { SCHEMAS_MAX = 1024 };

struct wire {
    struct wire_source source; /* by_id NULL: none */
    struct defaults *defaults;
    avro_reader_t reader;
    enum dead_reason reason;
    size_t n;
    struct schema *schemas[SCHEMAS_MAX];
};

/* The row that we write records of kind with: the last one of its name. */
static const struct wire_builtin *builtin_of(enum record_kind kind)
{
    size_t i = wire_builtins_n;

    while (i > 0 && strcmp(wire_builtins[i - 1].record, wire_tables[kind]->name) != 0)
        i--;
    return i > 0 ? &wire_builtins[i - 1] : NULL;
}

struct slice wire_schema_text(enum record_kind kind)
{
    const struct wire_builtin *b = builtin_of(kind);

    return b ? b->text : (struct slice){ NULL, 0 };
}

int32_t wire_schema_id(enum record_kind kind)
{
    const struct wire_builtin *b = builtin_of(kind);

    return b ? b->id : -1;
}

static struct schema *find(const struct wire *w, int32_t id)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->schemas[i]->id == id)
            return w->schemas[i];
    }
    return NULL;
}

/* Every built-in schema must be readable, and the newest of a record what
 * encode_record() writes. */
static enum status load_builtins(struct wire *w, struct err *err)
{
    for (size_t i = 0; i < wire_builtins_n; i++) {
        const struct wire_builtin *b = &wire_builtins[i];
        enum status st = schema_new(b->id, b->text, w->defaults, &w->schemas[w->n], err);

        if (st != ST_OK)
            return st;
        const struct schema *s = w->schemas[w->n++];
        if (!s->bind)
            return err_set(err, ST_FATAL, "schema %d (%s): %s", b->id, b->record, s->why.msg);
    }
    for (int k = 0; k < RECORD_N; k++) {
        const struct schema *s = find(w, wire_schema_id((enum record_kind)k));

        if (!s || (int)s->kind != k || !encode_agrees(s->root, wire_tables[k]))
            return err_set(err, ST_FATAL, "schema of %s is not what its table writes",
                           wire_tables[k]->name);
    }
    return ST_OK;
}

enum status wire_new(const struct wire_source *src, struct wire **out, struct err *err)
{
    struct wire *w = calloc(1, sizeof(*w));
    enum status st;

    *out = NULL;
    if (!w)
        return err_set(err, ST_FATAL, "out of memory for the codec");
    wire_json_watch_memory();
    if (src)
        w->source = *src;
    st = defaults_new(&w->defaults, err);
    if (st == ST_OK) {
        w->reader = avro_reader_memory("", 0);
        if (!w->reader)
            st = err_set(err, ST_FATAL, "out of memory for the codec");
    }
    if (st == ST_OK)
        st = load_builtins(w, err);
    if (st == ST_OK)
        *out = w;
    else
        wire_free(w);
    return st;
}

void wire_free(struct wire *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++)
        schema_free(w->schemas[i]);
    if (w->reader)
        avro_reader_free(w->reader);
    defaults_free(w->defaults);
    free(w);
}

enum dead_reason wire_reason(const struct wire *w)
{
    return w->reason;
}

/* ---- encoding ---- */

/* Takes back what was written since out held n bytes. */
static enum status take_back(struct buf *out, size_t n, struct err *err)
{
    bool full = buf_failed(out);

    buf_truncate(out, n);
    out->failed = false;
    return full ? err_set(err, ST_FATAL, "record does not fit its buffer") : ST_FATAL;
}

enum status wire_encode(struct wire *w, enum record_kind kind, const void *rec, struct buf *out,
                        struct err *err)
{
    uint32_t id = (uint32_t)wire_schema_id(kind);
    size_t start = out->n;
    const char head[WIRE_FRAME_LEN] = { 0, (char)(id >> 24), (char)(id >> 16), (char)(id >> 8),
                                        (char)id };

    (void)w;
    buf_add(out, head, sizeof(head));
    enum status st = encode_record(wire_tables[kind], rec, out, err);
    if (st != ST_OK || buf_failed(out))
        return take_back(out, start, err);
    return ST_OK;
}

enum status wire_to_json(enum record_kind kind, const void *rec, struct buf *out, struct err *err)
{
    size_t start = out->n;

    to_json_record(wire_tables[kind], rec, out);
    return buf_failed(out) ? take_back(out, start, err) : ST_OK;
}

/* ---- decoding ---- */

static enum status reject(struct wire *w, enum dead_reason reason)
{
    w->reason = reason;
    return ST_REJECT;
}

/* Asks the source for a schema that is not known yet, and keeps it. */
static enum status fetch(struct wire *w, int32_t id, struct schema **out, struct err *err)
{
    struct slice text;

    if (!w->source.by_id || w->n == SCHEMAS_MAX) {
        err_set(err, ST_REJECT, "schema: id %d is not known", id);
        return reject(w, DEAD_SCHEMA);
    }
    enum status st = w->source.by_id(w->source.ctx, id, &text, err);
    if (st == ST_REJECT)
        return reject(w, DEAD_SCHEMA);
    if (st == ST_OK)
        st = schema_new(id, text, w->defaults, out, err);
    if (st == ST_OK)
        w->schemas[w->n++] = *out;
    return st;
}

/* The schema that a frame names. */
static enum status open_frame(struct wire *w, struct slice framed, struct schema **out,
                              struct err *err)
{
    const uint8_t *p = (const uint8_t *)framed.p;

    if (framed.n < WIRE_FRAME_LEN || p[0] != 0) {
        err_set(err, ST_REJECT, "schema: no frame in %zu bytes", framed.n);
        return reject(w, DEAD_SCHEMA);
    }
    int32_t id =
        (int32_t)((uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4]);
    *out = find(w, id);
    enum status st = *out ? ST_OK : fetch(w, id, out, err);
    if (st != ST_OK)
        return st;
    const struct schema *s = *out;
    if (s->bind)
        return ST_OK;
    err_set(err, ST_REJECT, "schema_incompatible: id %d: %s", id, s->why.msg);
    return reject(w, s->avro && s->kind == RECORD_N ? DEAD_SCHEMA : DEAD_SCHEMA_INCOMPATIBLE);
}

enum status wire_peek(struct wire *w, struct slice framed, enum record_kind *kind, struct err *err)
{
    struct schema *s = NULL;
    enum status st = open_frame(w, framed, &s, err);

    if (st == ST_OK)
        *kind = s->kind;
    return st;
}

enum status wire_decode(struct wire *w, enum record_kind kind, struct slice framed, void *rec,
                        struct arena *a, struct err *err)
{
    struct schema *s = NULL;

    memset(rec, 0, wire_tables[kind]->size);
    enum status st = open_frame(w, framed, &s, err);
    if (st != ST_OK)
        return st;
    if (s->kind != kind) {
        err_set(err, ST_REJECT, "schema: a %s where a %s is due", wire_tables[s->kind]->name,
                wire_tables[kind]->name);
        return reject(w, DEAD_SCHEMA);
    }
    struct slice body = { framed.p + WIRE_FRAME_LEN, framed.n - WIRE_FRAME_LEN };
    st = schema_read(s, w->reader, body, rec, a, err);
    return st == ST_REJECT ? reject(w, s->reason) : st;
}

enum status wire_decode_own(struct wire *w, enum record_kind kind, struct slice framed, void *rec,
                            struct arena *a, struct err *err)
{
    enum status st = wire_decode(w, kind, framed, rec, a, err);

    if (st != ST_REJECT)
        return st;
    if (w->reason != DEAD_AVRO)
        err_prefix(err, "config: a %s of a newer version", wire_tables[kind]->name);
    return ST_FATAL;
}

enum status wire_from_json(struct wire *w, enum record_kind kind, struct slice json, void *rec,
                           struct arena *a, struct err *err)
{
    struct from_json in = { w->defaults, a, err };
    enum dead_reason reason;
    json_t *root;

    memset(rec, 0, wire_tables[kind]->size);
    enum status st = wire_json_parse(json, WIRE_RECORD_MAX, WIRE_JSON_NUL, &root, &reason, err);
    if (st != ST_OK)
        return st;
    st = from_json_record(&in, wire_tables[kind], root, rec);
    json_decref(root);
    return st;
}
