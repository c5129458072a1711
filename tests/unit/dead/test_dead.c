/* SPDX-License-Identifier: MIT */
/* Dead letters: which are meant, how they look (and do nothing), which can go back. */
#include <string.h>

#include "cli/dead/letter.h"
#include "support/check.h"

static struct deadletter letter(const char *stage, const char *reason, struct slice value)
{
    return (struct deadletter){ .stage = slice_str(stage),
                                .reason = slice_str(reason),
                                .why = slice_str("no \x1b[2J shape"),
                                .topic = slice_str("raw"),
                                .part = 2,
                                .offset = 81,
                                .index = -1,
                                .value = value,
                                .value_length = (int64_t)value.n,
                                .value_sha256 = slice_str("abc"),
                                .schema_id = -1 };
}

static void picks_by_all_that_is_said(void **state)
{
    const struct deadletter l = letter("ingest", "json", slice_str("{"));
    const int64_t some[] = { 4, 7 };
    const struct pick any = { 0 };
    const struct pick stage = { .stage = "score" };
    const struct pick both = { .stage = "ingest", .reason = "json" };
    const struct pick other = { .reason = "jso" };
    const struct pick named = { .offsets = some, .n_offsets = 2 };

    (void)state;
    assert_true(pick_takes(&any, 1, &l));
    assert_false(pick_takes(&stage, 1, &l));
    assert_true(pick_takes(&both, 1, &l));
    assert_false(pick_takes(&other, 1, &l));
    assert_true(pick_takes(&named, 7, &l));
    assert_false(pick_takes(&named, 8, &l));
}

static void counts_by_stage_and_reason(void **state)
{
    static struct dead_tally t;
    const struct deadletter a = letter("ingest", "json", slice_str("{"));
    const struct deadletter b = letter("ingest", "clock", slice_str("{"));
    const struct deadletter c = letter("score", "json", slice_str("{"));
    struct buf out;

    (void)state;
    dead_tally_add(&t, &a);
    dead_tally_add(&t, &b);
    dead_tally_add(&t, &a);
    dead_tally_add(&t, &c);
    buf_init(&out, 4096);
    dead_tally_print(&t, &out);
    buf_byte(&out, '\0');
    assert_string_equal(out.p, "stage    reason                  letters\n"
                               "ingest   json                          2\n"
                               "ingest   clock                         1\n"
                               "score    json                          1\n"
                               "all                                    4\n");
    buf_release(&out);
}

static void shows_without_acting(void **state)
{
    /* what turns text around is hostile on purpose */
    static const char bytes[] =
        "a\x1b[31m\xff\0\n\xe2\x80\xae"; /* NOLINT(misc-misleading-bidirectional) */
    const struct deadletter l =
        letter("ingest", "json", (struct slice){ bytes, sizeof(bytes) - 1 });
    struct buf out;

    (void)state;
    buf_init(&out, 4096);
    letter_line(5, &l, &out);
    letter_fields(5, &l, &out);
    size_t before = out.n;
    letter_text(&l, &out);
    letter_hex(&l, &out);
    for (size_t i = 0; i < out.n; i++)
        assert_true(out.p[i] == '\n' || (out.p[i] >= ' ' && out.p[i] <= '~'));
    buf_byte(&out, '\0');
    assert_int_equal(
        strncmp(out.p, "5        ingest  json           raw[2] 81  12 bytes  no \\u001b[2J shape\n",
                60),
        0);
    out.p[before] = '\0'; /* nothing of the bytes but when asked */
    assert_null(strstr(out.p, "31m"));
    assert_non_null(strstr(out.p, "value     12 bytes, 12 kept, sha256 abc\n"));
    buf_release(&out);
}

static void some_cannot_go_back(void **state)
{
    struct deadletter l = letter("ingest", "json", slice_str("{"));

    (void)state;
    struct way_back w = letter_way_back(&l, false, false);
    assert_null(w.not_because);
    assert_int_equal(w.topic, TOPIC_RAW);
    l.value_length = 1000000;
    assert_non_null(letter_way_back(&l, true, false).not_because);
    assert_null(letter_way_back(&l, false, true).not_because);
    l.index = 3; /* a comment of a page is not its source */
    assert_non_null(letter_way_back(&l, false, true).not_because);
    l = letter("ingest", "killer", slice_str("{"));
    assert_non_null(letter_way_back(&l, false, true).not_because);
    assert_null(letter_way_back(&l, true, true).not_because);
    l = letter("ingest", "null", slice_str(""));
    assert_non_null(letter_way_back(&l, true, true).not_because);
    l = letter("pane", "avro", slice_str("{"));
    l.topic = slice_str("panes");
    assert_non_null(letter_way_back(&l, true, true).not_because);
    l.topic = slice_str("nothing");
    assert_non_null(letter_way_back(&l, true, true).not_because);
    l = letter("errors", "range", slice_str("{"));
    l.topic = slice_str("labels");
    assert_null(letter_way_back(&l, true, true).not_because);
    l.stage = slice_str("label"); /* a line of its file */
    assert_non_null(letter_way_back(&l, true, true).not_because);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picks_by_all_that_is_said),
        cmocka_unit_test(counts_by_stage_and_reason),
        cmocka_unit_test(shows_without_acting),
        cmocka_unit_test(some_cannot_go_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
