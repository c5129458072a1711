/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "score/aspects.h"
#include "score/feature.h"
#include "score/reading.h"
#include "support/check.h"

static const char valences[] = "# a comment\n"
                               "good\t2.0\r\n"
                               "amazing\t2.8\n"
                               "bad\t-2.5\n"
                               "slow\t-1.0\n"
                               "no\t-1.2\n"
                               "support\t1.7\n"
                               ":)\t2.0\n"
                               "\xF0\x9F\x98\x8D\t3.0\n";
static const char cues[] = "very\tboost\t0.3\nnot\tnegate\nno\tnegate\nbut\tcontrast\n";
static const char terms[] = "product\tproduct\nshipping\tshipping\nservice\tcustomer service\n"
                            "service\tsupport\nservice\tservice\nprice\tprice\n";

struct kit {
    struct lexicon *lex;
    struct taxonomy *tax;
    struct arena *a;
};

static int setup(void **state)
{
    static struct kit k;
    struct err err = { 0 };

    k.lex = lexicon_new();
    k.a = arena_new(8 << 20);
    assert_non_null(k.lex);
    assert_non_null(k.a);
    assert_int_equal(lexicon_add_valences(k.lex, slice_str(valences), &err), ST_OK);
    assert_int_equal(lexicon_add_cues(k.lex, slice_str(cues), &err), ST_OK);
    assert_int_equal(taxonomy_new(slice_str(terms), &k.tax, &err), ST_OK);
    *state = &k;
    return 0;
}

static int teardown(void **state)
{
    struct kit *k = *state;

    lexicon_free(k->lex);
    taxonomy_free(k->tax);
    arena_free(k->a);
    return 0;
}

static struct reading read_text(const struct kit *k, const char *text)
{
    struct facts facts = { slice_str(text), false };
    struct err err = { 0 };
    struct reading r;

    assert_int_equal(reading_make(&facts, k->lex, k->a, &r, &err), ST_OK);
    return r;
}

static double feature(const struct kit *k, const char *name, const char *text)
{
    const struct feature *f = feature_find(slice_str(name));
    struct reading r = read_text(k, text);

    assert_non_null(f);
    return f->of(&r);
}

static void near_to(double got, double want)
{
    if (fabs(got - want) > 1e-9)
        fail_msg("got %.17g, want %.17g", got, want);
}

static void words_before_a_hit_act_on_it(void **state)
{
    const struct kit *k = *state;

    near_to(read_text(k, "good").valence.sum, 2.0);
    near_to(read_text(k, "very good").valence.sum, 2.3);
    near_to(read_text(k, "very bad").valence.sum, -2.8);
    near_to(read_text(k, "not good").valence.sum, -1.4);
    near_to(read_text(k, "not so good").valence.sum, -1.4);
    near_to(read_text(k, "isn't good").valence.sum, -1.4);
    near_to(read_text(k, "not a b c good").valence.sum, 2.0); /* out of reach  */
    near_to(read_text(k, "not. good").valence.sum, 2.0);      /* another clause */
    near_to(read_text(k, "no").valence.sum, -1.2);            /* alone it counts */
    near_to(read_text(k, "no good").valence.sum, -1.4);       /* here it turns   */
    near_to(read_text(k, "this is GOOD").valence.sum, 2.7);
    near_to(read_text(k, "THIS IS GOOD").valence.sum, 2.0);
    near_to(read_text(k, "gooooood").valence.sum, 2.3);
    near_to(read_text(k, "\xF0\x9F\x98\x8D :)").valence.emoji, 5.0);
    assert_true(read_text(k, "good!!!").valence.compound > read_text(k, "good").valence.compound);
    assert_true(read_text(k, "bad but good").valence.compound >
                read_text(k, "good but bad").valence.compound);
}

