/* SPDX-License-Identifier: MIT */
#include "app/instant.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/time.h"

enum status instant_parse(const char *option, const char *text, int64_t dflt, int64_t *ms,
                          struct err *err)
{
    bool zoned;
    char *end;

    *ms = dflt;
    if (!text || time_parse_iso(slice_str(text), ms, &zoned))
        return ST_OK;
    *ms = strtoll(text, &end, 10);
    if (end == text || *end)
        return err_set(err, ST_FATAL,
                       "usage: --%s %s: want a time as 2025-07-03T13:16:27Z, or milliseconds",
                       option, text);
    return ST_OK;
}
