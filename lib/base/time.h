/* SPDX-License-Identifier: MIT */
/* time.h -- instants as milliseconds since 1970 UTC, read without libc.
 *
 * libc's functions look at TZ and at files; these look at their argument only.
 * The calendar is the proleptic Gregorian one. Leap seconds do not exist in this
 * count: 23:59:60 is the midnight that follows, as POSIX has it. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR   (60 * MS_MINUTE)
#define MS_DAY    (24 * MS_HOUR)

/* The years 1 to 9999: the times that these functions read, and far from overflow. */
#define TIME_MIN_MS (-INT64_C(62135596800000))
#define TIME_MAX_MS INT64_C(253402300799999)

/* What a number without a unit counts since 1970. Magnitude does not tell: a
 * number of microseconds is a date in its own right as milliseconds. */
enum time_unit {
    TIME_UNIT_NONE, /* not known: refuse */
    TIME_UNIT_S,
    TIME_UNIT_MS,
    TIME_UNIT_US,
    TIME_UNIT_NS,
};

/* n units since 1970; false without a unit or when the result overflows. Finer
 * parts of a millisecond are cut towards the past. */
bool time_from_epoch(int64_t n, enum time_unit unit, int64_t *ms);

/* ISO 8601: 2025-07-03, 2025-07-03T13:16:27, with a space for the T, with a
 * fraction, with Z, +02:00, +0200 or +02. Without a zone it is read as UTC and
 * *zoned is false. The whole of s must fit. */
bool time_parse_iso(struct slice s, int64_t *ms, bool *zoned);

/* 03/07/2025, 13:16:27 (day first; the comma and the time may be missing), as
 * UTC: this form never has a zone. */
bool time_parse_dmy(struct slice s, int64_t *ms);

enum { TIME_MINUTE_LEN = 16 }; /* 2025-07-03 13:16 */

/* Writes the UTC minute that ms is in, and a NUL; ms is brought within TIME_MIN_MS
 * and TIME_MAX_MS first. */
void time_format_minute(int64_t ms, char out[TIME_MINUTE_LEN + 1]);

enum { TIME_INSTANT_LEN = 20 }; /* 2025-07-03T13:16:27Z */

/* The same for the second, as commands and time_parse_iso() take it. */
void time_format_instant(int64_t ms, char out[TIME_INSTANT_LEN + 1]);

/* The greatest multiple of step at or below ms, step > 0; also for negative ms. */
int64_t time_floor(int64_t ms, int64_t step);

#endif
