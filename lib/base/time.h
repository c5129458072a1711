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

enum { TIME_ISO_LEN = 24 }; /* 2025-07-03T13:16:27.000Z */

struct civil {
    int64_t year; /* 1..9999  */
    int month;    /* 1..12    */
    int day;      /* 1..31    */
    int hour;     /* 0..23    */
    int minute;   /* 0..59    */
    int second;   /* 0..60    */
    int ms;       /* 0..999   */
};

/* What a number without a unit counts since 1970. Magnitude does not tell: a
 * number of microseconds is a date in its own right as milliseconds. */
enum time_unit {
    TIME_UNIT_NONE, /* not known: refuse */
    TIME_UNIT_S,
    TIME_UNIT_MS,
    TIME_UNIT_US,
    TIME_UNIT_NS,
};

/* Milliseconds of a date and time in UTC; false if one of the parts is out of
 * its range (31 April, 29 February of a common year). */
bool time_from_civil(const struct civil *c, int64_t *ms);

/* The date and time in UTC of ms; the inverse of time_from_civil() for the
 * years 1..9999. */
struct civil time_to_civil(int64_t ms);

/* n units since 1970; false without a unit or when the result overflows. Finer
 * parts of a millisecond are cut towards the past. */
bool time_from_epoch(int64_t n, enum time_unit unit, int64_t *ms);

/* "s", "ms", "us", "ns"; false for anything else. */
bool time_unit_parse(struct slice s, enum time_unit *unit);

/* ISO 8601: 2025-07-03, 2025-07-03T13:16:27, with a space for the T, with a
 * fraction, with Z, +02:00, +0200 or +02. Without a zone it is read as UTC and
 * *zoned is false. The whole of s must fit. */
bool time_parse_iso(struct slice s, int64_t *ms, bool *zoned);

/* 03/07/2025, 13:16:27 (day first; the comma and the time may be missing), as
 * UTC: this form never has a zone. */
bool time_parse_dmy(struct slice s, int64_t *ms);

/* Writes 2025-07-03T13:16:27.000Z and a NUL; years 1..9999. */
void time_format_iso(int64_t ms, char out[TIME_ISO_LEN + 1]);

/* The greatest multiple of step at or below ms, step > 0; also for negative ms. */
int64_t time_floor(int64_t ms, int64_t step);

#endif
