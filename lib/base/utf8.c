/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdint.h>

/* How many bytes follow a lead byte, and the range of the first of them: the
 * rows of table 3-7 of the Unicode standard. */
struct lead {
    uint8_t from, to;
    uint8_t more;
    uint8_t lo, hi;
};

static const struct lead leads[] = {
    { 0xC2, 0xDF, 1, 0x80, 0xBF }, { 0xE0, 0xE0, 2, 0xA0, 0xBF }, { 0xE1, 0xEC, 2, 0x80, 0xBF },
    { 0xED, 0xED, 2, 0x80, 0x9F }, { 0xEE, 0xEF, 2, 0x80, 0xBF }, { 0xF0, 0xF0, 3, 0x90, 0xBF },
    { 0xF1, 0xF3, 3, 0x80, 0xBF }, { 0xF4, 0xF4, 3, 0x80, 0x8F },
};

static const struct lead *lead_of(uint8_t b)
{
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
        if (b >= leads[i].from && b <= leads[i].to)
            return &leads[i];
    }
    return NULL;
}

int utf8_step(struct slice s)
{
    const uint8_t *p = (const uint8_t *)s.p;

    if (s.n == 0)
        return 0;
    if (p[0] < 0x80)
        return 1;
    const struct lead *lead = lead_of(p[0]);
    if (!lead)
        return -1;
    uint8_t lo = lead->lo;
    uint8_t hi = lead->hi;
    for (int i = 1; i <= lead->more; i++) {
        if ((size_t)i >= s.n || p[i] < lo || p[i] > hi)
            return -i;
        lo = 0x80;
        hi = 0xBF;
    }
    return lead->more + 1;
}

bool utf8_valid(struct slice s)
{
    while (s.n > 0) {
        int step = utf8_step(s);

        if (step <= 0)
            return false;
        s.p += step;
        s.n -= (size_t)step;
    }
    return true;
}

size_t utf8_repair(struct slice s, struct buf *out)
{
    size_t repaired = 0;

    while (s.n > 0) {
        int step = utf8_step(s);
        size_t n = (size_t)(step > 0 ? step : -step);

        if (step > 0) {
            buf_add(out, s.p, n);
        } else {
            buf_str(out, "\xEF\xBF\xBD");
            repaired++;
        }
        s.p += n;
        s.n -= n;
    }
    return repaired;
}

struct slice utf8_cut(struct slice s, size_t max)
{
    size_t n = 0;
    int step;

    if (s.n <= max)
        return s;
    while ((step = utf8_step((struct slice){ s.p + n, s.n - n })) != 0) {
        size_t k = (size_t)(step > 0 ? step : -step);

        if (n + k > max)
            break;
        n += k;
    }
    return (struct slice){ s.p, n };
}
