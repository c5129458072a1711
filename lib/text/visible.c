/* SPDX-License-Identifier: MIT */
#include "text/visible.h"

#include <stdbool.h>
#include <stdint.h>

#include "text/utf8.h"

/* Unicode 15: general category Cc, U+2028 and U+2029, and Bidi_Control. */
static bool acts(int32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x061C || cp == 0x200E ||
           cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

static void escape(int32_t cp, struct buf *out)
{
    if (cp == '\n')
        buf_str(out, "\\n");
    else if (cp == '\r')
        buf_str(out, "\\r");
    else if (cp == '\t')
        buf_str(out, "\\t");
    else
        buf_fmt(out, "\\u%04x", (unsigned)cp);
}

void visible_add(struct slice s, struct buf *out)
{
    int32_t cp;

    for (size_t at = 0, len; at < s.n; at += len) {
        len = utf8_next(s, at, &cp);
        if (acts(cp))
            escape(cp, out);
        else if (cp == UTF8_REPLACEMENT && len == 1)
            buf_fmt(out, "\\x%02x", (unsigned char)s.p[at]);
        else
            buf_add(out, s.p + at, len);
    }
}
