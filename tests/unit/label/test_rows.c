/* SPDX-License-Identifier: MIT */
/* Rows become labels or dead letters, and each label finds the prediction that it judges. */
#include <string.h>

#include "producers/label/match.h"
#include "producers/label/rows.h"
#include "support/check.h"

#define NOW INT64_C(1767225600000)
#define DAY INT64_C(86400000)

static const struct label_rules rules = { .annotator = { "anna", 4 },
                                          .stage = { "first", 5 },
                                          .now_ms = NOW };

static void begin(struct label_rows *rows)
{
    *rows = (struct label_rows){ .a = arena_new(1 << 20) };
    assert_non_null(rows->a);
}

static void end(struct label_rows *rows)
{
    label_rows_release(rows);
    arena_free(rows->a);
}

static void add(struct label_rows *rows, const char *text)
{
    struct err err = { 0 };

    assert_int_equal(label_rows_add(rows, slice_str(text), &rules, &err), ST_OK);
}

static void csv_and_json_say_the_same(void **state)
{
    static const char *const files[] = {
        "note;comment_id;sentiment;labelled_ms;annotator\n"
        "x;\"c1\"; -0.5 ;2025-07-03T13:16:27Z;\n"
        "y;c2;1;1751548587000;ben\n",
        "{\"comment_id\": \"c1\", \"sentiment\": -0.5, \"labelled_ms\": \"2025-07-03 13:16:27\"}\n"
        "\n"
        "{\"annotator\": \"ben\", \"comment_id\": \"c2\", \"sentiment\": 1, \"labelled_ms\": "
        "1751548587000, \"engagement\": null}",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct label_rows rows;

        begin(&rows);
        add(&rows, files[i]);
        assert_int_equal(rows.n, 2);
        assert_int_equal(rows.dead, 0);
        const struct label *l = &rows.v[0].label;
        assert_true(slice_is(l->comment_id, "c1"));
        assert_true(slice_is(l->annotator, "anna"));
        assert_true(slice_is(l->stage, "first"));
        assert_true(l->sentiment.has && l->sentiment.v == -0.5);
        assert_false(l->engagement.has);
        assert_int_equal(l->labelled_ms, INT64_C(1751548587000));
        assert_false(rows.v[0].predicted);
        assert_true(slice_is(rows.v[1].label.annotator, "ben"));
        end(&rows);
    }
}

struct wrong {
    const char *row;
    enum dead_reason reason;
};

static void what_is_no_label_is_dead_with_its_reason(void **state)
{
    static const struct wrong all[] = {
        { "{\"comment_id\": \"c\", \"sentiment\": 1.01}", DEAD_RANGE },
        { "{\"comment_id\": \"c\", \"engagement\": -0.1}", DEAD_RANGE },
        { "{\"comment_id\": \"c\", \"sentiment\": NaN}", DEAD_NUMBER },
        { "{\"comment_id\": \"c\", \"sentiment\": \"nan\"}", DEAD_NUMBER },
        { "{\"comment_id\": \"c\", \"sentiment\": \"good\"}", DEAD_NUMBER },
        { "{\"comment_id\": \"c\"}", DEAD_SHAPE },
        { "{\"sentiment\": 0.5}", DEAD_SHAPE },
        { "{\"comment_id\": 7344, \"sentiment\": 0.5}", DEAD_SHAPE },
        { "{\"comment_id\": \"c\", \"sentiment\": [0.5]}", DEAD_SHAPE },
        { "{\"comment_id\": \"c\", \"sentiment\": 0, \"labelled_ms\": \"soon\"}", DEAD_CLOCK },
        { "{\"comment_id\": \"c\", \"sentiment\": 0, \"labelled_ms\": 5}", DEAD_CLOCK },
        { "{\"comment_id\": \"c\", \"sentiment\": 0, \"labelled_ms\": 1e400}", DEAD_NUMBER },
        { "{\"comment_id\": \"c\", \"sentiment\": 0, \"labelled_ms\": 1767226000000}",
          DEAD_CLOCK_SKEW },
        { "{\"comment_id\": \"c\", \"sentiment\": 0, \"predicted_sentiment\": 0.1}", DEAD_SHAPE },
        { "{\"comment_id\": \"c\", \"sentiment\": 0, \"confidence\": 2}", DEAD_RANGE },
        { "{\"comment_id\": \"c\", \"comment_id\": \"d\", \"sentiment\": 0}", DEAD_DUP_KEY },
        { "{\"comment_id\": \"c\"", DEAD_JSON },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct label_rows rows;

        begin(&rows);
        add(&rows, all[i].row);
        assert_int_equal(rows.n, 1);
        assert_int_equal(rows.dead, 1);
        assert_true(rows.v[0].dead);
        assert_int_equal(rows.v[0].reason, all[i].reason);
        assert_true(rows.v[0].why.n > 0);
        assert_true(slice_is(rows.v[0].raw, all[i].row));
        end(&rows);
    }
}

