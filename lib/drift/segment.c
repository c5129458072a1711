/* SPDX-License-Identifier: MIT */
#include "drift/segment.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static const char *const kinds[] = { "video:", "aspect:", "lang:" };

static int cmp_slice(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static bool known(struct slice name)
{
    if (slice_is(name, "all"))
        return true;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t n = strlen(kinds[i]);

        if (name.n > n && memcmp(name.p, kinds[i], n) == 0)
            return true;
    }
    return false;
}

static enum status add_name(struct segments *s, struct slice name, struct err *err)
{
    if (s->n == SEGMENTS_MAX)
        return err_set(err, ST_FATAL, "config: drift.segments: over %d", SEGMENTS_MAX);
    if (name.n > SEGMENT_NAME_MAX || !known(name))
        return err_set(err, ST_FATAL,
                       "config: drift.segments: '%.*s' is not all, video:<id>, aspect:<name> or "
                       "lang:<code>",
                       (int)(name.n < 64 ? name.n : 64), name.n ? name.p : "");
    s->name[s->n++] = name;
    return ST_OK;
}

enum status segments_parse(struct segments *s, const char *list, struct err *err)
{
    size_t length = strlen(list);
    size_t names = 1;
    const char *at;

    *s = (struct segments){ 0 };
    for (size_t i = 0; i < length; i++)
        names += list[i] == ',';
    s->text = malloc(length + 1);
    s->name = calloc(names, sizeof(*s->name));
    if (!s->text || !s->name) {
        segments_release(s);
        return err_set(err, ST_FATAL, "out of memory");
    }
    memcpy(s->text, list, length + 1);
    at = s->text;
    for (size_t i = 0; i < names; i++) {
        size_t n = strcspn(at, ",");
        enum status st = add_name(s, slice_trim((struct slice){ at, n }), err);

        if (st != ST_OK) {
            segments_release(s);
            return st;
        }
        at += n + 1;
    }
    qsort(s->name, s->n, sizeof(*s->name), cmp_slice);
    for (size_t i = 1; i < s->n; i++) {
        if (!slice_eq(s->name[i], s->name[i - 1]))
            continue;
        (void)err_set(err, ST_FATAL, "config: drift.segments: '%.*s' is there twice",
                      SLICE_ARG(s->name[i]));
        segments_release(s);
        return ST_FATAL;
    }
    return ST_OK;
}

void segments_release(struct segments *s)
{
    free(s->name);
    free(s->text);
    *s = (struct segments){ 0 };
}

size_t segments_find(const struct segments *s, struct slice name)
{
    size_t lo = 0;
    size_t hi = s->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (slice_cmp(s->name[mid], name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < s->n && slice_eq(s->name[lo], name) ? lo : s->n;
}

/* Puts a position into hit[], ascending, once. */
static void hit_add(size_t *hit, size_t *n, size_t position)
{
    size_t at = *n;

    while (at > 0 && hit[at - 1] > position)
        at--;
    if (at > 0 && hit[at - 1] == position)
        return;
    memmove(hit + at + 1, hit + at, (*n - at) * sizeof(*hit));
    hit[at] = position;
    (*n)++;
}

static void look_up(const struct segments *s, const char *kind, struct slice value, size_t *hit,
                    size_t *n)
{
    char name[SEGMENT_NAME_MAX];
    size_t prefix = strlen(kind);
    size_t position;

    if (prefix + value.n > sizeof(name))
        return;
    memcpy(name, kind, prefix);
    if (value.n > 0)
        memcpy(name + prefix, value.p, value.n);
    position = segments_find(s, (struct slice){ name, prefix + value.n });
    if (position < s->n)
        hit_add(hit, n, position);
}

size_t segments_of(const struct segments *s, const struct score *score, size_t *hit)
{
    size_t n = 0;

    look_up(s, "all", (struct slice){ 0 }, hit, &n);
    if (s->n == n)
        return n;
    look_up(s, "video:", score->video_id, hit, &n);
    look_up(s, "lang:", score->lang, hit, &n);
    for (size_t i = 0; i < score->aspects_detected.n; i++)
        look_up(s, "aspect:", score->aspects_detected.v[i].category, hit, &n);
    return n;
}
