/* SPDX-License-Identifier: MIT */
#include "text/fold.h"

#include <utf8proc.h>

#include "text/utf8.h"

struct range {
    int32_t first, last;
};

/* Signs that Unicode 8 did not know, or knew as ordinary ones, among what it did:
 * they neither go nor stand alone. In order. No vocabulary of that time holds one
 * of them, so that a word with one is unknown, however it is spelt. */
static const struct range plain[] = {
    { 0x061D, 0x061D },   { 0x07FD, 0x07FD },   { 0x0890, 0x08E2 },   { 0x09FD, 0x09FE },
    { 0x0A76, 0x0A76 },   { 0x0AFA, 0x0AFF },   { 0x0B55, 0x0B55 },   { 0x0C04, 0x0C3C },
    { 0x0C77, 0x0C77 },   { 0x0C84, 0x0C84 },   { 0x0D00, 0x0D00 },   { 0x0D3B, 0x0D3C },
    { 0x0D81, 0x0D81 },   { 0x0EBA, 0x0EBA },   { 0x0ECE, 0x0ECE },   { 0x180F, 0x1886 },
    { 0x1ABF, 0x1ACE },   { 0x1B7D, 0x1B7E },   { 0x1DF6, 0x1DFB },   { 0x2E43, 0x2E5D },
    { 0xA82C, 0xA82C },   { 0xA8C5, 0xA8C5 },   { 0xA8FF, 0xA8FF },   { 0xA9BD, 0xA9BD },
    { 0x10D24, 0x10F89 }, { 0x11070, 0x11074 }, { 0x110C2, 0x110CD }, { 0x111CF, 0x111CF },
    { 0x1123E, 0x11241 }, { 0x1133B, 0x1133B }, { 0x11438, 0x1145E }, { 0x11660, 0x1166C },
    { 0x116B9, 0x116B9 }, { 0x1182F, 0x11FFF }, { 0x12FF1, 0x13455 }, { 0x16E97, 0x16F4F },
    { 0x16FE2, 0x16FE4 }, { 0x1CF00, 0x1CF46 }, { 0x1E000, 0x1E4EF }, { 0x1E944, 0x1E95F },
};

static const struct range ideographs[] = {
    { 0x3400, 0x4DBF },   { 0x4E00, 0x9FFF },   { 0xF900, 0xFAFF },   { 0x20000, 0x2A6DF },
    { 0x2A700, 0x2B73F }, { 0x2B740, 0x2B81F }, { 0x2B920, 0x2CEAF }, { 0x2F800, 0x2FA1F },
};

static bool is_in(const struct range *r, size_t n, int32_t cp)
{
    for (size_t i = 0; i < n && cp >= r[i].first; i++) {
        if (cp <= r[i].last)
            return true;
    }
    return false;
}

static bool is_plain(int32_t cp)
{
    return is_in(plain, sizeof(plain) / sizeof(plain[0]), cp);
}

static bool is_ideograph(int32_t cp)
{
    return cp >= 0x3400 && is_in(ideographs, sizeof(ideographs) / sizeof(ideographs[0]), cp);
}

/* The property White_Space, beyond ASCII and U+0085 (a control character, and dropped). */
static bool is_white(int32_t cp)
{
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
}

static bool is_dropped(int32_t cp)
{
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
        return true;
    default:
        return cp == UTF8_REPLACEMENT;
    }
}

/* A mark that is taken off its letter. */
static bool is_accent(int32_t cp)
{
    return cp == 0x1734 || (utf8proc_category(cp) == UTF8PROC_CATEGORY_MN && cp != 0x111C9);
}

static bool is_punctuation(int32_t cp)
{
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
        return true;
    default:
        return cp == 0x166D || cp == 0x111C9; /* punctuation in Unicode 8 */
    }
}

static bool is_ascii_sign(int32_t cp)
{
    return cp < 0x80 && cp > ' ' && cp != 0x7F && !utf8_is_letter(cp) && !utf8_is_digit(cp);
}

static size_t fold_ascii(int32_t cp, struct folded *out)
{
    if (cp == '\t' || cp == '\n' || cp == '\r')
        cp = ' ';
    else if (cp < ' ' || cp == 0x7F)
        return 0;
    *out = (struct folded){ utf8_lower(cp), is_ascii_sign(cp) };
    return 1;
}

size_t fold(int32_t cp, struct folded out[FOLD_MAX])
{
    int32_t parts[FOLD_MAX];
    utf8proc_ssize_t n;
    size_t kept = 0;

    if (cp < 0x80)
        return fold_ascii(cp, out);
    if (is_plain(cp)) {
        out[0] = (struct folded){ utf8_lower(cp), false };
        return 1;
    }
    if (is_white(cp)) {
        out[0] = (struct folded){ ' ', false };
        return 1;
    }
    if (is_dropped(cp))
        return 0;
    n = utf8proc_decompose_char(cp, parts, FOLD_MAX, UTF8PROC_DECOMPOSE, NULL);
    for (utf8proc_ssize_t i = 0; i < n && i < FOLD_MAX; i++) {
        int32_t small = utf8_lower(parts[i]);

        if (!is_accent(parts[i]))
            out[kept++] = (struct folded){ small, is_ideograph(cp) || is_ascii_sign(small) ||
                                                      (small >= 0x80 && is_punctuation(small)) };
    }
    return kept;
}
