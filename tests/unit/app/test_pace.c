/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "app/pace.h"
#include "now/now.h"
#include "support/check.h"

static void test_what_a_speed_is(void **state)
{
    static const char *const bad[] = { "", "x", "10", "0x", "-1x", "10xx", "1e7x", "nanx", "fast" };
    struct pace p;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(pace_parse("max", &p, &err), ST_OK);
    assert_true(p.speed <= 0);
    assert_int_equal(pace_parse("2.5x", &p, &err), ST_OK);
    assert_true(p.speed > 2.4 && p.speed < 2.6);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(pace_parse(bad[i], &p, &err), ST_FATAL);
        assert_non_null(strstr(err.msg, "usage: --speed"));
    }
}

static int64_t took(const char *speed, int64_t span_ms)
{
    struct pace p;
    struct err err = { 0 };
    int64_t start = now_wall_ms();

    assert_int_equal(pace_parse(speed, &p, &err), ST_OK);
    pace_wait(&p, 1000000);
    pace_wait(&p, 1000000 + span_ms / 2);
    pace_wait(&p, 1000000 + span_ms);
    pace_wait(&p, 1000000); /* late already: not waited for */
    return now_wall_ms() - start;
}

static void test_waits_as_long_as_they_were_apart(void **state)
{
    (void)state;
    assert_true(took("max", 3600000) < 1000);
    int64_t ms = took("600x", 120000);
    assert_true(ms >= 200 && ms < 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_speed_is),
        cmocka_unit_test(test_waits_as_long_as_they_were_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
