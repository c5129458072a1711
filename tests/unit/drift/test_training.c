/* SPDX-License-Identifier: MIT */
/* A baseline against what its model was trained on: what differs is said, chance is not. */
#include "support/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drift/training.h"
#include "support/drift/stream.h"
#include "support/prop.h"

enum { FEATURES = 4, ROWS = 6000 };

static const char *const names[FEATURES] = { "sentiment_score", "engagement_score",
                                             "implicitness_degree", "confidence" };

/* Comments of many videos; owned by who made them. */
struct comments {
    double *column[FEATURES];
    uint64_t *video;
    size_t n;
};

static struct comments draw(uint64_t seed, size_t n, uint64_t videos, double shift)
{
    struct prop p = { .state = seed };
    struct comments c = { .n = n, .video = calloc(n, sizeof(*c.video)) };

    for (int k = 0; k < FEATURES; k++)
        c.column[k] = calloc(n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        c.video[i] = prop_below(&p, videos);
        c.column[0][i] = prop_double(&p, -1, 1) + prop_double(&p, -1, 1) + shift;
        c.column[1][i] = prop_below(&p, 10) < 4 ? 0 : prop_double(&p, 0, 1);
        c.column[2][i] = prop_below(&p, 3) == 0 ? (double)NAN : (double)prop_below(&p, 7);
        c.column[3][i] = 0.25;
    }
    return c;
}

static void release(struct comments *c)
{
    for (int k = 0; k < FEATURES; k++)
        free(c->column[k]);
    free(c->video);
}

static struct baseline_input input_of(const struct comments *c, const char *bundle)
{
    return (struct baseline_input){ .bundle_sha256 = bundle,
                                    .names = names,
                                    .columns = (const double *const *)c->column,
                                    .n = FEATURES,
                                    .videos = c->video,
                                    .rows = c->n };
}

