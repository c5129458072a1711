/* SPDX-License-Identifier: MIT */
/* Labelled texts in Avro are those of a CSV file, and what is wrong with one is said. */
#include "support/check.h"

#include <avro.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/file.h"
#include "producers/train/data.h"

enum { ROWS = 300 };

static const char schema_text[] = "{\"type\":\"record\",\"name\":\"comment\",\"fields\":["
                                  "{\"name\":\"text\",\"type\":\"string\"},"
                                  "{\"name\":\"sentiment\",\"type\":[\"null\",\"double\"]},"
                                  "{\"name\":\"engagement\",\"type\":[\"null\",\"float\"]},"
                                  "{\"name\":\"implicitness\",\"type\":\"int\"},"
                                  "{\"name\":\"is_reply\",\"type\":\"boolean\"},"
                                  "{\"name\":\"likes\",\"type\":[\"null\",\"long\"]},"
                                  "{\"name\":\"video\",\"type\":\"long\"},"
                                  "{\"name\":\"lang\",\"type\":[\"null\",\"string\"]}]}";

struct files {
    char dir[32];
    char avro[64];
    char csv[64];
    struct arena *a;
};

static avro_value_t field(avro_value_t *row, const char *name)
{
    avro_value_t v = { NULL, NULL };

    assert_int_equal(avro_value_get_by_name(row, name, &v, NULL), 0);
    return v;
}

static void set_row(avro_value_t *row, int i)
{
    avro_value_t v = { NULL, NULL };
    avro_value_t branch = { NULL, NULL };
    char text[32];

    (void)snprintf(text, sizeof(text), "comment %d", i);
    v = field(row, "text");
    assert_int_equal(avro_value_set_string(&v, text), 0);
    v = field(row, "sentiment");
    assert_int_equal(avro_value_set_branch(&v, 1, &branch), 0);
    assert_int_equal(avro_value_set_double(&branch, (i % 5 - 2) / 2.0), 0);
    v = field(row, "engagement");
    assert_int_equal(avro_value_set_branch(&v, i % 3 > 0, &branch), 0);
    assert_int_equal(i % 3 ? avro_value_set_float(&branch, 0.25F) : avro_value_set_null(&branch),
                     0);
    v = field(row, "implicitness");
    assert_int_equal(avro_value_set_int(&v, i % 2), 0);
    v = field(row, "is_reply");
    assert_int_equal(avro_value_set_boolean(&v, i % 4 == 0), 0);
    v = field(row, "likes");
    assert_int_equal(avro_value_set_branch(&v, i % 7 > 0, &branch), 0);
    assert_int_equal(i % 7 ? avro_value_set_long(&branch, i) : avro_value_set_null(&branch), 0);
    v = field(row, "video");
    assert_int_equal(avro_value_set_long(&v, 7000000000 + i % 20), 0);
    v = field(row, "lang");
    assert_int_equal(avro_value_set_branch(&v, i % 6 > 0, &branch), 0);
    assert_int_equal(i % 6 ? avro_value_set_string(&branch, i % 2 ? "en" : "pt-BR")
                           : avro_value_set_null(&branch),
                     0);
}

/* The rows as Avro; spoil has the last word on one. */
static void write_avro(const char *path, int rows, void (*spoil)(avro_value_t *row, int i))
{
    avro_schema_t schema;
    avro_file_writer_t w;
    avro_value_t row = { NULL, NULL };

    (void)remove(path);
    assert_int_equal(avro_schema_from_json_length(schema_text, strlen(schema_text), &schema), 0);
    avro_value_iface_t *iface = avro_generic_class_from_schema(schema);
    assert_int_equal(avro_generic_value_new(iface, &row), 0);
    assert_int_equal(avro_file_writer_create(path, schema, &w), 0);
    for (int i = 0; i < rows; i++) {
        avro_value_reset(&row);
        set_row(&row, i);
        if (spoil)
            spoil(&row, i);
        assert_int_equal(avro_file_writer_append_value(w, &row), 0);
    }
    assert_int_equal(avro_file_writer_close(w), 0);
    avro_value_decref(&row);
    avro_value_iface_decref(iface);
    avro_schema_decref(schema);
}

static void write_csv(const char *path)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fprintf(f, "text,sentiment,engagement,implicitness,is_reply,likes,video,lang\n");
    for (int i = 0; i < ROWS; i++) {
        fprintf(f, "comment %d,%g,%s,%d,%s,", i, (i % 5 - 2) / 2.0, i % 3 ? "0.25" : "", i % 2,
                i % 4 == 0 ? "true" : "false");
        if (i % 7)
            fprintf(f, "%d", i);
        fprintf(f, ",%lld,%s\n", 7000000000LL + i % 20, i % 6 == 0 ? "" : i % 2 ? "en" : "pt-BR");
    }
    assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
    struct files *f = calloc(1, sizeof(*f));

    (void)snprintf(f->dir, sizeof(f->dir), "/tmp/absa-avro-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->avro, sizeof(f->avro), "%s/rows.avro", f->dir);
    (void)snprintf(f->csv, sizeof(f->csv), "%s/rows.csv", f->dir);
    f->a = arena_new(16 << 20);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct files *f = *state;

    (void)remove(f->avro);
    (void)remove(f->csv);
    assert_int_equal(rmdir(f->dir), 0);
    arena_free(f->a);
    free(f);
    return 0;
}

