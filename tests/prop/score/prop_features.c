/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/bundle.h"
#include "model/default_dir.h"
#include "score/feature.h"
#include "support/check.h"
#include "support/prop.h"
#include "text/utf8.h"

enum { TEXT_MAX = 600, BATCH = 64 };

/* Any bytes, any code points, or words that mean something. */
static struct slice random_text(struct prop *p, char *to)
{
    static const char *const words[] = { "good",
                                         "NOT",
                                         "but",
                                         "shipping",
                                         "soooo",
                                         "!!!",
                                         ":)",
                                         "\xF0\x9F\x98\x8D",
                                         "#deal",
                                         "@me",
                                         "http://x",
                                         "very",
                                         "customer service",
                                         "worst",
                                         "\n",
                                         "12",
                                         "isn't" };
    uint64_t kind = prop_below(p, 3);
    size_t want = (size_t)prop_below(p, TEXT_MAX / 2);
    size_t n = 0;

    while (n < want) {
        if (kind == 0) {
            to[n++] = (char)prop_below(p, 256);
        } else if (kind == 1) {
            int32_t cp = (int32_t)prop_below(p, prop_below(p, 2) ? 0x110000 : 0x3000);

            n += utf8_put(cp >= 0xD800 && cp < 0xE000 ? 'x' : cp, to + n);
        } else {
            const char *w = words[prop_below(p, sizeof(words) / sizeof(words[0]))];

            n += (size_t)snprintf(to + n, 64, "%s ", w);
        }
    }
    return (struct slice){ to, n };
}

static struct bundle *load(void)
{
    struct bundle *b = NULL;
    struct err err = { 0 };

    if (bundle_load(bundle_dir(""), &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return b;
}

static void every_feature_is_finite_and_within_its_range(void **state)
{
    struct prop p = prop_begin(4000);
    struct lexicon *lex = lexicon_new();
    struct arena *a = arena_new(64 << 20);
    struct err err = { 0 };
    char text[TEXT_MAX + 64];

    (void)state;
    assert_int_equal(lexicon_add_valences(lex, slice_str("good\t4\nworst\t-4\n:)\t4\n"), &err),
                     ST_OK);
    assert_int_equal(
        lexicon_add_cues(lex, slice_str("very\tboost\t1\nnot\tnegate\nbut\tcontrast\n"), &err),
        ST_OK);
    for (int i = 0; i < p.cases; i++) {
        struct facts facts = { random_text(&p, text), prop_below(&p, 2) == 1 };
        struct reading r;

        arena_reset(a);
        assert_int_equal(reading_make(&facts, lex, a, &r, &err), ST_OK);
        for (size_t k = 0; k < feature_n; k++) {
            double v = feature_table[k].of(&r);

            if (!isfinite(v) || v < feature_table[k].min || v > feature_table[k].max)
                fail_msg("case %d: %s is %g, not in %g..%g", i, feature_table[k].name, v,
                         feature_table[k].min, feature_table[k].max);
        }
    }
    arena_free(a);
    lexicon_free(lex);
}

/* Bit by bit: alone, in a batch, and at another place of it. */
static void a_score_does_not_depend_on_its_neighbours(void **state)
{
    struct prop p = prop_begin(20);
    struct bundle *b = load();
    struct arena *a = arena_new(256 << 20);
    static char text[BATCH][TEXT_MAX + 64];
    static struct scored batch[BATCH];
    struct facts facts[BATCH];
    struct err err = { 0 };

    (void)state;
    for (int c = 0; c < p.cases; c++) {
        size_t n = 1 + (size_t)prop_below(&p, BATCH);

        arena_reset(a);
        for (size_t i = 0; i < n; i++)
            facts[i] = (struct facts){ random_text(&p, text[i]), prop_below(&p, 2) == 1 };
        assert_int_equal(bundle_score(b, facts, n, a, batch, &err), ST_OK);
        for (size_t i = 0; i < n; i++) {
            struct scored one;

            assert_int_equal(bundle_score(b, &facts[i], 1, a, &one, &err), ST_OK);
            assert_false(one.bad);
            assert_memory_equal(one.output, batch[i].output, sizeof(one.output));
            assert_memory_equal(one.monitored.v, batch[i].monitored.v,
                                one.monitored.n * sizeof(double));
            assert_int_equal(one.aspects.n, batch[i].aspects.n);
            for (size_t o = 0; o < OUTPUT_N; o++)
                assert_true(one.output[o] >= output_table[o].min &&
                            one.output[o] <= output_table[o].max);
            for (size_t k = 0; k < one.aspects.n; k++) {
                assert_true(one.aspects.v[k].start >= 0);
                assert_true(one.aspects.v[k].start < one.aspects.v[k].end);
                assert_true((size_t)one.aspects.v[k].end <= facts[i].text.n);
                assert_true(fabs(one.aspects.v[k].sentiment) <= 1.0);
            }
        }
    }
    arena_free(a);
    bundle_free(b);
}

static void a_text_of_any_size_is_read(void **state)
{
    static const char *const pieces[] = {
        "a", "a ", "\xF0\x9F\x98\x8D", "\xCC\x81", "!", "z \xFF"
    };
    size_t size = (size_t)256 << 10;
    char *text = malloc(size);
    struct bundle *b = load();
    struct arena *a = arena_new(64 << 20);
    struct err err = { 0 };

    (void)state;
    assert_non_null(text);
    for (size_t k = 0; k < sizeof(pieces) / sizeof(pieces[0]); k++) {
        size_t len = strlen(pieces[k]);
        struct scored one;

        for (size_t i = 0; i < size; i++)
            text[i] = pieces[k][i % len];
        arena_reset(a);
        assert_int_equal(
            bundle_score(b, &(struct facts){ { text, size }, false }, 1, a, &one, &err), ST_OK);
        assert_false(one.bad);
    }
    free(text);
    arena_free(a);
    bundle_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_feature_is_finite_and_within_its_range),
        cmocka_unit_test(a_score_does_not_depend_on_its_neighbours),
        cmocka_unit_test(a_text_of_any_size_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
