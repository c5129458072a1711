/* SPDX-License-Identifier: MIT */
#include "wire/defaults.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "wire/array.h"
#include "wire/fromjson.h"
#include "wire/json.h"
#include "wire/wire.h"

enum { TABLES_MAX = 64, ENUMS_MAX = 32, ARENA_MAX = 1 << 20 };

struct symbol {
    const char *const *names;
    int at;
};

struct defaults {
    struct arena *a;
    struct wire_image image[TABLES_MAX];
    size_t n;
    struct symbol symbol[ENUMS_MAX];
    size_t nsymbol;
};

static enum status disagree(struct err *err, const struct wire_table *t, const char *what)
{
    return err_set(err, ST_FATAL, "table and schema of %s disagree: %s", t->name, what);
}

static struct wire_image *find(struct defaults *d, const struct wire_table *t)
{
    for (size_t i = 0; i < d->n; i++) {
        if (d->image[i].table == t)
            return &d->image[i];
    }
    return NULL;
}

const struct wire_image *defaults_of(const struct defaults *d, const struct wire_table *t)
{
    size_t i = 0;

    while (i < d->n && d->image[i].table != t)
        i++;
    assert(i < d->n);
    return &d->image[i];
}

int defaults_symbol(const struct defaults *d, const char *const *names)
{
    for (size_t i = 0; i < d->nsymbol; i++) {
        if (d->symbol[i].names == names)
            return d->symbol[i].at;
    }
    return -1;
}

static enum status visit_record(struct defaults *d, const json_t *schema,
                                const struct wire_table *t, struct err *err);

/* "type": ["null", X] and "type": {"type": "array", "items": X} lead to X. */
static const json_t *inner_type(const json_t *type)
{
    if (json_is_array(type))
        type = json_array_get(type, json_array_size(type) - 1);
    if (json_is_object(type) && json_is_string(json_object_get(type, "type")) &&
        strcmp(json_string_value(json_object_get(type, "type")), "array") == 0)
        type = json_object_get(type, "items");
    return type;
}

static enum status visit_enum(struct defaults *d, const json_t *type, const struct wire_table *t,
                              const struct wire_field *f, struct err *err)
{
    const json_t *symbols = json_object_get(type, "symbols");
    const json_t *dflt = json_object_get(type, "default");
    size_t n = 0;

    while (f->names[n]) {
        const char *symbol = json_string_value(json_array_get(symbols, n));

        if (!symbol || strcmp(symbol, f->names[n]) != 0)
            return disagree(err, t, f->name);
        n++;
    }
    if (json_array_size(symbols) != n || d->nsymbol == ENUMS_MAX)
        return disagree(err, t, f->name);
    if (dflt) {
        d->symbol[d->nsymbol++] =
            (struct symbol){ f->names, wire_name(f->names, json_string_value(dflt)) };
    }
    return ST_OK;
}

/* The named type that a field defines, if it does (it may name an earlier one). */
static enum status visit_type(struct defaults *d, const json_t *type, const struct wire_table *t,
                              const struct wire_field *f, struct err *err)
{
    type = inner_type(type);
    if (f->type == WIRE_ENUM && json_is_object(type))
        return visit_enum(d, type, t, f, err);
    if (f->sub && json_is_object(type))
        return visit_record(d, type, f->sub, err);
    return ST_OK;
}

static enum status visit_field(struct defaults *d, const json_t *json, struct wire_image *image,
                               size_t i, struct err *err)
{
    const struct wire_table *t = image->table;
    const struct wire_field *f = &t->fields[i];
    const char *name = json_string_value(json_object_get(json, "name"));
    const json_t *dflt = json_object_get(json, "default");
    struct from_json in = { d, d->a, err };

    if (!name || strcmp(name, f->name) != 0)
        return disagree(err, t, f->name);
    enum status st = visit_type(d, json_object_get(json, "type"), t, f, err);
    if (st != ST_OK || !dflt)
        return st;
    image->has[i] = true;
    if (from_json_field(&in, f, dflt, (char *)image->bytes + f->offset) != ST_OK)
        return disagree(err, t, f->name);
    return ST_OK;
}

static enum status visit_record(struct defaults *d, const json_t *schema,
                                const struct wire_table *t, struct err *err)
{
    const json_t *fields = json_object_get(schema, "fields");
    struct wire_image *image = find(d, t);

    if (image)
        return ST_OK;
    if (json_array_size(fields) != t->n || d->n == TABLES_MAX)
        return disagree(err, t, "number of fields");
    image = &d->image[d->n++];
    image->table = t;
    image->bytes = arena_zalloc(d->a, t->size);
    image->has = arena_array(d->a, t->n, sizeof(image->has[0]));
    if (!image->bytes || !image->has)
        return err_set(err, ST_FATAL, "out of memory for defaults");
    for (size_t i = 0; i < t->n; i++) {
        enum status st = visit_field(d, json_array_get(fields, i), image, i, err);

        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status visit_kind(struct defaults *d, enum record_kind kind, struct err *err)
{
    struct slice text = wire_schema_text(kind);
    enum dead_reason reason;
    json_t *schema;
    enum status st = wire_json_parse(text, WIRE_SCHEMA_MAX, 0, &schema, &reason, err);

    if (st == ST_REJECT)
        return disagree(err, wire_tables[kind], err->msg);
    if (st == ST_OK)
        st = visit_record(d, schema, wire_tables[kind], err);
    json_decref(schema);
    return st;
}

enum status defaults_new(struct defaults **out, struct err *err)
{
    struct defaults *d = calloc(1, sizeof(*d));
    enum status st = ST_OK;

    *out = NULL;
    if (d)
        d->a = arena_new(ARENA_MAX);
    if (!d || !d->a) {
        defaults_free(d);
        return err_set(err, ST_FATAL, "out of memory for defaults");
    }
    for (int kind = 0; st == ST_OK && kind < RECORD_N; kind++)
        st = visit_kind(d, (enum record_kind)kind, err);
    if (st == ST_OK)
        *out = d;
    else
        defaults_free(d);
    return st;
}

void defaults_free(struct defaults *d)
{
    if (!d)
        return;
    arena_free(d->a);
    free(d);
}
