/* SPDX-License-Identifier: MIT */
#include "wire/encode.h"

#include <stdint.h>
#include <string.h>

#include "record/types.h"
#include "wire/array.h"

static void put_long(struct buf *out, int64_t v)
{
    char b[10];
    size_t n = 0;
    uint64_t u = ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);

    while (u >= 0x80) {
        b[n++] = (char)((u & 0x7F) | 0x80);
        u >>= 7;
    }
    b[n++] = (char)u;
    buf_add(out, b, n);
}

static void put_double(struct buf *out, double v)
{
    char b[sizeof(v)];
    uint64_t u;

    memcpy(&u, &v, sizeof(u));
    for (size_t i = 0; i < sizeof(b); i++)
        b[i] = (char)(u >> (8 * i));
    buf_add(out, b, sizeof(b));
}

static void put_bytes(struct buf *out, struct slice s)
{
    put_long(out, (int64_t)s.n);
    buf_slice_add(out, s);
}

static enum status put_field(struct buf *out, const struct wire_field *f, const char *p,
                             struct err *err);

static enum status put_enum(struct buf *out, const struct wire_field *f, int v, struct err *err)
{
    int n = 0;

    while (f->names[n])
        n++;
    if (v < 0 || v >= n)
        return err_set(err, ST_FATAL, "avro: %s is %d, not in 0..%d", f->name, v, n - 1);
    put_long(out, v);
    return ST_OK;
}

static enum status put_array(struct buf *out, const struct wire_field *f, const char *p,
                             struct err *err)
{
    struct wire_field item = wire_item(f);
    size_t size = wire_size(&item);
    struct wire_array a;
    enum status st = ST_OK;

    memcpy(&a, p, sizeof(a));
    if (a.n > 0)
        put_long(out, (int64_t)a.n);
    for (size_t i = 0; st == ST_OK && i < a.n; i++)
        st = put_field(out, &item, a.v + i * size, err);
    put_long(out, 0);
    return st;
}

/* Branch 0 is null, branch 1 the value. */
static void put_opt(struct buf *out, enum wire_type type, const void *p)
{
    const struct opt_long *l = p;
    const struct opt_double *d = p;
    const struct opt_bool *b = p;
    bool has = type == WIRE_OPT_LONG ? l->has : type == WIRE_OPT_DOUBLE ? d->has : b->has;

    put_long(out, has);
    if (!has)
        return;
    if (type == WIRE_OPT_LONG)
        put_long(out, l->v);
    else if (type == WIRE_OPT_DOUBLE)
        put_double(out, d->v);
    else
        buf_byte(out, b->v ? 1 : 0);
}

static enum status put_opt_record(struct buf *out, const struct wire_field *f,
                                  const void *const *rec, struct err *err)
{
    put_long(out, *rec != NULL);
    return *rec ? encode_record(f->sub, *rec, out, err) : ST_OK;
}

static enum status put_field(struct buf *out, const struct wire_field *f, const char *p,
                             struct err *err)
{
    const void *at = p;

    switch (f->type) {
    case WIRE_BOOL:
        buf_byte(out, *(const bool *)at ? 1 : 0);
        return ST_OK;
    case WIRE_INT:
        put_long(out, *(const int32_t *)at);
        return ST_OK;
    case WIRE_LONG:
        put_long(out, *(const int64_t *)at);
        return ST_OK;
    case WIRE_DOUBLE:
        put_double(out, *(const double *)at);
        return ST_OK;
    case WIRE_STRING:
    case WIRE_BYTES:
        put_bytes(out, *(const struct slice *)at);
        return ST_OK;
    case WIRE_ENUM:
        return put_enum(out, f, *(const int *)at, err);
    case WIRE_OPT_LONG:
    case WIRE_OPT_DOUBLE:
    case WIRE_OPT_BOOL:
        put_opt(out, f->type, at);
        return ST_OK;
    case WIRE_INTS:
    case WIRE_LONGS:
    case WIRE_DOUBLES:
    case WIRE_STRINGS:
    case WIRE_RECORDS:
        return put_array(out, f, p, err);
    case WIRE_RECORD:
        return encode_record(f->sub, at, out, err);
    case WIRE_OPT_RECORD:
        return put_opt_record(out, f, at, err);
    }
    return err_set(err, ST_FATAL, "avro: %s has no known type", f->name);
}

enum status encode_record(const struct wire_table *t, const void *rec, struct buf *out,
                          struct err *err)
{
    const char *p = rec;

    for (size_t i = 0; i < t->n; i++) {
        enum status st = put_field(out, &t->fields[i], p + t->fields[i].offset, err);

        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static bool names_agree(const struct walk_node *node, const char *const *names)
{
    for (size_t i = 0; i < node->n; i++) {
        if (!names[i] || strcmp(names[i], node->names[i]) != 0)
            return false;
    }
    return names[node->n] == NULL;
}

static bool type_agrees(const struct walk_node *node, const struct wire_field *f)
{
    static const avro_type_t type[] = {
        [WIRE_BOOL] = AVRO_BOOLEAN,      [WIRE_INT] = AVRO_INT32,
        [WIRE_LONG] = AVRO_INT64,        [WIRE_DOUBLE] = AVRO_DOUBLE,
        [WIRE_STRING] = AVRO_STRING,     [WIRE_BYTES] = AVRO_BYTES,
        [WIRE_ENUM] = AVRO_ENUM,         [WIRE_OPT_LONG] = AVRO_INT64,
        [WIRE_OPT_DOUBLE] = AVRO_DOUBLE, [WIRE_OPT_BOOL] = AVRO_BOOLEAN,
        [WIRE_INTS] = AVRO_ARRAY,        [WIRE_LONGS] = AVRO_ARRAY,
        [WIRE_DOUBLES] = AVRO_ARRAY,     [WIRE_STRINGS] = AVRO_ARRAY,
        [WIRE_RECORD] = AVRO_RECORD,     [WIRE_OPT_RECORD] = AVRO_RECORD,
        [WIRE_RECORDS] = AVRO_ARRAY,
    };
    bool opt = f->type == WIRE_OPT_LONG || f->type == WIRE_OPT_DOUBLE || f->type == WIRE_OPT_BOOL ||
               f->type == WIRE_OPT_RECORD;

    if (opt) {
        if (node->type != AVRO_UNION || node->n != 2 || node->kids[0]->type != AVRO_NULL)
            return false;
        node = node->kids[1];
    }
    if (node->type != type[f->type])
        return false;
    if (node->type == AVRO_ENUM)
        return names_agree(node, f->names);
    if (node->type == AVRO_RECORD)
        return encode_agrees(node, f->sub);
    if (node->type != AVRO_ARRAY)
        return true;
    struct wire_field item = wire_item(f);
    return type_agrees(node->kids[0], &item);
}

bool encode_agrees(const struct walk_node *node, const struct wire_table *t)
{
    if (node->type != AVRO_RECORD || node->n != t->n)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(node->names[i], t->fields[i].name) != 0 ||
            !type_agrees(node->kids[i], &t->fields[i]))
            return false;
    }
    return true;
}
