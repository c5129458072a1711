/* SPDX-License-Identifier: MIT */
#include "producers/train/data_inner.h"

#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "file/file.h"
#include "producers/train/rank.h"
#include "score/tsv.h"
#include "wire/csv.h"
#include "wire/json.h"

#define FILE_MAX ((size_t)1 << 30)

enum status data_add(struct gather *g, const struct sample *s)
{
    if (g->n == ROWS_MAX)
        return err_set(g->err, ST_REJECT, "more than %d rows", ROWS_MAX);
    if (g->n == g->cap) {
        size_t cap = g->cap > 0 ? 2 * g->cap : 1024;
        struct sample *v = realloc(g->v, cap * sizeof(*v));

        if (!v)
            return err_set(g->err, ST_FATAL, "out of memory for %zu rows", cap);
        g->v = v;
        g->cap = cap;
    }
    g->v[g->n++] = *s;
    return ST_OK;
}

enum status data_label(struct gather *g, enum column c, bool number, double v, struct sample *s)
{
    double *const into[COL_N] = { NULL, &s->sentiment, &s->engagement, &s->implicitness };
    const double lo = c == COL_SENTIMENT ? -1.0 : 0.0;

    if (!number || !(v >= lo && v <= 1.0))
        return err_set(g->err, ST_REJECT, "row %zu: %s is not a number in %g..1", g->n + 1,
                       g->name[c], lo);
    *into[c] = v;
    g->has[c] = true;
    return ST_OK;
}

const struct sample data_no_labels = { .engagement = (double)NAN,
                                       .implicitness = (double)NAN,
                                       .likes = (double)NAN };

enum status data_likes(struct gather *g, bool number, double likes, struct slice video,
                       struct sample *s)
{
    if (!number || !(likes >= 0.0 && likes < 1e15))
        return err_set(g->err, ST_REJECT, "row %zu: %s is not a number of likes", g->n + 1,
                       g->name[COL_LIKES]);
    if (video.n == 0)
        return ST_OK;
    s->likes = likes;
    s->video = arena_copy(g->a, video);
    return s->video.p ? ST_OK : err_set(g->err, ST_FATAL, "out of memory for the texts");
}

enum status data_text(struct gather *g, struct slice text, struct slice lang, struct sample *s)
{
    s->text = arena_copy(g->a, text);
    if (lang.n > 0)
        s->lang = arena_copy(g->a, lang);
    if (!s->text.p || (lang.n > 0 && !s->lang.p))
        return err_set(g->err, ST_FATAL, "out of memory for the texts");
    return ST_OK;
}

/* A row whose cells are text; cell[c].p == NULL: the file has no such column. */
static enum status add_cells(struct gather *g, const struct slice cell[COL_N])
{
    struct sample s = data_no_labels;
    struct slice likes = slice_trim(cell[COL_LIKES]);

    for (enum column c = COL_SENTIMENT; c <= COL_IMPLICITNESS; c++) {
        struct slice text = slice_trim(cell[c]);
        double v = 0.0;
        bool number = tsv_number(text, &v);
        enum status st;

        if (c != COL_SENTIMENT && text.n == 0)
            continue;
        st = data_label(g, c, number, v, &s);
        if (st != ST_OK)
            return st;
    }
    if (likes.n > 0) {
        double n = 0.0;
        bool number = tsv_number(likes, &n);
        enum status st = data_likes(g, number, n, slice_trim(cell[COL_VIDEO]), &s);

        if (st != ST_OK)
            return st;
    }
    s.is_reply = slice_is(cell[COL_REPLY], "1") || slice_is(cell[COL_REPLY], "true");
    enum status st = data_text(g, cell[COL_TEXT], slice_trim(cell[COL_LANG]), &s);
    return st == ST_OK ? data_add(g, &s) : st;
}

/* Position of each column in the header. */
static enum status find_columns(const struct gather *g, const struct csv_row *header,
                                size_t at[COL_N])
{
    for (enum column c = 0; c < COL_N; c++) {
        at[c] = SIZE_MAX;
        for (size_t i = 0; i < header->n; i++) {
            if (g->name[c] && slice_is(slice_trim(header->field[i]), g->name[c]))
                at[c] = i;
        }
        if (at[c] == SIZE_MAX && g->name[c] &&
            (c == COL_TEXT || c == COL_SENTIMENT || c == COL_LIKES || c == COL_VIDEO))
            return err_set(g->err, ST_REJECT, "there is no column %s", g->name[c]);
    }
    return ST_OK;
}

static enum status add_csv_row(struct gather *g, const struct csv_row *row, size_t at[COL_N])
{
    struct slice cell[COL_N] = { { NULL, 0 } };

