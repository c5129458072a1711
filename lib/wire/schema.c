/* SPDX-License-Identifier: MIT */
#include "wire/schema.h"

#include <avro/errors.h>
#include <avro/generic.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"
#include "wire/wire.h"

enum { ARENA_MAX = 4 << 20, VALUE_KEEP_MAX = 1 << 20 };

/* avro-c 1.11.1 writes past its heap when a fixed has a negative size
 * (apache/avro #3891), so sizes are looked at before it is asked. The depth of
 * json is bounded by the parser. */
static bool sizes_are_sane(json_t *json)
{
    const json_t *size = json_object_get(json, "size");
    const char *key;
    json_t *value;
    size_t i;

    if (size && (!json_is_integer(size) || json_integer_value(size) < 0 ||
                 json_integer_value(size) > WALK_FIXED_MAX))
        return false;
    json_object_foreach(json, key, value)
    {
        if (!sizes_are_sane(value))
            return false;
    }
    json_array_foreach(json, i, value)
    {
        if (!sizes_are_sane(value))
            return false;
    }
    return true;
}

/* Whether avro-c may be shown this text. */
static enum status vet(struct slice text, struct err *err)
{
    enum dead_reason reason;
    json_t *json;
    enum status st = wire_json_parse(text, WIRE_SCHEMA_MAX, 0, &json, &reason, err);

    if (st != ST_OK)
        return st;
    if (!json_is_object(json))
        st = err_set(err, ST_REJECT, "schema is no record");
    else if (!sizes_are_sane(json))
        st = err_set(err, ST_REJECT, "schema has a size out of range");
    json_decref(json);
    return st;
}

static enum record_kind kind_of(avro_schema_t schema)
{
    const char *space = is_avro_record(schema) ? avro_schema_namespace(schema) : NULL;

    for (int k = 0; space && strcmp(space, "absa") == 0 && k < RECORD_N; k++) {
        if (strcmp(avro_schema_name(schema), wire_tables[k]->name) == 0)
            return (enum record_kind)k;
    }
    return RECORD_N;
}

static enum status new_value(struct schema *s, struct err *err)
{
    if (!s->iface)
        s->iface = avro_generic_class_from_schema(s->avro);
    if (!s->iface || avro_generic_value_new(s->iface, &s->value) != 0)
        return err_set(err, ST_FATAL, "out of memory for a value of schema %d", s->id);
    return ST_OK;
}

/* ST_REJECT: the schema is of no use to us. */
static enum status compile(struct schema *s, struct slice text, const struct defaults *d,
                           struct err *err)
{
    enum status st = vet(text, err);

    if (st != ST_OK)
        return st;
    if (avro_schema_from_json_length(text.p, text.n, &s->avro) != 0) {
        s->avro = NULL;
        return err_set(err, ST_REJECT, "schema is no Avro schema");
    }
    s->kind = kind_of(s->avro);
    if (s->kind == RECORD_N)
        return err_set(err, ST_REJECT, "schema is none of our records");
    st = walk_compile(s->avro, s->a, &s->root, err);
    if (st == ST_OK)
        st = bind_new(d, s->root, wire_tables[s->kind], s->a, &s->bind, err);
    if (st == ST_OK)
        st = new_value(s, err);
    if (st != ST_OK)
        s->bind = NULL;
    return st;
}

enum status schema_new(int32_t id, struct slice text, const struct defaults *d, struct schema **out,
                       struct err *err)
{
    struct schema *s = calloc(1, sizeof(*s));

    *out = NULL;
    if (s)
        s->a = arena_new(ARENA_MAX);
    if (!s || !s->a) {
        schema_free(s);
        return err_set(err, ST_FATAL, "out of memory for schema %d", id);
    }
    s->id = id;
    s->kind = RECORD_N;
    if (compile(s, text, d, &s->why) == ST_FATAL) {
        *err = s->why;
        schema_free(s);
        return ST_FATAL;
    }
    *out = s;
    return ST_OK;
}

void schema_free(struct schema *s)
{
    if (!s)
        return;
    if (s->value.self)
        avro_value_decref(&s->value);
    if (s->iface)
        avro_value_iface_decref(s->iface);
    if (s->avro)
        avro_schema_decref(s->avro);
    arena_free(s->a);
    free(s);
}

/* Gives the strings back, and what a large record grew. */
static enum status tidy(struct schema *s, size_t n, struct err *err)
{
    if (n <= VALUE_KEEP_MAX && avro_value_reset(&s->value) == 0)
        return ST_OK;
    avro_value_decref(&s->value);
    s->value = (avro_value_t){ NULL, NULL };
    return new_value(s, err);
}

/* Fills s->value. What the walker let through avro-c must take. */
static enum status load(struct schema *s, avro_reader_t reader, struct slice body, struct err *err)
{
    if (body.n > WIRE_RECORD_MAX)
        return err_set(err, ST_REJECT, "avro: %zu bytes are over the maximum", body.n);
    enum status st = walk_check(s->root, body, err);
    if (st != ST_OK)
        return st;
    avro_reader_memory_set_source(reader, body.p, (int64_t)body.n);
    int rc = avro_value_read(reader, &s->value);
    if (rc == ENOMEM)
        return err_set(err, ST_FATAL, "out of memory for a record");
    return rc == 0 ? ST_OK : err_set(err, ST_REJECT, "avro: refused by avro-c");
}

enum status schema_read(struct schema *s, avro_reader_t reader, struct slice body, void *rec,
                        struct arena *a, struct err *err)
{
    struct err late = { 0 };

    s->reason = DEAD_AVRO;
    enum status st = load(s, reader, body, err);
    if (st == ST_OK) {
        s->reason = DEAD_SCHEMA_INCOMPATIBLE;
        st = bind_read(s->bind, &s->value, rec, a, err);
    }
    if (tidy(s, body.n, &late) != ST_OK && st != ST_FATAL) {
        *err = late;
        st = ST_FATAL;
    }
    return st;
}
