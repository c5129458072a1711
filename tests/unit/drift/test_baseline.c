/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drift/baseline.h"
#include "drift/video_icc.h"
#include "support/drift/stream.h"

static struct buf written(const struct baseline *b)
{
    struct buf file;
    struct err err = { { 0 } };

    buf_init(&file, BASELINE_BYTES_MAX);
    assert_int_equal(baseline_write(b, &file, &err), ST_OK);
    return file;
}

static void test_reads_what_it_wrote(void **state)
{
    struct baseline *b = stream_baseline(3000);
    struct buf file = written(b);
    struct baseline *again = NULL;
    struct err err = { { 0 } };

    (void)state;
    if (baseline_read(buf_slice(&file), &again, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_string_equal(again->id, b->id);
    assert_string_equal(again->bundle_sha256, STREAM_BUNDLE);
    assert_int_equal(again->comments, 3000);
    assert_int_equal(again->videos, b->videos);
    assert_int_equal(again->n, STREAM_FEATURES);
    assert_int_equal(again->n_segments, 2);
    assert_string_equal(again->segments[0].name, "aspect:food");
    assert_string_equal(again->segments[1].name, "lang:de");
    assert_int_equal(again->segments[1].comments, b->segments[1].comments);
    assert_true(again->segments[1].videos == 200 && again->segments[1].video_size > 1);
    struct buf twice = written(again);
    assert_true(slice_eq(buf_slice(&file), buf_slice(&twice)));
    buf_release(&twice);
    buf_release(&file);
    baseline_free(again);
    baseline_free(b);
}

static void test_counts_add_up(void **state)
{
    enum { ROWS = 20000 };
    struct baseline *b = stream_baseline(ROWS);

    (void)state;
    for (size_t i = 0; i < b->n; i++) {
        const struct baseline_feature *f = &b->features[i];
        uint64_t n = 0;
        uint64_t in_bins = 0;
        double sum = 0;

        for (size_t k = 0; k < f->n_cells; k++) {
            n += f->counts[k];
            sum += (double)f->sums[k] * f->unit;
        }
        for (size_t k = 0; k < f->n_bins; k++)
            in_bins += f->bin_counts[k];
        assert_int_equal(n, f->n);
        assert_int_equal(in_bins, f->n);
        assert_int_equal(f->n + f->missing + f->infinite, ROWS);
        assert_true(fabs(sum / (double)f->n - f->mean) <= 1e-6 * f->sd);
        assert_true(f->icc >= 0 && f->icc <= 1);
    }
    /* The stream gives sentiment a video effect of variance 0.04 / 12 beside a
     * noise of 1 / 9: 0.029; and the next feature none. */
    assert_true(b->features[0].icc > 0.024 && b->features[0].icc < 0.034);
    assert_true(b->features[1].icc < 0.01);
    assert_true(b->split.ok && b->split.tested == STREAM_FEATURES);
    baseline_free(b);
}

/* Categories: the commonest first, then the other and the unseen. */
static void test_categories(void **state)
{
    struct baseline *b = stream_baseline_of_categories(3000);
    struct buf file = written(b);
    struct baseline *again = NULL;
    struct err err = { { 0 } };
    const struct baseline_feature *lang = &b->features[STREAM_FEATURES];

    (void)state;
    assert_int_equal(b->n, STREAM_FEATURES + STREAM_CATEGORIES);
    assert_int_equal(b->numbers, STREAM_FEATURES);
    assert_int_equal(lang->n_cells, 4);
    assert_int_equal(lang->n_bins, 4);
    assert_true(lang->counts[0] >= lang->counts[1] && lang->counts[2] + lang->counts[3] == 0);
    assert_int_equal(lang[1].missing, 1500);
    assert_true(lang->categories->complete && lang->spread.known);
    if (baseline_read(buf_slice(&file), &again, &err) != ST_OK)
        fail_msg("%s", err.msg);
    struct buf twice = written(again);
    assert_true(slice_eq(buf_slice(&file), buf_slice(&twice)));
    assert_memory_equal(again->features[STREAM_FEATURES].psi_bin, lang->psi_bin,
                        4 * sizeof(*lang->psi_bin));
    buf_release(&twice);
    buf_release(&file);
    baseline_free(again);
    baseline_free(b);
}

static struct baseline *build_one(const double *x, size_t rows, struct err *err)
{
    static const char *const names[] = { "x" };
    const double *columns[] = { x };
    const struct baseline_input in = {
        .bundle_sha256 = STREAM_BUNDLE, .names = names, .columns = columns, .n = 1, .rows = rows
    };
    struct baseline *b = NULL;

    if (baseline_build(&in, &b, err) != ST_OK)
        assert_null(b);
    return b;
}

static void test_unit(void **state)
{
    const double spread[] = { -3, -1, 0, 1, 3 };
    const double far[] = { 1e9, 1e9 + 1e-3, 1e9, 1e9 + 1e-3 };
    const double constant[] = { 5, 5, 5 };
    struct err err = { { 0 } };
    struct baseline *b = build_one(spread, 5, &err);

    (void)state;
    assert_true(b->features[0].unit == ldexp(1, 1 - 20)); /* sd 2 */
    assert_int_equal(baseline_units(&b->features[0], 1), 1 << 19);
    assert_int_equal(baseline_units(&b->features[0], 1e300), INT64_C(1) << 42);
    assert_int_equal(baseline_units(&b->features[0], -1e300), -(INT64_C(1) << 42));
    assert_int_equal(baseline_units(&b->features[0], -0.5 * b->features[0].unit), -1);
    baseline_free(b);
    b = build_one(far, 4, &err); /* no value is cut, however fine the deviation */
    assert_true(baseline_units(&b->features[0], 1e9) < INT64_C(1) << 42);
    baseline_free(b);
    b = build_one(constant, 3, &err);
    assert_int_equal(b->features[0].sd, 0);
    assert_true(fabs((double)b->features[0].sums[1] * b->features[0].unit - 15) < 1e-6 ||
                fabs((double)b->features[0].sums[0] * b->features[0].unit - 15) < 1e-6);
    baseline_free(b);
}

static void test_odd_values(void **state)
{
    const double none[] = { (double)NAN, (double)INFINITY, (double)-INFINITY };
    const double huge[] = { 1, 2e100 };
    const double zeros[] = { -0.0, 0.0 };
    struct err err = { { 0 } };
    struct baseline *b = build_one(none, 3, &err);

    (void)state;
    assert_int_equal(b->features[0].n, 0);
    assert_int_equal(b->features[0].missing, 1);
    assert_int_equal(b->features[0].infinite, 2);
    struct buf file = written(b);
    struct baseline *again = NULL;
    assert_int_equal(baseline_read(buf_slice(&file), &again, &err), ST_OK);
    baseline_free(again);
    buf_release(&file);
    baseline_free(b);
    assert_null(build_one(huge, 2, &err));
    assert_non_null(strstr(err.msg, "too large"));
    b = build_one(zeros, 2, &err);
    assert_false(signbit(b->features[0].min));
    baseline_free(b);
}

/* As small and as large as values may be: what was written is read. */
static void test_the_ends_of_doubles(void **state)
{
    static double x[2][1000]; /* of as many the mean of the large ones is larger */
    struct err err = { { 0 } };

    (void)state;
    for (int i = 0; i < 1000; i++) {
        x[0][i] = i * 0x1p-1074;
        x[1][i] = BASELINE_VALUE_MAX;
    }
    for (int i = 0; i < 2; i++) {
        struct baseline *b = build_one(x[i], 1000, &err);
        struct buf file = written(b);
        struct baseline *again = NULL;

        if (baseline_read(buf_slice(&file), &again, &err) != ST_OK)
            fail_msg("%s", err.msg);
        baseline_free(again);
        buf_release(&file);
        baseline_free(b);
    }
}

static void test_split(void **state)
{
    static double x[1000];
    struct err err = { { 0 } };

    (void)state;
    for (int i = 0; i < 1000; i++)
        x[i] = (i * 37 % 100) / 100.0 + (i >= 500 ? 0.3 : 0);
    struct baseline *b = build_one(x, 1000, &err);
    assert_false(b->split.ok);
    assert_string_equal(b->split.worst, "x");
    assert_true(b->split.psi > 0.2);
    baseline_free(b);
    b = build_one(x, 390, &err); /* halves of 195: too small to tell */
    assert_true(b->split.ok);
    assert_int_equal(b->split.tested, 0);
    baseline_free(b);
}

static void test_refuses(void **state)
{
    static const char *const twice[] = { "a", "a" };
    static const char *const quote[] = { "a\"b", "b" };
    const double x[] = { 1, 2 };
    const double *columns[] = { x, x };
    struct baseline_input in = {
        .bundle_sha256 = STREAM_BUNDLE, .names = twice, .columns = columns, .n = 2, .rows = 2
    };
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    (void)state;
    assert_int_equal(baseline_build(&in, &b, &err), ST_REJECT);
    assert_string_equal(err.msg, "feature a is there twice");
    in.names = quote;
    assert_int_equal(baseline_build(&in, &b, &err), ST_REJECT);
    in.names = (const char *const[]){ "a", "b" };
    in.bundle_sha256 = "xyz";
    assert_int_equal(baseline_build(&in, &b, &err), ST_REJECT);
    in.bundle_sha256 = STREAM_BUNDLE;
    in.rows = 0;
    assert_int_equal(baseline_build(&in, &b, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "nothing to make a baseline of"));
    assert_null(b);
}

static void test_refuses_segments(void **state)
{
    const double x[] = { 1, 2 };
    const double *columns[] = { x };
    const char *const names[] = { "a" };
    const uint64_t videos[] = { 1, 1 };
    const size_t row[] = { 1, 0 };
    const size_t far[] = { 2 };
    const struct baseline_rows bad[][2] = {
        { { "lang:de", row, 1 }, { "lang:de", row, 1 } },
        { { "lang:de", row, 2 }, { "lang:en", row, 1 } },
        { { "lang:de", far, 1 }, { "lang:en", row, 1 } },
        { { "lang:de", row, 0 }, { "lang:en", row, 1 } },
        { { "lang:\"", row, 1 }, { "lang:en", row, 1 } },
    };
    struct baseline_input in = { .bundle_sha256 = STREAM_BUNDLE,
                                 .names = names,
                                 .columns = columns,
                                 .n = 1,
                                 .videos = videos,
                                 .rows = 2,
                                 .n_segments = 2 };
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        in.segments = bad[i];
        assert_int_equal(baseline_build(&in, &b, &err), ST_REJECT);
        assert_null(b);
    }
    in.segments = (const struct baseline_rows[]){ { "lang:de", row, 1 }, { "a:b", row + 1, 1 } };
    in.videos = NULL;
    assert_int_equal(baseline_build(&in, &b, &err), ST_REJECT);
    in.videos = videos;
    assert_int_equal(baseline_build(&in, &b, &err), ST_OK);
    assert_string_equal(b->segments[0].name, "a:b");
    baseline_free(b);
}

/* A baseline without segments is written as those were that knew none. */
static void test_oldest_format(void **state)
{
    const double x[] = { 1, 2, 3 };
    struct err err = { { 0 } };
    struct baseline *b = build_one(x, 3, &err);
    struct buf file = written(b);

    (void)state;
    buf_byte(&file, '\0');
    assert_non_null(strstr(file.p, "{\"absa_baseline\":2,"));
    assert_null(strstr(file.p, "segments"));
    buf_release(&file);
    baseline_free(b);
}

/* One change of the file, and what is said of it. */
struct damage {
    const char *from;
    const char *to;
    const char *says;
};

static const struct damage damages[] = {
    { "\"absa_baseline\":3", "\"absa_baseline\":4", "format 4" },
    { "\"absa_baseline\":3", "\"absa_baseline\":1", "format 1" },
    { "\"method\":1", "\"method\":9", "method 9" },
    { "\"kind\":\"numeric\"", "\"kind\":\"text\"", "kind text are not supported" },
    { "\"kind\":\"numeric\"", "\"kind\":\"category\"", "categories is not an array" },
    { "\"categories\":[\"de\"", "\"categories\":[\"en\"", "categories has a name twice" },
    { "\"categories\":[\"de\"", "\"categories\":[\"__other__\"", "is no category" },
    { "\"categories\":[\"de\"", "\"categories\":[\"\\u001b[2J\"", "is no category" },
    { "\"categories\":[\"de\"", "\"categories\":[1", "is no category" },
    { "\"categories\":[\"de\",\"en\"", "\"categories\":[\"de\"", "counts is not an array" },
    { "\"complete\":true", "\"complete\":1", "are not those of a facet" },
    { "\"name\":\"lang\"", "\"name\":\"tongue\"", "are not those of a facet" },
    { "\"name\":\"lang\",\"kind\":\"category\"", "\"name\":\"lang\",\"kind\":\"numeric\"",
      "infinite" },
    { "\"comments\":600", "\"comments\":601", "are not the comments" },
    { "\"missing\":0", "\"missing\":-1", "missing" },
    { "\"icc\":", "\"icc\":7", "icc is not within" },
    { "\"unit\":", "\"unit\":3", "unit is not a power of two" },
    { "\"psi_bins\":[0,", "\"psi_bins\":[1,", "psi_bins are not those" },
    { "\"counts\":[", "\"counts\":[1,", "counts is not an array of the right length" },
    { "\"edges\":[", "\"edges\":[1e9,", "is not above" },
    { "\"name\":\"words\"", "\"name\":\"upper\"", "upper is there twice" },
    { "\"ok\":true", "\"ok\":false", "split" },
    { "\"features\":[", "\"features\":3,\"x\":[", "features is not a list" },
    { "}\n]}", "}\n]", "baseline" },
    { "\"segments\":[", "\"segments\":3,\"x\":[", "segments is not a list" },
    { "lang:de", "all:", "segment all: is not in its place" },
    { "lang:de", "lang:\\u001b[2J", "a segment: name is not a name" },
    { "lang:de\",\"comments\":", "lang:de\",\"comments\":7",
      "comments or videos are out of range" },
    { "lang:de\",\"comments\":", "lang:de\",\"comments\":-", "comments is not a whole number" },
};

static void test_refuses_damage(void **state)
{
    struct baseline *b = stream_baseline_of_categories(600);
    struct buf file = written(b);

    (void)state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        const struct damage *d = &damages[i];
        struct buf bad;
        struct baseline *again = NULL;
        struct err err = { { 0 } };

        buf_byte(&file, '\0');
        const char *at = strstr(file.p, d->from);
        buf_truncate(&file, file.n - 1);
        if (!at)
            fail_msg("no %s in the file", d->from);
        size_t before = (size_t)(at - file.p);
        size_t behind = before + strlen(d->from);
        buf_init(&bad, BASELINE_BYTES_MAX);
        buf_add(&bad, file.p, before);
        buf_str(&bad, d->to);
        buf_add(&bad, file.p + behind, file.n - behind);
        if (baseline_read(buf_slice(&bad), &again, &err) != ST_REJECT || !strstr(err.msg, d->says))
            fail_msg("%s -> %s: '%s'", d->from, d->to, err.msg);
        assert_null(again);
        buf_release(&bad);
    }
    buf_release(&file);
    baseline_free(b);
}