    if (row->number == 0)
        return find_columns(g, row, at);
    if (row->faults != 0) {
        return err_set(g->err, ST_REJECT,
                       "row %zu: not as many fields as the header, or quotes that do not fit",
                       g->n + 1);
    }
    for (enum column c = 0; c < COL_N; c++) {
        if (at[c] < row->n)
            cell[c] = row->field[at[c]];
    }
    return add_cells(g, cell);
}

static enum status read_csv(struct gather *g, struct slice bytes)
{
    struct csv *csv = csv_new(0);
    size_t at[COL_N] = { 0 };
    enum csv_rc rc = CSV_MORE;
    enum status st = ST_OK;
    struct csv_row row;

    if (!csv)
        return err_set(g->err, ST_FATAL, "out of memory");
    while (st == ST_OK && (rc = csv_next(csv, &row)) != CSV_END) {
        if (rc == CSV_ROW) {
            st = add_csv_row(g, &row, at);
        } else if (rc == CSV_NO_MEMORY) {
            st = err_set(g->err, ST_FATAL, "out of memory");
        } else if (bytes.n == 0) {
            csv_finish(csv);
        } else {
            struct slice chunk = { bytes.p, bytes.n < CSV_CHUNK_MAX ? bytes.n : CSV_CHUNK_MAX };

            st = csv_feed(csv, chunk, g->err);
            bytes.p += chunk.n;
            bytes.n -= chunk.n;
        }
    }
    csv_free(csv);
    return st;
}

/* A label of a JSON row; the sentiment may not be missing. */
static enum status take_label(struct gather *g, const json_t *row, enum column c, struct sample *s)
{
    const json_t *v = json_object_get(row, g->name[c]);

    if (c != COL_SENTIMENT && (!v || json_is_null(v)))
        return ST_OK;
    return data_label(g, c, json_is_number(v), json_number_value(v), s);
}

/* The likes of a JSON row, and its video: a text, or a whole number. */
static enum status take_json_likes(struct gather *g, const json_t *row, struct sample *s)
{
    const json_t *likes = g->name[COL_LIKES] ? json_object_get(row, g->name[COL_LIKES]) : NULL;
    const json_t *video = g->name[COL_VIDEO] ? json_object_get(row, g->name[COL_VIDEO]) : NULL;
    struct slice id = { json_string_value(video), json_string_length(video) };
    char number[32];

    if (!likes || json_is_null(likes))
        return ST_OK;
    if (json_is_integer(video)) {
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(video));
        id = slice_str(number);
    }
    return data_likes(g, json_is_number(likes), json_number_value(likes), id, s);
}

/* Empty for what is no text. */
static struct slice json_text(const json_t *v)
{
    return (struct slice){ json_string_value(v), json_string_length(v) };
}

static enum status add_object(struct gather *g, const json_t *row)
{
    struct sample s = data_no_labels;
    const json_t *text = json_object_get(row, g->name[COL_TEXT]);
    enum status st;

    if (!json_is_string(text))
        return err_set(g->err, ST_REJECT, "row %zu: %s is not a text", g->n + 1, g->name[COL_TEXT]);
    st = take_label(g, row, COL_SENTIMENT, &s);
    if (st == ST_OK)
        st = take_label(g, row, COL_ENGAGEMENT, &s);
    if (st == ST_OK)
        st = take_label(g, row, COL_IMPLICITNESS, &s);
    if (st == ST_OK)
        st = take_json_likes(g, row, &s);
    if (st != ST_OK)
        return st;
    s.is_reply = json_is_true(json_object_get(row, g->name[COL_REPLY]));
    st = data_text(g, json_text(text), json_text(json_object_get(row, g->name[COL_LANG])), &s);
    return st == ST_OK ? data_add(g, &s) : st;
}

static enum status read_line(struct gather *g, struct slice line)
{
    enum dead_reason reason;
    json_t *row = NULL;
    enum status st = wire_json_parse(line, WIRE_JSON_RAW_MAX, 0, &row, &reason, g->err);

    if (st != ST_OK)
        err_prefix(g->err, "row %zu", g->n + 1);
    else if (json_is_object(row))
        st = add_object(g, row);
    else
        st = err_set(g->err, ST_REJECT, "row %zu: not a JSON object", g->n + 1);
    json_decref(row);
    return st;
}

static enum status read_json_lines(struct gather *g, struct slice bytes)
{
    enum status st = ST_OK;

    while (st == ST_OK && bytes.n > 0) {
        const struct slice line = slice_trim(slice_cut(&bytes, '\n'));

        if (line.n > 0)
            st = read_line(g, line);
    }
    return st;
}

static bool ends_in(const char *path, const char *suffix)
{
    size_t n = strlen(path);
    size_t k = strlen(suffix);

    return n >= k && strcmp(path + n - k, suffix) == 0;
}

/* A row with its hash, to be sorted. */
struct keyed {
    uint8_t hash[SHA256_LEN];
    size_t at;
};

