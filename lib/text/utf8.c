/* SPDX-License-Identifier: MIT */
#include "text/utf8.h"

#include <utf8proc.h>

/* Below this are signs like (c) and (TM), pictographs by name only. */
#define FIRST_EMOJI 0x2190

size_t utf8_next(struct slice s, size_t at, int32_t *cp)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p + at;
    utf8proc_ssize_t n;

    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    n = utf8proc_iterate(p, (utf8proc_ssize_t)(s.n - at), cp);
    if (n > 0)
        return (size_t)n;
    *cp = UTF8_REPLACEMENT;
    return 1;
}

size_t utf8_put(int32_t cp, char out[UTF8_LEN_MAX])
{
    return (size_t)utf8proc_encode_char(cp, (utf8proc_uint8_t *)out);
}

int32_t utf8_lower(int32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
    return utf8proc_tolower(cp);
}

bool utf8_is_upper(int32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z';
    return utf8proc_category(cp) == UTF8PROC_CATEGORY_LU;
}

bool utf8_is_letter(int32_t cp)
{
    if (cp < 0x80)
        return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return true;
    default:
        return false;
    }
}

bool utf8_is_digit(int32_t cp)
{
    if (cp < 0x80)
        return cp >= '0' && cp <= '9';
    return utf8proc_category(cp) == UTF8PROC_CATEGORY_ND;
}

bool utf8_is_mark(int32_t cp)
{
    if (cp < 0x300)
        return false;
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return true;
    default:
        return false;
    }
}

bool utf8_is_space(int32_t cp)
{
    if (cp < 0x80)
        return cp <= ' ' || cp == 0x7F;
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF: /* joiners, direction marks */
        return true;
    default:
        return false;
    }
}

bool utf8_is_latin(int32_t cp)
{
    if (cp < 0x80)
        return utf8_is_letter(cp);
    return ((cp >= 0xC0 && cp <= 0x24F) || (cp >= 0x1E00 && cp <= 0x1EFF) ||
            (cp >= 0x2C60 && cp <= 0x2C7F) || (cp >= 0xA720 && cp <= 0xA7FF)) &&
           utf8_is_letter(cp);
}

static bool starts_emoji(int32_t cp)
{
    unsigned bound;

    if (cp < FIRST_EMOJI)
        return false;
    bound = utf8proc_get_property(cp)->boundclass;
    return bound == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
           bound == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

size_t utf8_emoji(struct slice s, size_t at)
{
    utf8proc_int32_t state = 0;
    int32_t prev;
    int32_t cp;
    size_t end = at + utf8_next(s, at, &prev);

    if (!starts_emoji(prev))
        return 0;
    while (end < s.n) {
        size_t n = utf8_next(s, end, &cp);

        if (utf8proc_grapheme_break_stateful(prev, cp, &state))
            break;
        end += n;
        prev = cp;
    }
    return end - at;
}
