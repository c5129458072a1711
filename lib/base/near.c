/* SPDX-License-Identifier: MIT */
#include "base/near.h"

#include <stdint.h>
#include <string.h>

static size_t min2(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t near_distance(struct slice a, struct slice b)
{
    size_t row[3][NEAR_MAX + 1]; /* rows i - 2, i - 1 and i of the usual table */
    size_t *before = row[0];
    size_t *last = row[1];
    size_t *now = row[2];

    if (a.n > NEAR_MAX || b.n > NEAR_MAX)
        return SIZE_MAX;
    memset(row, 0, sizeof(row));
    for (size_t j = 0; j <= b.n; j++)
        last[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            now[j] = min2(last[j - 1] + (a.p[i - 1] != b.p[j - 1]), min2(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                now[j] = min2(now[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[b.n];
}

bool near_enough(struct slice a, struct slice b, size_t distance)
{
    size_t longer = a.n > b.n ? a.n : b.n;

    return distance <= 3 && distance * 3 <= longer;
}
