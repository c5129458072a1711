/* SPDX-License-Identifier: MIT */
#include "producers/import/rows.h"

#include <stdlib.h>

#include "base/buf.h"
#include "ingest/ingest.h"
#include "wire/csv.h"

enum { VALUE_MAX = 8 << 20, KEYS_MAX = 1 << 20 };

struct rows {
    struct window *w; /* borrowed */
    struct csv *csv;
    struct buf keys;  /* "name": of each column, one after the other       */
    size_t *key_end;  /* where each ends in keys                           */
    size_t columns;   /* 0: the header could not be read, no row can be    */
    struct buf value; /* the object of the row at hand                     */
};

static void add_string(struct buf *b, struct slice s)
{
    buf_byte(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        const char c = s.p[i];

        if (c == '\0')
            buf_byte(b, '\xFF');
        else if ((unsigned char)c < 0x20)
            buf_fmt(b, "\\u%04x", (unsigned)(unsigned char)c);
        else {
            if (c == '"' || c == '\\')
                buf_byte(b, '\\');
            buf_byte(b, c);
        }
    }
    buf_byte(b, '"');
}

/* The next row, fed from the window as it asks. */
static enum status read_row(struct rows *r, struct csv_row *row, bool *more, struct err *err)
{
    for (;;) {
        switch (csv_next(r->csv, row)) {
        case CSV_ROW:
            *more = true;
            return ST_OK;
        case CSV_END:
            *more = false;
            return ST_OK;
        case CSV_NO_MEMORY:
            return err_set(err, ST_FATAL, "out of memory");
        case CSV_MORE:
            break;
        }
        struct slice chunk = window_view(r->w);
        bool grown = chunk.n > 0;
        if (!grown && window_more(r->w, &grown, err) != ST_OK)
            return ST_FATAL;
        chunk = window_view(r->w);
        if (chunk.n > CSV_CHUNK_MAX)
            chunk.n = CSV_CHUNK_MAX;
        if (!grown)
            csv_finish(r->csv);
        else if (csv_feed(r->csv, chunk, err) != ST_OK)
            return ST_FATAL;
        window_pass(r->w, chunk.n);
    }
}

static enum status read_header(struct rows *r, struct err *err)
{
    struct csv_row row;
    bool more;

    if (read_row(r, &row, &more, err) != ST_OK)
        return ST_FATAL;
    if (!more || row.n == 0)
        return ST_OK;
    r->key_end = calloc(row.n, sizeof(*r->key_end));
    for (size_t i = 0; r->key_end && i < row.n; i++) {
        add_string(&r->keys, row.field[i]);
        buf_byte(&r->keys, ':');
        r->key_end[i] = r->keys.n;
    }
    if (!r->key_end || buf_failed(&r->keys))
        return err_set(err, ST_FATAL, "the header is longer than 1 MiB, or out of memory");
    r->columns = row.n;
    return ST_OK;
}

enum status rows_new(struct window *w, struct rows **out, struct err *err)
{
    struct rows *r = calloc(1, sizeof(*r));

    *out = NULL;
    if (!r)
        return err_set(err, ST_FATAL, "out of memory");
    r->w = w;
    r->csv = csv_new(0);
    buf_init(&r->keys, KEYS_MAX);
    buf_init(&r->value, VALUE_MAX);
    const enum status st = r->csv ? read_header(r, err) : err_set(err, ST_FATAL, "out of memory");
    if (st != ST_OK) {
        rows_free(r);
        return st;
    }
    *out = r;
    return ST_OK;
}

void rows_free(struct rows *r)
{
    if (!r)
        return;
    csv_free(r->csv);
    buf_release(&r->keys);
    buf_release(&r->value);
    free(r->key_end);
    free(r);
}

static void add_object(struct rows *r, const struct csv_row *row)
{
    size_t at = 0;

    buf_clear(&r->value);
    for (size_t i = 0; i < row->n; i++) {
        buf_byte(&r->value, i == 0 ? '{' : ',');
        buf_add(&r->value, r->keys.p + at, r->key_end[i] - at);
        add_string(&r->value, row->field[i]);
        at = r->key_end[i];
    }
    buf_byte(&r->value, '}');
}

enum status rows_next(struct rows *r, struct raw_record *rec, bool *more, struct err *err)
{
    struct csv_row row;

    if (read_row(r, &row, more, err) != ST_OK)
        return ST_FATAL;
    if (!*more)
        return ST_OK;
    if (row.n != r->columns || row.n == 0) {
        rec->value = row.raw;
        rec->shape = slice_str(INGEST_SHAPE_BROKEN_ROW);
    } else {
        add_object(r, &row);
        if (buf_failed(&r->value))
            return err_set(err, ST_FATAL, "out of memory");
        rec->value = buf_slice(&r->value);
    }
    if (rec->value.n > SPLIT_VALUE_MAX)
        rec->value.n = SPLIT_VALUE_MAX;
    return ST_OK;
}
