/* SPDX-License-Identifier: MIT */
#include "cli/compare/table.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire/csv.h"
#include "wire/json.h"

enum { NAME_MAX_BYTES = 1024, NUMBER_MAX = 400 };

void table_init(struct table *t)
{
    *t = (struct table){ 0 };
}

void table_release(struct table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        buf_release(&t->column[i].name);
        buf_release(&t->column[i].cells);
    }
    free(t->column);
    table_init(t);
}

struct column *table_column(struct table *t, struct slice name)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t at = (t->last + 1 + i) % t->n;

        if (slice_eq(buf_slice(&t->column[at].name), name)) {
            t->last = at;
            return &t->column[at];
        }
    }
    return NULL;
}

static enum status add_column(struct table *t, struct slice name, struct column **out,
                              struct err *err)
{
    *out = NULL;
    if (t->n == TABLE_COLUMNS_MAX)
        return err_set(err, ST_FATAL, "more than %d columns", TABLE_COLUMNS_MAX);
    if (name.n > NAME_MAX_BYTES)
        return err_set(err, ST_REJECT, "the name of column %zu is longer than %d bytes", t->n + 1,
                       NAME_MAX_BYTES);
    if (t->n == t->cap) {
        size_t cap = t->cap > 0 ? 2 * t->cap : 16;
        struct column *more = realloc(t->column, cap * sizeof(*more));

        if (!more)
            return err_set(err, ST_FATAL, "out of memory for %zu columns", cap);
        t->column = more;
        t->cap = cap;
    }
    assert(t->column);
    struct column *c = &t->column[t->n];
    *c = (struct column){ .numeric = true };
    buf_init(&c->name, NAME_MAX_BYTES + 1);
    buf_init(&c->cells, TABLE_CELLS_MAX);
    buf_slice_add(&c->name, name);
    if (buf_failed(&c->name))
        return err_set(err, ST_FATAL, "out of memory for a column");
    t->last = t->n++;
    *out = c;
    return ST_OK;
}

