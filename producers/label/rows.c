/* SPDX-License-Identifier: MIT */
#include "producers/label/rows.h"

#include <jansson.h>
#include <stdlib.h>

#include "wire/csv.h"
#include "wire/json.h"
#include "wire/table.h"

enum { ROWS_FIRST = 1024 };

void label_rows_release(struct label_rows *rows)
{
    free(rows->v);
    *rows = (struct label_rows){ .a = rows->a };
}

enum status label_rows_kill(struct label_rows *rows, struct label_row *row, enum dead_reason reason,
                            const char *why, struct err *err)
{
    row->dead = true;
    row->reason = reason;
    row->why = arena_copy(rows->a, slice_str(why));
    rows->dead++;
    return row->why.p ? ST_OK : err_set(err, ST_FATAL, "out of memory for the labels");
}

static enum status add_row(struct label_rows *rows, struct slice raw, int64_t line,
                           struct label_row **out, struct err *err)
{
    if (rows->n == LABEL_ROWS_MAX)
        return err_set(err, ST_REJECT, "more than %d labels: cut the file", LABEL_ROWS_MAX);
    if (rows->n == rows->cap) {
        const size_t cap = rows->cap > 0 ? 2 * rows->cap : ROWS_FIRST;
        struct label_row *v = realloc(rows->v, cap * sizeof(*v));

        if (!v)
            return err_set(err, ST_FATAL, "out of memory for %zu labels", cap);
        rows->v = v;
        rows->cap = cap;
    }
    *out = &rows->v[rows->n];
    **out = (struct label_row){ .raw = arena_copy(rows->a, raw), .line = line };
    if (!(*out)->raw.p)
        return err_set(err, ST_FATAL, "out of memory for the labels");
    rows->n++;
    return ST_OK;
}

/* Cells to a label; one that is none is dead, and reading goes on. */
static enum status settle(struct label_rows *rows, struct label_row *row, const struct cell *cells,
                          const struct label_rules *rules, struct err *err)
{
    enum status st = label_row_read(row, cells, rules, rows->a, err);

    return st == ST_REJECT ? label_rows_kill(rows, row, row->reason, err->msg, err) : st;
}

/* false: a value of a kind that no field has. */
static bool cell_of(const json_t *v, struct cell *out)
{
    if (!v || json_is_null(v))
        *out = (struct cell){ .kind = CELL_NONE };
    else if (json_is_string(v))
        *out = (struct cell){ .kind = CELL_TEXT,
                              .text = { json_string_value(v), json_string_length(v) } };
    else if (json_is_number(v))
        *out = (struct cell){ .kind = CELL_NUMBER, .number = json_number_value(v) };
    else
        return false;
    return true;
}

static enum status take_object(struct label_rows *rows, struct label_row *row, const json_t *object,
                               const struct label_rules *rules, struct err *err)
{
    const struct wire_table *t = wire_tables[RECORD_LABEL];
    struct cell cells[LABEL_FIELDS_MAX];

    if (!json_is_object(object))
        return label_rows_kill(rows, row, DEAD_SHAPE, "not a JSON object", err);
    for (size_t i = 0; i < t->n; i++) {
        if (!cell_of(json_object_get(object, t->fields[i].name), &cells[i]))
            return label_rows_kill(rows, row, DEAD_SHAPE, "a field is neither text nor number",
                                   err);
    }
    return settle(rows, row, cells, rules, err);
}

static enum status add_line(struct label_rows *rows, struct slice line, int64_t number,
                            const struct label_rules *rules, struct err *err)
{
    enum dead_reason reason;
    struct label_row *row;
    json_t *object = NULL;
    enum status st = add_row(rows, line, number, &row, err);

    if (st != ST_OK)
        return st;
    st = wire_json_parse(line, WIRE_JSON_RAW_MAX, 0, &object, &reason, err);
    if (st == ST_REJECT)
        return label_rows_kill(rows, row, reason, err->msg, err);
    if (st == ST_OK)
        st = take_object(rows, row, object, rules, err);
    json_decref(object);
    return st;
}

