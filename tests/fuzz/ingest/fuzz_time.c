/* SPDX-License-Identifier: MIT */
/* A time that was read lies within the calendar, give or take a zone. */
#include <stdint.h>
#include <stdlib.h>

#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct slice s = { (const char *)data, n };
    int64_t ms;
    bool zoned;

    if (!time_parse_iso(s, &ms, &zoned) && !time_parse_dmy(s, &ms))
        return 0;
    if (ms < TIME_MIN_MS - MS_DAY || ms > TIME_MAX_MS + MS_DAY)
        abort();
    return 0;
}
