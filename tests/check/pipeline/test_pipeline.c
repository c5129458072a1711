/* SPDX-License-Identifier: MIT */
/* The real stages, killed and cut at random over real comments: what is judged
 * is the same, byte by byte. */
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "check/check.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "consumers/ingest/stage.h"
#include "consumers/score/stage.h"
#include "crawls.h"
#include "model/file.h"

#define HOUR INT64_C(3600000)

enum { SEEDS = 24, ROWS = 600 };

/* One deployment and what it is fed. */
struct setup {
    struct topology topo;
    struct check_log *input;
    struct wire *wire;
    struct bundle *bundle;
    struct baseline *baseline;
};

static enum status make_ingest(void *arg, struct stage *stage, struct err *err)
{
    struct setup *s = arg;
    const struct ingest_conf conf = ingest_conf_default();

    return ingest_stage_new(&conf, s->wire, &s->topo, stage, err);
}

static enum status make_score(void *arg, struct stage *stage, struct err *err)
{
    struct setup *s = arg;
    const struct score_conf conf = { .horizon_ms = 7 * 24 * HOUR, .max_ids = 100000 };

    return score_stage_new(&conf, s->wire, &s->topo, s->bundle, stage, err);
}

/* Windows of a day that are judged whatever is in them, so that alerts come, stay
 * and go. */
static const struct drift_conf drift = { .pane_ms = HOUR,
                                         .window_ms = 24 * HOUR,
                                         .min_samples = 1,
                                         .min_videos = 1,
                                         .policy = "fixed",
                                         .segments = "all",
                                         .run = 1 };

static enum status make_pane(void *arg, struct stage *stage, struct err *err)
{
    struct setup *s = arg;

    return pane_stage_new(&drift, s->wire, &s->topo, s->baseline, stage, err);
}

static enum status make_judge(void *arg, struct stage *stage, struct err *err)
{
    struct setup *s = arg;

    return judge_stage_new(&drift, s->wire, &s->topo, s->baseline, stage, err);
}

/* Runs the first n stages; seed 0: one instance each and nothing happens. */
static void run(struct setup *s, size_t n, uint64_t seed, struct check_result *res)
{
    const int many = seed != 0 ? 2 : 1;
    const struct check_stage stages[] = { { make_ingest, s, many },
                                          { make_score, s, many },
                                          { make_pane, s, many },
                                          { make_judge, s, many } };
    const struct check_plan plan = { .wire = s->wire, .seed = seed };
    struct err err = { 0 };

    if (check_run(stages, n, s->input, &plan, res, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

static void same(const struct check_result *a, const struct check_result *b, enum topic_id topic,
                 unsigned order, uint64_t seed)
{
    struct err err = { 0 };

    if (check_log_equal(a->log, b->log, topic, order, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

static void same_counter(const struct check_result *a, const struct check_result *b, enum counter c,
                         uint64_t seed)
{
    if (a->counters[c] != b->counters[c])
        fail_msg("seed %d: %s: %lld and %lld", (int)seed, counter_table[c].name,
                 (long long)a->counters[c], (long long)b->counters[c]);
}

/* All that the four stages say, under one seed. Which source comes first in a
 * partition of comments depends on who was faster; what is said of each does not. */
static void check_seed(struct setup *s, const struct check_result *calm, uint64_t seed)
{
    static const enum counter exact[] = { COUNTER_RAW_READ, COUNTER_COMMENTS, COUNTER_DEAD,
                                          COUNTER_FIRST,    COUNTER_UPDATES,  COUNTER_LATE,
                                          COUNTER_WINDOWS,  COUNTER_ALERTS,   COUNTER_OVERTAKEN };
    struct check_result wild;

    run(s, 4, seed, &wild);
    same(calm, &wild, TOPIC_COMMENTS, CHECK_ANY_ORDER | CHECK_NO_MARKS, seed);
    same(calm, &wild, TOPIC_SCORES, CHECK_ANY_ORDER | CHECK_NO_MARKS, seed);
    same(calm, &wild, TOPIC_WINDOWS, CHECK_ORDERED, seed);
    same(calm, &wild, TOPIC_ALERTS, CHECK_ORDERED, seed);
    for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
        same_counter(calm, &wild, exact[i], seed);
    assert_int_equal(wild.counters[COUNTER_MARK_MISMATCH], 0);
    assert_true(wild.kills > 0 && wild.fulls > 0);
    check_result_release(&wild);
}

static void check_all(struct setup *s)
{
    struct check_result calm;

    run(s, 4, 0, &calm);
    print_message("%zu comments, %zu windows, %zu alerts\n",
                  (size_t)calm.counters[COUNTER_COMMENTS], check_log_total(calm.log, TOPIC_WINDOWS),
                  check_log_total(calm.log, TOPIC_ALERTS));
    assert_true(calm.counters[COUNTER_COMMENTS] > 0);
    assert_int_equal(calm.counters[COUNTER_DEAD], 0);
    assert_int_equal(calm.counters[COUNTER_SCORED], calm.counters[COUNTER_COMMENTS]);
    assert_true(check_log_total(calm.log, TOPIC_WINDOWS) > 10);
    assert_true(check_log_total(calm.log, TOPIC_ALERTS) > 0);
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        check_seed(s, &calm, seed);
    check_result_release(&calm);
}

/* Two raw partitions: the judge waits for the slower source. */
static void test_two_sources(void **state)
{
    struct setup s = *(struct setup *)*state;

    s.topo = topology_make(2, 3, 1);
    s.input = crawls_log(&s.topo, ROWS, false);
    check_all(&s);
    check_log_free(s.input);
}

/* One, with a comment that is crawled twice. */
static void test_one_source_with_updates(void **state)
{
    struct setup s = *(struct setup *)*state;
    struct check_result calm;

    s.topo = topology_make(1, 3, 1);
    s.input = crawls_log(&s.topo, ROWS, true);
    run(&s, 2, 0, &calm);
    assert_int_equal(calm.counters[COUNTER_UPDATES], 1);
    check_result_release(&calm);
    check_all(&s);
    check_log_free(s.input);
}

static enum status load_baseline(struct setup *s, struct err *err)
{
    char path[FILE_PATH_MAX];
    struct buf bytes;
    enum status st = file_path(bundle_default_dir(), slice_str("baseline.json"), path, err);

    buf_init(&bytes, BASELINE_BYTES_MAX);
    if (st == ST_OK)
        st = file_read(path, &bytes, err);
    if (st == ST_OK)
        st = baseline_read(buf_slice(&bytes), &s->baseline, err);
    buf_release(&bytes);
    return st;
}

int main(void)
{
    struct setup s = { .topo = topology_make(1, 1, 1) };
    struct err err = { 0 };

    s.input = crawls_log(&s.topo, 1, true);
    if (!s.input) {
        puts("skipped: ABSA_SHARED does not name the shared data");
        return 77;
    }
    check_log_free(s.input);
    enum status st = wire_new(NULL, &s.wire, &err);
    if (st == ST_OK)
        st = bundle_load(bundle_default_dir(), &s.bundle, &err);
    if (st == ST_OK)
        st = load_baseline(&s, &err);
    if (st != ST_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_two_sources, &s),
        cmocka_unit_test_prestate(test_one_source_with_updates, &s),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    baseline_free(s.baseline);
    bundle_free(s.bundle);
    wire_free(s.wire);
    return failed;
}
