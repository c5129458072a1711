/* SPDX-License-Identifier: MIT */
/* The check itself: right stages pass it for every seed, and each way of being
 * wrong, of a stage or of a host, is caught. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "toys.h"

enum { SEEDS = 60, RECORDS = 300 };

static struct check_log *input(void)
{
    struct topology topo = topology_make(3, 3, 1);
    struct check_log *log = check_log_new(&topo);
    struct err err = { 0 };
    char text[32];

    assert_non_null(log);
    for (int i = 0; i < RECORDS; i++) {
        snprintf(text, sizeof(text), "%d", i * 37);
        struct out_rec r = { .topic = TOPIC_RAW, .part = i % 3, .value = slice_str(text) };
        assert_int_equal(check_log_append(log, &r, 1000 + i, &err), ST_OK);
        if (i % 7 == 0)
            check_log_gap(log, TOPIC_RAW, i % 3);
    }
    return log;
}

/* Outputs of the last stage come from three partitions into one: any order. */
static enum status compare(const struct check_log *a, const struct check_log *b, struct err *err)
{
    enum status st = check_log_equal(a, b, TOPIC_COMMENTS, CHECK_ORDERED, err);

    if (st == ST_OK)
        st = check_log_equal(a, b, TOPIC_SCORES, CHECK_ORDERED, err);
    if (st == ST_OK)
        st = check_log_equal(a, b, TOPIC_WINDOWS, CHECK_ANY_ORDER, err);
    return st;
}

/* How many of the seeds differ from the calm run, or fail; sums what happened. */
static int caught(enum toy_mutant toy, enum check_mutant host, struct check_result *sum)
{
    struct check_stage s[] = { { toy_mapper, &toy, 2 },
                               { toy_counter, &toy, 3 },
                               { toy_splitter, &toy, 2 } };
    enum toy_mutant right = TOY_RIGHT;
    struct check_stage calm_s[] = { { toy_mapper, &right, 1 },
                                    { toy_counter, &right, 1 },
                                    { toy_splitter, &right, 1 } };
    struct check_log *in = input();
    struct check_result calm;
    struct check_result wild;
    struct err err = { 0 };
    int n = 0;

    assert_int_equal(check_run(calm_s, 3, in, &(struct check_plan){ 0 }, &calm, &err), ST_OK);
    assert_int_equal(check_log_total(calm.log, TOPIC_COMMENTS), 2 * RECORDS);
    assert_int_equal(calm.counters[COUNTER_COMMENTS], RECORDS);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const struct check_plan plan = { .seed = seed, .mutant = host };
        enum status st = check_run(s, 3, in, &plan, &wild, &err);
        if (st == ST_OK)
            st = compare(calm.log, wild.log, &err);
        if (st == ST_OK && wild.counters[COUNTER_COMMENTS] != RECORDS)
            st = ST_REJECT;
        n += st != ST_OK;
        if (st != ST_OK && toy == TOY_RIGHT && host == CHECK_HOST_RIGHT)
            print_error("seed %d: %s\n", (int)seed, err.msg);
        sum->kills += wild.kills;
        sum->fenced += wild.fenced;
        sum->moves += wild.moves;
        sum->fulls += wild.fulls;
        sum->commits += wild.commits;
        check_result_release(&wild);
    }
    check_result_release(&calm);
    check_log_free(in);
    return n;
}

static void test_right_stages_pass(void **state)
{
    (void)state;
    struct check_result sum = { 0 };

    assert_int_equal(caught(TOY_RIGHT, CHECK_HOST_RIGHT, &sum), 0);
    print_message("%d seeds: %d kills, %d fenced, %d moves, %d fulls, %d commits\n", SEEDS,
                  sum.kills, sum.fenced, sum.moves, sum.fulls, sum.commits);
    assert_true(sum.kills > 10 * SEEDS);
    assert_true(sum.fenced > SEEDS / 4);
    assert_true(sum.moves > SEEDS);
    assert_true(sum.fulls > 10 * SEEDS);
}

/* Half of the seeds are enough of a chance for somebody who runs a few. */
static void test_wrong_stages_are_caught(void **state)
{
    (void)state;
    for (int m = TOY_NO_RESTORE; m <= TOY_USED_WRONG; m++) {
        struct check_result sum = { 0 };
        int n = caught((enum toy_mutant)m, CHECK_HOST_RIGHT, &sum);
        print_message("stage mutant %d: caught by %d of %d seeds\n", m, n, SEEDS);
        assert_true(n > SEEDS / 2);
    }
}

static void test_wrong_hosts_are_caught(void **state)
{
    (void)state;
    for (int m = CHECK_POSITIONS_FIRST; m <= CHECK_UNFENCED; m++) {
        struct check_result sum = { 0 };
        int n = caught(TOY_RIGHT, (enum check_mutant)m, &sum);
        print_message("host mutant %d: caught by %d of %d seeds\n", m, n, SEEDS);
        assert_true(n > SEEDS / 2);
    }
}

static void test_same_seed_same_run(void **state)
{
    (void)state;
    enum toy_mutant right = TOY_RIGHT;
    struct check_stage s[] = { { toy_mapper, &right, 3 }, { toy_counter, &right, 2 } };
    struct check_log *in = input();
    struct check_result a;
    struct check_result b;
    struct err err = { 0 };

    const struct check_plan plan = { .seed = 7 };
    assert_int_equal(check_run(s, 2, in, &plan, &a, &err), ST_OK);
    assert_int_equal(check_run(s, 2, in, &plan, &b, &err), ST_OK);
    assert_int_equal(a.kills, b.kills);
    assert_int_equal(a.commits, b.commits);
    assert_int_equal(check_log_equal(a.log, b.log, TOPIC_SCORES, CHECK_ORDERED, &err), ST_OK);
    check_result_release(&a);
    check_result_release(&b);
    check_log_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_stages_pass),
        cmocka_unit_test(test_wrong_stages_are_caught),
        cmocka_unit_test(test_wrong_hosts_are_caught),
        cmocka_unit_test(test_same_seed_same_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
