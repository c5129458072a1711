/* SPDX-License-Identifier: MIT */
/* How far off a prediction was, and a baseline of errors, which has no scores. */
#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "drift/alert.h"
#include "drift/label_error.h"
#include "drift/monitored.h"
#include "drift/tally.h"
#include "wire/wire.h"

enum { ROWS = 500 };

static struct opt_double some(double v)
{
    return (struct opt_double){ .v = v, .has = true };
}

static void test_formula(void **state)
{
    const struct label l = { .sentiment = some(0.5),
                             .predicted_sentiment = some(0.25),
                             .confidence = some(0.75),
                             .interval = some(0.25) };
    struct label far = l;
    double x[LABEL_ERROR_N];

    (void)state;
    assert_true(label_error_of(&l, x));
    assert_true(x[LABEL_ERROR] == -0.25 && x[LABEL_ERROR_ABSOLUTE] == 0.25);
    assert_true(x[LABEL_ERROR_COVERED] == 1); /* the interval's end is of it */
    assert_true(x[LABEL_ERROR_GAP] == -0.25);
    far.predicted_sentiment = some(0.875);
    assert_true(label_error_of(&far, x));
    assert_true(x[LABEL_ERROR] == 0.375 && x[LABEL_ERROR_ABSOLUTE] == 0.375);
    assert_true(x[LABEL_ERROR_COVERED] == 0 && x[LABEL_ERROR_GAP] == 0.75);
}

static void test_what_is_missing(void **state)
{
    struct label l = { .sentiment = some(0.5), .predicted_sentiment = some(0.25) };
    double x[LABEL_ERROR_N];

    (void)state;
    assert_true(label_error_of(&l, x));
    assert_true(x[LABEL_ERROR] == -0.25);
    assert_true(isnan(x[LABEL_ERROR_COVERED]) && isnan(x[LABEL_ERROR_GAP]));
    l.interval = some(0.5); /* of which nobody said how sure it is */
    assert_true(label_error_of(&l, x));
    assert_true(x[LABEL_ERROR_COVERED] == 1 && isnan(x[LABEL_ERROR_GAP]));
    l.sentiment = some((double)NAN);
    assert_false(label_error_of(&l, x));
    l.sentiment = some((double)INFINITY);
    assert_false(label_error_of(&l, x));
    l.sentiment = (struct opt_double){ .v = 0.5 };
    assert_false(label_error_of(&l, x));
    l = (struct label){ .sentiment = some(0.5) };
    assert_false(label_error_of(&l, x));
}

static void test_names(void **state)
{
    (void)state;
    assert_true(label_error_is(slice_str("confidence_gap")));
    assert_false(label_error_is(slice_str("confidence")));
    assert_true(monitored_is_score(slice_str("confidence")));
    assert_false(monitored_is_score(slice_str("error")));
    assert_string_equal(alert_todo(slice_str("error")), "docs/runbook/drift-in-an-error.md");
    assert_string_equal(alert_todo(slice_str("confidence")), "docs/runbook/drift-in-a-score.md");
    assert_string_equal(alert_todo(slice_str("emoji")), "docs/runbook/drift-in-a-feature.md");
}

/* A baseline of ROWS errors of 0, 1, 2, ..., the others alike. */
static struct baseline *errors(void)
{
    static double x[ROWS];
    const double *const columns[LABEL_ERROR_N] = { x, x, x, x };
    char sha256[SHA256_HEX_LEN + 1];
    struct baseline *b = NULL;
    struct err err = { { 0 } };

    memset(sha256, 'a', SHA256_HEX_LEN);
    sha256[SHA256_HEX_LEN] = '\0';
    for (int i = 0; i < ROWS; i++)
        x[i] = i;
    const struct baseline_input in = { .bundle_sha256 = sha256,
                                       .names = label_error_names,
                                       .columns = columns,
                                       .n = LABEL_ERROR_N,
                                       .rows = ROWS };
    assert_int_equal(baseline_build(&in, &b, &err), ST_OK);
    return b;
}

static void test_baseline_without_scores(void **state)
{
    struct baseline *b = errors();
    struct sighting_values *v = sighting_values_new(b);
    double x[LABEL_ERROR_N + MONITORED_SCORES] = { 7, 8, 9, 10, 11, 12, 13, 14 };
    struct score s = { .comment_id = slice_str("c"),
                       .sentiment_score = 99,
                       .features = { x, LABEL_ERROR_N } };
    struct err err = { { 0 } };

    (void)state;
    assert_non_null(v);
    assert_int_equal(sighting_values_fill(v, b, &s, &err), ST_OK);
    assert_memory_equal(v->x, x, LABEL_ERROR_N * sizeof(*x)); /* and no score among them */
    s.features.n = LABEL_ERROR_N - 1;
    assert_int_equal(sighting_values_fill(v, b, &s, &err), ST_REJECT);
    s.features.n = LABEL_ERROR_N + MONITORED_SCORES;
    assert_int_equal(sighting_values_fill(v, b, &s, &err), ST_REJECT);
    sighting_values_free(v);
    baseline_free(b);
}

/* What is put is what is taken, with scores and without. */
static void test_there_and_back(void **state)
{
    const size_t scores[] = { MONITORED_SCORES, 0 };
    double row[6] = { 1, 2, 3, 4, 5, 6 };
    double back[6];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct score s = { .sentiment_score = 0 };

        monitored_take((struct doubles){ row, 6 }, scores[i], &s);
        assert_int_equal(s.features.n, 6 - scores[i]);
        assert_true(s.confidence == (scores[i] > 0 ? 4 : 0));
        monitored_put(&s, scores[i], back);
        assert_memory_equal(back, row, sizeof(row));
    }
}

/* The name of a score is that of its field in the record. */
static void test_names_are_fields(void **state)
{
    double row[MONITORED_SCORES] = { 0.125, 0.25, 0.5, 0.75 };
    struct score s = { .comment_id = slice_str("c") };
    struct buf json;
    struct err err = { { 0 } };
    char field[64];

    (void)state;
    monitored_take((struct doubles){ row, MONITORED_SCORES }, MONITORED_SCORES, &s);
    buf_init(&json, 1 << 16);
    assert_int_equal(wire_to_json(RECORD_SCORE, &s, &json, &err), ST_OK);
    buf_byte(&json, '\0');
    for (size_t i = 0; i < MONITORED_SCORES; i++) {
        snprintf(field, sizeof(field), "\"%s\":%g,", output_table[i].name, row[i]);
        assert_non_null(strstr(json.p, field));
    }
    buf_release(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formula),        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_names),          cmocka_unit_test(test_baseline_without_scores),
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_names_are_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
