/* SPDX-License-Identifier: MIT */
/* Score under random cuts, full outputs, kills, moves and fenced owners: the
 * scores, the marks between them and the dead letters are the same bytes. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "consumers/score/stage.h"
#include "record/comment.h"
#include "support/prop.h"

enum { SEEDS = 40, RECORDS = 900, RAW = 3, PARTS = 2, IDS = 250, SKEW = 1800000, MANY = 2000 };

static const int64_t t0 = INT64_C(1763900000000);

struct kit {
    struct topology topo;
    struct wire *wire;
    struct bundle *bundle;
    struct bundle *shadow; /* NULL: none */
    struct check_log *in;
    int64_t now;      /* when the next record is appended */
    int64_t wm[MANY]; /* of each source */
};

static enum status make(void *arg, struct stage *stage, struct err *err)
{
    const struct kit *k = arg;
    /* A horizon and a cap that are met on the way. */
    const struct score_conf conf = { "", INT64_C(7200000), 60 };

    enum status st = score_stage_new(&conf, k->wire, &k->topo, k->bundle, stage, err);
    if (st == ST_OK)
        score_stage_use(stage, k->bundle, k->shadow);
    return st;
}

/* As a broker does: appended at a time that no arrival before it is beyond. */
static void append(struct kit *k, int32_t part, struct slice value, bool mark)
{
    const struct hdr h = { slice_str("absa-kind"), slice_str("mark") };
    const struct out_rec rec = { .topic = TOPIC_COMMENTS,
                                 .part = part,
                                 .key = slice_str("video"),
                                 .value = value,
                                 .hdr = &h,
                                 .nhdr = mark ? 1 : 0 };
    struct err err = { 0 };

    assert_int_equal(check_log_append(k->in, &rec, k->now, &err), ST_OK);
}

static void append_record(struct kit *k, int32_t part, enum record_kind kind, const void *rec)
{
    struct buf b;
    struct err err = { 0 };

    buf_init(&b, 1 << 20);
    assert_int_equal(wire_encode(k->wire, kind, rec, &b, &err), ST_OK);
    append(k, part, buf_slice(&b), kind == RECORD_MARK);
    buf_release(&b);
}

static void append_comment(struct kit *k, struct prop *p, int32_t part, int32_t src, int i)
{
    static const char *const texts[] = { "love it", "the app is so slow!!", "", "ok",
                                         "NOT good, but the price is fine" };
    struct comment c = { 0 };
    char id[32];

    snprintf(id, sizeof(id), "%d", (int)prop_below(p, IDS));
    c.comment_id = slice_str(id);
    c.text = slice_str(texts[prop_below(p, sizeof(texts) / sizeof(texts[0]))]);
    c.shape = slice_str("test");
    c.origin = (struct origin){ .src = src,
                                .src_offset = i,
                                .arrival_ms = k->now - (int64_t)prop_below(p, SKEW),
                                .src_wm_ms = k->wm[src] };
    append_record(k, part, RECORD_COMMENT, &c);
    if (c.origin.arrival_ms - SKEW > k->wm[src])
        k->wm[src] = c.origin.arrival_ms - SKEW;
}

/* Comments and marks as ingest writes them; every 29th is broken on the way. */
static void fill(struct kit *k)
{
    int64_t since[PARTS][RAW] = { { 0 } };
    struct prop p = prop_begin(1);

    for (int i = 0; i < RECORDS; i++) {
        int32_t part = (int32_t)prop_below(&p, PARTS);
        int32_t src = (int32_t)prop_below(&p, RAW);

        k->now = t0 + i * INT64_C(60000);
        if (i % 29 == 7) {
            append(k, part, i % 2 ? slice_str("not a frame") : slice_str(""), false);
            since[part][src]++; /* ingest wrote it well */
        } else if (prop_below(&p, 12) == 0) {
            const struct mark m = { .src = src,
                                    .src_count = RAW,
                                    .src_epoch = 1,
                                    .next_offset = i,
                                    .wm_ms = k->wm[src],
                                    .floor_ms = WM_NONE,
                                    .kind = MARK_DATA,
                                    .seq = i + 1,
                                    .n_since_last = since[part][src] };
            append_record(k, part, RECORD_MARK, &m);
            since[part][src] = 0;
        } else {
            append_comment(k, &p, part, src, i);
            since[part][src]++;
        }
    }
}

static int setup(void **state)
{
    static struct kit k = { .wm = { WM_NONE, WM_NONE, WM_NONE } };
    struct err err = { 0 };

    k.topo = topology_make(RAW, PARTS, 1);
    assert_int_equal(wire_new(NULL, &k.wire, &err), ST_OK);
    if (bundle_load("models/default", &k.bundle, &err) != ST_OK)
        fail_msg("%s", err.msg);
    k.in = check_log_new(&k.topo);
    assert_non_null(k.in);
    fill(&k);
    *state = &k;
    return 0;
}

