/* SPDX-License-Identifier: MIT */
/* Files as records: where they are cut, what stays as it is, in which order. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "producers/import/order.h"
#include "producers/import/split.h"
#include "support/prop.h"

struct reader {
    FILE *f;
    struct split *s;
    struct raw_record rec;
};

static void open_text(struct reader *r, const char *path, struct slice text)
{
    struct err err = { 0 };

    r->f = tmpfile();
    assert_non_null(r->f);
    if (text.n > 0)
        assert_int_equal(fwrite(text.p, 1, text.n, r->f), text.n);
    rewind(r->f);
    assert_int_equal(split_new(r->f, path, &r->s, &err), ST_OK);
}

static bool next(struct reader *r)
{
    struct err err = { 0 };
    bool more = false;

    assert_int_equal(split_next(r->s, &r->rec, &more, &err), ST_OK);
    return more;
}

static void close_text(struct reader *r)
{
    assert_false(next(r));
    split_free(r->s);
    fclose(r->f);
}

/* The records of text are exactly want, a list that ends with NULL. */
static void expect(const char *path, const char *text, const char *const *want)
{
    struct reader r;

    open_text(&r, path, slice_str(text));
    for (; *want; want++) {
        assert_true(next(&r));
        if (!slice_is(r.rec.value, *want))
            fail_msg("got %.*s, want %s", SLICE_ARG(r.rec.value), *want);
    }
    close_text(&r);
}

#define RECORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void lines(void **state)
{
    (void)state;
    expect("a.jsonl", "{\"a\":1}\n\n {\"b\":\"}\\\"\"}\r\n{\"broken\"\n{\"c\":3}",
           RECORDS("{\"a\":1}", "{\"b\":\"}\\\"\"}", "{\"broken\"", "{\"c\":3}"));
    expect("a.json", "\xEF\xBB\xBF{\"a\":1}", RECORDS("{\"a\":1}"));
    expect("a.json", "", RECORDS(NULL));
    expect("a.json", " \n ", RECORDS(NULL));
}

static void arrays(void **state)
{
    (void)state;
    expect("a.json", "[{\"a\":[1,\"]\"]} , {\"b\":{}},\n7]\n",
           RECORDS("{\"a\":[1,\"]\"]}", "{\"b\":{}}", "7"));
    expect("a.json", "[]", RECORDS(NULL));
    expect("a.json", "[{\"a\":1},{\"never closed", RECORDS("{\"a\":1}", "{\"never closed"));
}

static void documents(void **state)
{
    (void)state;
    expect("a.json", "{\n \"a\": 1\n}\n{\n \"b\": 2\n}\n",
           RECORDS("{\n \"a\": 1\n}", "{\n \"b\": 2\n}"));
    expect("a.json", "{\n\"comments\": [{\"cid\":\"1\"}]\n}", /* a page, small enough */
           RECORDS("{\n\"comments\": [{\"cid\":\"1\"}]\n}"));
}

static void rows(void **state)
{
    struct reader r;

    (void)state;
    expect("a.csv", "\xEF\xBB\xBF\"a\",b\r\n1,\"two\nlines \"\"q\"\" \\ \x80\"\r\n3,\n",
           RECORDS("{\"a\":\"1\",\"b\":\"two\\u000alines \\\"q\\\" \\\\ \x80\"}",
                   "{\"a\":\"3\",\"b\":\"\"}"));
    expect("a.csv", "a,b\n", RECORDS(NULL));
    open_text(&r, "a.csv", slice_str("a,b\n1,2,3\n4,5\n"));
    assert_true(next(&r));
    assert_true(slice_is(r.rec.value, "1,2,3"));
    assert_true(slice_is(r.rec.shape, INGEST_SHAPE_BROKEN_ROW));
    assert_int_equal(r.rec.row, 1);
    assert_true(next(&r));
    assert_int_equal(r.rec.shape.n, 0);
    assert_int_equal(r.rec.row, 2);
    close_text(&r);
}

