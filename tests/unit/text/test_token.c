/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "support/check.h"
#include "text/token.h"
#include "text/utf8.h"

/* Each token as "kind:norm", one letter a kind, joined by "|". */
static void expect(const char *text, const char *want)
{
    static const char kinds[] = {
        [TOKEN_WORD] = 'W',    [TOKEN_EMOTICON] = 'e', [TOKEN_EMOJI] = 'j', [TOKEN_URL] = 'u',
        [TOKEN_MENTION] = 'a', [TOKEN_HASHTAG] = 'h',  [TOKEN_PUNCT] = 't'
    };
    struct arena *a = arena_new(1 << 20);
    struct tokens t;
    struct buf got;

    assert_non_null(a);
    buf_init(&got, 4096);
    assert_true(tokens_make(slice_str(text), a, &t));
    for (size_t i = 0; i < t.n; i++) {
        buf_str(&got, i > 0 ? "|" : "");
        buf_byte(&got, kinds[t.v[i].kind]);
        buf_byte(&got, ':');
        buf_slice_add(&got, t.v[i].norm);
    }
    buf_byte(&got, '\0');
    assert_string_equal(got.p, want);
    buf_release(&got);
    arena_free(a);
}

static void words_are_lower_case_with_apostrophes_and_hyphens_inside(void **state)
{
    (void)state;
    expect("Don't WAIT, well-made 'quoted' 5 stars", "W:don't|W:wait|t:,|W:well-made|t:'|W:quoted|"
                                                     "t:'|W:5|W:stars");
    expect("It\xE2\x80\x99s \xC3\x89T\xC3\x89", "W:it's|W:\xC3\xA9t\xC3\xA9");
    expect("", "");
    expect(" \n\t ", "");
}

static void an_emoji_is_one_token_with_its_modifiers(void **state)
{
    (void)state;
    /* Heart with a variation selector; a thumb with a skin tone; a family; a flag. */
    expect("\xE2\x9D\xA4\xEF\xB8\x8F", "j:\xE2\x9D\xA4");
    expect("\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBDok", "j:\xF0\x9F\x91\x8D|W:ok");
    expect("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
           "j:\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7");
    expect("\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA\xF0\x9F\x87\xAB\xF0\x9F\x87\xB7",
           "j:\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA|j:\xF0\x9F\x87\xAB\xF0\x9F\x87\xB7");
    expect("\xF0\x9F\x98\x82\xF0\x9F\x98\x82", "j:\xF0\x9F\x98\x82|j:\xF0\x9F\x98\x82");
    expect("\xC2\xA9 \xE2\x84\xA2", "t:\xC2\xA9|t:\xE2\x84\xA2");
}

static void emoticons_stand_alone_or_after_signs(void **state)
{
    (void)state;
    expect("nice :) <3 :'( xD", "W:nice|e::)|e:<3|e::'(|e:xd");
    expect("nice!:D", "W:nice|t:!|e::d");
    expect("abc:d (1-8) x:y", "W:abc|t::|W:d|t:(|W:1-8|t:)|W:x|t::|W:y");
    expect(":dog:", "t::|W:dog|t::");
}

static void urls_mentions_and_hashtags(void **state)
{
    (void)state;
    expect("see https://a.example/x?y=1, @some.one_ #Wow!", "W:see|u:https://a.example/x?y=1,|"
                                                            "a:@some.one_|h:wow|t:!");
    expect("WWW.x.example", "u:www.x.example");
    expect("@ # @@a", "t:@|t:#|t:@|a:@a");
}

static void bytes_that_are_no_utf8_are_signs(void **state)
{
    int32_t cp;

    (void)state;
    expect("a\xFF\xFE"
           "b",
           "W:a|t:\xEF\xBF\xBD\xEF\xBF\xBD|W:b");
    expect("\xF0\x9F\x98", "t:\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_int_equal(utf8_next(slice_str("\xED\xA0\x80"), 0, &cp), 1); /* a surrogate */
    assert_int_equal(cp, UTF8_REPLACEMENT);
}

static void shouting_and_stretching_are_seen(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct tokens t;

    (void)state;
    assert_non_null(a);
    assert_true(tokens_make(slice_str("GREAT soooo I NaN 2000000"), a, &t));
    assert_int_equal(t.n, 5);
    assert_true(t.v[0].shouted && !t.v[0].elongated);
    assert_true(t.v[1].elongated && !t.v[1].shouted);
    assert_false(t.v[2].shouted);
    assert_false(t.v[3].shouted);
    assert_false(t.v[4].elongated);
    assert_true(slice_is(token_squeeze(t.v[1].norm, 2, a), "soo"));
    assert_true(slice_is(token_squeeze(t.v[1].norm, 1, a), "so"));
    arena_free(a);
}

static void a_text_has_at_most_so_many_tokens(void **state)
{
    static char text[3 * TOKENS_MAX];
    struct arena *a = arena_new(8 << 20);
    struct tokens t;

    (void)state;
    assert_non_null(a);
    memset(text, 'a', sizeof(text));
    for (size_t i = 1; i < sizeof(text); i += 2)
        text[i] = ' ';
    assert_true(tokens_make((struct slice){ text, sizeof(text) }, a, &t));
    assert_int_equal(t.n, TOKENS_MAX);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_lower_case_with_apostrophes_and_hyphens_inside),
        cmocka_unit_test(an_emoji_is_one_token_with_its_modifiers),
        cmocka_unit_test(emoticons_stand_alone_or_after_signs),
        cmocka_unit_test(urls_mentions_and_hashtags),
        cmocka_unit_test(bytes_that_are_no_utf8_are_signs),
        cmocka_unit_test(shouting_and_stretching_are_seen),
        cmocka_unit_test(a_text_has_at_most_so_many_tokens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
