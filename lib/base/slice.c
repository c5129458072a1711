/* SPDX-License-Identifier: MIT */
#include "base/slice.h"

#include <string.h>

struct slice slice_str(const char *s)
{
    return (struct slice){ s, s ? strlen(s) : 0 };
}

bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is(struct slice a, const char *s)
{
    return slice_eq(a, slice_str(s));
}

int slice_cmp(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int d = n > 0 ? memcmp(a.p, b.p, n) : 0;

    if (d != 0 || a.n == b.n)
        return d;
    return a.n < b.n ? -1 : 1;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct slice slice_cut(struct slice *s, char at)
{
    const char *found = s->n > 0 ? memchr(s->p, at, s->n) : NULL;
    const struct slice head = { s->p, found ? (size_t)(found - s->p) : s->n };
    const size_t gone = head.n + (found ? 1 : 0);

    if (gone > 0)
        *s = (struct slice){ s->p + gone, s->n - gone };
    return head;
}

bool slice_to_int64(struct slice s, int64_t *n)
{
    const bool minus = s.n > 0 && s.p[0] == '-';
    uint64_t sum = 0;

    if (s.n == (size_t)minus)
        return false;
    for (size_t i = minus; i < s.n; i++) {
        const unsigned d = (unsigned)(unsigned char)s.p[i] - '0';

        if (d > 9 || sum > (INT64_MAX - (uint64_t)d) / 10)
            return false;
        sum = sum * 10 + d;
    }
    *n = minus ? -(int64_t)sum : (int64_t)sum;
    return true;
}
