/* SPDX-License-Identifier: MIT */
/* The real stages, killed and cut at random over real comments: what is judged
 * is the same, byte by byte. */
#include "support/check.h"

#include <stdio.h>

#include "canaries.h"
#include "check/check.h"
#include "cli/columns.h"
#include "consumers/drift/judge.h"
#include "consumers/drift/pane.h"
#include "consumers/ingest/stage.h"
#include "consumers/score/stage.h"
#include "crawls.h"
#include "model/default_dir.h"
#include "support/prop.h"

#define HOUR INT64_C(3600000)

enum { ROWS = 600 };

/* One deployment and what it is fed. */
struct setup {
    struct topology topo;
    struct check_log *input;
    struct wire *wire;
    struct bundle *bundle;
    struct baseline *baseline;
    struct drift_conf drift;
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
    const struct score_conf conf = { .horizon_ms = INT64_C(7) * 24 * HOUR, .max_ids = 100000 };

    return score_stage_new(&conf, s->wire, &s->topo, s->bundle, stage, err);
}

/* Windows of a day. */
static const struct drift_conf days = { .pane_ms = HOUR,
                                        .window_ms = 24 * HOUR,
                                        .min_samples = 20,
                                        .min_videos = 1,
                                        .policy = "fixed",
                                        .segments = "all",
                                        .run = 1 };

static enum status make_pane(void *arg, struct stage *stage, struct err *err)
{
    struct setup *s = arg;

    return pane_stage_new(&s->drift, s->wire, &s->topo, s->baseline, stage, err);
}

static enum status make_judge(void *arg, struct stage *stage, struct err *err)
{
    struct setup *s = arg;

    return judge_stage_new(&s->drift, s->wire, &s->topo, s->baseline, stage, err);
}

/* Runs the first n stages; seed 0: one instance each and nothing happens. */
static enum status try_run(struct setup *s, size_t n, const struct check_plan *plan,
                           struct check_result *res, struct err *err)
{
    const int many = plan->seed != 0 ? 2 : 1;
    const struct check_stage stages[] = { { make_ingest, s, many },
                                          { make_score, s, many },
                                          { make_pane, s, many },
                                          { make_judge, s, many } };

    return check_run(stages, n, s->input, plan, res, err);
}

static void run(struct setup *s, size_t n, uint64_t seed, struct check_result *res)
{
    const struct check_plan plan = { .wire = s->wire, .seed = seed };
    struct err err = { 0 };

    if (try_run(s, n, &plan, res, &err) != ST_OK)
        fail_msg("seed %d: %s", (int)seed, err.msg);
}

static void add_scores(struct setup *s, const struct check_result *res, struct columns *c)
{
    struct arena *a = arena_new(16 << 20);
    struct err err = { 0 };
    struct score score;

    assert_non_null(a);
    for (int32_t p = 0; p < s->topo.parts[TOPIC_SCORES]; p++) {
        for (size_t i = 0; i < check_log_n(res->log, TOPIC_SCORES, p); i++) {
            const struct stage_rec *r = check_log_at(res->log, TOPIC_SCORES, p, i);
            if (stage_header(r, "absa-kind").p)
                continue;
            assert_int_equal(wire_decode(s->wire, RECORD_SCORE, r->value, &score, a, &err), ST_OK);
            assert_int_equal(columns_add(c, &score, &err), ST_OK);
            arena_reset(a);
        }
    }
    arena_free(a);
}

/* The baseline is the input itself: its days are near and far from it, so that
 * alerts fire, change and resolve. */
