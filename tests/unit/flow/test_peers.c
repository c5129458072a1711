/* SPDX-License-Identifier: MIT */
/* Of partitions that other processes read: who is waited for, and until when. */
#include "support/check.h"

#include "flow/peers.h"
#include "record/types.h"

enum { PATIENCE = 5000 };

static struct meta at(int64_t time_ms)
{
    return (struct meta){ .timed = time_ms != WM_NONE, .time_ms = time_ms };
}

static void see(struct peer *p, int64_t offset, int64_t time_ms, int64_t now_ms)
{
    const struct meta m = at(time_ms);

    peer_seen(p, offset, &m, now_ms);
}

static void test_only_what_moves(void **state)
{
    struct peer p = { 0 };

    (void)state;
    assert_true(peer_lane(&p, 0, PATIENCE).idle);
    see(&p, 40, 100, 1000); /* it may have stood there for a year */
    assert_true(peer_lane(&p, 1000, PATIENCE).idle);
    see(&p, 40, 100, 1500);
    assert_true(peer_lane(&p, 1500, PATIENCE).idle);
    see(&p, 41, 130, 2000);
    assert_false(peer_lane(&p, 2000, PATIENCE).idle);
    assert_int_equal(peer_lane(&p, 2000, PATIENCE).time_ms, 130);
    see(&p, 41, 130, 6000);
    assert_false(peer_lane(&p, 2000 + PATIENCE, PATIENCE).idle);
    assert_true(peer_lane(&p, 2001 + PATIENCE, PATIENCE).idle);
    see(&p, 90, 900, 9000);
    assert_false(peer_lane(&p, 9000, PATIENCE).idle);
}

static void test_first_offset_is_seen(void **state)
{
    struct peer p = { 0 };

    (void)state;
    see(&p, 0, 100, 1000);
    see(&p, 5, 120, 1500);
    assert_false(peer_lane(&p, 1500, PATIENCE).idle);
}

static void test_who_tells_no_time_is_not_waited_for(void **state)
{
    struct peer p = { 0 };

    (void)state;
    see(&p, 1, 100, 1000);
    see(&p, 2, WM_NONE, 1500);
    assert_true(peer_lane(&p, 1500, PATIENCE).idle);
}

/* A slow peer holds a fast partition of ours, until it comes to its end. */
static void test_holds_ours(void **state)
{
    struct peer p = { 0 };
    struct lane v[2] = { { .time_ms = 900000 } };

    (void)state;
    see(&p, 1, 90000, 1000);
    see(&p, 2, 100000, 1500);
    v[1] = peer_lane(&p, 1500, PATIENCE);
    assert_int_equal(align(v, 2, 600000), 1);
    assert_true(v[0].paused);
    see(&p, 3, 800000, 2000);
    v[1] = peer_lane(&p, 2000, PATIENCE);
    assert_int_equal(align(v, 2, 600000), 0);
    see(&p, 4, 200000, 2500);
    v[1] = peer_lane(&p, 2500, PATIENCE);
    assert_int_equal(align(v, 2, 600000), 1);
    v[1] = peer_lane(&p, 2501 + PATIENCE, PATIENCE);
    assert_int_equal(align(v, 2, 600000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_what_moves),
        cmocka_unit_test(test_first_offset_is_seen),
        cmocka_unit_test(test_who_tells_no_time_is_not_waited_for),
        cmocka_unit_test(test_holds_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
