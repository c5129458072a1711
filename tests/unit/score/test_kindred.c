/* SPDX-License-Identifier: MIT */
/* Which words join a category, and which do not. */
#include "support/check.h"

#include <string.h>

#include "base/buf.h"
#include "score/kindred.h"

enum { DIM = VECTORS_BLOCK, TABLE_MAX = 1 << 16 };

/* Pieces and their first three dimensions: food points along the first, music along the second,
 * and of what points along the third there is one term alone. */
static const struct {
    const char *text;
    int at[3];
} pieces[] = {
    { "[UNK]", { 0, 0, 0 } },    { "pizza", { 100, 0, 0 } },  { "burger", { 96, 10, 0 } },
    { "pasta", { 98, 0, 9 } },   { "song", { 0, 100, 0 } },   { "album", { 9, 97, 0 } },
    { "melody", { 0, 98, 8 } },  { "parcel", { 0, 0, 100 } }, { "salad", { 97, 8, 4 } },
    { "salads", { 97, 8, 4 } },  { "tasty", { 99, 2, 2 } },   { "very", { 99, 2, 2 } },
    { "##aroni", { 99, 0, 0 } }, { "99", { 99, 0, 0 } },      { "ho", { 99, 0, 0 } },
    { "ballad", { 4, 96, 4 } },  { "letter", { 0, 4, 96 } },  { "lamp", { 60, 60, 60 } },
    { "stew", { 95, 12, 6 } },
};

enum { PIECES = sizeof(pieces) / sizeof(pieces[0]) };

static const char terms[] = "food\tpizza\nfood\tburger\nfood\tpasta\n"
                            "music\tsong\nmusic\talbum\nmusic\tmelody\n"
                            "shipping\tparcel\n";

static void add_u32(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        buf_byte(b, (char)(v >> (8 * i)));
}

static struct vectors *vectors(void)
{
    const uint32_t one = 0x3F800000; /* 1.0 */
    struct wordpiece *wp = NULL;
    struct vectors *v = NULL;
    struct err err = { 0 };
    struct buf text;
    struct buf b;

    buf_init(&text, TABLE_MAX);
    buf_init(&b, TABLE_MAX);
    buf_str(&b, "ABSAVEC1");
    add_u32(&b, PIECES);
    add_u32(&b, DIM);
    for (int k = 0; k < DIM; k++)
        add_u32(&b, one);
    for (int p = 0; p < PIECES; p++) {
        buf_fmt(&text, "%s\n", pieces[p].text);
        for (int k = 0; k < DIM; k++)
            buf_byte(&b, (char)(k < 3 ? pieces[p].at[k] : 0));
    }
    assert_int_equal(wordpiece_new(buf_slice(&text), &wp, &err), ST_OK);
    assert_int_equal(vectors_new(buf_slice(&b), wp, &v, &err), ST_OK);
    buf_release(&text);
    buf_release(&b);
    return v;
}

static struct lexicon *lexicon(void)
{
    struct lexicon *lex = lexicon_new();
    struct err err = { 0 };

    assert_non_null(lex);
    assert_int_equal(lexicon_add_valences(lex, slice_str("tasty\t2.0\n"), &err), ST_OK);
    assert_int_equal(lexicon_add_cues(lex, slice_str("very\tboost\t0.3\n"), &err), ST_OK);
    return lex;
}

/* The taxonomy with its kindred words; the caller's to free. */
static struct taxonomy *grown(const char *table, double apart)
{
    struct vectors *v = vectors();
    struct lexicon *lex = lexicon();
    struct taxonomy *t = NULL;
    struct err err = { 0 };

    assert_int_equal(taxonomy_new(slice_str(table), &t, &err), ST_OK);
    assert_int_equal(kindred_add(t, v, lex, apart, &err), ST_OK);
    vectors_free(v);
    lexicon_free(lex);
    return t;
}

static const char *category_of(const struct taxonomy *t, const char *word)
{
    const struct slice norm = slice_str(word);
    const struct term *found = taxonomy_find(t, &norm, 1);

    return found ? found->category.p : "none";
}

