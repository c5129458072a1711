/* SPDX-License-Identifier: MIT */
#include "wire/fromjson.h"

#include <limits.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

#include "record/types.h"
#include "wire/array.h"

static enum status no_memory(const struct from_json *in)
{
    return err_set(in->err, ST_FATAL, "out of memory for a record");
}

static enum status wrong(const struct from_json *in, const struct wire_field *f)
{
    return err_set(in->err, ST_REJECT, "json: field %s has the wrong type or range", f->name);
}

static enum status get_bool(const struct from_json *in, const struct wire_field *f,
                            const json_t *json, bool *dst)
{
    if (!json_is_boolean(json))
        return wrong(in, f);
    *dst = json_is_true(json);
    return ST_OK;
}

static enum status get_long(const struct from_json *in, const struct wire_field *f,
                            const json_t *json, int64_t *dst)
{
    if (!json_is_integer(json))
        return wrong(in, f);
    *dst = json_integer_value(json);
    return ST_OK;
}

static enum status get_int(const struct from_json *in, const struct wire_field *f,
                           const json_t *json, int32_t *dst)
{
    int64_t v = 0;
    enum status st = get_long(in, f, json, &v);

    if (st == ST_OK && (v < INT32_MIN || v > INT32_MAX))
        return wrong(in, f);
    *dst = (int32_t)v;
    return st;
}

/* null is NaN: JSON has no other way to say it. */
static enum status get_double(const struct from_json *in, const struct wire_field *f,
                              const json_t *json, double *dst)
{
    if (!json_is_number(json) && !json_is_null(json))
        return wrong(in, f);
    *dst = json_is_null(json) ? (double)NAN : json_number_value(json);
    return ST_OK;
}

static enum status get_string(const struct from_json *in, const struct wire_field *f,
                              const json_t *json, struct slice *dst)
{
    if (!json_is_string(json))
        return wrong(in, f);
    *dst = arena_copy(in->a, (struct slice){ json_string_value(json), json_string_length(json) });
    return dst->p ? ST_OK : no_memory(in);
}

static enum status get_base64(const struct from_json *in, const struct wire_field *f,
                              const json_t *json, struct slice *dst)
{
    const char *s = json_string_value(json);
    size_t n = json_string_length(json);

    if (!s || n % 4 != 0 || n > INT_MAX)
        return wrong(in, f);
    unsigned char *p = arena_alloc(in->a, n / 4 * 3 + 1);
    if (!p)
        return no_memory(in);
    int got = n > 0 ? EVP_DecodeBlock(p, (const unsigned char *)s, (int)n) : 0;
    if (got < 0 || (size_t)got != n / 4 * 3)
        return wrong(in, f);
    for (size_t i = n; i > 0 && s[i - 1] == '='; i--)
        got--;
    *dst = (struct slice){ (const char *)p, (size_t)got };
    return ST_OK;
}

static enum status get_enum(const struct from_json *in, const struct wire_field *f,
                            const json_t *json, int *dst)
{
    *dst = json_is_string(json) ? wire_name(f->names, json_string_value(json)) : -1;
    return *dst >= 0 ? ST_OK : wrong(in, f);
}

static enum status get_array(const struct from_json *in, const struct wire_field *f,
                             const json_t *json, struct wire_array *dst)
{
    struct wire_field item = wire_item(f);
    size_t size = wire_size(&item);

    if (!json_is_array(json))
        return wrong(in, f);
    *dst = (struct wire_array){ NULL, json_array_size(json) };
    if (dst->n == 0)
        return ST_OK;
    dst->v = arena_array(in->a, dst->n, size);
    if (!dst->v)
        return no_memory(in);
    for (size_t i = 0; i < dst->n; i++) {
        enum status st = from_json_field(in, &item, json_array_get(json, i), dst->v + i * size);

        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status get_opt_record(const struct from_json *in, const struct wire_field *f,
                                  const json_t *json, void **dst)
{
    *dst = NULL;
    if (json_is_null(json))
        return ST_OK;
    *dst = arena_alloc(in->a, f->sub->size);
    return *dst ? from_json_record(in, f->sub, json, *dst) : no_memory(in);
}

/* The optional types: dst is zero when json is null. */
static enum status get_opt(const struct from_json *in, const struct wire_field *f,
                           const json_t *json, void *dst)
{
    memset(dst, 0, wire_size(f));
    if (json_is_null(json))
        return ST_OK;
    if (f->type == WIRE_OPT_LONG) {
        struct opt_long *o = dst;

        o->has = true;
        return get_long(in, f, json, &o->v);
    }
    if (f->type == WIRE_OPT_DOUBLE) {
        struct opt_double *o = dst;

        o->has = true;
        return get_double(in, f, json, &o->v);
    }
    struct opt_bool *o = dst;

    o->has = true;
    return get_bool(in, f, json, &o->v);
}

enum status from_json_field(const struct from_json *in, const struct wire_field *f,
                            const json_t *json, void *dst)
{
    switch (f->type) {
    case WIRE_BOOL:
        return get_bool(in, f, json, dst);
    case WIRE_INT:
        return get_int(in, f, json, dst);
    case WIRE_LONG:
        return get_long(in, f, json, dst);
    case WIRE_DOUBLE:
        return get_double(in, f, json, dst);
    case WIRE_STRING:
        return get_string(in, f, json, dst);
    case WIRE_BYTES:
        return get_base64(in, f, json, dst);
    case WIRE_ENUM:
        return get_enum(in, f, json, dst);
    case WIRE_OPT_LONG:
    case WIRE_OPT_DOUBLE:
    case WIRE_OPT_BOOL:
        return get_opt(in, f, json, dst);
    case WIRE_INTS:
    case WIRE_LONGS:
    case WIRE_DOUBLES:
    case WIRE_STRINGS:
    case WIRE_RECORDS:
        return get_array(in, f, json, dst);
    case WIRE_RECORD:
        return from_json_record(in, f->sub, json, dst);
    case WIRE_OPT_RECORD:
        return get_opt_record(in, f, json, dst);
    }
    return wrong(in, f);
}

enum status from_json_record(const struct from_json *in, const struct wire_table *t,
                             const json_t *json, void *dst)
{
    const struct wire_image *image = defaults_of(in->defaults, t);

    if (!json_is_object(json))
        return err_set(in->err, ST_REJECT, "json: a %s is not an object", t->name);
    memcpy(dst, image->bytes, t->size);
    for (size_t i = 0; i < t->n; i++) {
        const struct wire_field *f = &t->fields[i];
        const json_t *value = json_object_get(json, f->name);
        enum status st = ST_OK;

        if (value)
            st = from_json_field(in, f, value, (char *)dst + f->offset);
        else if (!image->has[i])
            st = err_set(in->err, ST_REJECT, "json: field %s is missing", f->name);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}
