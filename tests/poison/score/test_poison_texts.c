/* SPDX-License-Identifier: MIT */
/* Whatever people write gets scores that are finite and in range, the same alone as
 * among others. */
#include "support/check.h"

#include <math.h>
#include <stdbool.h>

#include "base/buf.h"
#include "model/bundle.h"

enum { ARENA_MAX = 64 << 20, TEXT_MAX = 1 << 20 };

struct nasty {
    const char *what;
    const char *text;
    size_t times;
};

#define ZALGO "Z\xCC\x81\xCC\xA8\xCD\x82\xCC\xB4" /* a letter under four marks */

static const struct nasty nasties[] = {
    { "empty", "", 1 },
    { "white space", " \t\n\xE3\x80\x80", 1 },
    { "media only", "[sticker]", 1 },
    { "special tokens", "[CLS][SEP][MASK][PAD][UNK]", 50 },
    { "one emoji", "\xF0\x9F\x98\x82", 1 },
    { "a family of emoji", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", 400 },
    { "64 kB of one word", "a", 65536 },
    { "64 kB of words", "not good but bad! ", 3641 },
    { "64 kB of signs", "!?:)", 16384 },
    { "10 kB of marks", "\xCC\x81", 5120 },
    { "zalgo", ZALGO, 1000 },
    { "right to left", "\xE2\x80\xAE\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D\xE2\x80\xAC", 100 },
    { "Arabic", "\xD9\x85\xD9\x85\xD8\xAA\xD8\xA7\xD8\xB2 \xD8\xAC\xD8\xAF\xD8\xA7", 30 },
    { "ideographs", "\xE6\x9D\xB1\xE4\xBA\xAC", 5000 },
    { "Russian",
      "\xD0\x9E\xD1\x87\xD0\xB5\xD0\xBD\xD1\x8C \xD0\xBF\xD0\xBB\xD0\xBE\xD1\x85\xD0\xBE!", 1 },
    { "no UTF-8", "\xFF\xFE\xC3\xED\xA0\x80\xF4\x90\x80\x80 good", 10 },
    { "a code point cut short", "good \xF0\x9F\x98", 1 },
    { "unassigned and private", "\xF3\xBF\xBF\xBD\xEE\x80\x80\xE0\xBF\xBF", 100 },
};

enum { NASTIES = sizeof(nasties) / sizeof(nasties[0]) };

static void check(const char *what, const struct scored *s, size_t n_text)
{
    if (s->bad)
        fail_msg("%s: not finite", what);
    for (size_t o = 0; o < OUTPUT_N; o++) {
        if (!(s->output[o] >= output_table[o].min && s->output[o] <= output_table[o].max))
            fail_msg("%s: %s is %g", what, output_table[o].name, s->output[o]);
    }
    for (size_t i = 0; i < s->monitored.n; i++)
        assert_true(isfinite(s->monitored.v[i]));
    for (size_t i = 0; i < s->aspects.n; i++)
        assert_true(s->aspects.v[i].start >= 0 && (size_t)s->aspects.v[i].end <= n_text);
}

static void same(const char *what, const struct scored *a, const struct scored *b)
{
    bool equal = a->monitored.n == b->monitored.n;

    for (size_t o = 0; o < OUTPUT_N; o++)
        equal &= a->output[o] == b->output[o];
    for (size_t i = 0; equal && i < a->monitored.n; i++)
        equal = a->monitored.v[i] == b->monitored.v[i];
    if (!equal)
        fail_msg("%s: other scores among others than alone", what);
}

static void every_text_has_scores_of_its_own(void **state)
{
    struct arena *a = arena_new(ARENA_MAX);
    struct facts facts[NASTIES];
    struct scored together[NASTIES];
    struct buf texts[NASTIES];
    struct bundle *b = NULL;
    struct err err = { 0 };

    (void)state;
    assert_non_null(a);
    if (bundle_load("models/default", &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < NASTIES; i++) {
        buf_init(&texts[i], TEXT_MAX);
        for (size_t k = 0; k < nasties[i].times; k++)
            buf_str(&texts[i], nasties[i].text);
        facts[i] = (struct facts){ buf_slice(&texts[i]), false };
    }
    assert_int_equal(bundle_score(b, facts, NASTIES, a, together, &err), ST_OK);
    for (size_t i = 0; i < NASTIES; i++) {
        struct scored alone;

        check(nasties[i].what, &together[i], facts[i].text.n);
        assert_int_equal(bundle_score(b, &facts[i], 1, a, &alone, &err), ST_OK);
        same(nasties[i].what, &alone, &together[i]);
        buf_release(&texts[i]);
    }
    bundle_free(b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_text_has_scores_of_its_own) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
