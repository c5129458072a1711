/* SPDX-License-Identifier: MIT */
/* A case is an input and the rows it must give, written as
 * "field|field" a row, with !ragged !nul !broken !long behind it and @ for NUL. Each case is
 * fed whole and byte by byte: the rows must be the same. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/csv.h"

enum { TEST_MAX = 64 };

struct source {
    struct slice in;
    size_t chunk;
};

static enum csv_rc next_row(struct csv *c, struct source *s, struct csv_row *row)
{
    for (;;) {
        enum csv_rc rc = csv_next(c, row);
        struct err err = { 0 };

        if (rc != CSV_MORE)
            return rc;
        size_t n = s->in.n < s->chunk ? s->in.n : s->chunk;
        if (n == 0) {
            csv_finish(c);
            continue;
        }
        assert_int_equal(csv_feed(c, (struct slice){ s->in.p, n }, &err), ST_OK);
        s->in.p += n;
        s->in.n -= n;
    }
}

static void describe(const struct csv_row *row, struct buf *out)
{
    for (size_t i = 0; i < row->n; i++) {
        buf_str(out, i > 0 ? "|" : "");
        for (size_t k = 0; k < row->field[i].n; k++)
            buf_byte(out, (char)(row->field[i].p[k] ? row->field[i].p[k] : '@'));
    }
    buf_str(out, row->faults & CSV_RAGGED ? "!ragged" : "");
    buf_str(out, row->faults & CSV_NUL ? "!nul" : "");
    buf_str(out, row->faults & CSV_BROKEN ? "!broken" : "");
    buf_str(out, row->faults & CSV_TOO_LONG ? "!long" : "");
    buf_byte(out, '\n');
}

static void check_case(struct slice in, const char *want)
{
    for (size_t chunk = 1; chunk <= in.n + 1; chunk += chunk < 8 ? 1 : in.n) {
        struct source s = { in, chunk };
        struct csv *c = csv_new(TEST_MAX);
        struct csv_row row;
        struct buf got;
        enum csv_rc rc;

        buf_init(&got, 1 << 16);
        for (int64_t number = 0; (rc = next_row(c, &s, &row)) == CSV_ROW; number++) {
            assert_int_equal(row.number, number);
            assert_memory_equal(in.p + row.offset, row.raw.p, row.raw.n);
            describe(&row, &got);
        }
        assert_int_equal(rc, CSV_END);
        buf_byte(&got, '\0');
        assert_string_equal(got.p, want);
        buf_release(&got);
        csv_free(c);
    }
}

#define CASE(in, want) check_case((struct slice){ (in), sizeof(in) - 1 }, (want))

static void plain_files(void **state)
{
    (void)state;
    CASE("", "");
    CASE("\n\r\n", "");
    CASE("\xEF\xBB\xBF", "");
    CASE("a", "a\n");
    CASE("a,b\n1,2\n", "a|b\n1|2\n");
    CASE("a,b\n1,2", "a|b\n1|2\n");
    CASE("a,b\r\n1,2\r3,4\n\n\r\n5,6\r\n", "a|b\n1|2\n3|4\n5|6\n");
    CASE("\xEF\xBB\xBF"
         "a,b\n,\n",
         "a|b\n|\n");
    CASE("\xEF\xBB", "\xEF\xBB\n");
    CASE("a,b\n=cmd|' /C calc'!A0,-2\n", "a|b\n=cmd|' /C calc'!A0|-2\n");
}

static void quotes(void **state)
{
    (void)state;
    CASE("\"a\",\"b\"\n\"1\",\"\"\n", "a|b\n1|\n");
    CASE("a,b\n1,\"x \"\"y\"\", z\"\n", "a|b\n1|x \"y\", z\n");
    CASE("a,b\n\"\"\"\",\"\"\"\"\"\"\n", "a|b\n\"|\"\"\n");
    CASE("a,b\n1,\"l1\nl2\r\nl3\"\n2,x\n", "a|b\n1|l1\nl2\r\nl3\n2|x\n");
    CASE("a,b\n1,5\" disk\n2, \"x\"\n", "a|b\n1|5\" disk\n2| \"x\"\n");
    CASE("a,b\n\"\",\"\"\n", "a|b\n|\n");
}

static void delimiters(void **state)
{
    (void)state;
    CASE("a;b;c,d\n1;2;3\n", "a|b|c,d\n1|2|3\n");
    CASE("a\tb\n1\t\"x\ty\"\n", "a|b\n1|x\ty\n");
    CASE("\"a;b;c\",d\n1,2\n", "a;b;c|d\n1|2\n");
    CASE("a,b;c\n1,2\n", "a|b;c\n1|2\n");
}

static void faults(void **state)
{
    (void)state;
    CASE("a,b\n1\n1,2,3\n1,2\n", "a|b\n1!ragged\n1|2|3!ragged\n1|2\n");
    CASE("a,b\n1,\0x\n1,2\n", "a|b\n1|@x!nul\n1|2\n");
    /* never closed: the next whole row stands */
    CASE("a,b\n1,\"x\n2,y\n3,z\n", "a|b\n!broken\n2|y\n3|z\n");
    CASE("a,b\n1,\"x\n2,y,z\n3,z\n", "a|b\n!broken\n3|z\n");
    /* closed by the opening quote of a later row */
    CASE("a,b\n1,\"x\n2,\"y\"\n3,z\n", "a|b\n!broken\n2|y\n3|z\n");
    CASE("a,b\n1,\"x\"y\n3,z\n", "a|b\n!broken\n3|z\n");
    CASE("a,b\n1,\"x\"\"\"\"y\n3,z\n", "a|b\n!broken\n3|z\n");
    CASE("a,b\n1,\"", "a|b\n!broken\n");
    CASE("\"a,b\n1,2\n", "!broken\n1|2\n");
}

