/* SPDX-License-Identifier: MIT */
/* A time that was read is one that can be written and read back. */
#include <stdint.h>
#include <stdlib.h>

#include "base/time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct slice s = { (const char *)data, n };
    const int64_t first = -62135596800000;
    const int64_t last = 253402300799999;
    char text[TIME_ISO_LEN + 1];
    int64_t ms;
    int64_t back;
    bool zoned;

    if (!time_parse_iso(s, &ms, &zoned) && !time_parse_dmy(s, &ms))
        return 0;
    if (ms < first || ms > last) /* a zone may step over the edge of the calendar */
        return 0;
    time_format_iso(ms, text);
    if (!time_parse_iso(slice_str(text), &back, &zoned) || back != ms || !zoned)
        abort();
    return 0;
}
