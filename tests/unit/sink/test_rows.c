/* SPDX-License-Identifier: MIT */
/* Records as rows: all of a record or nothing of it, the same share each time, and a count by
 * the minute of the log. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "consumers/sink/rows.h"
#include "wire/wire.h"

enum { MINUTE_MS = 60000, COMMENTS = 2000 };

static struct wire *wire;
static struct buf frame;
static struct rows *rows;

static int setup(void **state)
{
    struct err err = { 0 };

    (void)state;
    buf_init(&frame, WIRE_RECORD_MAX);
    return wire_new(NULL, &wire, &err) == ST_OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&frame);
    wire_free(wire);
    return 0;
}

static void begin(double share)
{
    struct err err = { 0 };

    rows_free(rows);
    assert_int_equal(rows_new(share, &rows, &err), ST_OK);
}

static int end(void **state)
{
    (void)state;
    rows_free(rows);
    rows = NULL;
    return 0;
}

/* A record of the log; borrowed until the next call. */
static struct stage_rec rec_of(enum topic_id topic, enum record_kind kind, const void *body,
                               int64_t at_ms)
{
    struct err err = { 0 };

    buf_clear(&frame);
    assert_int_equal(wire_encode(wire, kind, body, &frame, &err), ST_OK);
    return (struct stage_rec){ .topic = topic, .arrival_ms = at_ms, .value = buf_slice(&frame) };
}

static enum status add(const struct stage_rec *rec, const char **reason)
{
    struct err err = { 0 };

    return rows_add(rows, "t", rec, reason, &err);
}

static size_t count(enum sink_table t)
{
    size_t n = 0;

    (void)rows_of(rows, t, &n);
    return n;
}

static enum status add_score(const char *id, int64_t at_ms)
{
    const struct score s = { .comment_id = slice_str(id), .origin = { .arrival_ms = 1 } };
    const struct stage_rec rec = rec_of(TOPIC_SCORES, RECORD_SCORE, &s, at_ms);
    const char *reason;

    return add(&rec, &reason);
}

static enum status add_window(int64_t start_ms, const char **reason)
{
    struct window_feature f[] = { { .name = slice_str("chars") }, { .name = slice_str("words") } };
    const struct window w = { .segment = slice_str("all"),
                              .rule = slice_str("window"),
                              .start_ms = start_ms,
                              .end_ms = start_ms + 1,
                              .features = { f, 2 } };
    const struct stage_rec rec = rec_of(TOPIC_WINDOWS, RECORD_WINDOW, &w, MINUTE_MS);

    return add(&rec, reason);
}

static void a_window_is_one_row_and_one_a_feature(void **state)
{
    const char *reason;

    (void)state;
    begin(1);
    assert_int_equal(add_window(0, &reason), ST_OK);
    assert_int_equal(count(TABLE_WINDOW), 1);
    assert_int_equal(count(TABLE_DISTANCE), 2);
}

/* How many records of the only row of flow waited for their input: the last field but one. */
static uint64_t waited(void)
{
    struct err err = { 0 };
    uint64_t v = 0;
    size_t n = 0;

    assert_int_equal(rows_finish(rows, &err), ST_OK);
    const struct slice bytes = rows_of(rows, TABLE_FLOW, &n);
    assert_int_equal(n, 1);
    for (size_t i = bytes.n - 2 - 12 - 8; i < bytes.n - 2 - 12; i++)
        v = v << 8 | (unsigned char)bytes.p[i];
    return v;
}

