/* SPDX-License-Identifier: MIT */
/* Means of bytes, lines through them, and tables that are none. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "score/heads.h"
#include "score/vectors.h"

enum { DIM = VECTORS_BLOCK, PIECES = 4, TABLE_MAX = 1 << 16 };

static const char vocabulary[] = "[UNK]\ngood\nbad\nfilm\n";

static struct wordpiece *words(void)
{
    struct wordpiece *wp = NULL;
    struct err err = { 0 };

    assert_int_equal(wordpiece_new(slice_str(vocabulary), &wp, &err), ST_OK);
    return wp;
}

static void add_u32(struct buf *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        buf_byte(b, (char)(v >> (8 * i)));
}

static void add_float(struct buf *b, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof(bits));
    add_u32(b, bits);
}

/* Steps of 0.5; piece p has p in dimension 0, -p in dimension 1 and 0 elsewhere. */
static void table(struct buf *b, uint32_t pieces, uint32_t dim, float step)
{
    buf_init(b, TABLE_MAX);
    buf_str(b, "ABSAVEC1");
    add_u32(b, pieces);
    add_u32(b, dim);
    for (uint32_t k = 0; k < dim; k++)
        add_float(b, step);
    for (uint32_t p = 0; p < pieces; p++) {
        for (uint32_t k = 0; k < dim; k++)
            buf_byte(b, (char)(k == 0 ? (int)p : k == 1 ? -(int)p : 0));
    }
}

static struct vectors *good_vectors(void)
{
    struct vectors *v = NULL;
    struct err err = { 0 };
    struct buf b;

    table(&b, PIECES, DIM, 0.5F);
    assert_int_equal(vectors_new(buf_slice(&b), words(), &v, &err), ST_OK);
    buf_release(&b);
    return v;
}

static void a_text_is_the_mean_of_its_pieces(void **state)
{
    struct vectors *v = good_vectors();
    int32_t pieces[VECTORS_PIECES_MAX];
    double mean[VECTORS_DIM_MAX];

    (void)state;
    assert_int_equal(vectors_dim(v), DIM);
    assert_int_equal(vectors_n(v), PIECES);
    assert_int_equal(vectors_pieces(v, slice_str("Good, bad film"), pieces), 4);
    vectors_mean(v, pieces, 4, mean); /* 1, 0, 2, 3 */
    assert_true(mean[0] == 0.75 && mean[1] == -0.75 && mean[2] == 0.0);
    vectors_mean(v, pieces, 0, mean);
    assert_true(mean[0] == 0.0 && mean[1] == 0.0);
    vectors_free(v);
}

static void a_long_text_does_not_overflow(void **state)
{
    struct vectors *v = good_vectors();
    int32_t pieces[VECTORS_PIECES_MAX];
    double mean[VECTORS_DIM_MAX];
    struct buf text;

    (void)state;
    buf_init(&text, TABLE_MAX);
    for (int i = 0; i < 2 * VECTORS_PIECES_MAX; i++)
        buf_str(&text, "film ");
    assert_int_equal(vectors_pieces(v, buf_slice(&text), pieces), VECTORS_PIECES_MAX);
    vectors_mean(v, pieces, VECTORS_PIECES_MAX, mean);
    assert_true(mean[0] == 1.5 && mean[1] == -1.5);
    buf_release(&text);
    vectors_free(v);
}

static void refused(struct buf *b, struct wordpiece *wp, const char *why)
{
    struct vectors *v = NULL;
    struct err err = { 0 };

    assert_int_equal(vectors_new(buf_slice(b), wp, &v, &err), ST_FATAL);
    assert_null(v);
    if (!strstr(err.msg, why))
        fail_msg("said %s", err.msg);
    buf_release(b);
}

static void a_table_that_is_none_is_refused(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, TABLE_MAX);
    refused(&b, words(), "not a table");
    table(&b, PIECES, DIM, 0.5F);
    b.p[7] = '2';
    refused(&b, words(), "not a table");
    table(&b, PIECES, DIM + 1, 0.5F);
    refused(&b, words(), "17 dimensions");
    table(&b, PIECES + 1, DIM, 0.5F);
    refused(&b, words(), "5 vectors for a vocabulary of 4 pieces");
    table(&b, PIECES, DIM, 0.5F);
    buf_truncate(&b, b.n - 1);
    refused(&b, words(), "bytes: want");
    table(&b, PIECES, DIM, NAN);
    refused(&b, words(), "a step is not");
    table(&b, PIECES, DIM, 0.5F);
    refused(&b, NULL, "without a vocabulary");
}

static void a_head_is_a_line_through_the_mean(void **state)
{
    static const char lines[] = "# made by hand\nsentiment\tbias\t0.25\nsentiment\t0\t2\n"
                                "sentiment\t1\t-1\nimplicitness\t15\t9\n";
    struct vectors *v = good_vectors();
    struct heads *h = NULL;
    struct err err = { 0 };
    int32_t pieces[VECTORS_PIECES_MAX];
    double says[HEAD_N];

    (void)state;
    assert_int_equal(heads_new(slice_str(lines), v, &h, &err), ST_OK);
    heads_apply(h, pieces, vectors_pieces(v, slice_str("bad film"), pieces), says);
    assert_true(says[HEAD_SENTIMENT] == 0.25 + 2 * 1.25 + 1.25);
    assert_true(says[HEAD_ENGAGEMENT] == 0.0 && says[HEAD_IMPLICITNESS] == 0.0);
    heads_apply(h, pieces, 0, says);
    assert_true(says[HEAD_SENTIMENT] == 0.25);
    heads_free(h);
    vectors_free(v);
}

static void heads_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = { "sentiment\t0\n",      "mood\t0\t1\n",
                                       "sentiment\t16\t1\n",  "sentiment\t-1\t1\n",
                                       "sentiment\t0\tnan\n", "sentiment\tx\t1\n" };
    struct vectors *v = good_vectors();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct heads *h = NULL;
        struct err err = { 0 };

        assert_int_equal(heads_new(slice_str(bad[i]), v, &h, &err), ST_FATAL);
        assert_null(h);
        assert_non_null(strstr(err.msg, "line 1: not"));
    }
    vectors_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_the_mean_of_its_pieces),
        cmocka_unit_test(a_long_text_does_not_overflow),
        cmocka_unit_test(a_table_that_is_none_is_refused),
        cmocka_unit_test(a_head_is_a_line_through_the_mean),
        cmocka_unit_test(heads_that_are_none_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