static struct columns columns(bool likes)
{
    return (struct columns){ .text = "text",
                             .sentiment = "sentiment",
                             .engagement = likes ? NULL : "engagement",
                             .implicitness = "implicitness",
                             .is_reply = "is_reply",
                             .lang = "lang",
                             .likes = likes ? "likes" : NULL,
                             .video = likes ? "video" : NULL };
}

static bool same(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b;
}

static void they_are_those_of_csv(void **state)
{
    struct files *f = *state;

    write_avro(f->avro, ROWS, NULL);
    write_csv(f->csv);
    for (int likes = 0; likes < 2; likes++) {
        const struct columns names = columns(likes);
        struct dataset a;
        struct dataset b;
        struct err err = { 0 };

        if (data_read(f->avro, &names, SPLIT_HASH, f->a, &a, &err) != ST_OK)
            fail_msg("%s", err.msg);
        assert_int_equal(data_read(f->csv, &names, SPLIT_HASH, f->a, &b, &err), ST_OK);
        assert_int_equal(a.n, ROWS);
        assert_int_equal(b.n, ROWS);
        assert_true(a.has_implicitness);
        assert_int_equal(a.ranked, b.ranked);
        assert_true((a.ranked > 0) == (likes == 1));
        for (size_t i = 0; i < a.n; i++) {
            assert_true(slice_eq(a.v[i].text, b.v[i].text));
            assert_true(a.v[i].sentiment == b.v[i].sentiment);
            assert_true(same(a.v[i].engagement, b.v[i].engagement));
            assert_true(same(a.v[i].implicitness, b.v[i].implicitness));
            assert_int_equal(a.v[i].is_reply, b.v[i].is_reply);
            assert_true(slice_eq(a.v[i].lang, b.v[i].lang));
        }
    }
}

static void refused(struct files *f, const char *why)
{
    const struct columns names = columns(true);
    struct dataset d;
    struct err err = { 0 };

    assert_int_equal(data_read(f->avro, &names, SPLIT_HASH, f->a, &d, &err), ST_REJECT);
    if (!strstr(err.msg, why))
        fail_msg("'%s' and not '%s'", err.msg, why);
}

static void not_a_sentiment(avro_value_t *row, int i)
{
    avro_value_t v = field(row, "sentiment");
    avro_value_t branch = { NULL, NULL };

    if (i != 6)
        return;
    assert_int_equal(avro_value_set_branch(&v, 1, &branch), 0);
    assert_non_null(branch.iface);
    assert_int_equal(avro_value_set_double(&branch, (double)NAN), 0);
}

static void no_sentiment(avro_value_t *row, int i)
{
    avro_value_t v = field(row, "sentiment");
    avro_value_t branch = { NULL, NULL };

    if (i != 4)
        return;
    assert_int_equal(avro_value_set_branch(&v, 0, &branch), 0);
    assert_non_null(branch.iface);
    assert_int_equal(avro_value_set_null(&branch), 0);
}

static void less_than_none(avro_value_t *row, int i)
{
    avro_value_t v = field(row, "likes");
    avro_value_t branch = { NULL, NULL };

    if (i != 8)
        return;
    assert_int_equal(avro_value_set_branch(&v, 1, &branch), 0);
    assert_non_null(branch.iface);
    assert_int_equal(avro_value_set_long(&branch, -1), 0);
}

static void write_bytes(const char *path, const char *p, size_t n)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void what_is_wrong_is_said(void **state)
{
    struct files *f = *state;
    struct buf bytes;
    struct err err = { 0 };

    write_avro(f->avro, ROWS, not_a_sentiment);
    refused(f, "row 7: sentiment is not a number in -1..1");
    write_avro(f->avro, ROWS, no_sentiment);
    refused(f, "row 5: sentiment is not a number in -1..1");
    write_avro(f->avro, ROWS, less_than_none);
    refused(f, "row 9: likes is not a number of likes");
    write_avro(f->avro, 20, NULL);
    refused(f, "20 rows");
    write_bytes(f->avro, "text,sentiment\n", 15);
    refused(f, "not an Avro object container file");
    write_bytes(f->avro, "", 0);
    refused(f, "not an Avro object container file");

    buf_init(&bytes, 1 << 20);
    write_avro(f->avro, ROWS, NULL);
    assert_int_equal(file_read(f->avro, &bytes, &err), ST_OK);
    write_bytes(f->avro, bytes.p, bytes.n - 5);
    refused(f, "Avro: ");
    buf_release(&bytes);
}

static void a_column_that_is_missing_is_named(void **state)
{
    struct files *f = *state;
    struct columns names = columns(true);
    struct dataset d;
    struct err err = { 0 };

    names.likes = "hearts";
    write_avro(f->avro, ROWS, NULL);
    assert_int_equal(data_read(f->avro, &names, SPLIT_HASH, f->a, &d, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "there is no column hearts"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_are_those_of_csv, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(a_column_that_is_missing_is_named, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
