/* SPDX-License-Identifier: MIT */
/* The edge reader: each text and the reason that it must be refused with. */
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "wire/json.h"

enum { TAKEN = DEAD_N };

static int reason_of(struct slice text, unsigned flags)
{
    enum dead_reason reason = DEAD_N;
    struct err err = { 0 };
    json_t *json = NULL;
    enum status st = wire_json_parse(text, WIRE_JSON_RAW_MAX, flags, &json, &reason, &err);

    assert_int_not_equal(st, ST_FATAL);
    assert_int_equal(st == ST_OK, json != NULL);
    json_decref(json);
    return st == ST_OK ? TAKEN : (int)reason;
}

#define CHECK(text, want)                                                                          \
    assert_int_equal(reason_of((struct slice){ (text), sizeof(text) - 1 }, 0), (want))

static void taken(void **state)
{
    (void)state;
    CHECK("{\"a\": [1, -0, 2.5e-3, 1e+5, \"\\u00e9 \\ud83d\\ude00\", null, true]}", TAKEN);
    CHECK("9223372036854775807", TAKEN);
    CHECK("-9223372036854775808", TAKEN);
    CHECK("1e-400", TAKEN);
    CHECK("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", TAKEN);
    CHECK("\"a \\\" [ 01 NaN \\\\\"", TAKEN);
    CHECK("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", TAKEN);
}

static void numbers(void **state)
{
    (void)state;
    CHECK("[1e400]", DEAD_NUMBER);
    CHECK("[-1e400]", DEAD_NUMBER);
    CHECK("[9223372036854775808]", DEAD_NUMBER);
    CHECK("[-9223372036854775809]", DEAD_NUMBER);
    CHECK("[NaN]", DEAD_NUMBER);
    CHECK("[Infinity]", DEAD_NUMBER);
    CHECK("[-Infinity]", DEAD_NUMBER);
    CHECK("[01]", DEAD_NUMBER);
    CHECK("[-]", DEAD_NUMBER);
    CHECK("[1.]", DEAD_NUMBER);
    CHECK("[1.e5]", DEAD_NUMBER);
    CHECK("[1e]", DEAD_NUMBER);
    CHECK("[+1]", DEAD_NUMBER);
}

static void encodings(void **state)
{
    (void)state;
    CHECK("\"\x80\"", DEAD_ENCODING);
    CHECK("\"\xC0\xAF\"", DEAD_ENCODING);
    CHECK("\"\xED\xA0\x80\"", DEAD_ENCODING);
    CHECK("\"\xF4\x90\x80\x80\"", DEAD_ENCODING);
    CHECK("\"\xE2\x82", DEAD_ENCODING);
    CHECK("\"a\\u0000b\"", DEAD_ENCODING);
    CHECK("{\"a\\u0000b\": 1}", DEAD_ENCODING);
    CHECK("\"\\ud800\"", DEAD_ENCODING);
    CHECK("\"\\udc00\\ud800\"", DEAD_ENCODING);
    CHECK("\"\\ud83dx\"", DEAD_ENCODING);
    CHECK("\"\\\\u0000\"", TAKEN);
    assert_int_equal(reason_of(slice_str("\"a\\u0000b\""), WIRE_JSON_NUL), TAKEN);
}

static void syntax(void **state)
{
    (void)state;
    CHECK("", DEAD_JSON);
    CHECK(" ", DEAD_JSON);
    CHECK("{", DEAD_JSON);
    CHECK("{\"a\": 1}}", DEAD_JSON);
    CHECK("{} {}", DEAD_JSON);
    CHECK("{\"a\" 1}", DEAD_JSON);
    CHECK("{'a': 1}", DEAD_JSON);
    CHECK("[1,]", DEAD_JSON);
    CHECK("\"a\0b\"", DEAD_JSON);
    CHECK("\"a\nb\"", DEAD_JSON);
    CHECK("\"\\u00\"", DEAD_JSON);
    CHECK("\"\\", DEAD_JSON);
    CHECK("nul", DEAD_JSON);
    CHECK("\xEF\xBB\xBF{}", DEAD_JSON);
    assert_int_equal(reason_of(slice_str("\xEF\xBB\xBF{}"), WIRE_JSON_BOM), TAKEN);
    assert_int_equal(reason_of(slice_str("\xEF\xBB\xBF\xEF\xBB\xBF{}"), WIRE_JSON_BOM), DEAD_JSON);
}

static void keys(void **state)
{
    (void)state;
    CHECK("{\"a\": 1, \"a\": 2}", DEAD_DUP_KEY);
    CHECK("{\"a\": 1, \"\\u0061\": 2}", DEAD_DUP_KEY);
    CHECK("[{\"x\": {\"a\": 1, \"b\": 1, \"a\": 2}}]", DEAD_DUP_KEY);
    CHECK("[{\"a\": 1}, {\"a\": 2}]", TAKEN);
}

static void depth_and_size(void **state)
{
    struct buf b;

    (void)state;
    CHECK("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", DEAD_DEPTH);
    buf_init(&b, 1 << 20);
    memset(buf_extend(&b, 5000), '[', 5000);
    assert_int_equal(reason_of(buf_slice(&b), 0), DEAD_DEPTH);
    buf_clear(&b);
    memset(buf_extend(&b, WIRE_JSON_RAW_MAX + 1), ' ', WIRE_JSON_RAW_MAX + 1);
    b.p[0] = '1';
    assert_int_equal(reason_of(buf_slice(&b), 0), DEAD_TOO_LARGE);
    buf_truncate(&b, WIRE_JSON_RAW_MAX);
    assert_int_equal(reason_of(buf_slice(&b), 0), TAKEN);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),  cmocka_unit_test(numbers), cmocka_unit_test(encodings),
        cmocka_unit_test(syntax), cmocka_unit_test(keys),    cmocka_unit_test(depth_and_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