static bool is_word(struct slice s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static bool is_missing(struct slice s)
{
    return s.n == 0 || is_word(s, "nan") || is_word(s, "-nan") || is_word(s, "null");
}

bool table_number(struct slice cell, double *x)
{
    char text[NUMBER_MAX + 1] = { 0 };
    char *end;

    cell = slice_trim(cell);
    struct slice word = cell;
    if (cell.n == 0 || cell.n > NUMBER_MAX)
        return false;
    if (*word.p == '-' || *word.p == '+') {
        word.p++;
        word.n--;
    }
    if (is_word(word, "inf") || is_word(word, "infinity")) {
        *x = *cell.p == '-' ? (double)-INFINITY : (double)INFINITY;
        return true;
    }
    memcpy(text, cell.p, cell.n); /* NUMBER_MAX at most: a NUL is behind it */
    if (strspn(text, "0123456789+-.eE") != cell.n)
        return false;
    *x = strtod(text, &end); /* no program calls setlocale(): a point is a point */
    return end == text + cell.n;
}

static enum status add_cell(struct column *c, struct slice cell, struct err *err)
{
    uint32_t len;
    double x;

    if (is_missing(slice_trim(cell)))
        return ST_OK;
    c->numeric = c->numeric && table_number(cell, &x);
    len = (uint32_t)cell.n;
    buf_add(&c->cells, &len, sizeof(len));
    buf_slice_add(&c->cells, cell);
    c->n++;
    if (buf_failed(&c->cells))
        return err_set(err, ST_FATAL, "column %.*s: more than %zu bytes, or out of memory",
                       SLICE_ARG(buf_slice(&c->name)), TABLE_CELLS_MAX);
    return ST_OK;
}

struct slice column_cell(const struct column *c, size_t *at)
{
    uint32_t len;

    if (*at >= c->cells.n)
        return (struct slice){ NULL, 0 };
    memcpy(&len, c->cells.p + *at, sizeof(len));
    struct slice cell = { c->cells.p + *at + sizeof(len), len };
    *at += sizeof(len) + len;
    return cell;
}

/* ---- CSV */

static enum status csv_header(struct table *t, const struct csv_row *row, struct err *err)
{
    struct column *c;

    for (size_t i = 0; i < row->n; i++) {
        struct slice name = slice_trim(row->field[i]);

        if (table_column(t, name))
            return err_set(err, ST_REJECT, "two columns are called \"%.*s\"", SLICE_ARG(name));
        enum status st = add_column(t, name, &c, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status csv_row(struct table *t, const struct csv_row *row, struct err *err)
{
    const long long number = (long long)row->number + 1;

    if (row->faults & CSV_TOO_LONG)
        return err_set(err, ST_REJECT, "row %lld is longer than %d bytes", number, CSV_RECORD_MAX);
    if (row->faults & CSV_BROKEN)
        return err_set(err, ST_REJECT, "row %lld has quotes that do not fit", number);
    if (row->number == 0)
        return csv_header(t, row, err);
    if (row->n != t->n)
        return err_set(err, ST_REJECT, "row %lld has %zu fields, the header has %zu", number,
                       row->n, t->n);
    t->rows++;
    for (size_t i = 0; i < row->n; i++) {
        enum status st = add_cell(&t->column[i], row->field[i], err);

        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status csv_more(struct csv *csv, struct slice *rest, struct err *err)
{
    struct slice chunk = { rest->p, rest->n < CSV_CHUNK_MAX ? rest->n : CSV_CHUNK_MAX };

    if (chunk.n == 0) {
        csv_finish(csv);
        return ST_OK;
    }
    rest->p += chunk.n;
    rest->n -= chunk.n;
    return csv_feed(csv, chunk, err);
}

static enum status read_csv(struct table *t, struct slice text, struct err *err)
{
    struct csv *csv = csv_new(0);
    enum status st = ST_OK;
    struct csv_row row;
    bool more = true;

    if (!csv)
        return err_set(err, ST_FATAL, "out of memory for a CSV reader");
    while (more && st == ST_OK) {
        switch (csv_next(csv, &row)) {
        case CSV_ROW:
            st = csv_row(t, &row, err);
            break;
        case CSV_MORE:
            st = csv_more(csv, &text, err);
            break;
        case CSV_END:
            more = false;
            break;
        case CSV_NO_MEMORY:
            st = err_set(err, ST_FATAL, "out of memory for a CSV row");
            break;
        }
    }
    csv_free(csv);
    return st;
}

/* ---- JSON */

/* The text of a value; nested ones as their JSON. */
static enum status json_cell(struct column *c, const json_t *v, struct err *err)
{
    char number[32];
    char *nested;

    switch (json_typeof(v)) {
    case JSON_NULL:
        return ST_OK;
    case JSON_TRUE:
        return add_cell(c, slice_str("true"), err);
    case JSON_FALSE:
        return add_cell(c, slice_str("false"), err);
    case JSON_STRING:
        return add_cell(c, (struct slice){ json_string_value(v), json_string_length(v) }, err);
    case JSON_INTEGER:
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
        return add_cell(c, slice_str(number), err);
    case JSON_REAL:
        snprintf(number, sizeof(number), "%.17g", json_real_value(v));
        return add_cell(c, slice_str(number), err);
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    nested = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
    if (!nested)
        return err_set(err, ST_FATAL, "out of memory for a nested value");
    enum status st = add_cell(c, slice_str(nested), err);
    free(nested);
    return st;
}

static enum status json_row(struct table *t, json_t *object, struct err *err)
{
    const char *key;
    json_t *v;

    if (!json_is_object(object))
        return err_set(err, ST_REJECT, "row %zu is not an object", t->rows + 1);
    t->rows++;
    json_object_foreach(object, key, v)
    {
        struct column *c = table_column(t, slice_str(key));
        enum status st = c ? ST_OK : add_column(t, slice_str(key), &c, err);

        if (st == ST_OK)
            st = json_cell(c, v, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

/* Length of the object at the head of text, by its braces outside of strings; 0
 * when it does not end. Whether it is JSON, the parser says. */
static size_t object_len(struct slice text)
{
    size_t depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']') && --depth == 0)
            return i + 1;
    }
    return 0;
}

static enum status read_object(struct table *t, struct slice text, struct err *err)
{
    enum dead_reason reason;
    json_t *object = NULL;

    enum status st = wire_json_parse(text, WIRE_JSON_RAW_MAX, 0, &object, &reason, err);
    if (st == ST_OK)
        st = json_row(t, object, err);
    else
        err_prefix(err, "row %zu", t->rows + 1);
    json_decref(object);
    return st;
}

/* Objects with nothing but white space between them; or, in an array, commas.
 * (Commas are not counted: the objects are what matters.) */
static enum status read_json(struct table *t, struct slice text, struct err *err)
{
    const bool array = text.p[0] == '[';
    const char *between = array ? " \t\r\n,]" : " \t\r\n";
    enum status st = ST_OK;
    size_t i = array ? 1 : 0;

    if (array && slice_trim(text).p[slice_trim(text).n - 1] != ']')
        return err_set(err, ST_REJECT, "the array does not end");
    for (; st == ST_OK && i < text.n; i++) {
        if (text.p[i] != '\0' && strchr(between, text.p[i]))
            continue;
        struct slice rest = { text.p + i, text.n - i };
        size_t len = *rest.p == '{' ? object_len(rest) : 0;

        if (len == 0)
            return err_set(err, ST_REJECT, "row %zu is not an object, or does not end",
                           t->rows + 1);
        st = read_object(t, (struct slice){ rest.p, len }, err);
        i += len - 1;
    }
    return st;
}

enum status table_read(struct table *t, struct slice text, struct err *err)
{
    struct slice body = text;

    if (body.n >= 3 && memcmp(body.p, "\xef\xbb\xbf", 3) == 0) {
        body.p += 3;
        body.n -= 3;
    }
    body = slice_trim(body);
    if (body.n == 0)
        return err_set(err, ST_REJECT, "the file is empty");
    if (*body.p == '{' || *body.p == '[')
        return read_json(t, body, err);
    return read_csv(t, text, err);
}
