/* SPDX-License-Identifier: MIT */
/* What a label makes: an error, nothing, or a dead letter. */
#include "support/check.h"

#include <math.h>
#include <string.h>

#include "base/time.h"
#include "consumers/errors/item.h"
#include "consumers/errors/stage.h"

#define T0 INT64_C(1753275600000)

static struct wire *wire;
static struct arena *arena;

static int setup(void **state)
{
    struct err err = { { 0 } };

    (void)state;
    arena = arena_new(1 << 20);
    return arena && wire_new(NULL, &wire, &err) == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    wire_free(wire);
    arena_free(arena);
    return 0;
}

static struct opt_double some(double v)
{
    return (struct opt_double){ .v = v, .has = true };
}

static struct label good(void)
{
    return (struct label){ .comment_id = slice_str("c1"),
                           .annotator = slice_str("anna"),
                           .labelled_ms = T0,
                           .sentiment = some(0.5),
                           .predicted_sentiment = some(0.75),
                           .confidence = some(0.5),
                           .interval = some(0.25),
                           .arrival_ms = T0 - 7,
                           .bundle_sha256 = slice_str("b1"),
                           .video_id = slice_str("v1") };
}

static enum status read_value(struct slice value, int64_t append_ms, struct errors_item *it)
{
    const struct stage_rec rec = { .topic = TOPIC_LABELS, .value = value, .arrival_ms = append_ms };
    struct err err = { { 0 } };

    return errors_item_read(wire, &rec, arena, it, &err);
}

static enum status read_label(const struct label *l, int64_t append_ms, struct errors_item *it)
{
    struct err err = { { 0 } };
    struct buf b;

    buf_init(&b, 1 << 16);
    assert_int_equal(wire_encode(wire, RECORD_LABEL, l, &b, &err), ST_OK);
    const enum status st = read_value(buf_slice(&b), append_ms, it);
    buf_release(&b);
    return st;
}

static void assert_refused(const struct label *l, enum dead_reason reason)
{
    struct errors_item it;

    assert_int_equal(read_label(l, T0, &it), ST_REJECT);
    assert_string_equal(dead_reason_name(it.reason), dead_reason_name(reason));
}

static void assert_judges(const struct label *l, bool judges)
{
    struct errors_item it;

    assert_int_equal(read_label(l, T0, &it), ST_OK);
    assert_int_equal(it.judges, judges);
}

static void what_is_no_record(void **state)
{
    struct errors_item it;

    (void)state;
    assert_int_equal(read_value((struct slice){ NULL, 0 }, T0, &it), ST_REJECT);
    assert_int_equal(it.reason, DEAD_NULL);
    assert_int_equal(read_value(slice_str("no frame"), T0, &it), ST_REJECT);
    assert_int_equal(it.reason, DEAD_SCHEMA);
    assert_int_equal(read_value((struct slice){ "\0\0\0\0\x16\x06", 6 }, T0, &it), ST_REJECT);
    assert_int_equal(it.reason, DEAD_AVRO);
}

static void what_nobody_can_have_meant(void **state)
{
    char long_id[258];
    struct label l = good();

    (void)state;
    memset(long_id, 'x', sizeof(long_id));
    l.comment_id.n = 0;
    assert_refused(&l, DEAD_SHAPE);
    l.comment_id = (struct slice){ long_id, 257 };
    assert_refused(&l, DEAD_RANGE);
    l = good();
    l.annotator = (struct slice){ long_id, 257 };
    assert_refused(&l, DEAD_RANGE);
    l = good();
    l.labelled_ms = 0;
    assert_refused(&l, DEAD_CLOCK);
    l.labelled_ms = INT64_MAX;
    assert_refused(&l, DEAD_CLOCK);
    l.labelled_ms = T0 + 5 * MS_MINUTE + 1; /* it would carry time away with it */
    assert_refused(&l, DEAD_CLOCK_SKEW);
    l = good();
    l.sentiment = some(1.5);
    assert_refused(&l, DEAD_RANGE);
    l = good();
    l.predicted_sentiment = some(-1e300);
    assert_refused(&l, DEAD_RANGE);
    l = good();
    l.interval = some(-0.25);
    assert_refused(&l, DEAD_RANGE);
}