/* Records of more than 64 bytes. */
static void maximum(void **state)
{
    static const char x[] =
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    char in[512];
    int n;

    (void)state;
    n = snprintf(in, sizeof(in), "a,b\n1,%s%s\n2,y\n", x, x);
    check_case((struct slice){ in, (size_t)n }, "a|b\n!long\n2|y\n");
    n = snprintf(in, sizeof(in), "a,b\n1,\"\n2,y\n%s\n3,z\n", x);
    check_case((struct slice){ in, (size_t)n }, "a|b\n!long\n2|y\n!long\n3|z\n");
    n = snprintf(in, sizeof(in), "a,b\n1,%.60s\n1,%.62s\n", x, x);
    check_case((struct slice){ in, (size_t)n },
               "a|b\n1|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n!long\n");
}

/* One quote at byte 1 of 64 MB: one broken row of one line, and bounded memory. */
static void unclosed_quote_of_a_large_file(void **state)
{
    enum { LINES = 4000000 };
    static const char line[16] = "1234567,9012345\n";
    struct csv *c = csv_new(0);
    struct csv_row row;
    struct err err = { 0 };
    long fed = 0;
    long rows = 0;
    long broken = 0;
    enum csv_rc rc;

    (void)state;
    assert_int_equal(csv_feed(c, slice_str("\"a,b\n"), &err), ST_OK);
    while ((rc = csv_next(c, &row)) != CSV_END) {
        if (rc == CSV_ROW) {
            rows++;
            broken += (row.faults & CSV_TOO_LONG) != 0;
            continue;
        }
        char chunk[16 * 512];
        for (int i = 0; i < 512; i++)
            memcpy(chunk + (ptrdiff_t)i * 16, line, sizeof(line));
        if (fed < LINES)
            assert_int_equal(csv_feed(c, (struct slice){ chunk, sizeof(chunk) }, &err), ST_OK);
        else
            csv_finish(c);
        fed += 512;
    }
    assert_int_equal(broken, 1);
    assert_int_equal(rows, 1 + (LINES + 511) / 512 * 512);
    csv_free(c);
}

static long count_file(const char *path, unsigned *faults, size_t *width)
{
    struct csv *c = csv_new(0);
    struct csv_row row;
    struct err err = { 0 };
    char chunk[4096];
    long rows = 0;
    enum csv_rc rc;
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    while ((rc = csv_next(c, &row)) != CSV_END) {
        if (rc == CSV_ROW) {
            rows++;
            *faults |= row.faults;
            *width = row.n;
            continue;
        }
        size_t n = fread(chunk, 1, sizeof(chunk), f);
        if (n > 0)
            assert_int_equal(csv_feed(c, (struct slice){ chunk, n }, &err), ST_OK);
        else
            csv_finish(c);
    }
    fclose(f);
    csv_free(c);
    return rows;
}

/* Counts by Python's csv module. */
static void real_crawls(void **state)
{
    static const struct {
        const char *name;
        long rows;
    } crawl[] = {
        { "TTCommentExporter-7226101187500723498-201-comments.csv", 202 },
        { "TTCommentExporter-7352578392337829166-68-comments.csv", 69 },
        { "TTCommentExporter-7522631316479790391-3522-comments-replies.csv", 3522 },
    };
    const char *shared = getenv("ABSA_SHARED");
    char path[512];

    (void)state;
    for (size_t i = 0; i < sizeof(crawl) / sizeof(crawl[0]); i++) {
        unsigned faults = 0;
        size_t width = 0;

        snprintf(path, sizeof(path), "%s/data/crawls/%s", shared ? shared : "", crawl[i].name);
        FILE *f = fopen(path, "rb");
        if (!f) {
            print_message("skipped: no %s\n", path);
            skip();
        }
        fclose(f);
        assert_int_equal(count_file(path, &faults, &width), crawl[i].rows);
        assert_int_equal(faults, 0);
        assert_true(width > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_files), cmocka_unit_test(quotes),
        cmocka_unit_test(delimiters),  cmocka_unit_test(faults),
        cmocka_unit_test(maximum),     cmocka_unit_test(unclosed_quote_of_a_large_file),
        cmocka_unit_test(real_crawls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
