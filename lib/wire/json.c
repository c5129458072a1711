/* SPDX-License-Identifier: MIT */
#include "wire/json.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* The pre-scan: one pass that knows strings and numbers and no grammar. What
 * it does not understand it leaves to jansson. */
struct scan {
    const char *p;
    const char *end;
    int depth;
    enum dead_reason reason;
};

static bool fault(struct scan *s, enum dead_reason reason)
{
    s->reason = reason;
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* Four hex digits at p, or -1. */
static int hex4(const char *p, const char *end)
{
    int v = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;

        if (!is_digit(c) && (d < 10 || d > 15))
            return -1;
        v = v * 16 + d;
    }
    return v;
}

/* At the digits of a \u escape. */
static bool scan_escape(struct scan *s)
{
    int u = hex4(s->p, s->end);

    if (u < 0)
        return true; /* jansson says what is wrong */
    s->p += 4;
    if (u < 0xD800 || u > 0xDFFF)
        return true;
    bool pair = u < 0xDC00 && s->end - s->p >= 6 && s->p[0] == '\\' && s->p[1] == 'u';
    int low = pair ? hex4(s->p + 2, s->end) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return fault(s, DEAD_ENCODING);
    s->p += 6;
    return true;
}

/* Behind the opening quote of a string; ends behind the closing one. */
static bool scan_string(struct scan *s)
{
    while (s->p < s->end) {
        char c = *s->p++;

        if (c == '"')
            return true;
        if (c != '\\' || s->p == s->end)
            continue;
        if (*s->p++ == 'u' && !scan_escape(s))
            return false;
    }
    return true;
}

/* A number as RFC 8259 has it, or one of the words that stand for none. */
static bool scan_number(struct scan *s)
{
    const char *p = s->p + (*s->p == '-');
    const char *whole = p;

    p = digits(p, s->end);
    if (p == whole || (*whole == '0' && p - whole > 1))
        return fault(s, DEAD_NUMBER);
    if (p < s->end && *p == '.') {
        const char *fraction = p + 1;

        p = digits(fraction, s->end);
        if (p == fraction)
            return fault(s, DEAD_NUMBER);
    }
    if (p < s->end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < s->end && (*p == '+' || *p == '-');
        const char *exponent = p;

        p = digits(p, s->end);
        if (p == exponent)
            return fault(s, DEAD_NUMBER);
    }
    s->p = p;
    return true;
}

static bool scan_token(struct scan *s)
{
    char c = *s->p;

    if (c == '-' || c == '+' || c == 'N' || c == 'I' || is_digit(c))
        return scan_number(s);
    s->p++;
    if (c == '"')
        return scan_string(s);
    if ((c == '{' || c == '[') && ++s->depth > WIRE_JSON_DEPTH_MAX)
        return fault(s, DEAD_DEPTH);
    if (c == '}' || c == ']')
        s->depth--;
    return true;
}

/* Of the process, as jansson's allocator is; a failure in another thread meanwhile
 * is no less a reason to stop. */
static atomic_ulong failed_allocations;

static void *watched_malloc(size_t n)
{
    void *p = malloc(n);

    if (!p)
        atomic_fetch_add(&failed_allocations, 1);
    return p;
}

void wire_json_watch_memory(void)
{
    json_set_alloc_funcs(watched_malloc, free);
}

static const char *const what[DEAD_N] = {
    [DEAD_JSON] = "is not JSON",
    [DEAD_DEPTH] = "is nested too deep",
    [DEAD_DUP_KEY] = "has a key twice",
    [DEAD_NUMBER] = "has a number that is none or too large",
    [DEAD_TOO_LARGE] = "is too large",
    [DEAD_ENCODING] = "is not UTF-8, or has \\u0000 or half a surrogate pair",
};

static enum status reject(enum dead_reason why, enum dead_reason *reason, struct err *err)
{
    *reason = why;
    return err_set(err, ST_REJECT, "json: text %s", what[why]);
}

static enum dead_reason reason_of(const json_error_t *je)
{
    switch (json_error_code(je)) {
    case json_error_duplicate_key:
        return DEAD_DUP_KEY;
    case json_error_numeric_overflow:
        return DEAD_NUMBER;
    case json_error_invalid_utf8:
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return DEAD_ENCODING;
    case json_error_stack_overflow:
        return DEAD_DEPTH;
    default:
        return DEAD_JSON;
    }
}

enum status wire_json_parse(struct slice text, size_t max, unsigned flags, json_t **out,
                            enum dead_reason *reason, struct err *err)
{
    json_error_t je = { 0 };
    size_t jflags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;

    *out = NULL;
    if (text.n > max)
        return reject(DEAD_TOO_LARGE, reason, err);
    if ((flags & WIRE_JSON_BOM) && text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0) {
        text.p += 3;
        text.n -= 3;
    }
    if (!utf8_valid(text))
        return reject(DEAD_ENCODING, reason, err);
    struct scan s = { .p = text.p, .end = text.p + text.n };
    while (s.p < s.end) {
        if (!scan_token(&s))
            return reject(s.reason, reason, err);
    }
    if (flags & WIRE_JSON_NUL)
        jflags |= JSON_ALLOW_NUL;
    unsigned long failed = atomic_load(&failed_allocations);
    *out = json_loadb(text.p ? text.p : "", text.n, jflags, &je);
    if (failed != atomic_load(&failed_allocations)) {
        json_decref(*out);
        *out = NULL;
        return err_set(err, ST_FATAL, "out of memory for JSON");
    }
    return *out ? ST_OK : reject(reason_of(&je), reason, err);
}
