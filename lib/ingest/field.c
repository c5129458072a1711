/* SPDX-License-Identifier: MIT */
#include "ingest/field.h"

#include <stdio.h>
#include <string.h>

#include "ingest/ingest.h"

struct slice field_string(const json_t *v)
{
    if (!json_is_string(v))
        return (struct slice){ NULL, 0 };
    struct slice s = slice_trim((struct slice){ json_string_value(v), json_string_length(v) });

    if (s.n >= 3 && memcmp(s.p, "=\"", 2) == 0 && s.p[s.n - 1] == '"')
        s = slice_trim((struct slice){ s.p + 2, s.n - 3 });
    return s;
}

static bool keep_id(struct slice s, struct arena *a, struct slice *id, bool *oom)
{
    if (s.n == 0 || slice_is(s, "0"))
        return true;
    if (s.n > INGEST_ID_MAX)
        return false;
    *id = arena_copy(a, s);
    *oom = *oom || !id->p;
    return true;
}

bool field_id(const json_t *v, struct arena *a, struct slice *id, bool *oom)
{
    char digits[24];

    *id = (struct slice){ NULL, 0 };
    if (!v)
        return true;
    if (json_is_string(v))
        return keep_id(field_string(v), a, id, oom);
    if (!json_is_integer(v) || json_integer_value(v) < 0)
        return false;
    snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    return keep_id(slice_str(digits), a, id, oom);
}

/* The digits behind the last "/video/", or s itself. */
static struct slice video_of_url(struct slice s)
{
    static const char mark[] = "/video/";
    const size_t len = sizeof(mark) - 1;

    for (size_t i = s.n >= len ? s.n - len + 1 : 0; i-- > 0;) {
        if (memcmp(s.p + i, mark, len) != 0)
            continue;
        struct slice id = { s.p + i + len, 0 };
        while (id.p + id.n < s.p + s.n && id.p[id.n] >= '0' && id.p[id.n] <= '9')
            id.n++;
        return id;
    }
    return s;
}

bool field_video_id(const json_t *v, struct arena *a, struct slice *id, bool *oom)
{
    *id = (struct slice){ NULL, 0 };
    if (v && json_is_string(v))
        return keep_id(video_of_url(field_string(v)), a, id, oom);
    return field_id(v, a, id, oom);
}

/* "156" and the "156.0" of tables that had a gap in the column. */
static bool count_of_string(struct slice s, int64_t *n)
{
    const char *dot = s.n > 0 ? memchr(s.p, '.', s.n) : NULL;

    if (dot) {
        const size_t whole = (size_t)(dot - s.p);
        if (s.n == whole + 1 || strspn(dot + 1, "0") < s.n - whole - 1)
            return false;
        s.n = whole;
    }
    return slice_to_int64(s, n);
}

bool field_count(const json_t *v, struct opt_long *n)
{
    *n = (struct opt_long){ 0 };
    if (!v)
        return true;
    if (json_is_integer(v)) {
        n->v = json_integer_value(v);
    } else if (json_is_real(v)) {
        const double d = json_real_value(v);
        if (!(d >= 0 && d <= (double)INGEST_COUNT_MAX) || d != (double)(int64_t)d)
            return false;
        n->v = (int64_t)d;
    } else if (json_is_string(v)) {
        const struct slice s = field_string(v);
        if (s.n == 0)
            return true;
        if (!count_of_string(s, &n->v))
            return false;
    } else {
        return false;
    }
    n->has = n->v >= 0 && n->v <= INGEST_COUNT_MAX;
    return n->has;
}

static bool same_word(struct slice s, const char *lower)
{
    if (s.n != strlen(lower))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if ((s.p[i] | 0x20) != (lower[i] | 0x20))
            return false;
    }
    return true;
}

bool field_bool(const json_t *v, struct opt_bool *b)
{
    static const char *const words[] = { "no", "yes", "false", "true", "0", "1" };

    *b = (struct opt_bool){ 0 };
    if (!v)
        return true;
    if (json_is_boolean(v)) {
        *b = (struct opt_bool){ json_is_true(v), true };
    } else if (json_is_integer(v)) {
        const json_int_t n = json_integer_value(v);
        *b = (struct opt_bool){ n == 1, n == 0 || n == 1 };
    } else if (json_is_string(v)) {
        const struct slice s = field_string(v);
        if (s.n == 0)
            return true;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            if (same_word(s, words[i]))
                *b = (struct opt_bool){ i % 2 == 1, true };
        }
    }
    return b->has;
}
