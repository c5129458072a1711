/* SPDX-License-Identifier: MIT */
#include "ingest/text.h"

#include <string.h>
#include <utf8proc.h>

static bool invisible(utf8proc_int32_t cp)
{
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_ZS: /* spaces, separators         */
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC: /* controls                   */
    case UTF8PROC_CATEGORY_CF: /* joiners, bidi, BOM, tags   */
        return true;
    default:
        return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
    }
}

bool text_visible(struct slice s)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p;

    for (size_t i = 0; i < s.n;) {
        utf8proc_int32_t cp;
        const utf8proc_ssize_t n = utf8proc_iterate(p + i, (utf8proc_ssize_t)(s.n - i), &cp);

        if (n <= 0 || !invisible(cp))
            return true;
        i += (size_t)n;
    }
    return false;
}

bool text_has_replacement(struct slice s)
{
    static const char mark[] = "\xEF\xBF\xBD";

    for (size_t i = 0; i + 3 <= s.n; i++) {
        if (memcmp(s.p + i, mark, 3) == 0)
            return true;
    }
    return false;
}