static void a_broken_row_of_csv_is_alone(void **state)
{
    struct label_rows rows;
    struct err err = { 0 };

    (void)state;
    begin(&rows);
    add(&rows, "comment_id,sentiment\nc1,0.5\nc2,0.5,0.5\nc3,nan\nc4,0\n");
    assert_int_equal(rows.n, 4);
    assert_int_equal(rows.dead, 2);
    assert_int_equal(rows.v[1].reason, DEAD_CSV);
    assert_int_equal(rows.v[2].reason, DEAD_NUMBER);
    assert_int_equal(rows.v[2].line, 3);
    assert_false(rows.v[3].dead);
    assert_int_equal(label_rows_add(&rows, slice_str("id,sentiment\nc1,0\n"), &rules, &err),
                     ST_REJECT);
    end(&rows);
}

static void score(struct match *m, const char *id, double v, int64_t arrival_ms)
{
    const struct score s = { .comment_id = slice_str(id),
                             .sentiment_score = v,
                             .engagement_score = 0.5,
                             .confidence = 0.75,
                             .bundle_sha256 = slice_str(v > 0 ? "aa" : "bb"),
                             .origin = { .arrival_ms = arrival_ms } };
    struct err err = { 0 };

    assert_int_equal(match_score(m, &s, &err), ST_OK);
}

static void a_label_judges_what_could_be_seen(void **state)
{
    static const int64_t shown[][4] = {
        { 4, 3, 2, 1 },
        { 1, 2, 3, 4 },
        { 3, 1, 4, 2 },
        { 2, 4, 1, 3 },
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct label_rows rows;
        struct match m;
        struct err err = { 0 };

        begin(&rows);
        add(&rows, "comment_id,sentiment,labelled_ms\n"
                   "late,0.5,1767225600000\nmid,0.5,1766966400000\nnone,0.5,\n");
        add(&rows, "comment_id,sentiment,predicted_sentiment,arrival_ms,bundle_sha256,confidence\n"
                   "own,0.5,0.25,1767225500000,cc,0.5\nmid,2,,,,\n");
        assert_int_equal(match_init(&m, &rows, &err), ST_OK);
        assert_int_equal(m.n, 3);
        for (size_t k = 0; k < 4; k++) { /* 4 days before NOW up to 1 */
            const int64_t at = NOW - 5 * DAY + shown[i][k] * DAY;

            score(&m, "mid", (double)shown[i][k] / 10, at);
            score(&m, "late", -(double)shown[i][k] / 10, at + 10 * DAY);
            score(&m, "own", 0.9, at);
        }
        assert_int_equal(match_finish(&m, &err), ST_OK);
        match_release(&m);

        assert_true(rows.v[0].label.predicted_sentiment.v == -0.1);
        assert_true(slice_is(rows.v[0].label.bundle_sha256, "bb"));
        assert_true(rows.v[1].label.predicted_sentiment.v == 0.2); /* labelled 3 days before NOW */
        assert_int_equal(rows.v[1].label.arrival_ms, NOW - 3 * DAY);
        assert_true(rows.v[1].label.confidence.v == 0.75);
        assert_true(rows.v[1].label.interval.v == CONFIDENCE_INTERVAL);
        assert_true(rows.v[2].dead && rows.v[2].reason == DEAD_PREDICTION);
        assert_true(rows.v[3].label.predicted_sentiment.v == 0.25);
        assert_true(slice_is(rows.v[3].label.bundle_sha256, "cc"));
        assert_int_equal(rows.dead, 2);
        end(&rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_and_json_say_the_same),
        cmocka_unit_test(what_is_no_label_is_dead_with_its_reason),
        cmocka_unit_test(a_broken_row_of_csv_is_alone),
        cmocka_unit_test(a_label_judges_what_could_be_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
