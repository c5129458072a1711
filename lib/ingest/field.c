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
    if (json_is_string(v))
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

static bool integer_of(const json_t *v, int64_t *n)
{
    if (json_is_integer(v)) {
        *n = json_integer_value(v);
        return true;
    }
    if (json_is_real(v)) {
        const double d = json_real_value(v);

        if (!(d >= 0 && d <= (double)INGEST_COUNT_MAX))
            return false;
        *n = (int64_t)d;
        return d == (double)*n;
    }
    return json_is_string(v) && count_of_string(field_string(v), n);
}

static bool is_absent(const json_t *v)
{
    return !v || (json_is_string(v) && field_string(v).n == 0);
}

bool field_count(const json_t *v, struct opt_long *n)
{
    *n = (struct opt_long){ 0 };
    if (is_absent(v))
        return true;
    n->has = integer_of(v, &n->v) && n->v >= 0 && n->v <= INGEST_COUNT_MAX;
    return n->has;
}

/* word is in small letters. */
static bool is_word(struct slice s, const char *word)
{
    if (s.n != strlen(word))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        const bool capital = s.p[i] >= 'A' && s.p[i] <= 'Z';

        if (s.p[i] + (capital ? 'a' - 'A' : 0) != word[i])
            return false;
    }
    return true;
}

static struct opt_bool bool_of_word(struct slice s)
{
    static const char *const words[] = { "no", "yes", "false", "true", "0", "1" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (is_word(s, words[i]))
            return (struct opt_bool){ i % 2 == 1, true };
    }
    return (struct opt_bool){ 0 };
}

bool field_bool(const json_t *v, struct opt_bool *b)
{
    *b = (struct opt_bool){ 0 };
    if (is_absent(v))
        return true;
    if (json_is_boolean(v)) {
        *b = (struct opt_bool){ json_is_true(v), true };
    } else if (json_is_integer(v)) {
        const json_int_t n = json_integer_value(v);
        *b = (struct opt_bool){ n == 1, n == 0 || n == 1 };
    } else {
        *b = bool_of_word(field_string(v));
    }
    return b->has;
}
