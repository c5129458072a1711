/* SPDX-License-Identifier: MIT */
#include "drift/record_diff.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "record/types.h"
#include "wire/array.h"
#include "wire/tojson.h"

/* A member of optional type holds its value first, then whether it has one. */
static bool is_null(const struct wire_field *f, const void *p)
{
    switch (f->type) {
    case WIRE_OPT_LONG:
        return !((const struct opt_long *)p)->has;
    case WIRE_OPT_DOUBLE:
        return !((const struct opt_double *)p)->has;
    case WIRE_OPT_BOOL:
        return !((const struct opt_bool *)p)->has;
    default:
        return false;
    }
}

static bool same_double(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_scalar(const struct wire_field *f, const void *a, const void *b)
{
    if (is_null(f, a) || is_null(f, b))
        return is_null(f, a) && is_null(f, b);
    switch (f->type) {
    case WIRE_BOOL:
    case WIRE_OPT_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case WIRE_INT:
    case WIRE_ENUM:
        return memcmp(a, b, sizeof(int32_t)) == 0;
    case WIRE_LONG:
    case WIRE_OPT_LONG:
        return memcmp(a, b, sizeof(int64_t)) == 0;
    case WIRE_DOUBLE:
    case WIRE_OPT_DOUBLE:
        return same_double(*(const double *)a, *(const double *)b);
    default:
        return slice_eq(*(const struct slice *)a, *(const struct slice *)b);
    }
}

/* A value for a person, cut to its place. */
static void show(const struct wire_field *f, const void *p, char *out)
{
    const struct wire_field only = { f->name, f->type, 0, f->sub, f->names };
    const struct wire_table table = { "value", 0, &only, 1 };
    size_t skip = strlen(f->name) + 4; /* {"name": */
    struct buf b;

    buf_init(&b, ALERT_BYTES_MAX);
    to_json_record(&table, p, &b);
    if (b.n > skip)
        (void)snprintf(out, ALERT_DIFF_VALUE, "%.*s", (int)(b.n - skip - 1), b.p + skip);
    buf_release(&b);
}

static bool is_array(enum wire_type type)
{
    return type == WIRE_INTS || type == WIRE_LONGS || type == WIRE_DOUBLES ||
           type == WIRE_STRINGS || type == WIRE_RECORDS;
}

/* Puts text before the path that the diff already holds; cut when too long. */
static void prepend(struct alert_diff *diff, const char *text)
{
    char path[ALERT_DIFF_FIELD];
    struct buf b;

    memcpy(path, diff->field, sizeof(path));
    buf_init(&b, sizeof(path) - 1);
    buf_str(&b, text);
    buf_str(&b, path);
    if (b.n > 0)
        memcpy(diff->field, b.p, b.n);
    diff->field[b.n] = '\0';
    buf_release(&b);
}

static bool field_diff(const struct wire_field *f, const void *a, const void *b,
                       struct alert_diff *diff);

static bool array_diff(const struct wire_field *f, const struct wire_array *a,
                       const struct wire_array *b, struct alert_diff *diff)
{
    struct wire_field item = wire_item(f);
    size_t size = wire_size(&item);
    char at[32];

    for (size_t i = 0; i < a->n && i < b->n; i++) {
        if (!field_diff(&item, a->v + i * size, b->v + i * size, diff))
            continue;
        (void)snprintf(at, sizeof(at), "[%zu]", i);
        prepend(diff, at);
        return true;
    }
    if (a->n == b->n)
        return false;
    (void)snprintf(diff->recorded, sizeof(diff->recorded), "%zu items", a->n);
    (void)snprintf(diff->recomputed, sizeof(diff->recomputed), "%zu items", b->n);
    return true;
}

/* A record in place, or both of a pair that may be missing. */
static bool inner_diff(const struct wire_field *f, const void *a, const void *b,
                       struct alert_diff *diff)
{
    if (!record_diff(f->sub, a, b, diff))
        return false;
    prepend(diff, ".");
    return true;
}

static const void *pointed(const void *p)
{
    return *(const void *const *)p;
}

/* The path is what comes behind the field's own name. */
static bool field_diff(const struct wire_field *f, const void *a, const void *b,
                       struct alert_diff *diff)
{
    if (is_array(f->type))
        return array_diff(f, a, b, diff);
    if (f->type == WIRE_RECORD)
        return inner_diff(f, a, b, diff);
    if (f->type == WIRE_OPT_RECORD && pointed(a) && pointed(b))
        return inner_diff(f, pointed(a), pointed(b), diff);
    if (f->type == WIRE_OPT_RECORD && !pointed(a) && !pointed(b))
        return false;
    if (f->type != WIRE_OPT_RECORD && same_scalar(f, a, b))
        return false;
    show(f, a, diff->recorded);
    show(f, b, diff->recomputed);
    return true;
}

bool record_diff(const struct wire_table *table, const void *a, const void *b,
                 struct alert_diff *diff)
{
    *diff = (struct alert_diff){ { 0 }, { 0 }, { 0 } };
    for (size_t i = 0; i < table->n; i++) {
        const struct wire_field *f = &table->fields[i];

        if (!field_diff(f, (const char *)a + f->offset, (const char *)b + f->offset, diff))
            continue;
        prepend(diff, f->name);
        return true;
    }
    return false;
}
