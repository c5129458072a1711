/* SPDX-License-Identifier: MIT */
#include "wire/bind.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "record/types.h"
#include "wire/array.h"

/* How one type of the writer becomes one member of ours. */
struct bind {
    const struct walk_node *from;
    const struct wire_image *image; /* of a record: ours                            */
    struct bind **kids;             /* fields, branches (NULL: skip, unfit) or item */
    const int *symbols;             /* of an enum: ours, by the writer's index      */
    size_t offset;                  /* in the struct around it                      */
    size_t size;                    /* of an item of an array                       */
    enum wire_type to;
};

struct binder {
    const struct defaults *defaults;
    struct arena *a;
    struct err *err;
};

static enum status unfit(struct err *err, const char *name)
{
    return err_set(err, ST_REJECT, "field %s cannot be read as ours", name);
}

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory for a record");
}

/* ---- schema -> bind ---- */

static enum status bind_field(const struct binder *c, const struct walk_node *from,
                              const struct wire_field *f, struct bind **out);

static bool is_number(avro_type_t t, bool fraction)
{
    return t == AVRO_INT32 || t == AVRO_INT64 ||
           (fraction && (t == AVRO_FLOAT || t == AVRO_DOUBLE));
}

/* Whether a value of type t (no union) can become a member of type to. */
static bool fits(avro_type_t t, enum wire_type to)
{
    switch (to) {
    case WIRE_BOOL:
        return t == AVRO_BOOLEAN;
    case WIRE_OPT_BOOL:
        return t == AVRO_BOOLEAN || t == AVRO_NULL;
    case WIRE_INT:
        return t == AVRO_INT32;
    case WIRE_LONG:
        return is_number(t, false);
    case WIRE_OPT_LONG:
        return is_number(t, false) || t == AVRO_NULL;
    case WIRE_DOUBLE:
        return is_number(t, true);
    case WIRE_OPT_DOUBLE:
        return is_number(t, true) || t == AVRO_NULL;
    case WIRE_STRING:
        return t == AVRO_STRING;
    case WIRE_BYTES:
        return t == AVRO_BYTES;
    case WIRE_ENUM:
        return t == AVRO_ENUM;
    case WIRE_RECORD:
        return t == AVRO_RECORD;
    case WIRE_OPT_RECORD:
        return t == AVRO_RECORD || t == AVRO_NULL;
    default:
        return t == AVRO_ARRAY;
    }
}

static enum status bind_symbols(const struct binder *c, const struct wire_field *f, struct bind *b)
{
    int *symbols = arena_array(c->a, b->from->n, sizeof(symbols[0]));

    if (!symbols)
        return no_memory(c->err);
    for (size_t i = 0; i < b->from->n; i++) {
        symbols[i] = wire_name(f->names, b->from->names[i]);
        if (symbols[i] < 0)
            symbols[i] = defaults_symbol(c->defaults, f->names);
    }
    b->symbols = symbols;
    return ST_OK;
}

static enum status bind_record(const struct binder *c, const struct wire_table *t, struct bind *b)
{
    const struct walk_node *from = b->from;
    size_t found = 0;

    b->image = defaults_of(c->defaults, t);
    b->kids = arena_array(c->a, from->n, sizeof(struct bind *));
    bool *seen = arena_array(c->a, t->n, sizeof(*seen));
    if (!b->kids || !seen)
        return no_memory(c->err);
    for (size_t i = 0; i < from->n; i++) {
        const struct wire_field *f = wire_field(t, from->names[i]);

        if (!f || seen[f - t->fields])
            continue;
        enum status st = bind_field(c, from->kids[i], f, &b->kids[i]);
        if (st != ST_OK)
            return st;
        seen[f - t->fields] = true;
        found++;
    }
    for (size_t i = 0; found < t->n && i < t->n; i++) {
        if (!seen[i] && !b->image->has[i])
            return unfit(c->err, t->fields[i].name);
    }
    return ST_OK;
}

/* At least one branch must fit; another one is refused when a value has it. */
static enum status bind_union(const struct binder *c, const struct wire_field *f, struct bind *b)
{
    bool any = false;

