/* SPDX-License-Identifier: MIT */
#include "producers/import/scan.h"

#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t scan_space(struct slice s, size_t at, const char *also)
{
    while (at < s.n && (is_space(s.p[at]) || (s.p[at] != '\0' && strchr(also, s.p[at]))))
        at++;
    return at;
}

/* Index behind the string that starts at the quote at, or 0. */
static size_t scan_string(struct slice s, size_t at)
{
    for (size_t i = at + 1; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            return i + 1;
    }
    return 0;
}

static bool ends_word(char c)
{
    return is_space(c) || (c != '\0' && strchr(",:{}[]\"", c));
}

/* Index behind the container that starts at at, or 0. */
static size_t scan_container(struct slice s, size_t at)
{
    size_t depth = 0;

    for (size_t i = at; i < s.n;) {
        const char c = s.p[i];

        if (c == '"') {
            i = scan_string(s, i);
            if (i == 0)
                return 0;
            continue;
        }
        i++;
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return i;
    }
    return 0;
}

size_t scan_value(struct slice s, size_t at)
{
    if (at >= s.n)
        return 0;
    if (s.p[at] == '"')
        return scan_string(s, at);
    if (s.p[at] == '{' || s.p[at] == '[')
        return scan_container(s, at);
    for (size_t i = at + 1; i < s.n; i++) {
        if (ends_word(s.p[i]))
            return i;
    }
    return 0;
}

/* As scan_value(), where s is all there will ever be. */
static size_t value_or_rest(struct slice s, size_t at)
{
    const size_t end = scan_value(s, at);

    return end > 0 ? end : s.n;
}

struct slice scan_member(struct slice object, const char *key)
{
    const struct slice none = { NULL, 0 };
    const size_t len = strlen(key);
    size_t at = scan_space(object, 0, "{");

    while (at < object.n && object.p[at] == '"') {
        const size_t end = value_or_rest(object, at);
        const bool hit = end - at == len + 2 && memcmp(object.p + at + 1, key, len) == 0;

        const size_t value = scan_space(object, end, ":");
        if (value >= object.n)
            return none;
        const size_t value_end = value_or_rest(object, value);
        if (hit)
            return (struct slice){ object.p + value, value_end - value };
        at = scan_space(object, value_end, ",");
    }
    return none;
}

bool scan_element(struct slice array, size_t *at, struct slice *element)
{
    if (*at == 0)
        *at = scan_space(array, 0, "") + 1; /* the bracket */
    *at = scan_space(array, *at, ",");
    if (*at >= array.n || array.p[*at] == ']')
        return false;
    const size_t end = value_or_rest(array, *at);
    *element = (struct slice){ array.p + *at, end - *at };
    *at = end;
    return true;
}