static void what_judges_nothing(void **state)
{
    struct label l = good();

    (void)state;
    assert_judges(&l, true);
    l.predicted_sentiment.has = false;
    assert_judges(&l, false);
    l = good();
    l.sentiment = some((double)NAN);
    assert_judges(&l, false);
    l = good();
    l.predicted_sentiment = some((double)INFINITY);
    assert_judges(&l, false);
    l = (struct label){ .comment_id = slice_str("c"), .labelled_ms = T0, .engagement = some(1) };
    assert_judges(&l, false);
}

/* When nobody knows when it was appended, nobody can say that it is of the future. */
static void a_time_that_is_not_known(void **state)
{
    struct label l = good();
    struct errors_item it;

    (void)state;
    l.labelled_ms = T0 + MS_DAY;
    assert_int_equal(read_label(&l, -1, &it), ST_OK);
}

static void the_id_of_a_label(void **state)
{
    struct errors_item first;
    struct errors_item next;
    struct label l = good();

    (void)state;
    assert_int_equal(read_label(&l, T0, &first), ST_OK);
    l.sentiment = some(-0.5); /* on second thoughts, in another stage, later */
    l.stage = slice_str("second");
    l.labelled_ms++;
    assert_int_equal(read_label(&l, T0, &next), ST_OK);
    assert_string_equal(first.id, next.id);
    l.annotator = slice_str("ben");
    assert_int_equal(read_label(&l, T0, &next), ST_OK);
    assert_string_not_equal(first.id, next.id);
    l = good();
    l.bundle_sha256 = slice_str("b2");
    assert_int_equal(read_label(&l, T0, &next), ST_OK);
    assert_string_not_equal(first.id, next.id);
}

/* What a terminal could act on is a person's id like any other here. */
static void the_score_that_it_makes(void **state)
{
    const struct origin origin = { .src = 0, .src_offset = 9, .arrival_ms = T0, .src_wm_ms = 5 };
    struct errors_item it;
    struct label l = good();

    (void)state;
    l.comment_id = slice_str("not UTF-8: \xff");
    assert_refused(&l, DEAD_AVRO);
    l.comment_id = slice_str("\x1b]0;c\n");
    assert_int_equal(read_label(&l, T0, &it), ST_OK);
    const struct score s = errors_item_score(&it, &origin, SIGHTING_UPDATE, true);
    assert_true(slice_is(s.comment_id, "\x1b]0;c\n"));
    assert_true(slice_is(s.video_id, "v1"));
    assert_true(slice_is(s.bundle_sha256, "b1"));
    assert_int_equal(s.sighting, SIGHTING_UPDATE);
    assert_true(s.dedupe_evicted);
    assert_int_equal(s.created_ms, T0 - 7);
    assert_true(s.sentiment_score == 0.75 && s.confidence == 0.5);
    assert_true(isnan(s.engagement_score) && isnan(s.implicitness_degree));
    assert_int_equal(s.features.n, LABEL_ERROR_N);
    assert_true(s.features.v[LABEL_ERROR] == 0.25 && s.features.v[LABEL_ERROR_COVERED] == 1);
    assert_int_equal(s.origin.src_offset, 9);
}

/* Errors are as many partitions as labels: each is a source of its own. */
static void partitions_that_differ(void **state)
{
    const struct errors_conf conf = errors_conf_default();
    struct topology topo = topology_make(1, 1, 1);
    struct stage stage;
    struct err err = { { 0 } };

    (void)state;
    topo.parts[TOPIC_LABELS] = 2;
    assert_int_equal(errors_stage_new(&conf, wire, &topo, &stage, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "config: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_record),      cmocka_unit_test(what_nobody_can_have_meant),
        cmocka_unit_test(what_judges_nothing),    cmocka_unit_test(a_time_that_is_not_known),
        cmocka_unit_test(the_id_of_a_label),      cmocka_unit_test(the_score_that_it_makes),
        cmocka_unit_test(partitions_that_differ),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