static int by_hash(const void *a, const void *b)
{
    const struct keyed *x = a;
    const struct keyed *y = b;
    int c = memcmp(x->hash, y->hash, SHA256_LEN);

    return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

/* 256 mod 5 is 1, so the whole hash mod 5 is the sum of its bytes mod 5. */
static int hash_fold(const uint8_t hash[SHA256_LEN])
{
    unsigned sum = 0;

    for (size_t i = 0; i < SHA256_LEN; i++)
        sum += hash[i];
    return (int)(sum % FOLDS);
}

static enum status split_by_hash(struct gather *g, struct dataset *out)
{
    struct keyed *keys = calloc(g->n, sizeof(*keys));

    if (!keys)
        return err_set(g->err, ST_FATAL, "out of memory");
    for (size_t i = 0; i < g->n; i++) {
        hash_sha256(g->v[i].text, keys[i].hash);
        keys[i].at = i;
        g->v[i].fold = hash_fold(keys[i].hash);
    }
    qsort(keys, g->n, sizeof(*keys), by_hash);
    for (size_t i = 0; i < g->n; i++)
        out->v[i] = g->v[keys[i].at];
    free(keys);
    return ST_OK;
}

static void split_by_time(const struct gather *g, struct dataset *out)
{
    for (size_t i = 0; i < g->n; i++) {
        out->v[i] = g->v[i];
        out->v[i].fold = (int)((i * FOLDS / g->n + 1) % FOLDS);
    }
}

/* Whether there is anything to learn. */
static enum status check_rows(const struct gather *g)
{
    size_t same = 0;

    if (g->n < ROWS_MIN)
        return err_set(g->err, ST_REJECT, "%zu rows: at least %d are needed", g->n, ROWS_MIN);
    while (same < g->n && g->v[same].sentiment == g->v[0].sentiment)
        same++;
    if (same == g->n)
        return err_set(g->err, ST_REJECT, "all %zu rows have the %s %g: nothing to learn", g->n,
                       g->name[COL_SENTIMENT], g->v[0].sentiment);
    return ST_OK;
}

/* Engagement from likes, when they are asked for. */
static enum status rank_rows(struct gather *g, struct dataset *out)
{
    if (!g->name[COL_LIKES])
        return ST_OK;
    if (g->has[COL_ENGAGEMENT])
        return err_set(g->err, ST_REJECT,
                       "there is a column %s, and likes to rank: engagement has one source",
                       g->name[COL_ENGAGEMENT]);
    enum status st = rank_likes(g->v, g->n, &out->ranked, g->err);
    if (st == ST_OK && out->ranked < ROWS_MIN)
        st = err_set(g->err, ST_REJECT,
                     "%zu rows have %s and another of the same %s: at least %d are needed",
                     out->ranked, g->name[COL_LIKES], g->name[COL_VIDEO], ROWS_MIN);
    g->has[COL_ENGAGEMENT] = true;
    return st;
}

static enum status finish(struct gather *g, enum split split, struct dataset *out)
{
    enum status st = check_rows(g);

    if (st == ST_OK)
        st = rank_rows(g, out);
    if (st != ST_OK)
        return st;
    out->n = g->n;
    out->has_engagement = g->has[COL_ENGAGEMENT];
    out->has_implicitness = g->has[COL_IMPLICITNESS];
    out->v = arena_array(g->a, g->n, sizeof(*out->v));
    if (!out->v)
        return err_set(g->err, ST_FATAL, "out of memory for %zu rows", g->n);
    if (split == SPLIT_HASH)
        return split_by_hash(g, out);
    split_by_time(g, out);
    return ST_OK;
}

enum status data_read(const char *path, const struct columns *names, enum split split,
                      struct arena *a, struct dataset *out, struct err *err)
{
    struct gather g = { .a = a,
                        .name = { names->text, names->sentiment, names->engagement,
                                  names->implicitness, names->is_reply, names->likes, names->video,
                                  names->lang },
                        .err = err };
    struct buf bytes;
    enum status st;

    memset(out, 0, sizeof(*out));
    buf_init(&bytes, FILE_MAX);
    st = file_read_data(path, &bytes, err);
    if (st != ST_OK) {
        buf_release(&bytes);
        return st;
    }
    if (ends_in(path, ".avro"))
        st = data_read_avro(&g, buf_slice(&bytes));
    else if (ends_in(path, ".jsonl") || ends_in(path, ".ndjson"))
        st = read_json_lines(&g, buf_slice(&bytes));
    else
        st = read_csv(&g, buf_slice(&bytes));
    buf_release(&bytes);
    if (st == ST_OK)
        st = finish(&g, split, out);
    free(g.v);
    if (st != ST_OK)
        err_prefix(err, "%s", path);
    return st;
}
