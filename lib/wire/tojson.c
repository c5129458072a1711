/* SPDX-License-Identifier: MIT */
#include "wire/tojson.h"

#include <inttypes.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "record/types.h"
#include "wire/array.h"

#define GROUPS ((size_t)256)

/* As %.*g prints 5.0 as 5 and -0.0 as -0, a point is put behind: what is read
 * back is a double again, with its sign. */
void to_json_double(double v, struct buf *out)
{
    char b[32];

    if (!isfinite(v)) {
        buf_str(out, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(b, sizeof(b), "%.*g", digits, v);
        if (strtod(b, NULL) == v)
            break;
    }
    buf_str(out, b);
    if (!strpbrk(b, ".e"))
        buf_str(out, ".0");
}

static void put_escaped(struct buf *out, char c)
{
    static const char plain[] = "\b\f\n\r\t\"\\";
    static const char letter[] = "bfnrt\"\\";
    const char *at = c ? strchr(plain, c) : NULL;

    if (at)
        buf_fmt(out, "\\%c", letter[at - plain]);
    else
        buf_fmt(out, "\\u%04x", (unsigned)(unsigned char)c);
}

/* Bytes at the head of s that stand for themselves: no controls, no quote, no
 * backslash, valid UTF-8. */
static size_t plain_run(struct slice s)
{
    size_t n = 0;

    while (n < s.n) {
        unsigned char c = (unsigned char)s.p[n];
        int step = utf8_step((struct slice){ s.p + n, s.n - n });

        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F || step <= 0)
            break;
        n += (size_t)step;
    }
    return n;
}

void to_json_string(struct slice s, struct buf *out)
{
    buf_byte(out, '"');
    while (s.n > 0) {
        size_t n = plain_run(s);

        buf_add(out, s.p, n);
        s.p += n;
        s.n -= n;
        if (s.n == 0)
            break;
        int step = utf8_step(s);
        n = (size_t)(step > 0 ? step : -step);
        if (step > 0)
            put_escaped(out, *s.p);
        else
            buf_str(out, "\xEF\xBF\xBD");
        s.p += n;
        s.n -= n;
    }
    buf_byte(out, '"');
}

/* Three bytes become four characters; 256 such groups at a time. */
static void put_base64(struct slice s, struct buf *out)
{
    buf_byte(out, '"');
    while (s.n > 0) {
        char b[4 * GROUPS + 1];
        size_t n = s.n < 3 * GROUPS ? s.n : 3 * GROUPS;
        int len = EVP_EncodeBlock((unsigned char *)b, (const unsigned char *)s.p, (int)n);

        buf_add(out, b, (size_t)len);
        s.p += n;
        s.n -= n;
    }
    buf_byte(out, '"');
}

static void put_bool(struct buf *out, bool v)
{
    buf_str(out, v ? "true" : "false");
}

static void put_long(struct buf *out, int64_t v)
{
    buf_fmt(out, "%" PRId64, v);
}

static void put_field(struct buf *out, const struct wire_field *f, const char *p);

static void put_enum(struct buf *out, const struct wire_field *f, int v)
{
    int n = 0;

    while (f->names[n])
        n++;
    if (v >= 0 && v < n)
        to_json_string(slice_str(f->names[v]), out);
    else
        buf_str(out, "null");
}

static void put_array(struct buf *out, const struct wire_field *f, const char *p)
{
    struct wire_field item = wire_item(f);
    size_t size = wire_size(&item);
    struct wire_array a;

    memcpy(&a, p, sizeof(a));
    buf_byte(out, '[');
    for (size_t i = 0; i < a.n; i++) {
        if (i > 0)
            buf_byte(out, ',');
        put_field(out, &item, a.v + i * size);
    }
    buf_byte(out, ']');
}

static void put_opt(struct buf *out, enum wire_type type, const void *p)
{
    const struct opt_long *l = p;
    const struct opt_double *d = p;
    const struct opt_bool *b = p;

    if (type == WIRE_OPT_LONG && l->has)
        put_long(out, l->v);
    else if (type == WIRE_OPT_DOUBLE && d->has)
        to_json_double(d->v, out);
    else if (type == WIRE_OPT_BOOL && b->has)
        put_bool(out, b->v);
    else
        buf_str(out, "null");
}

static void put_opt_record(struct buf *out, const struct wire_table *t, const void *const *rec)
{
    if (*rec)
        to_json_record(t, *rec, out);
    else
        buf_str(out, "null");
}

static void put_field(struct buf *out, const struct wire_field *f, const char *p)
{
    const void *at = p;

    switch (f->type) {
    case WIRE_BOOL:
        put_bool(out, *(const bool *)at);
        break;
    case WIRE_INT:
        put_long(out, *(const int32_t *)at);
        break;
    case WIRE_LONG:
        put_long(out, *(const int64_t *)at);
        break;
    case WIRE_DOUBLE:
        to_json_double(*(const double *)at, out);
        break;
    case WIRE_STRING:
        to_json_string(*(const struct slice *)at, out);
        break;
    case WIRE_BYTES:
        put_base64(*(const struct slice *)at, out);
        break;
    case WIRE_ENUM:
        put_enum(out, f, *(const int *)at);
        break;
    case WIRE_OPT_LONG:
    case WIRE_OPT_DOUBLE:
    case WIRE_OPT_BOOL:
        put_opt(out, f->type, at);
        break;
    case WIRE_INTS:
    case WIRE_LONGS:
    case WIRE_DOUBLES:
    case WIRE_STRINGS:
    case WIRE_RECORDS:
        put_array(out, f, p);
        break;
    case WIRE_RECORD:
        to_json_record(f->sub, at, out);
        break;
    case WIRE_OPT_RECORD:
        put_opt_record(out, f->sub, at);
        break;
    }
}

const char *const wire_sparse[] = { NULL };

/* A field of wire_sparse that is empty. */
static bool is_left_out(const struct wire_field *f, const char *p)
{
    struct wire_array a;
    const void *at = p;

    if (f->names != wire_sparse)
        return false;
    if (f->type == WIRE_OPT_DOUBLE)
        return !((const struct opt_double *)at)->has;
    if (f->type == WIRE_OPT_LONG)
        return !((const struct opt_long *)at)->has;
    if (f->type == WIRE_STRING)
        return ((const struct slice *)at)->n == 0;
    memcpy(&a, p, sizeof(a));
    return a.n == 0;
}

void to_json_record(const struct wire_table *t, const void *rec, struct buf *out)
{
    const char *p = rec;
    bool first = true;

    buf_byte(out, '{');
    for (size_t i = 0; i < t->n; i++) {
        if (is_left_out(&t->fields[i], p + t->fields[i].offset))
            continue;
        buf_fmt(out, "%s\"%s\":", first ? "" : ",", t->fields[i].name);
        put_field(out, &t->fields[i], p + t->fields[i].offset);
        first = false;
    }
    buf_byte(out, '}');
}