/* What is known of a segment alone is looked at as the whole is. */
static void test_refuses_sums_of_a_segment(void **state)
{
    static const char member[] = "\"sums\":["; /* segments stand before features */
    struct baseline *b = stream_baseline_of_categories(6000);
    struct baseline *again = NULL;
    struct err err = { { 0 } };
    struct buf file = written(b);
    struct buf bad;

    (void)state;
    buf_byte(&file, '\0');
    const char *at = strstr(file.p, member);
    assert_non_null(b->segments[0].own);
    assert_non_null(at);
    at = at ? at + strlen(member) : "";
    buf_init(&bad, BASELINE_BYTES_MAX);
    buf_add(&bad, file.p, (size_t)(at - file.p));
    buf_str(&bad, "9223372036854775807");
    buf_str(&bad, at + strcspn(at, ","));
    assert_int_equal(baseline_read(buf_slice(&bad), &again, &err), ST_REJECT);
    assert_non_null(strstr(err.msg, "segment aspect:food: the counts of feature 0 are none"));
    assert_null(again);
    buf_release(&bad);
    buf_release(&file);
    baseline_free(b);
}

static void test_icc(void **state)
{
    const uint64_t video[] = { 1, 1, 2, 2, 3, 3 };
    const size_t order[] = { 0, 1, 2, 3, 4, 5 };
    const double same[] = { 1, 1, 5, 5, 9, 9 };
    const double apart[] = { 1, 9, 1, 9, 1, 9 };
    const double flat[] = { 2, 2, 2, 2, 2, 2 };
    /* MSB = 20, MSW = 2 by hand: (20 - 2) / (20 + 2) */
    const double some[] = { 0, 2, 2, 4, 6, 8 };

    (void)state;
    assert_true(video_icc(same, video, order, 6) == 1);
    assert_true(video_icc(apart, video, order, 6) == 0);
    assert_true(video_icc(flat, video, order, 6) == 1);
    assert_true(video_icc(same, video, order, 2) == 1);
    double between = (2 * (1 - 11.0 / 3) * (1 - 11.0 / 3) + 2 * (3 - 11.0 / 3) * (3 - 11.0 / 3) +
                      2 * (7 - 11.0 / 3) * (7 - 11.0 / 3)) /
                     2;
    assert_true(fabs(video_icc(some, video, order, 6) - (between - 2) / (between + 2)) < 1e-12);
    assert_true(video_design_effect(19, 0.1) == 1 + 18 * 0.1);
    assert_true(video_design_effect(0.5, 1) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_it_wrote),
        cmocka_unit_test(test_counts_add_up),
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_unit),
        cmocka_unit_test(test_odd_values),
        cmocka_unit_test(test_the_ends_of_doubles),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_refuses_segments),
        cmocka_unit_test(test_oldest_format),
        cmocka_unit_test(test_refuses_damage),
        cmocka_unit_test(test_refuses_sums_of_a_segment),
        cmocka_unit_test(test_icc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
