/* SPDX-License-Identifier: MIT */
#include "store/copy.h"

#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "record/types.h"

enum { OID_INT8 = 20, BE_MAX = 8 };

/* PostgreSQL counts microseconds from 2000-01-01. */
static const int64_t epoch_ms = INT64_C(946684800000);

static void put(struct buf *out, uint64_t v, size_t bytes)
{
    char b[BE_MAX];

    for (size_t i = 0; i < bytes; i++)
        b[i] = (char)(v >> (8 * (bytes - 1 - i)) & 0xff);
    buf_add(out, b, bytes);
}

static void put_number(struct buf *out, uint64_t v, size_t bytes)
{
    put(out, bytes, 4);
    put(out, v, bytes);
}

static void put_null(struct buf *out)
{
    put(out, UINT32_MAX, 4);
}

static void put_double(struct buf *out, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof(bits));
    put_number(out, bits, 8);
}

static enum status put_text(struct buf *out, struct slice s, struct err *err)
{
    if (s.n > COPY_TEXT_MAX)
        return err_set(err, ST_REJECT, "a text of %zu bytes", s.n);
    if (s.n > 0 && memchr(s.p, '\0', s.n))
        return err_set(err, ST_REJECT, "a text with a zero byte");
    put(out, s.n, 4);
    buf_slice_add(out, s);
    return ST_OK;
}

static enum status put_opt_text(struct buf *out, struct slice s, struct err *err)
{
    if (s.n > 0)
        return put_text(out, s, err);
    put_null(out);
    return ST_OK;
}

static enum status put_enum(struct buf *out, int v, const char *const *names, struct err *err)
{
    for (int i = 0; names[i]; i++) {
        if (i == v)
            return put_text(out, slice_str(names[i]), err);
    }
    return err_set(err, ST_REJECT, "%d has no name", v);
}

static enum status put_time(struct buf *out, int64_t ms, struct err *err)
{
    if (ms < 0 || ms > TIME_MAX_MS)
        return err_set(err, ST_REJECT, "%" PRId64 " ms is no time between 1970 and 9999", ms);
    put_number(out, (uint64_t)((ms - epoch_ms) * 1000), 8);
    return ST_OK;
}

/* One dimension from 1, no NULL in it; an empty array has no dimension. */
static enum status put_longs(struct buf *out, const struct longs *v, struct err *err)
{
    size_t dims = v->n > 0 ? 1 : 0;

    if (v->n > COPY_TEXT_MAX / 12)
        return err_set(err, ST_REJECT, "an array of %zu", v->n);
    put(out, 12 + dims * 8 + v->n * 12, 4);
    put(out, dims, 4);
    put(out, 0, 4);
    put(out, OID_INT8, 4);
    if (dims > 0) {
        put(out, v->n, 4);
        put(out, 1, 4);
    }
    for (size_t i = 0; i < v->n; i++)
        put_number(out, (uint64_t)v->v[i], 8);
    return ST_OK;
}

static void put_opt_long(struct buf *out, const struct opt_long *v)
{
    if (v->has)
        put_number(out, (uint64_t)v->v, 8);
    else
        put_null(out);
}

static void put_opt_double(struct buf *out, const struct opt_double *v)
{
    if (v->has)
        put_double(out, v->v);
    else
        put_null(out);
}

static enum status put_field(const struct copy_column *c, const void *at, struct buf *out,
                             struct err *err)
{
    switch (c->type) {
    case COPY_BOOL:
        put_number(out, *(const bool *)at, 1);
        return ST_OK;
    case COPY_INT:
        put_number(out, (uint32_t) * (const int32_t *)at, 4);
        return ST_OK;
    case COPY_LONG:
        put_number(out, (uint64_t) * (const int64_t *)at, 8);
        return ST_OK;
    case COPY_OPT_LONG:
        put_opt_long(out, at);
        return ST_OK;
    case COPY_DOUBLE:
        put_double(out, *(const double *)at);
        return ST_OK;
    case COPY_OPT_DOUBLE:
        put_opt_double(out, at);
        return ST_OK;
    case COPY_TEXT:
        return put_text(out, *(const struct slice *)at, err);
    case COPY_OPT_TEXT:
        return put_opt_text(out, *(const struct slice *)at, err);
    case COPY_ENUM:
        return put_enum(out, *(const int *)at, c->names, err);
    case COPY_TIME:
        return put_time(out, *(const int64_t *)at, err);
    case COPY_LONGS:
        return put_longs(out, at, err);
    }
    return err_set(err, ST_FATAL, "column %s has no type", c->name);
}

void copy_begin(struct buf *out)
{
    static const char signature[] = "PGCOPY\n\377\r\n"; /* and its NUL */

    buf_add(out, signature, sizeof(signature));
    put(out, 0, 4);
    put(out, 0, 4);
}

enum status copy_row(const struct copy_column *columns, const void *row, struct buf *out,
                     struct err *err)
{
    const size_t before = out->n;
    enum status st = ST_OK;
    size_t n = 0;

    while (columns[n].name)
        n++;
    put(out, n, 2);
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        st = put_field(&columns[i], (const char *)row + columns[i].at, out, err);
        if (st == ST_REJECT)
            err_prefix(err, "%s", columns[i].name);
    }
    if (st == ST_OK && buf_failed(out))
        return err_set(err, ST_FATAL, "out of memory for rows");
    if (st != ST_OK)
        buf_truncate(out, before);
    return st;
}

void copy_end(struct buf *out)
{
    put(out, UINT16_MAX, 2);
}
