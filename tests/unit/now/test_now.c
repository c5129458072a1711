/* SPDX-License-Identifier: MIT */
#include "now/now.h"
#include "support/check.h"

enum { LATE_MS = 60000 };

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
        const int64_t until = ms_of(now_plus(ms));

        assert_true(until >= before + ms && until <= now_mono_ms() + ms);
    }
}

/* By the other clock, of 1970 and some, the wait would be over at once. */
static void test_a_wait_is_by_the_clock_of_its_end(void **state)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t nobody;
    const int64_t began = now_mono_ms();

    (void)state;
    assert_true(now_wall_ms() > INT64_C(1577836800000)); /* 2020 */
    now_cond_init(&nobody);
    const struct timespec until = now_plus(300);
    pthread_mutex_lock(&lock);
    while (pthread_cond_timedwait(&nobody, &lock, &until) == 0) {
    }
    pthread_mutex_unlock(&lock);
    assert_true(now_mono_ms() - began >= 300);
    assert_true(now_mono_ms() - began < 300 + LATE_MS);
    pthread_cond_destroy(&nobody);
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
        cmocka_unit_test(test_a_wait_is_by_the_clock_of_its_end),
        cmocka_unit_test(test_nap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