    b->kids = arena_array(c->a, b->from->n, sizeof(struct bind *));
    if (!b->kids)
        return no_memory(c->err);
    for (size_t i = 0; i < b->from->n; i++) {
        enum status st = bind_field(c, b->from->kids[i], f, &b->kids[i]);

        if (st == ST_FATAL)
            return st;
        if (st != ST_OK)
            b->kids[i] = NULL;
        else if (b->from->kids[i]->type != AVRO_NULL)
            any = true;
    }
    return any ? ST_OK : unfit(c->err, f->name);
}

static enum status bind_array(const struct binder *c, const struct wire_field *f, struct bind *b)
{
    struct wire_field item = wire_item(f);

    b->size = wire_size(&item);
    b->kids = arena_array(c->a, 1, sizeof(struct bind *));
    return b->kids ? bind_field(c, b->from->kids[0], &item, &b->kids[0]) : no_memory(c->err);
}

static enum status bind_field(const struct binder *c, const struct walk_node *from,
                              const struct wire_field *f, struct bind **out)
{
    struct bind *b = arena_zalloc(c->a, sizeof(*b));

    if (!b)
        return no_memory(c->err);
    *b = (struct bind){ .from = from, .offset = f->offset, .to = f->type };
    *out = b;
    if (from->type == AVRO_UNION)
        return bind_union(c, f, b);
    if (!fits(from->type, f->type))
        return unfit(c->err, f->name);
    if (from->type == AVRO_ENUM)
        return bind_symbols(c, f, b);
    if (from->type == AVRO_RECORD)
        return bind_record(c, f->sub, b);
    if (from->type == AVRO_ARRAY)
        return bind_array(c, f, b);
    return ST_OK;
}

enum status bind_new(const struct defaults *d, const struct walk_node *from,
                     const struct wire_table *t, struct arena *a, struct bind **out,
                     struct err *err)
{
    struct binder c = { d, a, err };
    struct wire_field self = { .name = t->name, .type = WIRE_RECORD, .sub = t };

    return bind_field(&c, from, &self, out);
}

/* ---- value -> struct ---- */

struct reader {
    struct arena *a;
    struct err *err;
};

static enum status read_value(const struct reader *r, const struct bind *b,
                              const avro_value_t *value, void *dst);

/* avro-c's getters are macros that look for their function in the value; each value here was
 * filled by avro-c, which the analyser cannot see. */
/* NOLINTBEGIN(clang-analyzer-core.NullDereference) */
static int64_t value_long(const struct bind *b, const avro_value_t *value)
{
    int64_t v = 0;
    int32_t small = 0;

    if (b->from->type == AVRO_INT64) {
        avro_value_get_long(value, &v);
        return v;
    }
    avro_value_get_int(value, &small);
    return small;
}

static double value_double(const struct bind *b, const avro_value_t *value)
{
    double v = 0;
    float small = 0;

    if (b->from->type == AVRO_DOUBLE) {
        avro_value_get_double(value, &v);
        return v;
    }
    if (b->from->type == AVRO_FLOAT) {
        avro_value_get_float(value, &small);
        return (double)small;
    }
    return (double)value_long(b, value);
}

static bool value_bool(const avro_value_t *value)
{
    int v = 0;

    avro_value_get_boolean(value, &v);
    return v != 0;
}

static enum status read_bytes(const struct reader *r, const struct bind *b,
                              const avro_value_t *value, struct slice *dst)
{
    const void *p = "";
    const char *text = "";
    size_t n = 0;

    if (b->from->type == AVRO_STRING) {
        avro_value_get_string(value, &text, &n); /* counts its NUL */
        p = text;
        n -= n > 0;
    } else {
        avro_value_get_bytes(value, &p, &n);
    }
    *dst = arena_copy(r->a, (struct slice){ p, n });
    return dst->p ? ST_OK : no_memory(r->err);
}

static enum status read_enum(const struct reader *r, const struct bind *b,
                             const avro_value_t *value, int *dst)
{
    int v = 0;

    avro_value_get_enum(value, &v);
    *dst = b->symbols[v];
    if (*dst < 0)
        return err_set(r->err, ST_REJECT, "schema_incompatible: symbol %s", b->from->names[v]);
    return ST_OK;
}