static void make_baseline(struct setup *s)
{
    const struct bundle_info *info = bundle_info(s->bundle);
    const char *names[OUTPUT_N + BUNDLE_MONITORED_MAX];
    char text[OUTPUT_N + BUNDLE_MONITORED_MAX][BASELINE_NAME_MAX + 1];
    char sha256[SHA256_HEX_LEN + 1];
    struct check_result res;
    struct columns c;
    struct err err = { 0 };

    assert_int_equal(columns_init(&c, OUTPUT_N, info->monitored.n, &err), ST_OK);
    run(s, 2, 0, &res);
    add_scores(s, &res, &c);
    check_result_release(&res);
    assert_int_equal(columns_sort(&c, &err), ST_OK);
    snprintf(sha256, sizeof(sha256), "%.*s", SLICE_ARG(info->sha256));
    for (size_t i = 0; i < c.n; i++) {
        struct slice name =
            i < OUTPUT_N ? slice_str(output_table[i].name) : info->monitored.v[i - OUTPUT_N];
        snprintf(text[i], sizeof(text[i]), "%.*s", SLICE_ARG(name));
        names[i] = text[i];
    }
    const struct baseline_input in = { .bundle_sha256 = sha256,
                                       .names = names,
                                       .columns = (const double *const *)c.value,
                                       .n = c.n,
                                       .videos = c.video,
                                       .rows = c.rows };
    if (baseline_build(&in, &s->baseline, &err) != ST_OK)
        fail_msg("%s", err.msg);
    columns_release(&c);
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
    print_message("%zu comments, %zu updates, %zu windows, %zu alerts\n",
                  (size_t)calm.counters[COUNTER_COMMENTS], (size_t)calm.counters[COUNTER_UPDATES],
                  check_log_total(calm.log, TOPIC_WINDOWS),
                  check_log_total(calm.log, TOPIC_ALERTS));
    assert_true(calm.counters[COUNTER_COMMENTS] > 0);
    assert_int_equal(calm.counters[COUNTER_DEAD], 0);
    assert_true(calm.counters[COUNTER_UPDATES] > 5);
    assert_int_equal(calm.counters[COUNTER_CROSS_SOURCE],
                     0); /* so all is promised to be the same */
    assert_int_equal(calm.counters[COUNTER_DEDUPE_EVICTED], 0);
    assert_int_equal(calm.counters[COUNTER_SCORED], calm.counters[COUNTER_COMMENTS]);
    assert_true(check_log_total(calm.log, TOPIC_WINDOWS) > 10);
    assert_true(check_log_total(calm.log, TOPIC_ALERTS) > 2);
    const uint64_t last = prop_seeds(20);
    for (uint64_t seed = 1; seed <= last; seed++)
        check_seed(s, &calm, seed);
    check_result_release(&calm);
}

/* Two raw partitions: the judge waits for the slower source. */
static void test_two_sources(void **state)
{
    struct setup s = *(struct setup *)*state;

    s.topo = topology_make(2, 3, 1);
    s.input = crawls_log(&s.topo, ROWS);
    make_baseline(&s);
    check_all(&s);
    baseline_free(s.baseline);
    check_log_free(s.input);
}

static void test_one_source(void **state)
{
    struct setup s = *(struct setup *)*state;

    s.topo = topology_make(1, 3, 1);
    s.input = crawls_log(&s.topo, ROWS);
    make_baseline(&s);
    check_all(&s);
    baseline_free(s.baseline);
    check_log_free(s.input);
}

/* The same by the policies that weigh evidence, the impatient one too. */
static void assert_no_alert_by_evidence(struct setup *s)
{
    static const char *const policies[] = { "significant", "early" };

    s->drift.min_samples = 200;
    s->drift.min_videos = 10;
    s->drift.false_alarms = 1;
    s->drift.effect_min = 0.005;
    s->drift.streak_min = 3;
    s->drift.keep_firing_for = 3;
    s->drift.span_ms = 24 * HOUR;
    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        struct check_result res;

        s->drift.policy = policies[i];
        run(s, 4, 0, &res);
        assert_true(check_log_total(res.log, TOPIC_WINDOWS) > 5 * 17);
        assert_int_equal(check_log_total(res.log, TOPIC_ALERTS), 0);
        check_result_release(&res);
    }
}

/* R13: windows of 200 comments of one crawl, by rank, against the same crawl: more than half of
 * them are over 0.2 in one feature or another. Its comments are of one video, so they are one
 * observation: nothing can be said, and nothing is. */
static void r13_a_crawl_does_not_drift_from_itself(void **state)
{
    struct setup s = *(struct setup *)*state;
    struct check_result gated;
    struct check_result naive;

    s.topo = topology_make(1, 3, 1);
    s.input = crawls_played(&s.topo, 5, INT64_C(8) * 24 * HOUR, HOUR / 200);
    make_baseline(&s);
    s.drift = (struct drift_conf){ .pane_ms = HOUR / 60,
                                   .window_ms = HOUR,
                                   .min_samples = 200,
                                   .min_videos = 10,
                                   .policy = "fixed",
                                   .segments = "all" };
    run(&s, 4, 0, &gated);
    s.drift.min_samples = 1;
    s.drift.min_videos = 1;
    run(&s, 4, 0, &naive);
    assert_no_alert_by_evidence(&s);
    print_message("%zu windows; alerts: %zu, without the gates %zu\n",
                  check_log_total(gated.log, TOPIC_WINDOWS),
                  check_log_total(gated.log, TOPIC_ALERTS),
                  check_log_total(naive.log, TOPIC_ALERTS));
    assert_int_equal(gated.counters[COUNTER_UPDATES], 0);
    assert_true(check_log_total(gated.log, TOPIC_WINDOWS) > 5 * 17);
    assert_int_equal(check_log_total(gated.log, TOPIC_ALERTS), 0);
    assert_true(check_log_total(naive.log, TOPIC_ALERTS) >= 5);
    check_result_release(&naive);
    check_result_release(&gated);
    baseline_free(s.baseline);
    check_log_free(s.input);
}

/* A host that commits in two steps, or lets a former owner commit, is seen: by
 * other bytes, or by the judge, whose chain of positions then has a gap. */