static int teardown(void **state)
{
    struct kit *k = *state;

    check_log_free(k->in);
    bundle_free(k->bundle);
    wire_free(k->wire);
    return 0;
}

static void run_calm(struct kit *k, struct check_result *out)
{
    struct check_stage one = { make, k, 1 };
    struct err err = { 0 };

    if (check_run(&one, 1, k->in, &(struct check_plan){ .wire = k->wire }, out, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static void same_bytes_whatever_happens(void **state)
{
    struct kit *k = *state;
    struct check_stage wild_stage = { make, k, 2 };
    struct check_result calm;
    struct err err = { 0 };
    int kills = 0;
    int fulls = 0;

    run_calm(k, &calm);
    assert_true(calm.counters[COUNTER_UPDATES] > 50);
    assert_true(calm.counters[COUNTER_CROSS_SOURCE] > 20);
    assert_true(calm.counters[COUNTER_DEDUPE_EVICTED] > 5);
    assert_true(calm.counters[COUNTER_DEAD] > 20);
    assert_int_equal(calm.counters[COUNTER_MARK_MISMATCH], 0);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const struct check_plan plan = { .wire = k->wire, .seed = seed };
        struct check_result wild;

        if (check_run(&wild_stage, 1, k->in, &plan, &wild, &err) != ST_OK ||
            check_log_equal(calm.log, wild.log, TOPIC_SCORES, CHECK_ORDERED, &err) != ST_OK ||
            check_log_equal(calm.log, wild.log, TOPIC_DEAD, CHECK_ANY_ORDER, &err) != ST_OK)
            fail_msg("seed %d: %s", (int)seed, err.msg);
        for (int c = 0; c < COUNTER_N; c++)
            assert_int_equal(calm.counters[c], wild.counters[c]);
        kills += wild.kills;
        fulls += wild.fulls;
        check_result_release(&wild);
    }
    printf("# %d seeds: %d kills, %d times full\n", SEEDS, kills, fulls);
    assert_true(kills > 0 && fulls > 0);
    check_result_release(&calm);
}

/* With a second model the scores are what they are without it; its own are as exact. */
static void a_shadow_changes_nothing(void **state)
{
    struct kit *k = *state;
    struct check_stage stages = { make, k, 2 };
    struct check_result alone;
    struct check_result calm;
    struct err err = { 0 };

    run_calm(k, &alone);
    assert_int_equal(alone.counters[COUNTER_SHADOWED], 0);
    assert_int_equal(check_log_n(alone.log, TOPIC_SHADOW, 0), 0);
    assert_int_equal(bundle_load("models/default", &k->shadow, &err), ST_OK);
    run_calm(k, &calm);
    assert_int_equal(calm.counters[COUNTER_SHADOWED], calm.counters[COUNTER_SCORED]);
    assert_true(check_log_n(calm.log, TOPIC_SHADOW, 1) > 100);
    assert_int_equal(calm.counters[COUNTER_SHADOW_LOST], 0);
    for (uint64_t seed = 1; seed <= SEEDS / 4; seed++) {
        const struct check_plan plan = { .wire = k->wire, .seed = seed };
        struct check_result wild;

        if (check_run(&stages, 1, k->in, &plan, &wild, &err) != ST_OK ||
            check_log_equal(alone.log, wild.log, TOPIC_SCORES, CHECK_ORDERED, &err) != ST_OK ||
            check_log_equal(calm.log, wild.log, TOPIC_SHADOW, CHECK_ORDERED, &err) != ST_OK)
            fail_msg("seed %d: %s", (int)seed, err.msg);
        assert_int_equal(wild.counters[COUNTER_SHADOWED], calm.counters[COUNTER_SHADOWED]);
        check_result_release(&wild);
    }
    bundle_free(k->shadow);
    k->shadow = NULL;
    check_result_release(&calm);
    check_result_release(&alone);
}

/* Each mark says how many scores of its source stand between it and the last. */
static void marks_count_what_was_written(void **state)
{
    struct kit *k = *state;
    struct arena *a = arena_new(16 << 20);
    struct check_result calm;
    struct err err = { 0 };

    assert_non_null(a);
    run_calm(k, &calm);
    for (int32_t part = 0; part < PARTS; part++) {
        int64_t since[RAW] = { 0 };
        bool marked[RAW] = { false };

        for (size_t i = 0; i < check_log_n(calm.log, TOPIC_SCORES, part); i++) {
            const struct stage_rec *rec = check_log_at(calm.log, TOPIC_SCORES, part, i);
            struct score s;
            struct mark m;

            arena_reset(a);
            if (!stage_header(rec, "absa-kind").p) {
                assert_int_equal(wire_decode(k->wire, RECORD_SCORE, rec->value, &s, a, &err),
                                 ST_OK);
                since[s.origin.src]++;
                continue;
            }
            assert_int_equal(wire_decode(k->wire, RECORD_MARK, rec->value, &m, a, &err), ST_OK);
            assert_int_equal(m.n_since_last, marked[m.src] ? since[m.src] : -1);
            marked[m.src] = true;
            since[m.src] = 0;
        }
    }
    check_result_release(&calm);
    arena_free(a);
}

/* Takes the i-th readable comment out of a copy of the input. */
static void a_comment_that_was_lost_on_the_way_is_seen(void **state)
{
    struct kit *k = *state;
    struct kit less = *k;
    struct check_result calm;
    struct err err = { 0 };
    size_t skipped = 0;

    less.in = check_log_new(&k->topo);
    assert_non_null(less.in);
    for (int32_t part = 0; part < PARTS; part++) {
        for (size_t i = 0; i < check_log_n(k->in, TOPIC_COMMENTS, part); i++) {
            const struct stage_rec *rec = check_log_at(k->in, TOPIC_COMMENTS, part, i);
            enum record_kind kind;

            if (i > 200 && skipped < 5 && wire_peek(k->wire, rec->value, &kind, &err) == ST_OK &&
                kind == RECORD_COMMENT) {
                skipped++;
                continue;
            }
            less.now = check_log_time(k->in, TOPIC_COMMENTS, part, i);
            append(&less, part, rec->value, rec->nhdr > 0);
        }
    }
    run_calm(&less, &calm);
    assert_true(calm.counters[COUNTER_MARK_MISMATCH] > 0);
    check_result_release(&calm);
    check_log_free(less.in);
}

static void a_source_that_is_not_configured_stops_with_the_reason(void **state)
{
    struct kit *k = *state;
    struct kit narrow = *k;
    struct check_stage one = { make, &narrow, 1 };
    struct check_result result;
    struct err err = { 0 };

    narrow.topo.parts[TOPIC_RAW] = 1;
    assert_int_equal(
        check_run(&one, 1, k->in, &(struct check_plan){ .wire = k->wire }, &result, &err),
        ST_FATAL);
    assert_non_null(strstr(err.msg, "config: "));
    assert_non_null(strstr(err.msg, "absa topics grow"));
    check_result_release(&result);
}

/* Far more sources than a meta can count: it goes on, and what it does not know
 * any more after a restart it does not claim. */
static void thousands_of_sources_are_no_reason_to_stop(void **state)
{
    static int64_t since[MANY];
    struct kit *k = *state;
    struct kit many = { .topo = topology_make(MANY, 1, 1), .wire = k->wire, .bundle = k->bundle };
    struct check_stage two = { make, &many, 2 };
    struct check_result calm;
    struct prop p = prop_begin(1);
    struct err err = { 0 };
    int kills = 0;

    many.in = check_log_new(&many.topo);
    assert_non_null(many.in);
    for (int i = 0; i < 3 * MANY; i++) {
        int32_t src = (int32_t)(i % MANY);
        struct mark m = { .src = src, .src_count = MANY, .src_epoch = 1, .seq = i + 1 };

        many.now = t0 + i * INT64_C(1000);
        if (i < MANY || many.wm[src] < many.now - 2 * SKEW)
            many.wm[src] = many.now - 2 * SKEW;
        m.wm_ms = many.wm[src];
        m.n_since_last = i < MANY ? -1 : since[src];
        m.kind = i < MANY ? MARK_HELLO : MARK_DATA;
        append_record(&many, 0, RECORD_MARK, &m);
        since[src] = i % 3 == 0;
        if (since[src])
            append_comment(&many, &p, 0, src, i);
    }
    run_calm(&many, &calm);
    assert_int_equal(calm.counters[COUNTER_MARK_MISMATCH], 0);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        const struct check_plan plan = { .wire = k->wire, .seed = seed };
        struct check_result wild;

        if (check_run(&two, 1, many.in, &plan, &wild, &err) != ST_OK ||
            check_log_equal(calm.log, wild.log, TOPIC_SCORES, CHECK_NO_MARKS, &err) != ST_OK)
            fail_msg("seed %d: %s", (int)seed, err.msg);
        assert_int_equal(wild.counters[COUNTER_MARK_MISMATCH], 0);
        assert_int_equal(check_log_total(wild.log, TOPIC_SCORES),
                         check_log_total(calm.log, TOPIC_SCORES));
        kills += wild.kills;
        check_result_release(&wild);
    }
    assert_true(kills > 0);
    check_result_release(&calm);
    check_log_free(many.in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_whatever_happens),
        cmocka_unit_test(a_shadow_changes_nothing),
        cmocka_unit_test(marks_count_what_was_written),
        cmocka_unit_test(a_comment_that_was_lost_on_the_way_is_seen),
        cmocka_unit_test(a_source_that_is_not_configured_stops_with_the_reason),
        cmocka_unit_test(thousands_of_sources_are_no_reason_to_stop),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