static void features_count_what_their_names_say(void **state)
{
    const struct kit *k = *state;

    near_to(feature(k, "chars", "h\xC3\xA9y \xF0\x9F\x98\x8D"), 5);
    near_to(feature(k, "words", "one two, three!"), 3);
    near_to(feature(k, "mean_word_length", "one three"), 4);
    near_to(feature(k, "upper_share", "ABcd"), 0.5);
    near_to(feature(k, "digit_share", "a123"), 0.75);
    near_to(feature(k, "exclamations", "a! b!!"), 3);
    near_to(feature(k, "questions", "a?"), 1);
    near_to(feature(k, "urls", "http://a www.b"), 2);
    near_to(feature(k, "mentions", "@a @b #c"), 2);
    near_to(feature(k, "hashtags", "@a @b #c"), 1);
    near_to(feature(k, "emoji", "\xF0\x9F\x98\x8D\xF0\x9F\x98\x8D"), 2);
    near_to(feature(k, "emoji_share", "good \xF0\x9F\x98\x8D"), 0.5);
    near_to(feature(k, "non_latin_share", "ab\xD0\xB0\xD0\xB1"), 0.5);
    near_to(feature(k, "type_token_ratio", "a A b b"), 0.5);
    near_to(feature(k, "no_words", "!!"), 1);
    near_to(feature(k, "no_words", "x"), 0);
    near_to(feature(k, "positive_share", "good bad x y"), 0.25);
    near_to(feature(k, "valence_min", "good bad"), -2.5);
    near_to(feature(k, "valence_mean", "x"), 0);
    near_to(feature(k, "elongations", "sooo good"), 1);
}

/* SEED 2.3: over the pieces between white space, case kept, in bits. */
static void entropy_is_that_of_the_original(void **state)
{
    const struct kit *k = *state;

    near_to(feature(k, "shannon_entropy", ""), 0);
    near_to(feature(k, "shannon_entropy", "a a a"), 0);
    near_to(feature(k, "shannon_entropy", "a b c d"), 2);
    near_to(feature(k, "shannon_entropy", "a A"), 1);
    near_to(feature(k, "shannon_entropy", "a, a b"), log2(3));
    near_to(feature(k, "shannon_entropy", " a\ta\nb "), 0.91829583405448951);
}

static void an_aspect_has_the_sentiment_of_its_clause(void **state)
{
    const struct kit *k = *state;
    struct reading r = read_text(k, "This PRODUCT's amazing but the shipping was slow");
    struct aspect_list got;
    struct err err = { 0 };

    assert_int_equal(aspects_find(k->tax, &r, k->a, &got, &err), ST_OK);
    assert_int_equal(got.n, 2);
    assert_true(slice_is(got.v[0].category, "product"));
    assert_true(got.v[0].sentiment > 0.5);
    assert_int_equal(got.v[0].start, 5);
    assert_int_equal(got.v[0].end, 14);
    assert_true(slice_is(got.v[1].term, "shipping"));
    assert_true(got.v[1].sentiment < -0.2);
}

static void the_longest_term_wins_and_comes_once(void **state)
{
    const struct kit *k = *state;
    struct reading r = read_text(k, "Customer services. prices, PRICE; support");
    struct aspect_list got;
    struct err err = { 0 };

    assert_int_equal(aspects_find(k->tax, &r, k->a, &got, &err), ST_OK);
    assert_int_equal(got.n, 3);
    assert_true(slice_is(got.v[0].term, "customer service"));
    assert_true(slice_is(got.v[1].term, "price"));
    assert_true(slice_is(got.v[2].term, "support"));
    near_to(got.v[2].sentiment, 0.0); /* the term itself is no praise */
}

static void a_broken_table_is_refused_with_its_line(void **state)
{
    const struct kit *k = *state;
    struct taxonomy *t;
    struct err err = { 0 };

    assert_int_equal(lexicon_add_valences(k->lex, slice_str("ok\t1\nx\tmuch\n"), &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "line 2"));
    assert_int_equal(lexicon_add_valences(k->lex, slice_str("x\t4.5\n"), &err), ST_FATAL);
    assert_int_equal(lexicon_add_valences(k->lex, slice_str("x\tnan\n"), &err), ST_FATAL);
    assert_int_equal(lexicon_add_cues(k->lex, slice_str("x\tshout\n"), &err), ST_FATAL);
    assert_int_equal(lexicon_add_cues(k->lex, slice_str("x\tboost\t7\n"), &err), ST_FATAL);
    assert_int_equal(taxonomy_new(slice_str("a\tb c d e\n"), &t, &err), ST_FATAL);
    assert_int_equal(taxonomy_new(slice_str("a\tb\nc\tbs\n"), &t, &err),
                     ST_OK); /* too short for s */
    taxonomy_free(t);
    assert_int_equal(taxonomy_new(slice_str("a\tbird\nc\tbirds\n"), &t, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "line 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_before_a_hit_act_on_it),
        cmocka_unit_test(features_count_what_their_names_say),
        cmocka_unit_test(entropy_is_that_of_the_original),
        cmocka_unit_test(an_aspect_has_the_sentiment_of_its_clause),
        cmocka_unit_test(the_longest_term_wins_and_comes_once),
        cmocka_unit_test(a_broken_table_is_refused_with_its_line),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
