/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/time.h"

/* Days since 1970 to a date, by eras of 400 years that begin on 1 March: Howard
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2 ? 1 : 0));
}

enum { TEXT_MAX = 64 };

/* 2025-07-03 13:16:27, with between for the space. */
static void format(int64_t ms, char between, char text[TEXT_MAX])
{
    int year;
    int month;
    int day;

    ms = ms < TIME_MIN_MS ? TIME_MIN_MS : ms > TIME_MAX_MS ? TIME_MAX_MS : ms;
    int64_t midnight = time_floor(ms, MS_DAY);
    int second = (int)((ms - midnight) / MS_SECOND);
    civil_from_days(midnight / MS_DAY, &year, &month, &day);
    (void)snprintf(text, TEXT_MAX, "%04d-%02d-%02d%c%02d:%02d:%02d", year, month, day, between,
                   second / 3600, second / 60 % 60, second % 60);
}

void time_format_minute(int64_t ms, char out[TIME_MINUTE_LEN + 1])
{
    char text[TEXT_MAX];

    format(ms, ' ', text);
    (void)snprintf(out, TIME_MINUTE_LEN + 1, "%.16s", text);
}

void time_format_instant(int64_t ms, char out[TIME_INSTANT_LEN + 1])
{
    char text[TEXT_MAX];

    format(ms, 'T', text);
    (void)snprintf(out, TIME_INSTANT_LEN + 1, "%.19sZ", text);
}
