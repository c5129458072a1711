/* SPDX-License-Identifier: MIT */
/* The metadata of a committed offset: what is written is what is read. */
#include "support/check.h"

#include <string.h>

#include "flow/meta.h"

static void expect_text(const struct meta *m, const char *want)
{
    struct buf b;

    buf_init(&b, META_LEN_MAX);
    meta_format(m, &b);
    assert_true(slice_is(buf_slice(&b), want));
    buf_release(&b);
}

static void test_round_trip(void **state)
{
    static const char *const texts[] = {
        "v1 a=0",           "v1 a=2 max=17 seq=3",   "v0 a=1",
        "v1 a=999999999 x", "v1 a=0  leading space", "v2 a=1 t=1753275600000 max=17",
        "v2 a=0 t=-5",      "v2 a=0 t=0 x"
    };
    struct meta m;
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(meta_parse(slice_str(texts[i]), &m, &err), ST_OK);
        expect_text(&m, texts[i]);
    }
    assert_int_equal(meta_parse(slice_str("v1 a=4 k=v"), &m, &err), ST_OK);
    assert_int_equal(m.attempts, 4);
    assert_false(m.fresh);
    assert_int_equal(m.n, 3);
    assert_false(m.timed);
    assert_int_equal(meta_parse(slice_str("v2 a=3 t=-70 k=v"), &m, &err), ST_OK);
    assert_true(m.timed);
    assert_int_equal(m.time_ms, -70);
    assert_int_equal(m.n, 3);
    assert_memory_equal(m.stage, "k=v", 3);
}

static void test_moved_by_a_tool(void **state)
{
    struct meta m;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(meta_parse((struct slice){ NULL, 0 }, &m, &err), ST_OK);
    assert_int_equal(m.attempts, 0);
    assert_int_equal(m.n, 0);
    expect_text(&m, "v1 a=0");
}

static void test_refused(void **state)
{
    static const char *const texts[] = { "v3 a=0",          "v1",
                                         "v1 a=",           "v1 a=x",
                                         "v1 a=1x",         "hello",
                                         "v1 a=1234567890", "v1 a=0 \x01",
                                         "v2 a=0",          "v2 a=0 t=",
                                         "v2 a=0 t=x",      "v2 a=0 t=-",
                                         "v2 a=0 t=1x",     "v2 a=0 t=1234567890123456789" };
    struct meta m;
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(meta_parse(slice_str(texts[i]), &m, &err), ST_FATAL);
}

static void test_length(void **state)
{
    char text[STAGE_META_MAX + 1];
    struct meta m = { 0 };
    struct err err = { 0 };

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_int_equal(meta_set_stage(&m, (struct slice){ text, STAGE_META_MAX }, &err), ST_OK);
    assert_int_equal(meta_set_stage(&m, (struct slice){ text, STAGE_META_MAX + 1 }, &err),
                     ST_FATAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_moved_by_a_tool),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