static enum status read_array(const struct reader *r, const struct bind *b,
                              const avro_value_t *value, struct wire_array *dst)
{
    avro_value_t item;

    *dst = (struct wire_array){ NULL, 0 };
    avro_value_get_size(value, &dst->n);
    if (dst->n == 0)
        return ST_OK;
    dst->v = arena_array(r->a, dst->n, b->size);
    if (!dst->v)
        return no_memory(r->err);
    for (size_t i = 0; i < dst->n; i++) {
        avro_value_get_by_index(value, i, &item, NULL);
        enum status st = read_value(r, b->kids[0], &item, dst->v + i * b->size);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status read_record(const struct reader *r, const struct bind *b,
                               const avro_value_t *value, char *dst)
{
    avro_value_t field;

    memcpy(dst, b->image->bytes, b->image->table->size);
    for (size_t i = 0; i < b->from->n; i++) {
        if (!b->kids[i])
            continue;
        avro_value_get_by_index(value, i, &field, NULL);
        enum status st = read_value(r, b->kids[i], &field, dst + b->kids[i]->offset);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status read_union(const struct reader *r, const struct bind *b,
                              const avro_value_t *value, void *dst)
{
    avro_value_t branch;
    int at = 0;

    avro_value_get_discriminant(value, &at);
    if (!b->kids[at])
        return err_set(r->err, ST_REJECT, "schema_incompatible: branch %d of a union", at);
    avro_value_get_current_branch(value, &branch);
    return read_value(r, b->kids[at], &branch, dst);
}

static enum status read_opt(const struct reader *r, const struct bind *b, const avro_value_t *value,
                            void *dst)
{
    bool has = b->from->type != AVRO_NULL;
    void **rec = dst;

    switch (b->to) {
    case WIRE_OPT_LONG:
        *(struct opt_long *)dst = (struct opt_long){ has ? value_long(b, value) : 0, has };
        return ST_OK;
    case WIRE_OPT_DOUBLE:
        *(struct opt_double *)dst = (struct opt_double){ has ? value_double(b, value) : 0, has };
        return ST_OK;
    case WIRE_OPT_BOOL:
        *(struct opt_bool *)dst = (struct opt_bool){ has && value_bool(value), has };
        return ST_OK;
    default:
        *rec = has ? arena_alloc(r->a, b->image->table->size) : NULL;
        if (has && !*rec)
            return no_memory(r->err);
        return has ? read_record(r, b, value, *rec) : ST_OK;
    }
}

static enum status read_value(const struct reader *r, const struct bind *b,
                              const avro_value_t *value, void *dst)
{
    if (b->from->type == AVRO_UNION)
        return read_union(r, b, value, dst);
    switch (b->to) {
    case WIRE_BOOL:
        *(bool *)dst = value_bool(value);
        return ST_OK;
    case WIRE_INT:
        *(int32_t *)dst = (int32_t)value_long(b, value);
        return ST_OK;
    case WIRE_LONG:
        *(int64_t *)dst = value_long(b, value);
        return ST_OK;
    case WIRE_DOUBLE:
        *(double *)dst = value_double(b, value);
        return ST_OK;
    case WIRE_STRING:
    case WIRE_BYTES:
        return read_bytes(r, b, value, dst);
    case WIRE_ENUM:
        return read_enum(r, b, value, dst);
    case WIRE_RECORD:
        return read_record(r, b, value, dst);
    case WIRE_OPT_LONG:
    case WIRE_OPT_DOUBLE:
    case WIRE_OPT_BOOL:
    case WIRE_OPT_RECORD:
        return read_opt(r, b, value, dst);
    default:
        return read_array(r, b, value, dst);
    }
}

enum status bind_read(const struct bind *b, const avro_value_t *value, void *rec, struct arena *a,
                      struct err *err)
{
    struct reader r = { a, err };

    return read_value(&r, b, value, rec);
}
/* NOLINTEND(clang-analyzer-core.NullDereference) */
