/* SPDX-License-Identifier: MIT */
/* When a group is told: waiting, repeats, back-off, what is held and refused. */
#include "support/check.h"

#include <stdio.h>

#include "notify/group.h"

#define T0 INT64_C(1000000)

static const struct group_conf conf = { 30000, 3600000, true };

static struct notify fresh(void)
{
    return (struct notify){ .receiver = slice_str("mail"),
                            .group = slice_str("g"),
                            .state = NOTIFY_SENT };
}

static void join(struct notify *g, struct arena *a, const char *id, int seq)
{
    const struct told_alert t = { slice_str(id), seq, seq == 2, slice_str("bytes") };
    struct err err = { 0 };

    assert_int_equal(group_join(g, &t, 7, &conf, a, &err), ST_OK);
}

static bool tick(struct notify *g, struct arena *a, int64_t at)
{
    struct err err = { 0 };
    bool changed;

    assert_int_equal(group_tick(g, at, &conf, a, &changed, &err), ST_OK);
    return changed;
}

static void settle(struct notify *g, struct arena *a, enum effect_how how, int64_t at)
{
    const struct effect_result res = { .how = how, .at_ms = at };
    struct err err = { 0 };

    assert_int_equal(group_settle(g, &res, &conf, a, &err), ST_OK);
}

static void test_a_life(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct notify g = fresh();

    (void)state;
    join(&g, a, "x", 0);
    assert_true(tick(&g, a, T0));
    assert_false(tick(&g, a, T0 + 29999));
    join(&g, a, "y", 0);
    assert_true(tick(&g, a, T0 + 30000));
    assert_int_equal(g.state, NOTIFY_SENDING);
    assert_int_equal(g.sending.n, 2);
    struct slice key = g.dedupe_key;

    join(&g, a, "x", 2); /* over, while it is being sent */
    assert_int_equal(g.sending.v[0].seq, 0);
    settle(&g, a, EFFECT_RETRY, T0 + 31000);
    assert_true(slice_eq(g.dedupe_key, key));
    assert_true(g.due_ms >= T0 + 31000 && g.due_ms <= T0 + 33000);
    settle(&g, a, EFFECT_HOLD, T0 + 40000);
    assert_int_equal(g.state, NOTIFY_HELD);
    assert_false(group_is_due(&g, T0 + 50000));
    assert_true(group_is_due(&g, T0 + 40000 + GROUP_HOLD_MS));
    settle(&g, a, EFFECT_SENT, T0 + 60000);
    assert_int_equal(g.state, NOTIFY_WAITING); /* for what came meanwhile */
    assert_true(tick(&g, a, T0 + 60000));
    assert_true(tick(&g, a, T0 + 90000));
    assert_false(slice_eq(g.dedupe_key, key));
    settle(&g, a, EFFECT_SENT, T0 + 90000);
    assert_int_equal(g.now.n, 1); /* x is over and was said to be */
    assert_false(tick(&g, a, T0 + 90000 + 3599999));
    key = g.dedupe_key;
    assert_true(tick(&g, a, T0 + 90000 + 3600000));
    assert_int_equal(g.repeat, 1);
    assert_false(slice_eq(g.dedupe_key, key));
    assert_true(group_leave(&g, slice_str("y")));
    settle(&g, a, EFFECT_REFUSED, T0 + 90000 + 3600000);
    assert_true(group_is_over(&g));
    arena_free(a);
}

static void test_backoff(void **state)
{
    int64_t sum = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        char key[33];

        snprintf(key, sizeof(key), "%032d", i);
        for (int32_t tries = 0; tries < 40; tries++) {
            int64_t most = tries < 9 ? INT64_C(1000) << tries : GROUP_RETRY_MAX_MS;
            int64_t wait = group_backoff_ms(slice_str(key), tries);

            assert_true(wait >= 0 && wait <= most && wait <= GROUP_RETRY_MAX_MS);
            assert_int_equal(wait, group_backoff_ms(slice_str(key), tries));
            sum += tries == 30 ? wait : 0;
        }
    }
    sum /= 1000; /* even: half of the most, give or take three standard errors and more */
    assert_true(sum > 135000 && sum < 165000);
}

/* A full group forgets what is over first, then what is oldest. */
static void test_full(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct notify g = fresh();
    char ids[GROUP_ALERTS_MAX + 2][16];

    (void)state;
    for (int i = 0; i < GROUP_ALERTS_MAX + 2; i++) {
        snprintf(ids[i], sizeof(ids[i]), "a%d", i);
        join(&g, a, ids[i], i == 5 ? 2 : 0);
    }
    assert_int_equal(g.now.n, GROUP_ALERTS_MAX);
    assert_true(slice_is(g.now.v[0].alert_id, "a1"));
    for (size_t i = 0; i < g.now.n; i++)
        assert_false(slice_is(g.now.v[i].alert_id, "a5"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_life),
        cmocka_unit_test(test_backoff),
        cmocka_unit_test(test_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