static struct baseline *build(const struct baseline_input *in)
{
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    if (baseline_build(in, &b, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return b;
}

static struct baseline *training_data(void)
{
    struct comments c = draw(1, ROWS, 500, 0);
    const struct baseline_input in = input_of(&c, STREAM_BUNDLE);
    struct baseline *b = build(&in);

    release(&c);
    return b;
}

/* Made of comments like those of the training, but for the sentiment. */
static struct baseline *compared(const struct baseline *training, uint64_t seed, size_t n,
                                 double shift)
{
    struct comments c = draw(seed, n, 500, shift);
    struct baseline_input in = input_of(&c, STREAM_BUNDLE);
    in.from_ms = 1000;
    in.until_ms = 5000;
    struct baseline *b = build(&in);
    struct err err = { { 0 } };

    if (training_compare(b, training, &in, &err) != ST_OK)
        fail_msg("%s", err.msg);
    release(&c);
    return b;
}

static void test_what_differs_is_named(void **state)
{
    struct baseline *training = training_data();
    struct baseline *b = compared(training, 2, ROWS, 0.5);
    struct buf said;

    (void)state;
    assert_string_equal(b->training, training->id);
    assert_int_equal(training_skewed(b), 1);
    assert_true(b->features[0].training_skew > 0.2 && b->features[0].training_skew < 1);
    assert_ptr_equal(training_next(b, NULL), &b->features[0]);
    assert_null(training_next(b, &b->features[0]));
    buf_init(&said, 1000);
    b->features[1].training_skew = 0.5;
    b->features[0].training_skew = 0.5; /* as much: as they stand */
    b->features[2].training_skew = 0.625;
    training_names(b, 2, &said);
    assert_true(
        slice_is(buf_slice(&said), "implicitness_degree 0.62, sentiment_score 0.5 and 1 more"));
    buf_clear(&said);
    training_names(b, 3, &said);
    assert_true(slice_is(buf_slice(&said),
                         "implicitness_degree 0.62, sentiment_score 0.5, engagement_score 0.5"));
    buf_release(&said);
    baseline_free(b);
    baseline_free(training);
}

/* Small baselines of the same comments: 200 x 4 looks, and no feature is called skewed. */
static void test_chance_is_not(void **state)
{
    struct baseline *training = training_data();

    (void)state;
    for (uint64_t seed = 10; seed < 210; seed++) {
        struct baseline *b = compared(training, seed, 400, 0);

        if (training_skewed(b) > 0)
            fail_msg("seed %d: %s %g", (int)seed, training_next(b, NULL)->name,
                     training_next(b, NULL)->training_skew);
        baseline_free(b);
    }
    baseline_free(training);
}

/* Few videos are few comments, however many they are: nothing is known of them. */
static void test_one_video_says_nothing(void **state)
{
    struct baseline *training = training_data();
    struct comments c = draw(3, ROWS, 1, 0.5);
    const struct baseline_input in = input_of(&c, STREAM_BUNDLE);
    struct baseline *b = build(&in);
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(training_compare(b, training, &in, &err), ST_OK);
    assert_int_equal(training_skewed(b), 0);
    baseline_free(b);
    release(&c);
    baseline_free(training);
}

static void test_another_bundle_is_refused(void **state)
{
    struct baseline *training = training_data();
    struct comments c = draw(2, ROWS, 500, 0.5);
    const struct baseline_input in = input_of(&c, STREAM_OTHER_BUNDLE);
    struct baseline *b = build(&in);
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(training_compare(b, training, &in, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "is of bundle 001122334455..."));
    assert_int_equal(b->training[0], 0);
    baseline_free(b);
    release(&c);
    baseline_free(training);
}

static void refused(const struct buf *file, const char *from, const char *to, const char *why)
{
    struct buf b;
    struct baseline *back = NULL;
    struct err err = { { 0 } };
    const char *at = strstr(file->p, from);

    assert_non_null(at);
    buf_init(&b, BASELINE_BYTES_MAX);
    buf_add(&b, file->p, (size_t)(at - file->p));
    buf_str(&b, to);
    buf_str(&b, at + strlen(from));
    assert_int_equal(baseline_read(buf_slice(&b), &back, &err), ST_REJECT);
    if (!strstr(err.msg, why))
        fail_msg("said: %s", err.msg);
    buf_release(&b);
}

static void test_it_stands_in_the_file(void **state)
{
    struct baseline *training = training_data();
    struct baseline *b = compared(training, 2, ROWS, 0.5);
    struct baseline *back = NULL;
    struct buf file;
    struct buf again;
    struct err err = { { 0 } };

    (void)state;
    buf_init(&file, BASELINE_BYTES_MAX);
    buf_init(&again, BASELINE_BYTES_MAX);
    assert_int_equal(baseline_write(b, &file, &err), ST_OK);
    if (baseline_read(buf_slice(&file), &back, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_string_equal(back->id, b->id);
    assert_string_equal(back->training, training->id);
    assert_int_equal(back->from_ms, 1000);
    assert_int_equal(back->until_ms, 5000);
    for (size_t i = 0; i < b->n; i++)
        assert_memory_equal(&back->features[i].training_skew, &b->features[i].training_skew,
                            sizeof(double));
    assert_int_equal(baseline_write(back, &again, &err), ST_OK);
    assert_true(slice_eq(buf_slice(&file), buf_slice(&again)));
    buf_byte(&file, '\0');
    refused(&file, "\"training_skew\":0.", "\"training_skew\":-0.", "training_skew does not fit");
    refused(&file, "\"training_skew\":0.", "\"training_skew\":0.00", "training_skew does not fit");
    refused(&file, "\"training\":\"sha256:", "\"training\":\"sha255:", "is not the id");
    refused(&file, "\"training\":", "\"trained\":", "is not the id");
    refused(&file, "\"from_ms\":1000", "\"from_ms\":5001", "from_ms does not fit");
    refused(&file, "\"from_ms\":1000", "\"from_ms\":0", "from_ms does not fit");
    refused(&file, "\"from_ms\":1000", "\"from_ms\":true", "from_ms does not fit");
    assert_int_equal(training->training[0], 0); /* as in a file of before */
    assert_int_equal(training->from_ms, 0);
    buf_release(&again);
    buf_release(&file);
    baseline_free(back);
    baseline_free(b);
    baseline_free(training);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_differs_is_named),
        cmocka_unit_test(test_chance_is_not),
        cmocka_unit_test(test_one_video_says_nothing),
        cmocka_unit_test(test_another_bundle_is_refused),
        cmocka_unit_test(test_it_stands_in_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
