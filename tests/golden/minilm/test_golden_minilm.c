/* SPDX-License-Identifier: MIT */
/* MiniLM says of texts what the reference says (freeze), as near as each precision goes; and
 * the same to the last bit alone, among others, anywhere in a batch, and with two threads. */
#include "support/check.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "file/file.h"
#include "model/bundle.h"
#include "model/encoder.h"
#include "score/vectors.h"
#include "support/openvino.h"

#define FOLDER "tests/golden/minilm/"
#define MADE   "build/cache/minilm/"

enum { TEXTS = 12, DIM = 384, MANY = 60 };

static struct pieces texts[TEXTS];
static double want[TEXTS][DIM];
static struct encoder_conf conf = { .threads = 1 };

static void read_in(const char *path, struct buf *out)
{
    struct err err = { 0 };

    buf_init(out, BUNDLE_FILE_MAX);
    if (file_read(path, out, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static struct vectors *read_vectors(void)
{
    struct wordpiece *vocabulary = NULL;
    struct vectors *v = NULL;
    struct err err = { 0 };
    struct buf words;
    struct buf rows;

    read_in("models/default/vocab.txt", &words);
    read_in("models/default/static.bin", &rows);
    assert_int_equal(wordpiece_new(buf_slice(&words), &vocabulary, &err), ST_OK);
    assert_int_equal(vectors_new(buf_slice(&rows), vocabulary, &v, &err), ST_OK);
    buf_release(&words);
    buf_release(&rows);
    return v;
}

static void cut(const struct vectors *v, const char *line, struct pieces *out)
{
    json_t *row = json_loads(line, 0, NULL);
    const char *text = json_string_value(json_object_get(row, "text"));
    json_int_t times = json_integer_value(json_object_get(row, "times"));
    int32_t pieces[VECTORS_PIECES_MAX];
    struct buf long_text;

    assert_non_null(text);
    buf_init(&long_text, BUNDLE_FILE_MAX);
    for (json_int_t i = 0; i < (times > 0 ? times : 1); i++)
        buf_str(&long_text, text);
    out->n = vectors_pieces(v, buf_slice(&long_text), pieces);
    if (out->n > ENCODER_PIECES_MAX)
        out->n = ENCODER_PIECES_MAX;
    memcpy(out->id, pieces, out->n * sizeof(*pieces));
    buf_release(&long_text);
    json_decref(row);
}

static int read_texts(void **state)
{
    struct vectors *v = read_vectors();
    FILE *lines = fopen(FOLDER "texts.jsonl", "r");
    FILE *numbers = fopen(FOLDER "vectors", "r");
    char line[1024];
    int32_t piece[VECTORS_PIECES_MAX];

    (void)state;
    assert_non_null(lines);
    assert_non_null(numbers);
    for (size_t i = 0; i < TEXTS; i++) {
        assert_non_null(fgets(line, sizeof(line), lines));
        cut(v, line, &texts[i]);
        for (size_t k = 0; k < DIM; k++)
            assert_int_equal(fscanf(numbers, "%lf", &want[i][k]), 1);
    }
    assert_int_equal(vectors_pieces(v, slice_str("[CLS]"), piece), 1);
    conf.start = piece[0];
    assert_int_equal(vectors_pieces(v, slice_str("[SEP]"), piece), 1);
    conf.end = piece[0];
    fclose(lines);
    fclose(numbers);
    vectors_free(v);
    return 0;
}

/* An encoder of one precision; NULL, and says so: it cannot be had. */
static struct encoder *encoder_of(enum precision precision, int threads)
{
    const bool bytes = precision == PRECISION_INT8;
    struct encoder_conf c = conf;
    struct encoder *e = NULL;
    struct err err = { 0 };
    struct buf graph;
    struct buf weights;

    if (!openvino_is_here())
        return NULL;
    if (access(MADE ".complete", F_OK) != 0) {
        printf("skipped: no graph in " MADE ": tools/minilm makes it\n");
        return NULL;
    }
    c.precision = precision;
    c.threads = threads;
    read_in(bytes ? MADE "int8/minilm.xml" : MADE "float/minilm.xml", &graph);
    read_in(bytes ? MADE "int8/minilm.bin" : MADE "float/minilm.bin", &weights);
    if (encoder_new(buf_slice(&graph), buf_slice(&weights), &c, &e, &err) != ST_OK) {
        if (!strstr(err.msg, "no bfloat16"))
            fail_msg("%s", err.msg);
        printf("skipped: %s\n", err.msg);
    }
    buf_release(&graph);
    buf_release(&weights);
    return e;
}

/* The cosine of what was said and what was wanted. */
static double cosine(const float *said, const double *wanted)
{
    double xy = 0.0;
    double xx = 0.0;
    double yy = 0.0;

    for (size_t k = 0; k < DIM; k++) {
        xy += (double)said[k] * wanted[k];
        xx += (double)said[k] * (double)said[k];
        yy += wanted[k] * wanted[k];
    }
    return xy / sqrt(xx * yy);
}

static void near_to_the_reference(enum precision precision, double least)
{
    static float out[TEXTS * DIM];
    struct encoder *e = encoder_of(precision, 1);
    struct err err = { 0 };

    if (!e)
        skip();
    assert_int_equal(encoder_dim(e), DIM);
    assert_int_equal(encoder_run(e, texts, TEXTS, out, &err), ST_OK);
    for (size_t i = 0; i < TEXTS; i++) {
        double c = cosine(out + i * DIM, want[i]);

        if (!(c >= least))
            fail_msg("text %zu: cosine %.6f, want %.6f", i, c, least);
    }
    encoder_free(e);
}

static void f32_says_what_the_reference_says(void **state)
{
    (void)state;
    near_to_the_reference(PRECISION_F32, 0.99999);
}

static void bf16_is_near(void **state)
{
    (void)state;
    near_to_the_reference(PRECISION_BF16, 0.999);
}

static void int8_is_near(void **state)
{
    (void)state;
    near_to_the_reference(PRECISION_INT8, 0.98);
}

/* To the last bit, not as numbers. */
static bool same_bytes(const void *a, const void *b, size_t n)
{
    return memcmp(a, b, n) == 0;
}

/* Runs many texts, text (k * step + from) % TEXTS at place k, and compares with alone. */
static void same_among_others(struct encoder *e, size_t step, size_t from, const float *alone)
{
    static struct pieces many[MANY];
    static float out[MANY * DIM];
    struct err err = { 0 };

    for (size_t k = 0; k < MANY; k++)
        many[k] = texts[(k * step + from) % TEXTS];
    assert_int_equal(encoder_run(e, many, MANY, out, &err), ST_OK);
    for (size_t k = 0; k < MANY; k++) {
        size_t text = (k * step + from) % TEXTS;

        if (!same_bytes(out + k * DIM, alone + text * DIM, DIM * sizeof(*out)))
            fail_msg("text %zu at place %zu differs (step %zu)", text, k, step);
    }
}

static void a_text_says_the_same_wherever_it_stands(enum precision precision)
{
    static float alone[TEXTS * DIM];
    static float two[TEXTS * DIM];
    struct encoder *e = encoder_of(precision, 1);
    struct err err = { 0 };

    if (!e)
        skip();
    for (size_t i = 0; i < TEXTS; i++)
        assert_int_equal(encoder_run(e, &texts[i], 1, alone + i * DIM, &err), ST_OK);
    same_among_others(e, 1, 0, alone);
    same_among_others(e, 5, 3, alone);
    same_among_others(e, 12, 7, alone); /* one text many times over */
    same_among_others(e, 7, 11, alone);
    encoder_free(e);
    e = encoder_of(precision, 2);
    assert_non_null(e);
    assert_int_equal(encoder_run(e, texts, TEXTS, two, &err), ST_OK);
    assert_memory_equal(two, alone, sizeof(two));
    same_among_others(e, 11, 2, alone);
    encoder_free(e);
}

static void f32_does_not_depend_on_neighbours_or_threads(void **state)
{
    (void)state;
    a_text_says_the_same_wherever_it_stands(PRECISION_F32);
}

static void int8_does_not_depend_on_neighbours_or_threads(void **state)
{
    (void)state;
    a_text_says_the_same_wherever_it_stands(PRECISION_INT8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f32_says_what_the_reference_says),
        cmocka_unit_test(bf16_is_near),
        cmocka_unit_test(int8_is_near),
        cmocka_unit_test(f32_does_not_depend_on_neighbours_or_threads),
        cmocka_unit_test(int8_does_not_depend_on_neighbours_or_threads),
    };

    return cmocka_run_group_tests(tests, read_texts, NULL);
}