static enum status add_json_lines(struct label_rows *rows, struct slice bytes,
                                  const struct label_rules *rules, struct err *err)
{
    enum status st = ST_OK;

    for (int64_t number = 1; st == ST_OK && bytes.n > 0; number++) {
        const struct slice line = slice_trim(slice_cut(&bytes, '\n'));

        if (line.n > 0)
            st = add_line(rows, line, number, rules, err);
    }
    return st;
}

/* Which column of a CSV holds each field; SIZE_MAX: none. */
struct csv_columns {
    size_t of[LABEL_FIELDS_MAX];
};

static enum status read_header(const struct csv_row *header, struct csv_columns *at,
                               struct err *err)
{
    for (size_t i = 0; i < LABEL_FIELDS_MAX; i++)
        at->of[i] = SIZE_MAX;
    for (size_t i = 0; i < header->n; i++) {
        const int field = label_field(slice_trim(header->field[i]));

        if (field >= 0 && at->of[field] == SIZE_MAX)
            at->of[field] = i;
    }
    return at->of[label_field(slice_str("comment_id"))] != SIZE_MAX
               ? ST_OK
               : err_set(err, ST_REJECT, "no column comment_id");
}

static enum status add_csv_row(struct label_rows *rows, const struct csv_row *csv,
                               const struct csv_columns *at, const struct label_rules *rules,
                               struct err *err)
{
    struct cell cells[LABEL_FIELDS_MAX] = { { .kind = CELL_NONE } };
    struct label_row *row;
    enum status st = add_row(rows, csv->raw, csv->number, &row, err);

    if (st != ST_OK)
        return st;
    if (csv->faults != 0)
        return label_rows_kill(rows, row, DEAD_CSV,
                               "quotes that do not fit, or another number of fields", err);
    for (size_t i = 0; i < LABEL_FIELDS_MAX; i++) {
        if (at->of[i] < csv->n)
            cells[i] = (struct cell){ .kind = CELL_TEXT, .text = csv->field[at->of[i]] };
    }
    return settle(rows, row, cells, rules, err);
}

/* Gives the reader its next piece of the bytes. */
static enum status feed(struct csv *c, struct slice *bytes, struct err *err)
{
    const size_t n = bytes->n < CSV_CHUNK_MAX ? bytes->n : CSV_CHUNK_MAX;
    enum status st = ST_OK;

    if (n == 0)
        csv_finish(c);
    else
        st = csv_feed(c, (struct slice){ bytes->p, n }, err);
    bytes->p += n;
    bytes->n -= n;
    return st;
}

static enum status add_csv(struct label_rows *rows, struct slice bytes,
                           const struct label_rules *rules, struct err *err)
{
    struct csv_columns at = { { 0 } };
    struct csv_row row;
    struct csv *c = csv_new(0);
    enum status st = c ? ST_OK : err_set(err, ST_FATAL, "out of memory for CSV");

    for (bool more = true; st == ST_OK && more;) {
        switch (csv_next(c, &row)) {
        case CSV_ROW:
            st = row.number == 0 ? read_header(&row, &at, err)
                                 : add_csv_row(rows, &row, &at, rules, err);
            break;
        case CSV_MORE:
            st = feed(c, &bytes, err);
            break;
        case CSV_END:
            more = false;
            break;
        default:
            st = err_set(err, ST_FATAL, "out of memory for CSV");
        }
    }
    csv_free(c);
    return st;
}

enum status label_rows_add(struct label_rows *rows, struct slice bytes,
                           const struct label_rules *rules, struct err *err)
{
    const struct slice text = slice_trim(bytes);

    return text.n > 0 && text.p[0] == '{' ? add_json_lines(rows, bytes, rules, err)
                                          : add_csv(rows, bytes, rules, err);
}
