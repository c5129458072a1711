/* SPDX-License-Identifier: MIT */
/* The real stages, killed and cut at random over real comments: what is judged
 * is the same, byte by byte. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "consumers/ingest/stage.h"
#include "consumers/score/stage.h"
#include "crawls.h"

enum { SEEDS = 20, ROWS = 600 };

static struct check_log *input;
static struct topology topo;
static struct wire *wire;

static enum status make_ingest(void *arg, struct stage *stage, struct err *err)
{
    const struct ingest_conf conf = ingest_conf_default();

    (void)arg;
    return ingest_stage_new(&conf, wire, &topo, stage, err);
}

static enum status make_score(void *arg, struct stage *stage, struct err *err)
{
    const struct score_conf conf = { .horizon_ms = INT64_C(7) * 86400000, .max_ids = 100000 };

    return score_stage_new(&conf, wire, &topo, arg, stage, err);
}

static void run(const struct check_stage *stages, size_t n, uint64_t seed, struct check_result *res)
{
    struct err err = { 0 };
    const struct check_plan plan = { .wire = wire, .seed = seed };

    if (check_run(stages, n, input, &plan, res, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

static void same(const struct check_result *a, const struct check_result *b, enum topic_id topic,
                 unsigned order, uint64_t seed)
{
    struct err err = { 0 };

    if (check_log_equal(a->log, b->log, topic, order, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

/* Which source comes first in a partition of comments is a matter of who was
 * faster; what it says of each comment is not. */
static void test_ingest(void **state)
{
    (void)state;
    const struct check_stage calm_stage = { make_ingest, NULL, 1 };
    const struct check_stage wild_stage = { make_ingest, NULL, 2 };
    struct check_result calm, wild;

    run(&calm_stage, 1, 0, &calm);
    assert_true(calm.counters[COUNTER_COMMENTS] > ROWS);
    assert_int_equal(calm.counters[COUNTER_DEAD], 0);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run(&wild_stage, 1, seed, &wild);
        same(&calm, &wild, TOPIC_COMMENTS, CHECK_ANY_ORDER | CHECK_NO_MARKS, seed);
        assert_int_equal(calm.counters[COUNTER_COMMENTS], wild.counters[COUNTER_COMMENTS]);
        assert_int_equal(calm.counters[COUNTER_RAW_READ], wild.counters[COUNTER_RAW_READ]);
        check_result_release(&wild);
    }
    check_result_release(&calm);
}

/* The same of scores; marks prove that nothing was lost on the way. */
static void test_ingest_and_score(void **state)
{
    struct bundle *bundle = *state;
    const struct check_stage calm_stages[] = { { make_ingest, NULL, 1 },
                                               { make_score, bundle, 1 } };
    const struct check_stage wild_stages[] = { { make_ingest, NULL, 2 },
                                               { make_score, bundle, 2 } };
    struct check_result calm, wild;

    run(calm_stages, 2, 0, &calm);
    assert_int_equal(calm.counters[COUNTER_SCORED], calm.counters[COUNTER_COMMENTS]);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run(wild_stages, 2, seed, &wild);
        same(&calm, &wild, TOPIC_SCORES, CHECK_ANY_ORDER | CHECK_NO_MARKS, seed);
        assert_int_equal(wild.counters[COUNTER_MARK_MISMATCH], 0);
        assert_int_equal(wild.counters[COUNTER_CROSS_SOURCE], 0);
        assert_int_equal(wild.counters[COUNTER_FIRST], calm.counters[COUNTER_FIRST]);
        check_result_release(&wild);
    }
    check_result_release(&calm);
}

static int load(void **state)
{
    struct bundle *bundle;
    struct err err = { 0 };

    if (bundle_load(bundle_default_dir(), &bundle, &err) != ST_OK)
        fail_msg("%s", err.msg);
    *state = bundle;
    return 0;
}

static int unload(void **state)
{
    bundle_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ingest),
        cmocka_unit_test(test_ingest_and_score),
    };
    struct err err = { 0 };

    topo = topology_make(2, 3, 1);
    input = crawls_log(&topo, ROWS, false);
    if (!input) {
        puts("skipped: ABSA_SHARED does not name the shared data");
        return 77;
    }
    if (wire_new(NULL, &wire, &err) != ST_OK)
        return 1;
    int failed = cmocka_run_group_tests(tests, load, unload);
    check_log_free(input);
    wire_free(wire);
    return failed;
}