static void test_wrong_hosts_are_caught(void **state)
{
    struct setup s = *(struct setup *)*state;
    struct check_result calm;
    struct check_result wild;
    struct err err = { 0 };

    s.topo = topology_make(1, 2, 1);
    s.input = crawls_log(&s.topo, 100);
    make_baseline(&s);
    run(&s, 4, 0, &calm);
    for (int m = CHECK_POSITIONS_FIRST; m <= CHECK_UNFENCED; m++) {
        int caught = 0;
        for (uint64_t seed = 1; seed <= 6; seed++) {
            const struct check_plan plan = { .wire = s.wire,
                                             .seed = seed,
                                             .mutant = (enum check_mutant)m };
            enum status st = try_run(&s, 4, &plan, &wild, &err);
            if (st == ST_OK)
                st = check_log_equal(calm.log, wild.log, TOPIC_WINDOWS, CHECK_ORDERED, &err);
            caught += st != ST_OK;
            check_result_release(&wild);
        }
        print_message("host mutant %d: caught by %d of 6 seeds\n", m, caught);
        assert_true(caught >= 3);
    }
    check_result_release(&calm);
    baseline_free(s.baseline);
    check_log_free(s.input);
}

static void check_canaries(struct setup *s, const struct check_result *calm, uint64_t seed)
{
    struct check_result wild;
    struct buf report;

    buf_init(&report, 1 << 16);
    run(s, 4, seed, &wild);
    if (!canaries_accounted(wild.log, &report))
        fail_msg("seed %d: %.*s", (int)seed, (int)report.n, report.p);
    same(calm, &wild, TOPIC_WINDOWS, CHECK_ORDERED, seed);
    same(calm, &wild, TOPIC_ALERTS, CHECK_ORDERED, seed);
    same_counter(calm, &wild, COUNTER_DEAD, seed);
    check_result_release(&wild);
    buf_release(&report);
}

/* In how many of six seeds canaries alone, without the judge, find out a host that is wrong. */
static int canaries_tell(struct setup *s, enum check_mutant mutant)
{
    struct err err = { 0 };
    struct buf report;
    int told = 0;

    buf_init(&report, 1 << 16);
    for (uint64_t seed = 1; seed <= 6; seed++) {
        const struct check_plan plan = { .wire = s->wire, .seed = seed, .mutant = mutant };
        struct check_result wild;

        if (try_run(s, 3, &plan, &wild, &err) != ST_OK)
            fail_msg("seed %d: %s", (int)seed, err.msg);
        told += !canaries_accounted(wild.log, &report);
        check_result_release(&wild);
    }
    buf_release(&report);
    return told;
}

/* Under cuts, kills and moves every canary is met once at every hop, and counts in no window. (The
 * positions that an alert names are others.) */
static void test_canaries_are_accounted_for(void **state)
{
    struct setup s = *(struct setup *)*state;
    struct check_result without;
    struct check_result calm;

    s.topo = topology_make(2, 3, 1);
    s.input = crawls_log(&s.topo, 100);
    make_baseline(&s);
    run(&s, 4, 0, &without);
    struct check_log *input = canaries_among(s.input);
    check_log_free(s.input);
    s.input = input;
    run(&s, 4, 0, &calm);
    same(&without, &calm, TOPIC_WINDOWS, CHECK_ORDERED, 0);
    same_counter(&without, &calm, COUNTER_ALERTS, 0);
    const uint64_t last = prop_seeds(8);
    for (uint64_t seed = 0; seed <= last; seed++)
        check_canaries(&s, &calm, seed);
    for (int m = CHECK_POSITIONS_FIRST; m <= CHECK_UNFENCED; m++) {
        const int told = canaries_tell(&s, (enum check_mutant)m);

        print_message("host mutant %d: canaries tell in %d of 6 seeds\n", m, told);
        assert_true(told >= 1);
    }
    check_result_release(&calm);
    check_result_release(&without);
    baseline_free(s.baseline);
    check_log_free(s.input);
}

int main(void)
{
    struct setup s = { .topo = topology_make(1, 1, 1), .drift = days };
    struct err err = { 0 };

    s.input = crawls_log(&s.topo, 1);
    if (!s.input) {
        puts("skipped: ABSA_SHARED does not name the shared data");
        return 77;
    }
    check_log_free(s.input);
    enum status st = wire_new(NULL, &s.wire, &err);
    if (st == ST_OK)
        st = bundle_load(bundle_dir(""), &s.bundle, &err);
    if (st != ST_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_two_sources, &s),
        cmocka_unit_test_prestate(test_one_source, &s),
        cmocka_unit_test_prestate(test_wrong_hosts_are_caught, &s),
        cmocka_unit_test_prestate(test_canaries_are_accounted_for, &s),
        cmocka_unit_test_prestate(r13_a_crawl_does_not_drift_from_itself, &s),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bundle_free(s.bundle);
    wire_free(s.wire);
    return failed;
}