/* A wrapper that is too large for a record: its comments go on, with its video. */
static void wrapper(void **state)
{
    const size_t n = 5000;
    char *text = malloc(n * 80 + 100);
    struct reader r;
    size_t at;

    (void)state;
    assert_non_null(text);
    at = (size_t)snprintf(
        text, 100, "{\"video_url\":\"https:\\/\\/x.y\\/video\\/7123456789012345678\",\"data\":{\n");
    at += (size_t)snprintf(text + at, 100, "\"comments\":[");
    for (size_t i = 0; i < n; i++) {
        at += (size_t)snprintf(text + at, 80,
                               "%s{\"cid\":\"%zu\",\"text\":\"so good, really, so very good\"}",
                               i > 0 ? "," : "", i);
    }
    at += (size_t)snprintf(text + at, 10, "]}}");
    open_text(&r, "/somewhere/crawl-7000000000000000009.json", (struct slice){ text, at });
    for (size_t i = 0; i < n; i++) {
        char want[80];

        snprintf(want, sizeof(want), "{\"cid\":\"%zu\",\"text\":\"so good, really, so very good\"}",
                 i);
        assert_true(next(&r));
        assert_true(slice_is(r.rec.value, want));
        assert_true(slice_is(r.rec.video, "7123456789012345678"));
    }
    assert_true(slice_is(r.rec.file, "crawl-7000000000000000009.json"));
    close_text(&r);
    free(text);
}

static void names(void **state)
{
    static const char *const cases[][2] = {
        { "TTCommentExporter-7522631316479790391-3522-comments.csv", "7522631316479790391" },
        { "/a/7418294751977327878/b.csv", "" },
        { "7418294751977327878.csv", "7418294751977327878" },
        { "2025-11-23.csv", "" },
        { "sha-123456789012345678901234567890.csv", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct reader r;

        open_text(&r, cases[i][0], slice_str("a\n1\n"));
        assert_true(next(&r));
        assert_true(slice_is(r.rec.video, cases[i][1]));
        close_text(&r);
    }
}

static void headers(void **state)
{
    const struct raw_record rec = {
        .value = slice_str("{}"), .video = slice_str("7"), .file = slice_str("a.csv"), .row = 12
    };
    struct raw_headers h;

    (void)state;
    raw_headers(&rec, 5, &h);
    assert_int_equal(h.n, 4);
    assert_true(slice_is(h.v[0].name, "absa-file") && slice_is(h.v[0].value, "a.csv"));
    assert_true(slice_is(h.v[1].name, "absa-row") && slice_is(h.v[1].value, "12"));
    assert_true(slice_is(h.v[2].name, "absa-video") && slice_is(h.v[2].value, "7"));
    assert_true(slice_is(h.v[3].name, "absa-arrival") && slice_is(h.v[3].value, "5"));
    raw_headers(&rec, -1, &h);
    assert_int_equal(h.n, 3);
}

/* Records come out by the time of their comments; equal ones as they stood, and
 * one without a time behind the one before it. */
static void ordered(void **state)
{
    const struct ingest_rules rules = { 0 };
    struct prop p = prop_begin(300);
    struct order *o = NULL;
    struct raw_record rec = { 0 };
    struct err err = { 0 };
    char text[128];
    int64_t ms;
    int64_t last = 0;
    int64_t row_before = 0;
    bool more = true;
    int n = 0;

    (void)state;
    assert_int_equal(order_new(&rules, INT64_C(1763900000000), &o, &err), ST_OK);
    for (int i = 0; i < p.cases; i++) {
        const int second = (int)prop_below(&p, 50);

        if (i % 10 == 0) {
            snprintf(text, sizeof(text), "{\"broken\":%d}", i);
        } else {
            snprintf(text, sizeof(text),
                     "{\"comments\":[{\"cid\":\"1\",\"create_time\":%d},{\"cid\":\"2\","
                     "\"create_time\":1736951300}]}",
                     1736951400 + second);
        }
        rec = (struct raw_record){ .value = slice_str(text), .row = i };
        assert_int_equal(order_add(o, &rec, &err), ST_OK);
    }
    order_sort(o);
    for (;; n++) {
        assert_int_equal(order_next(o, &rec, &ms, &more, &err), ST_OK);
        if (!more)
            break;
        assert_true(ms > last || (ms == last && rec.row > row_before));
        if (rec.row % 10 != 0) {
            snprintf(text, sizeof(text), "%lld", (long long)ms / 1000);
            assert_non_null(memchr(rec.value.p, '{', rec.value.n));
            assert_memory_equal(rec.value.p + 38, text, 10);
        }
        last = ms;
        row_before = rec.row;
    }
    assert_int_equal(n, p.cases);
    order_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),   cmocka_unit_test(arrays),  cmocka_unit_test(documents),
        cmocka_unit_test(rows),    cmocka_unit_test(wrapper), cmocka_unit_test(names),
        cmocka_unit_test(headers), cmocka_unit_test(ordered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
