/* SPDX-License-Identifier: MIT */
#include "base/time.h"

struct civil {
    int64_t year; /* 1..9999  */
    int month;    /* 1..12    */
    int day;      /* 1..31    */
    int hour;     /* 0..23    */
    int minute;   /* 0..59    */
    int second;   /* 0..60    */
    int ms;       /* 0..999   */
};

/* Days since 1970-01-01 of a date, by 400-year eras that start in March
 * (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t yoe = y - era * 400;
    const int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    const int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

static bool leap(int64_t y)
{
    return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int days_in_month(int64_t y, int m)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return m == 2 && leap(y) ? 29 : days[m - 1];
}

static bool within(int v, int lo, int hi)
{
    return v >= lo && v <= hi;
}

/* Milliseconds in UTC; false if one of the parts is out of its range (31 April,
 * 29 February of a common year). */
static bool from_civil(const struct civil *c, int64_t *ms)
{
    if (c->year < 1 || c->year > 9999 || !within(c->month, 1, 12) ||
        !within(c->day, 1, days_in_month(c->year, c->month)))
        return false;
    if (!within(c->hour, 0, 23) || !within(c->minute, 0, 59) || !within(c->second, 0, 60) ||
        !within(c->ms, 0, 999))
        return false;
    *ms = days_from_civil(c->year, c->month, c->day) * MS_DAY + c->hour * MS_HOUR +
          c->minute * MS_MINUTE + c->second * MS_SECOND + c->ms;
    return true;
}

int64_t time_floor(int64_t ms, int64_t step)
{
    int64_t rest = ms % step;

    return ms - (rest < 0 ? rest + step : rest);
}

bool time_from_epoch(int64_t n, enum time_unit unit, int64_t *ms)
{
    switch (unit) {
    case TIME_UNIT_S:
        if (n > INT64_MAX / MS_SECOND || n < INT64_MIN / MS_SECOND)
            return false;
        *ms = n * MS_SECOND;
        return true;
    case TIME_UNIT_MS:
        *ms = n;
        return true;
    case TIME_UNIT_US:
        *ms = time_floor(n, 1000) / 1000;
        return true;
    case TIME_UNIT_NS:
        *ms = time_floor(n, 1000000) / 1000000;
        return true;
    case TIME_UNIT_NONE:
        break;
    }
    return false;
}

/* A reader over what is left of the text; each step says whether it fitted. */
struct cursor {
    const char *p;
    const char *end;
};

static bool skip(struct cursor *c, char want)
{
    if (c->p == c->end || *c->p != want)
        return false;
    c->p++;
    return true;
}

static bool digits(struct cursor *c, int n, int *v)
{
    *v = 0;
    for (int i = 0; i < n; i++, c->p++) {
        if (c->p == c->end || *c->p < '0' || *c->p > '9')
            return false;
        *v = *v * 10 + (*c->p - '0');
    }
    return true;
}

/* hh:mm[:ss[.fraction]]; of a fraction the first three digits count. */
static bool read_clock(struct cursor *c, struct civil *t)
{
    if (!digits(c, 2, &t->hour) || !skip(c, ':') || !digits(c, 2, &t->minute))
        return false;
    if (!skip(c, ':'))
        return true;
    if (!digits(c, 2, &t->second))
        return false;
    if (!skip(c, '.') && !skip(c, ','))
        return true;
    int scale = 100;
    int d;
    if (!digits(c, 1, &d))
        return false;
    do {
        t->ms += d * scale;
        scale /= 10;
    } while (digits(c, 1, &d));
    return true;
}

/* Z, +hh:mm, +hhmm or +hh; the offset of local time from UTC in ms. */
static bool read_zone(struct cursor *c, int64_t *offset)
{
    int hour = 0;
    int minute = 0;

    *offset = 0;
    if (skip(c, 'Z') || skip(c, 'z'))
        return true;
    const bool west = skip(c, '-');
    if (!west && !skip(c, '+'))
        return false;
    if (!digits(c, 2, &hour))
        return false;
    if (skip(c, ':') || c->p != c->end) {
        if (!digits(c, 2, &minute))
            return false;
    }
    if (hour > 14 || minute > 59)
        return false;
    *offset = (hour * MS_HOUR + minute * MS_MINUTE) * (west ? -1 : 1);
    return true;
}

bool time_parse_iso(struct slice s, int64_t *ms, bool *zoned)
{
    struct civil t = { 0 };
    struct cursor c = { s.p, s.n > 0 ? s.p + s.n : s.p };
    int year;
    int64_t offset = 0;

    *zoned = false;
    if (!digits(&c, 4, &year) || !skip(&c, '-') || !digits(&c, 2, &t.month) || !skip(&c, '-') ||
        !digits(&c, 2, &t.day))
        return false;
    t.year = year;
    if (skip(&c, 'T') || skip(&c, 't') || skip(&c, ' ')) {
        if (!read_clock(&c, &t))
            return false;
        skip(&c, ' ');
        if (c.p != c.end) {
            if (!read_zone(&c, &offset))
                return false;
            *zoned = true;
        }
    }
    if (c.p != c.end || !from_civil(&t, ms))
        return false;
    *ms -= offset;
    return true;
}

bool time_parse_dmy(struct slice s, int64_t *ms)
{
    struct civil t = { 0 };
    struct cursor c = { s.p, s.n > 0 ? s.p + s.n : s.p };
    int year;

    if (!digits(&c, 2, &t.day) || !skip(&c, '/') || !digits(&c, 2, &t.month) || !skip(&c, '/') ||
        !digits(&c, 4, &year))
        return false;
    t.year = year;
    if (c.p != c.end) {
        const bool comma = skip(&c, ',');
        if ((!skip(&c, ' ') && !comma) || !read_clock(&c, &t))
            return false;
    }
    return c.p == c.end && from_civil(&t, ms);
}
