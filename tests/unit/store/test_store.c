/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "record/types.h"
#include "store/copy.h"
#include "store/migrate.h"
#include "store/sqlstate.h"

/* Every type, and NULL where there is one. */
struct row {
    bool yes;
    int32_t i;
    int64_t l;
    struct opt_long no_long;
    double d;
    struct opt_double no_double;
    struct slice text;
    struct slice no_text;
    struct slice some_text;
    int name;
    int64_t at_ms;
    struct longs list;
};

static const char *const names[] = { "zero", "one", NULL };

static const struct copy_column columns[] = {
    { "yes", COPY_BOOL, offsetof(struct row, yes), NULL },
    { "i", COPY_INT, offsetof(struct row, i), NULL },
    { "l", COPY_LONG, offsetof(struct row, l), NULL },
    { "no_long", COPY_OPT_LONG, offsetof(struct row, no_long), NULL },
    { "d", COPY_DOUBLE, offsetof(struct row, d), NULL },
    { "no_double", COPY_OPT_DOUBLE, offsetof(struct row, no_double), NULL },
    { "text", COPY_TEXT, offsetof(struct row, text), NULL },
    { "no_text", COPY_OPT_TEXT, offsetof(struct row, no_text), NULL },
    { "some_text", COPY_OPT_TEXT, offsetof(struct row, some_text), NULL },
    { "name", COPY_ENUM, offsetof(struct row, name), names },
    { "at", COPY_TIME, offsetof(struct row, at_ms), NULL },
    { "list", COPY_LONGS, offsetof(struct row, list), NULL },
    { NULL, COPY_BOOL, 0, NULL },
};

static int64_t numbers[] = { -1 };

static struct row good(void)
{
    return (struct row){ .yes = true,
                         .i = -2,
                         .l = INT64_C(0x0102030405060708),
                         .d = 1.0,
                         .text = slice_str("hi"),
                         .some_text = slice_str("ho"),
                         .name = 1,
                         .at_ms = INT64_C(946684800001), /* 1 ms into 2000 */
                         .list = { numbers, 1 } };
}

static void rows_are_as_the_manual_says(void **state)
{
    static const unsigned char want[] = {
        'P',  'G',  'C',  'O',  'P',  'Y',  '\n', 0xff, '\r', '\n', 0,    0,
        0,    0,    0,    0,    0,    0,    0,                                  /* head */
        0,    12,                                                               /* fields */
        0,    0,    0,    1,    1,                                              /* true */
        0,    0,    0,    4,    0xff, 0xff, 0xff, 0xfe,                         /* -2 */
        0,    0,    0,    8,    1,    2,    3,    4,    5,    6,    7,    8,    /* bigint */
        0xff, 0xff, 0xff, 0xff,                                                 /* NULL */
        0,    0,    0,    8,    0x3f, 0xf0, 0,    0,    0,    0,    0,    0,    /* 1.0 */
        0xff, 0xff, 0xff, 0xff,                                                 /* NULL */
        0,    0,    0,    2,    'h',  'i',                                      /* text */
        0xff, 0xff, 0xff, 0xff,                                                 /* NULL */
        0,    0,    0,    2,    'h',  'o',                                      /* text */
        0,    0,    0,    3,    'o',  'n',  'e',                                /* enum */
        0,    0,    0,    8,    0,    0,    0,    0,    0,    0,    0x03, 0xe8, /* 1000 us */
        0,    0,    0,    32,   0,    0,    0,    1,    0,    0,    0,    0,
        0,    0,    0,    20,   0,    0,    0,    1,    0,    0,    0,    1,    /* array */
        0,    0,    0,    8,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* -1 */
        0xff, 0xff,                                                             /* end */
    };
    const struct row row = good();
    struct err err = { 0 };
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    copy_begin(&b);
    assert_int_equal(copy_row(columns, &row, &b, &err), ST_OK);
    copy_end(&b);
    assert_int_equal(b.n, sizeof(want));
    assert_memory_equal(b.p, want, sizeof(want));
    buf_release(&b);
}

/* Expects a refusal that names the column and leaves nothing of the row. */
static void refused(const struct row *row, const char *column)
{
    struct err err = { 0 };
    struct buf b;

    buf_init(&b, 4096);
    copy_begin(&b);
    const size_t before = b.n;
    assert_int_equal(copy_row(columns, row, &b, &err), ST_REJECT);
    assert_ptr_equal(strstr(err.msg, column), err.msg);
    assert_int_equal(b.n, before);
    assert_false(buf_failed(&b));
    buf_release(&b);
}

