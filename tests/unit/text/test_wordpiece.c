/* SPDX-License-Identifier: MIT */
/* Cutting with a vocabulary of our own; that it cuts as the reference does is
 * golden/wordpiece. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "text/wordpiece.h"

static const char vocabulary[] = "[PAD]\n[UNK]\nun\n##afford\n##able\n##a\naf\n,\n[MASK]\nx\n##x\n"
                                 "\xE6\x9D\xB1\n";

enum { UNK = 1, UN, AFFORD, ABLE, A, AF, COMMA, MASK, X, XX, EAST, IDS = 300 };

static void expect(const char *text, size_t n, const int32_t *want, size_t n_want)
{
    struct wordpiece *wp = NULL;
    struct err err = { 0 };
    int32_t ids[IDS];

    assert_int_equal(wordpiece_new(slice_str(vocabulary), &wp, &err), ST_OK);
    assert_int_equal(wordpiece_n(wp), EAST + 1);
    assert_int_equal(wordpiece_encode(wp, (struct slice){ text, n }, ids, IDS), n_want);
    for (size_t i = 0; i < n_want; i++)
        assert_int_equal(ids[i], want[i]);
    wordpiece_free(wp);
}

#define EXPECT(text, ...)                                                                          \
    expect(text, sizeof(text) - 1, (const int32_t[]){ __VA_ARGS__ },                               \
           sizeof((const int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t))

static void the_longest_piece_wins(void **state)
{
    (void)state;
    EXPECT("unaffordable", UN, AFFORD, ABLE);
    EXPECT("Un\xC3\xA1"
           "affordable,un",
           UN, A, AFFORD, ABLE, COMMA, UN);
    EXPECT("  un\tun\n", UN, UN);
    EXPECT("\xE6\x9D\xB1\xE6\x9D\xB1", EAST, EAST);
}

static void a_word_that_cannot_be_cut_is_unknown_as_a_whole(void **state)
{
    (void)state;
    EXPECT("unaffordably un", UNK, UN);
    EXPECT("af", AF);
    EXPECT("afford", UNK);
    EXPECT("\xF0\x9F\x98\x82", UNK);
}

static void a_word_may_have_a_hundred_signs(void **state)
{
    char text[WORDPIECE_CHARS_MAX + 1];
    int32_t want[WORDPIECE_CHARS_MAX];

    (void)state;
    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < WORDPIECE_CHARS_MAX; i++)
        want[i] = i == 0 ? X : XX;
    expect(text, WORDPIECE_CHARS_MAX, want, WORDPIECE_CHARS_MAX);
    want[0] = UNK;
    expect(text, WORDPIECE_CHARS_MAX + 1, want, 1);
}

static void special_tokens_are_taken_as_written(void **state)
{
    (void)state;
    EXPECT("un[MASK]x", UN, MASK, X);
    EXPECT("[mask]", UNK, UNK, UNK);
    EXPECT("[MASK", UNK, UNK);
    EXPECT("[CLS]", UNK, UNK, UNK); /* not in this vocabulary */
}

static void what_is_no_text_is_left_out(void **state)
{
    (void)state;
    EXPECT("u\0n\xFF\xC3 \xED\xA0\x80x\xE2\x80\x8B", UN, X);
    expect("", 0, NULL, 0);
    expect("\xF0\x9F", 2, NULL, 0);
}

static void no_more_ids_than_asked_for(void **state)
{
    struct wordpiece *wp = NULL;
    struct err err = { 0 };
    int32_t ids[3] = { -7, -7, -7 };

    (void)state;
    assert_int_equal(wordpiece_new(slice_str(vocabulary), &wp, &err), ST_OK);
    assert_int_equal(wordpiece_encode(wp, slice_str("unaffordable un"), ids, 2), 2);
    assert_int_equal(ids[1], AFFORD);
    assert_int_equal(ids[2], -7);
    assert_int_equal(wordpiece_encode(wp, slice_str("unaffordably"), ids, 1), 1);
    assert_int_equal(ids[0], UNK);
    wordpiece_free(wp);
}

static void refused(const char *text, const char *why)
{
    struct wordpiece *wp = NULL;
    struct err err = { 0 };

    assert_int_equal(wordpiece_new(slice_str(text), &wp, &err), ST_FATAL);
    assert_null(wp);
    if (!strstr(err.msg, why))
        fail_msg("said %s", err.msg);
}

static void a_vocabulary_that_is_none_is_refused(void **state)
{
    char big[WORDPIECE_PIECE_MAX + 16];
    struct wordpiece *wp = NULL;
    struct err err = { 0 };
    struct buf many;

    (void)state;
    refused("", "no [UNK]");
    refused("a\nb\n", "no [UNK]");
    refused("[UNK]\n\na\n", "line 2: not a piece");
    refused("[UNK]\na\na\n", "line 3: a stands there twice");
    snprintf(big, sizeof(big), "[UNK]\n%0*d", WORDPIECE_PIECE_MAX + 1, 0);
    refused(big, "line 2: not a piece");
    buf_init(&many, 1 << 20);
    for (int i = 0; i <= WORDPIECE_VOCABULARY_MAX; i++)
        buf_fmt(&many, "%d\n", i);
    assert_int_equal(wordpiece_new(buf_slice(&many), &wp, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "more than"));
    buf_release(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_piece_wins),
        cmocka_unit_test(a_word_that_cannot_be_cut_is_unknown_as_a_whole),
        cmocka_unit_test(a_word_may_have_a_hundred_signs),
        cmocka_unit_test(special_tokens_are_taken_as_written),
        cmocka_unit_test(what_is_no_text_is_left_out),
        cmocka_unit_test(no_more_ids_than_asked_for),
        cmocka_unit_test(a_vocabulary_that_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
