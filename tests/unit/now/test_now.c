/* SPDX-License-Identifier: MIT */
#include "now/now.h"
#include "support/check.h"

enum { LATE_MS = 5000 };

static int64_t ms_of(struct timespec t)
{
    assert_true(t.tv_nsec >= 0 && t.tv_nsec < 1000000000L);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whatever part of a second it is now: nanoseconds of more than a second are carried. */
static void test_plus(void **state)
{
    (void)state;
    for (int64_t ms = 0; ms < 4000; ms += 37) {
        const int64_t before = now_mono_ms();
        const int64_t until = ms_of(now_plus(CLOCK_MONOTONIC, ms));

        assert_true(until >= before + ms && until <= now_mono_ms() + ms);
    }
}

static void test_each_clock_is_its_own(void **state)
{
    (void)state;
    assert_true(now_wall_ms() > INT64_C(1577836800000)); /* 2020 */
    assert_true(ms_of(now_plus(CLOCK_REALTIME, 0)) - now_wall_ms() < LATE_MS);
}

static void test_nap(void **state)
{
    const int64_t began = now_mono_ms();

    (void)state;
    now_nap(1100);
    assert_true(now_mono_ms() - began >= 1100);
    assert_true(now_mono_ms() - began < 1100 + LATE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plus),
        cmocka_unit_test(test_each_clock_is_its_own),
        cmocka_unit_test(test_nap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
