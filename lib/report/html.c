/* SPDX-License-Identifier: MIT */
#include "report/html.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/utf8.h"
#include "text/utf8.h"
#include "text/visible.h"

static const char *entity(int32_t cp)
{
    switch (cp) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_whole(struct buf *out, struct slice s)
{
    int32_t cp;

    for (size_t at = 0, len; at < s.n; at += len) {
        len = utf8_next(s, at, &cp);
        const char *instead = entity(cp);
        if (instead)
            buf_str(out, instead);
        else
            visible_add((struct slice){ s.p + at, len }, out);
    }
}

void html_text(struct buf *out, struct slice s)
{
    const struct slice shown = utf8_cut(s, HTML_TEXT_MAX);

    html_whole(out, shown);
    if (shown.n < s.n)
        buf_str(out, "\xE2\x80\xA6");
}

void html_minute(struct buf *out, int64_t ms)
{
    char text[TIME_MINUTE_LEN + 1];

    time_format_minute(ms, text);
    buf_str(out, text);
}

void html_count(struct buf *out, int64_t n)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%lld", (long long)n);
    const size_t len = strlen(digits);
    const size_t first = n < 0 ? 1 : 0;
    for (size_t i = 0; i < len; i++) {
        if (i > first && (len - i) % 3 == 0)
            buf_byte(out, ',');
        buf_byte(out, digits[i]);
    }
}

void html_number(struct buf *out, double x)
{
    if (isfinite(x))
        buf_fmt(out, "%.3g", x);
    else
        buf_str(out, "\xE2\x80\x93");
}

void html_chance(struct buf *out, double p)
{
    if (p < 1e-300)
        buf_str(out, "&lt; 1e-300");
    else
        html_number(out, p);
}

void html_share(struct buf *out, double share)
{
    if (isfinite(share))
        buf_fmt(out, "%.1f %%", share * 100.0);
    else
        buf_str(out, "\xE2\x80\x93");
}
