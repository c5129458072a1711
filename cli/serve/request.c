/* SPDX-License-Identifier: MIT */
#include "cli/serve/request.h"

#include <string.h>

#include "wire/json.h"

/* Columns that may hold the text, the best first. */
static const char *const text_columns[] = { "text", "comment_text", "comment" };

enum { TEXT_COLUMNS_N = sizeof(text_columns) / sizeof(text_columns[0]) };

/* What is being read, and into what. */
struct reader {
    struct arena *a;
    struct request *out;
};

static enum status begin(struct reader *r, size_t rows, struct err *err)
{
    if (rows > REQUEST_ROWS_MAX)
        return err_set(err, ST_REJECT, "%zu rows: at most %d in one request", rows,
                       REQUEST_ROWS_MAX);
    r->out->v = arena_array(r->a, rows > 0 ? rows : 1, sizeof(*r->out->v));
    return r->out->v ? ST_OK : err_set(err, ST_FATAL, "out of memory for a request");
}

static bool take_flag(const json_t *v, bool *flag)
{
    *flag = json_is_true(v) || (json_is_integer(v) && json_integer_value(v) == 1);
    return !v || json_is_null(v) || json_is_boolean(v) || *flag ||
           (json_is_integer(v) && json_integer_value(v) == 0);
}

/* One row; is_reply NULL: it says nothing. */
static enum status add(struct reader *r, const json_t *text, const json_t *is_reply,
                       struct err *err)
{
    struct facts *f = &r->out->v[r->out->n];

    if (!json_is_string(text))
        return err_set(err, ST_REJECT, "row %zu: the text is no string", r->out->n);
    if (!take_flag(is_reply, &f->is_reply))
        return err_set(err, ST_REJECT, "row %zu: is_reply is neither true nor false", r->out->n);
    f->text = arena_copy(r->a, (struct slice){ json_string_value(text), json_string_length(text) });
    if (!f->text.p)
        return err_set(err, ST_FATAL, "out of memory for a request");
    r->out->n++;
    return ST_OK;
}

/* The text of a record; NULL: it has none. */
static const json_t *text_of(const json_t *record)
{
    const json_t *text = NULL;

    for (size_t i = 0; !text && i < TEXT_COLUMNS_N; i++)
        text = json_object_get(record, text_columns[i]);
    return text;
}

/* A list of texts, or of records. */
static enum status read_list(struct reader *r, const json_t *list, struct err *err)
{
    enum status st = begin(r, json_array_size(list), err);

    for (size_t i = 0; st == ST_OK && i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);

        if (!json_is_object(row))
            st = add(r, row, NULL, err);
        else if (!text_of(row))
            st = err_set(err, ST_REJECT, "row %zu: no column text", i);
        else
            st = add(r, text_of(row), json_object_get(row, "is_reply"), err);
    }
    return st;
}

static enum status read_records(struct reader *r, const json_t *v, struct err *err)
{
    if (!json_is_array(v))
        return err_set(err, ST_REJECT, "want a list of rows");
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (!json_is_object(json_array_get(v, i)))
            return err_set(err, ST_REJECT, "row %zu is no object", i);
    }
    return read_list(r, v, err);
}

/* {"text": [...], "is_reply": [...]} */
static enum status read_columns(struct reader *r, const json_t *v, struct err *err)
{
    const json_t *text = text_of(v);
    const json_t *is_reply = json_object_get(v, "is_reply");
    size_t n = json_array_size(text);

    if (!json_is_array(text))
        return err_set(err, ST_REJECT, "want a column text with a list of texts");
    if (is_reply && (!json_is_array(is_reply) || json_array_size(is_reply) != n))
        return err_set(err, ST_REJECT, "the columns are not equally long");
    enum status st = begin(r, n, err);
    for (size_t i = 0; st == ST_OK && i < n; i++)
        st = add(r, json_array_get(text, i), json_array_get(is_reply, i), err);
    return st;
}

static enum status read_inputs(struct reader *r, const json_t *v, struct err *err)
{
    if (json_is_object(v))
        return read_columns(r, v, err);
    if (!json_is_array(v))
        return err_set(err, ST_REJECT, "want a list of texts or rows");
    return read_list(r, v, err);
}

/* Where a column of that name stands; -1: nowhere. */
static int column(const json_t *columns, const char *name)
{
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const char *is = json_string_value(json_array_get(columns, i));

        if (is && strcmp(is, name) == 0)
            return (int)i;
    }
    return -1;
}

static enum status read_split(struct reader *r, const json_t *v, struct err *err)
{
    const json_t *columns = json_object_get(v, "columns");
    const json_t *data = json_object_get(v, "data");
    size_t width = json_array_size(columns);
    int is_reply = column(columns, "is_reply");
    int text = -1;

    if (!json_is_array(columns) || !json_is_array(data) || width > REQUEST_COLUMNS_MAX)
        return err_set(err, ST_REJECT, "want columns and data, at most %d columns",
                       REQUEST_COLUMNS_MAX);
    for (size_t i = 0; text < 0 && i < TEXT_COLUMNS_N; i++)
        text = column(columns, text_columns[i]);
    if (text < 0)
        return err_set(err, ST_REJECT, "no column text");
    enum status st = begin(r, json_array_size(data), err);
    for (size_t i = 0; st == ST_OK && i < json_array_size(data); i++) {
        const json_t *row = json_array_get(data, i);

        if (!json_is_array(row) || json_array_size(row) != width)
            return err_set(err, ST_REJECT, "row %zu has not as many values as there are columns",
                           i);
        st = add(r, json_array_get(row, (size_t)text),
                 is_reply >= 0 ? json_array_get(row, (size_t)is_reply) : NULL, err);
    }
    return st;
}

static const struct shape {
    const char *name;
    enum status (*read)(struct reader *r, const json_t *v, struct err *err);
} shapes[] = {
    { "dataframe_split", read_split },
    { "dataframe_records", read_records },
    { "instances", read_inputs },
    { "inputs", read_inputs },
};

/* The one shape that the body has; NULL: none, or several. */
static const struct shape *shape_of(const json_t *doc)
{
    const struct shape *found = NULL;

    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        if (!json_object_get(doc, shapes[i].name))
            continue;
        if (found)
            return NULL;
        found = &shapes[i];
    }
    return found;
}

static enum status read_doc(struct reader *r, const json_t *doc, struct err *err)
{
    const struct shape *shape = shape_of(doc);
    const json_t *params = json_object_get(doc, "params");

    if (!json_is_object(doc) || !shape)
        return err_set(err, ST_REJECT,
                       "want an object with one of dataframe_split, "
                       "dataframe_records, instances, inputs");
    if (params && !json_is_null(params) && json_object_size(params) > 0)
        return err_set(err, ST_REJECT, "params: this model has none");
    enum status st = shape->read(r, json_object_get(doc, shape->name), err);
    if (st != ST_OK)
        err_prefix(err, "%s", shape->name);
    return st;
}

enum status request_read(struct slice body, struct arena *a, struct request *out, struct err *err)
{
    struct reader r = { a, out };
    enum dead_reason reason;
    json_t *doc = NULL;
    enum status st = wire_json_parse(body, REQUEST_BYTES_MAX, 0, &doc, &reason, err);

    *out = (struct request){ NULL, 0 };
    if (st == ST_OK)
        st = read_doc(&r, doc, err);
    else if (st == ST_REJECT)
        err_prefix(err, "the body is no JSON");
    json_decref(doc);
    return st;
}