/* What a run says of its baseline is no window that something waited for. */
static void a_stretch_of_long_ago_did_not_wait(void **state)
{
    const struct window w = { .segment = slice_str("all"),
                              .rule = slice_str("training"),
                              .state = WINDOW_TRAINING_SKEW,
                              .end_ms = 1 };
    const char *reason;

    (void)state;
    begin(1);
    assert_int_equal(add_window(0, &reason), ST_OK);
    assert_int_equal(waited(), 1);
    begin(1);
    const struct stage_rec rec = rec_of(TOPIC_WINDOWS, RECORD_WINDOW, &w, MINUTE_MS);
    assert_int_equal(add(&rec, &reason), ST_OK);
    assert_int_equal(waited(), 0);
    assert_int_equal(count(TABLE_WINDOW), 1);
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
    const struct stage_rec noise = { .topic = TOPIC_WINDOWS, .value = slice_str("no frame") };
    const struct stage_rec timeless = { .topic = TOPIC_WINDOWS, .arrival_ms = -1 };
    const char *reason;
    struct err err = { 0 };
    size_t ignored;

    (void)state;
    begin(1);
    assert_int_equal(rows_finish(rows, &err), ST_OK);
    const size_t empty = rows_of(rows, TABLE_WINDOW, &ignored).n;
    rows_clear(rows);
    assert_int_equal(add_window(-1, &reason), ST_REJECT);
    assert_string_equal(reason, "value");
    assert_int_equal(add(&noise, &reason), ST_REJECT);
    assert_string_equal(reason, "schema");
    assert_int_equal(add(&timeless, &reason), ST_REJECT);
    assert_string_equal(reason, "no_time");
    assert_int_equal(rows_finish(rows, &err), ST_OK);
    for (int t = 0; t < TABLE_N; t++) {
        assert_int_equal(count((enum sink_table)t), 0);
        assert_int_equal(rows_of(rows, (enum sink_table)t, &ignored).n, empty);
    }
}

static void a_refused_one_is_named_and_counted(void **state)
{
    const struct stage_rec rec = { .topic = TOPIC_LABELS, .offset = 7, .value = slice_str("x") };
    struct err err = { 0 };

    (void)state;
    begin(1);
    assert_int_equal(rows_refuse(rows, "t", &rec, "avro", &err), ST_OK);
    assert_int_equal(rows_finish(rows, &err), ST_OK);
    assert_int_equal(count(TABLE_REFUSED), 1);
    assert_int_equal(count(TABLE_FLOW), 1);
}

static void flow_has_a_row_a_minute(void **state)
{
    struct err err = { 0 };

    (void)state;
    begin(0);
    assert_int_equal(add_score("a", 1), ST_OK);
    assert_int_equal(add_score("b", MINUTE_MS - 1), ST_OK);
    assert_int_equal(add_score("c", MINUTE_MS), ST_OK);
    assert_int_equal(rows_finish(rows, &err), ST_OK);
    assert_int_equal(count(TABLE_SCORE), 0);
    assert_int_equal(count(TABLE_FLOW), 2);
}

static void a_share_is_always_the_same_comments(void **state)
{
    bool half[COMMENTS] = { false };
    size_t kept = 0;

    (void)state;
    for (int round = 0; round < 2; round++) {
        begin(round == 0 ? 0.5 : 0.75);
        for (size_t i = 0; i < COMMENTS; i++) {
            const size_t before = count(TABLE_SCORE);
            char id[32];

            snprintf(id, sizeof(id), "%zu", i);
            assert_int_equal(add_score(id, 1), ST_OK);
            const bool is_kept = count(TABLE_SCORE) > before;
            if (round == 0)
                half[i] = is_kept;
            else
                assert_true(is_kept || !half[i]);
        }
        kept = count(TABLE_SCORE);
        assert_in_range(kept, round == 0 ? 900 : 1400, round == 0 ? 1100 : 1600);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_window_is_one_row_and_one_a_feature, end),
        cmocka_unit_test_teardown(a_stretch_of_long_ago_did_not_wait, end),
        cmocka_unit_test_teardown(what_cannot_be_written_leaves_nothing, end),
        cmocka_unit_test_teardown(a_refused_one_is_named_and_counted, end),
        cmocka_unit_test_teardown(flow_has_a_row_a_minute, end),
        cmocka_unit_test_teardown(a_share_is_always_the_same_comments, end),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
