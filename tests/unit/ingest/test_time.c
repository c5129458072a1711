/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "support/check.h"
#include "support/prop.h"

struct iso_case {
    const char *text;
    int64_t ms;
    bool ok;
    bool zoned;
};

static void iso(void **state)
{
    static const struct iso_case cases[] = {
        { "2025-01-15T14:30:00Z", 1736951400000, true, true },
        { "2025-01-15T14:30:00.000Z", 1736951400000, true, true },
        { "2025-01-15T14:30:00.1239Z", 1736951400123, true, true },
        { "2025-01-15T16:30:00+02:00", 1736951400000, true, true },
        { "2025-01-15T16:30:00+0200", 1736951400000, true, true },
        { "2025-01-15T16:30:00+02", 1736951400000, true, true },
        { "2025-01-15 09:00:00 -05:30", 1736951400000, true, true },
        { "2025-01-15T14:30:00", 1736951400000, true, false },
        { "2025-01-15 14:30", 1736951400000, true, false },
        { "2025-01-15", 1736899200000, true, false },
        { "2016-12-31T23:59:60Z", 1483228800000, true, true },
        { "1970-01-01T00:00:00Z", 0, true, true },
        { "0001-01-01T00:00:00Z", -62135596800000, true, true },
        { "9999-12-31T23:59:59.999Z", 253402300799999, true, true },
        { "2024-02-29", 1709164800000, true, false },
        { "2025-02-29", 0, false, false },
        { "2025-13-01", 0, false, false },
        { "2025-00-01", 0, false, false },
        { "2025-01-15T24:00:00Z", 0, false, false },
        { "2025-01-15T14:30:00X", 0, false, false },
        { "2025-01-15T14:30:00Z ", 0, false, false },
        { "2025-01-15T14:30:00.Z", 0, false, false },
        { "2025-01-15T14:30:00+99:00", 0, false, false },
        { "2025-01-15T", 0, false, false },
        { "0000-01-01", 0, false, false },
        { "25-01-15", 0, false, false },
        { "", 0, false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t ms = 0;
        bool zoned = false;
        bool ok = time_parse_iso(slice_str(cases[i].text), &ms, &zoned);

        if (ok != cases[i].ok || (ok && (ms != cases[i].ms || zoned != cases[i].zoned)))
            fail_msg("%s: ok %d, ms %lld, zoned %d", cases[i].text, ok, (long long)ms, zoned);
    }
}

static void dmy(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_true(time_parse_dmy(slice_str("03/07/2025, 13:16:27"), &ms));
    assert_int_equal(ms, 1751548587000);
    assert_true(time_parse_dmy(slice_str("03/07/2025 13:16:27"), &ms));
    assert_true(time_parse_dmy(slice_str("03/07/2025"), &ms));
    assert_false(time_parse_dmy(slice_str("31/04/2025, 13:16:27"), &ms));
    assert_false(time_parse_dmy(slice_str("07/13/2025, 13:16:27"), &ms));
    assert_false(time_parse_dmy(slice_str("03/07/2025, 13:16:27 PM"), &ms));
    assert_false(time_parse_dmy(slice_str("03/07/202"), &ms));
    assert_false(time_parse_dmy(slice_str(""), &ms));
}

static void epoch(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_true(time_from_epoch(1736951400, TIME_UNIT_S, &ms));
    assert_int_equal(ms, 1736951400000);
    assert_true(time_from_epoch(1736951400123456789, TIME_UNIT_NS, &ms));
    assert_int_equal(ms, 1736951400123);
    assert_true(time_from_epoch(-1, TIME_UNIT_US, &ms));
    assert_int_equal(ms, -1);
    assert_false(time_from_epoch(1736951400, TIME_UNIT_NONE, &ms));
    assert_false(time_from_epoch(INT64_MAX, TIME_UNIT_S, &ms));
    assert_false(time_from_epoch(INT64_MIN, TIME_UNIT_S, &ms));
    assert_int_equal(time_floor(-1, 60000), -60000);
    assert_int_equal(time_floor(-60000, 60000), -60000);
    assert_int_equal(time_floor(-60001, 60000), -120000);
    assert_int_equal(time_floor(59999, 60000), 0);
    assert_int_equal(time_floor(60000, 60000), 60000);
}

/* Every instant of the years 1..9999 comes back from the text that libc makes of it. */
static void round_trip(void **state)
{
    struct prop p = prop_begin(20000);

    (void)state;
    for (int i = 0; i < p.cases; i++) {
        int64_t ms =
            TIME_MIN_MS + (int64_t)prop_below(&p, (uint64_t)(TIME_MAX_MS - TIME_MIN_MS + 1));
        time_t second = (time_t)(time_floor(ms, MS_SECOND) / MS_SECOND);
        int64_t back = 0;
        bool zoned = false;
        char text[64];
        char instant[TIME_INSTANT_LEN + 1];
        struct tm t;

        gmtime_r(&second, &t);
        snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900,
                 t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec,
                 (int)(ms - second * MS_SECOND));
        assert_true(time_parse_iso(slice_str(text), &back, &zoned));
        assert_int_equal(back, ms);
        assert_true(zoned);
        time_format_instant(ms, instant);
        assert_int_equal(strlen(instant), TIME_INSTANT_LEN);
        assert_true(time_parse_iso(slice_str(instant), &back, &zoned));
        assert_int_equal(back, time_floor(ms, MS_SECOND));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso),
        cmocka_unit_test(dmy),
        cmocka_unit_test(epoch),
        cmocka_unit_test(round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
