/* SPDX-License-Identifier: MIT */
#include "flow/align.h"

#include "record/types.h"

static bool counts(const struct lane *l)
{
    return !l->idle && l->time_ms != WM_END;
}

/* from + ms, at most the end of time. */
static int64_t later(int64_t from, int64_t ms)
{
    return from > INT64_MAX - ms ? INT64_MAX : from + ms;
}

size_t align(struct lane *v, size_t n, int64_t max_skew_ms)
{
    int64_t slowest = WM_END;
    size_t paused = 0;

    for (size_t i = 0; i < n; i++) {
        if (counts(&v[i]) && v[i].time_ms < slowest)
            slowest = v[i].time_ms;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t most = v[i].paused ? max_skew_ms / 2 : max_skew_ms;

        v[i].paused = counts(&v[i]) && v[i].time_ms > later(slowest, most);
        paused += v[i].paused;
    }
    return paused;
}
