/* SPDX-License-Identifier: MIT */
#include "consumers/console/ask.h"

#include <string.h>

#include "base/slice.h"

bool ask_time(const char *text, int64_t dflt, int64_t *out)
{
    *out = dflt;
    return !text || (slice_to_int64(slice_str(text), out) && *out >= 0);
}

bool ask_is_id(const char *id)
{
    const size_t n = strlen(id);

    return n > 0 && n <= ASK_ID_MAX && strspn(id, "0123456789abcdef") == n;
}
