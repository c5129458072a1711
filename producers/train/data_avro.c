/* SPDX-License-Identifier: MIT */
/* Labelled texts in an Avro object container file: records whose fields are named as the columns.
 * A label is any number, a text a string, a video a string or a whole number; each may be a union
 * with null, where the label may be missing. */
#include <avro.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "producers/train/data_inner.h"

/* A field of a record, the branch of a union that it has. */
struct field {
    avro_type_t type; /* AVRO_NULL: there is none */
    avro_value_t value;
};

static struct field field_of(const struct gather *g, const avro_value_t *row, enum column c)
{
    struct field f = { .type = AVRO_NULL };

    if (!g->name[c] || avro_value_get_by_name(row, g->name[c], &f.value, NULL) != 0)
        return f;
    if (avro_value_get_type(&f.value) == AVRO_UNION) {
        avro_value_t branch = { NULL, NULL };

        if (avro_value_get_current_branch(&f.value, &branch) != 0)
            return f;
        f.value = branch;
    }
    f.type = avro_value_get_type(&f.value);
    return f;
}

static bool whole(const struct field *f, int64_t *n)
{
    int32_t narrow = 0;

    if (f->type == AVRO_INT64)
        return avro_value_get_long(&f->value, n) == 0;
    if (f->type != AVRO_INT32 || avro_value_get_int(&f->value, &narrow) != 0)
        return false;
    *n = narrow;
    return true;
}

static bool number(const struct field *f, double *x)
{
    int64_t n = 0;
    float narrow = 0.0F;

    if (f->type == AVRO_DOUBLE)
        return avro_value_get_double(&f->value, x) == 0;
    if (f->type == AVRO_FLOAT && avro_value_get_float(&f->value, &narrow) == 0) {
        *x = (double)narrow;
        return true;
    }
    if (!whole(f, &n))
        return false;
    *x = (double)n;
    return true;
}

/* Borrowed until the next record. */
static bool text(const struct field *f, struct slice *out)
{
    const char *p = NULL;
    size_t n = 0;

    if (f->type != AVRO_STRING || avro_value_get_string(&f->value, &p, &n) != 0)
        return false;
    *out = (struct slice){ p, n - 1 }; /* n counts the final zero */
    return true;
}

static enum status take_labels(struct gather *g, const avro_value_t *row, struct sample *s)
{
    for (enum column c = COL_SENTIMENT; c <= COL_IMPLICITNESS; c++) {
        const struct field f = field_of(g, row, c);
        double v = 0.0;
        const bool is_number = number(&f, &v);

        if (c != COL_SENTIMENT && f.type == AVRO_NULL)
            continue;
        enum status st = data_label(g, c, is_number, v, s);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status take_likes(struct gather *g, const avro_value_t *row, struct sample *s)
{
    const struct field likes = field_of(g, row, COL_LIKES);
    const struct field video = field_of(g, row, COL_VIDEO);
    struct slice id = { NULL, 0 };
    char digits[32];
    int64_t n = 0;
    double x = 0.0;

    if (likes.type == AVRO_NULL)
        return ST_OK;
    if (!text(&video, &id) && whole(&video, &n)) {
        (void)snprintf(digits, sizeof(digits), "%" PRId64, n);
        id = slice_str(digits);
    }
    const bool is_number = number(&likes, &x);
    return data_likes(g, is_number, x, id, s);
}

static enum status add_record(struct gather *g, const avro_value_t *row)
{
    struct sample s = data_no_labels;
    const struct field words = field_of(g, row, COL_TEXT);
    const struct field reply = field_of(g, row, COL_REPLY);
    const struct field language = field_of(g, row, COL_LANG);
    struct slice said = { NULL, 0 };
    struct slice lang = { NULL, 0 };
    int is_reply = 0;
    enum status st;

    if (!text(&words, &said))
        return err_set(g->err, ST_REJECT, "row %zu: %s is not a text", g->n + 1, g->name[COL_TEXT]);
    st = take_labels(g, row, &s);
    if (st == ST_OK)
        st = take_likes(g, row, &s);
    if (st != ST_OK)
        return st;
    if (reply.type == AVRO_BOOLEAN && avro_value_get_boolean(&reply.value, &is_reply) == 0)
        s.is_reply = is_reply != 0;
    (void)text(&language, &lang);
    st = data_text(g, said, lang, &s);
    return st == ST_OK ? data_add(g, &s) : st;
}

/* The columns that every file must have. */
static enum status check_schema(const struct gather *g, avro_schema_t schema)
{
    static const enum column needed[] = { COL_TEXT, COL_SENTIMENT, COL_LIKES, COL_VIDEO };

    if (!is_avro_record(schema))
        return err_set(g->err, ST_REJECT, "Avro, but not of records");
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        const char *name = g->name[needed[i]];

        if (name && avro_schema_record_field_get_index(schema, name) < 0)
            return err_set(g->err, ST_REJECT, "there is no column %s", name);
    }
    return ST_OK;
}

static enum status read_records(struct gather *g, avro_file_reader_t reader, avro_value_t *row)
{
    enum status st = ST_OK;
    int rc = 0;

    while (st == ST_OK && (rc = avro_file_reader_read_value(reader, row)) == 0) {
        st = add_record(g, row);
        avro_value_reset(row);
    }
    if (st == ST_OK && rc != EOF)
        return err_set(g->err, ST_REJECT, "row %zu: Avro: %s", g->n + 1, avro_strerror());
    return st;
}

static enum status read_all(struct gather *g, avro_file_reader_t reader)
{
    avro_schema_t schema = avro_file_reader_get_writer_schema(reader);
    enum status st = check_schema(g, schema);
    avro_value_iface_t *iface = st == ST_OK ? avro_generic_class_from_schema(schema) : NULL;
    avro_value_t row = { NULL, NULL };

    if (iface && avro_generic_value_new(iface, &row) == 0) {
        st = read_records(g, reader, &row);
        avro_value_decref(&row);
    } else if (st == ST_OK) {
        st = err_set(g->err, ST_FATAL, "out of memory for Avro");
    }
    if (iface)
        avro_value_iface_decref(iface);
    avro_schema_decref(schema);
    return st;
}

enum status data_read_avro(struct gather *g, struct slice bytes)
{
    static const char magic[] = { 'O', 'b', 'j', 1 };
    union {
        const char *in;
        void *out;
    } cast = { .in = bytes.p }; /* fmemopen() takes void *, and only reads it */
    avro_file_reader_t reader = NULL;

    if (bytes.n < sizeof(magic) || memcmp(bytes.p, magic, sizeof(magic)) != 0)
        return err_set(g->err, ST_REJECT, "not an Avro object container file");
    FILE *f = fmemopen(cast.out, bytes.n, "rb");
    if (!f)
        return err_set(g->err, ST_FATAL, "out of memory for Avro");
    enum status st = avro_file_reader_fp(f, "data", 0, &reader) == 0
                         ? read_all(g, reader)
                         : err_set(g->err, ST_REJECT, "Avro: %s", avro_strerror());
    if (reader)
        (void)avro_file_reader_close(reader);
    (void)fclose(f);
    return st;
}