static void near_words_join_the_nearest_category(void **state)
{
    struct taxonomy *t = grown(terms, 0.0);

    (void)state;
    assert_memory_equal(category_of(t, "salad"), "food", 4);
    assert_memory_equal(category_of(t, "salads"), "food", 4); /* the same term */
    assert_memory_equal(category_of(t, "ballad"), "music", 5);
    assert_int_equal(taxonomy_n(t), 7 + 3);
    taxonomy_free(t);
}

static void opinions_parts_of_words_and_numbers_do_not(void **state)
{
    static const char *const out[] = { "tasty", "very", "##aroni", "99", "ho", "lamp" };
    struct taxonomy *t = grown(terms, 0.0);

    (void)state;
    for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
        assert_string_equal(category_of(t, out[i]), "none");
    taxonomy_free(t);
}

static void a_category_that_does_not_know_itself_gets_none(void **state)
{
    struct taxonomy *t = grown(terms, 0.0); /* shipping has one term */

    (void)state;
    assert_string_equal(category_of(t, "letter"), "none");
    taxonomy_free(t);
    /* Two that lie across each other: none of their terms comes home. */
    t = grown("a\tpizza\na\tsong\na\tparcel\nb\tburger\nb\talbum\nb\tletter\n", 0.0);
    assert_int_equal(taxonomy_n(t), 6);
    taxonomy_free(t);
}

static void the_farther_apart_the_fewer(void **state)
{
    struct taxonomy *all = grown(terms, 0.0);
    struct taxonomy *few = grown(terms, 1.0); /* as near as the nearest term */

    (void)state;
    assert_memory_equal(category_of(all, "stew"), "food", 4);
    assert_string_equal(category_of(few, "stew"), "none");
    assert_memory_equal(category_of(few, "salad"), "food", 4);
    taxonomy_free(all);
    taxonomy_free(few);
}

static void an_empty_taxonomy_stays_so(void **state)
{
    struct taxonomy *t = grown("", 0.5);

    (void)state;
    assert_int_equal(taxonomy_n(t), 0);
    assert_null(taxonomy_next(t, NULL));
    taxonomy_free(t);
}

static void a_table_that_grows_keeps_what_it_had(void **state)
{
    struct taxonomy *t = NULL;
    struct err err = { 0 };
    size_t n = 0;

    (void)state;
    assert_int_equal(taxonomy_new(slice_str(terms), &t, &err), ST_OK);
    for (int i = 0; i < 1000; i++) {
        char word[] = {
            'w', (char)('a' + i % 26), (char)('a' + i / 26 % 26), (char)('a' + i / 676), 'x', '\0'
        };

        assert_int_equal(taxonomy_add(t, slice_str("food"), slice_str(word), &err), ST_OK);
        assert_string_not_equal(category_of(t, word), "none");
    }
    for (const struct term *k = taxonomy_next(t, NULL); k; k = taxonomy_next(t, k))
        n++;
    assert_int_equal(n, 1007);
    assert_int_equal(taxonomy_n(t), 1007);
    assert_memory_equal(category_of(t, "melody"), "music", 5);
    taxonomy_free(t);
}

static void a_category_is_a_name(void **state)
{
    static const char *const bad[] = { "a\x01\tb\n", "\xFF\tb\n", "a\t\xFF\n" };
    char longer[CATEGORY_BYTES_MAX + 8];
    struct taxonomy *t = NULL;
    struct err err = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(taxonomy_new(slice_str(bad[i]), &t, &err), ST_FATAL);
        assert_non_null(strstr(err.msg, "line 1"));
        assert_null(t);
    }
    memset(longer, 'x', sizeof(longer));
    memcpy(longer + CATEGORY_BYTES_MAX + 1, "\tb\n", 4);
    assert_int_equal(taxonomy_new(slice_str(longer), &t, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "64 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_words_join_the_nearest_category),
        cmocka_unit_test(opinions_parts_of_words_and_numbers_do_not),
        cmocka_unit_test(a_category_that_does_not_know_itself_gets_none),
        cmocka_unit_test(the_farther_apart_the_fewer),
        cmocka_unit_test(an_empty_taxonomy_stays_so),
        cmocka_unit_test(a_table_that_grows_keeps_what_it_had),
        cmocka_unit_test(a_category_is_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