static void values_that_no_type_holds_are_refused(void **state)
{
    static const int64_t times[] = { INT64_MIN, -1, INT64_C(253402300800000), INT64_MAX };
    struct row row = good();

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        row.at_ms = times[i];
        refused(&row, "at: ");
    }
    row = good();
    row.text = (struct slice){ "a\0b", 3 };
    refused(&row, "text: ");
    row.text = (struct slice){ "a", (size_t)COPY_TEXT_MAX + 1 };
    refused(&row, "text: ");
    row = good();
    row.name = 2;
    refused(&row, "name: ");
    row.name = -1;
    refused(&row, "name: ");
    row = good();
    row.list.n = COPY_TEXT_MAX;
    refused(&row, "list: ");
}

static void a_full_buffer_is_fatal(void **state)
{
    const struct row row = good();
    struct err err = { 0 };
    struct buf b;

    (void)state;
    buf_init(&b, 40);
    copy_begin(&b);
    assert_int_equal(copy_row(columns, &row, &b, &err), ST_FATAL);
    buf_release(&b);
}

static void each_sqlstate_says_what_to_do(void **state)
{
    static const struct {
        const char *code;
        enum sql_class is;
    } cases[] = {
        { NULL, SQL_RETRY },     { "", SQL_RETRY },       { "08006", SQL_RETRY },
        { "40001", SQL_RETRY },  { "40P01", SQL_RETRY },  { "53100", SQL_RETRY },
        { "53300", SQL_RETRY },  { "57P01", SQL_RETRY },  { "57014", SQL_RETRY },
        { "55P03", SQL_RETRY },  { "25006", SQL_RETRY },  { "58030", SQL_RETRY },
        { "22021", SQL_RECORD }, { "22003", SQL_RECORD }, { "23502", SQL_RECORD },
        { "23514", SQL_RECORD }, { "54000", SQL_RECORD }, { "42P01", SQL_CONFIG },
        { "42703", SQL_CONFIG }, { "3D000", SQL_CONFIG }, { "3F000", SQL_CONFIG },
        { "42501", SQL_DENIED }, { "28P01", SQL_DENIED }, { "28000", SQL_DENIED },
        { "XX000", SQL_DEFECT }, { "XX001", SQL_DEFECT }, { "25P02", SQL_DEFECT },
        { "55000", SQL_DEFECT }, { "P0001", SQL_DEFECT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (sqlstate_class(cases[i].code) != cases[i].is)
            fail_msg("%s is %d, not %d", cases[i].code ? cases[i].code : "NULL",
                     (int)sqlstate_class(cases[i].code), (int)cases[i].is);
    }
}

static void migrations_are_numbered_without_a_gap(void **state)
{
    (void)state;
    assert_true(store_migrations_n > 0);
    for (size_t i = 0; i < store_migrations_n; i++) {
        char number[32];

        snprintf(number, sizeof(number), "%03zu_", i + 1);
        assert_int_equal(store_migrations[i].version, i + 1);
        assert_memory_equal(store_migrations[i].name, number, strlen(number));
        assert_true(strlen(store_migrations[i].sql) > 0);
    }
}

static void a_password_is_not_taken_from_the_connection(void **state)
{
    struct err err = { 0 };

    (void)state;
    assert_int_equal(store_check("host=db dbname=absa", &err), ST_OK);
    assert_int_equal(store_check("postgresql://sink@db/absa", &err), ST_OK);
    assert_int_equal(store_check("host=db password=secret", &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: "));
    assert_null(strstr(err.msg, "secret"));
    assert_int_equal(store_check("postgresql://sink:secret@db/absa", &err), ST_FATAL);
    assert_int_equal(store_check("hots=db", &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_as_the_manual_says),
        cmocka_unit_test(values_that_no_type_holds_are_refused),
        cmocka_unit_test(a_full_buffer_is_fatal),
        cmocka_unit_test(each_sqlstate_says_what_to_do),
        cmocka_unit_test(migrations_are_numbered_without_a_gap),
        cmocka_unit_test(a_password_is_not_taken_from_the_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
