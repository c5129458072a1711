/* SPDX-License-Identifier: MIT */
/* The shapes of a body, what is wrong with others, and what an answer looks like. */
#include <stdlib.h>
#include <string.h>

#include "cli/serve/answer.h"
#include "cli/serve/request.h"
#include "support/check.h"

#define ARENA_MAX ((size_t)64 << 20)

static enum status read_text(const char *body, struct arena *a, struct request *out,
                             struct err *err)
{
    return request_read(slice_str(body), a, out, err);
}

/* Each shape says the same two rows. */
static void all_shapes_say_the_same(void **state)
{
    static const char *const bodies[] = {
        "{\"dataframe_split\":{\"columns\":[\"x\",\"is_reply\",\"text\"],"
        "\"data\":[[1,false,\"good\"],[null,1,\"bad\"]]}}",
        "{\"dataframe_records\":[{\"text\":\"good\"},{\"is_reply\":true,\"text\":\"bad\",\"x\":1}]"
        "}",
        "{\"instances\":[{\"comment_text\":\"good\",\"comment\":1,\"is_reply\":null},"
        "{\"comment\":\"bad\",\"is_reply\":1}],\"params\":null}",
        "{\"inputs\":{\"text\":[\"good\",\"bad\"],\"is_reply\":[0,true]},\"params\":{}}",
        "{\"inputs\":[\"good\",{\"text\":\"bad\",\"is_reply\":true}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct arena *a = arena_new(ARENA_MAX);
        struct request r;
        struct err err = { 0 };

        if (read_text(bodies[i], a, &r, &err) != ST_OK)
            fail_msg("%s: %s", bodies[i], err.msg);
        assert_int_equal(r.n, 2);
        assert_true(slice_is(r.v[0].text, "good") && slice_is(r.v[1].text, "bad"));
        assert_true(!r.v[0].is_reply && r.v[1].is_reply);
        arena_free(a);
    }
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *body, *why;
    } rows[] = {
        { "", "no JSON" },
        { "{", "no JSON" },
        { "[]", "want an object with one of" },
        { "{}", "want an object with one of" },
        { "{\"instances\":[],\"inputs\":[]}", "want an object with one of" },
        { "{\"instances\":\"x\"}", "instances: want a list" },
        { "{\"instances\":[1]}", "instances: row 0: the text is no string" },
        { "{\"instances\":[\"a\",{}]}", "instances: row 1: no column text" },
        { "{\"instances\":[\"a\"],\"params\":{\"t\":1}}", "params" },
        { "{\"inputs\":{\"x\":[]}}", "want a column text" },
        { "{\"inputs\":{\"text\":\"a\"}}", "want a column text" },
        { "{\"inputs\":{\"text\":[\"a\"],\"is_reply\":[]}}", "equally long" },
        { "{\"dataframe_records\":[\"a\"]}", "row 0 is no object" },
        { "{\"dataframe_records\":{}}", "want a list" },
        { "{\"dataframe_records\":[{\"text\":null}]}", "row 0: the text is no string" },
        { "{\"dataframe_records\":[{\"text\":\"a\",\"is_reply\":2}]}", "neither true nor false" },
        { "{\"dataframe_split\":[]}", "want columns and data" },
        { "{\"dataframe_split\":{\"columns\":[\"y\"],\"data\":[]}}", "no column text" },
        { "{\"dataframe_split\":{\"columns\":[\"text\"],\"data\":[[]]}}", "row 0 has not as many" },
        { "{\"dataframe_split\":{\"columns\":[\"text\"],\"data\":[\"a\"]}}", "row 0 has not" },
        { "{\"instances\":[\"a\"],\"instances\":[\"b\"]}", "no JSON" },
        { "{\"instances\":[\"\\ud800\"]}", "no JSON" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *a = arena_new(ARENA_MAX);
        struct request r;
        struct err err = { 0 };

        assert_int_equal(read_text(rows[i].body, a, &r, &err), ST_REJECT);
        if (!strstr(err.msg, rows[i].why))
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].body, err.msg, rows[i].why);
        arena_free(a);
    }
}

static void rows_are_bounded(void **state)
{
    struct arena *a = arena_new(ARENA_MAX);
    struct request r;
    struct err err = { 0 };
    struct buf body;

    (void)state;
    buf_init(&body, REQUEST_BYTES_MAX);
    buf_str(&body, "{\"instances\":[\"\"");
    for (int i = 0; i < REQUEST_ROWS_MAX; i++)
        buf_str(&body, ",\"\"");
    buf_str(&body, "]}");
    assert_int_equal(request_read(buf_slice(&body), a, &r, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "10001 rows"));
    buf_release(&body);
    arena_free(a);
}

static void an_error_is_json_whatever_it_says(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    answer_error("BAD_REQUEST", "a \"quote\"\n", &out);
    buf_byte(&out, '\0');
    assert_string_equal(out.p,
                        "{\"error_code\":\"BAD_REQUEST\",\"message\":\"a \\\"quote\\\"\\n\"}");
    buf_release(&out);
}

/* More rows than a batch, the same as one by one. */
static void rows_are_answered_in_order(void **state)
{
    enum { ROWS = BUNDLE_BATCH_MAX + 3 };
    struct facts facts[ROWS];
    const struct request all = { facts, ROWS };
    const struct request last = { facts + ROWS - 1, 1 };
    struct arena *a = arena_new(ARENA_MAX);
    struct bundle *bundle = NULL;
    struct err err = { 0 };
    struct buf one;
    struct buf many;

    (void)state;
    for (int i = 0; i < ROWS; i++)
        facts[i] = (struct facts){ slice_str(i % 2 ? "great, but the shipping was slow" : ""),
                                   i % 3 == 0 };
    facts[ROWS - 1] = (struct facts){ slice_str("the worst"), false };
    buf_init(&one, ANSWER_MAX);
    buf_init(&many, ANSWER_MAX);
    assert_int_equal(bundle_load("models/default", &bundle, &err), ST_OK);
    assert_int_equal(answer_rows(bundle, &all, a, &many, &err), ST_OK);
    assert_int_equal(answer_rows(bundle, &last, a, &one, &err), ST_OK);
    const size_t head = sizeof("{\"predictions\":[") - 1;
    assert_true(many.n > one.n);
    assert_memory_equal(many.p + many.n - (one.n - head), one.p + head, one.n - head);
    buf_release(&one);
    buf_release(&many);
    bundle_free(bundle);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_shapes_say_the_same),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(rows_are_bounded),
        cmocka_unit_test(an_error_is_json_whatever_it_says),
        cmocka_unit_test(rows_are_answered_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
