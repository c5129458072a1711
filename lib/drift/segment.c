/* SPDX-License-Identifier: MIT */
#include "drift/segment.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static int cmp_slice(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static enum status refuse(struct slice name, const char *why, struct err *err)
{
    return err_set(err, ST_FATAL, "config: drift.segments: '%.*s' %s",
                   (int)(name.n < 64 ? name.n : 64), name.n ? name.p : "", why);
}

static enum status push(struct segments *s, struct slice name, struct err *err)
{
    if (s->n == SEGMENTS_MAX)
        return err_set(err, ST_FATAL,
                       "config: drift.segments: over %d, those that the baseline lists included: "
                       "name fewer, or make a baseline that lists fewer (--segment-min)",
                       SEGMENTS_MAX);
    s->name[s->n++] = name;
    return ST_OK;
}

/* Its field, the part in front of the colon; value: what is behind it, p NULL without one. */
static const struct facet *split(struct slice name, struct slice *value)
{
    const char *colon = name.n > 0 ? memchr(name.p, ':', name.n) : NULL;
    size_t n = colon ? (size_t)(colon - name.p) : name.n;

    *value = colon ? (struct slice){ colon + 1, name.n - n - 1 } : (struct slice){ 0 };
    return facet_find((struct slice){ name.p, n });
}

/* The entry of a field, made when it is new. */
static struct segment_kind *kind_of(struct segments *s, const struct facet *facet)
{
    size_t i = 0;

    while (i < s->kinds && s->kind[i].facet != facet)
        i++;
    if (i == s->kinds)
        s->kind[s->kinds++] = (struct segment_kind){ facet, SIZE_MAX };
    return &s->kind[i];
}

static bool is_of(struct slice segment, const struct facet *facet)
{
    struct slice value;

    return split(segment, &value) == facet;
}

/* Room for the name of a rest. */
enum { OTHER_MAX = 32 };

/* All that the baseline lists of a field, and the rest, whose name goes into other. */
static enum status add_kind(struct segments *s, const struct facet *facet,
                            const struct baseline *base, char *other, struct err *err)
{
    const size_t before = s->n;
    const char *name = facet_name(facet);
    enum status st = ST_OK;

    for (size_t i = 0; base && i < base->n_segments && st == ST_OK; i++)
        if (is_of(slice_str(base->segments[i].name), facet))
            st = push(s, slice_str(base->segments[i].name), err);
    if (st != ST_OK)
        return st;
    if (s->n == before)
        return refuse(slice_str(name),
                      "is a kind of which the baseline lists no segment: "
                      "absa baseline --segments makes one that does",
                      err);
    const size_t n = strlen(name);
    memcpy(other, name, n);
    memcpy(other + n, ":" SEGMENT_OTHER, sizeof(":" SEGMENT_OTHER));
    kind_of(s, facet)->other = 0; /* wanted; its position is known when all are sorted */
    return push(s, slice_str(other), err);
}

static enum status add_name(struct segments *s, struct slice name, const struct baseline *base,
                            char *other, struct err *err)
{
    struct slice value;
    const struct facet *facet = split(name, &value);

    if (slice_is(name, "all"))
        return push(s, name, err);
    if (name.n > SEGMENT_NAME_MAX || !facet || (value.p && value.n == 0))
        return err_set(err, ST_FATAL,
                       "config: drift.segments: '%.*s' is neither all nor <field>:<value> nor "
                       "<field>, of fields %s",
                       (int)(name.n < 64 ? name.n : 64), name.n ? name.p : "", facet_names);
    if (!value.p)
        return add_kind(s, facet, base, other, err);
    (void)kind_of(s, facet);
    return push(s, name, err);
}

/* Sorts them, and finds the rests of kinds. */
static enum status settle(struct segments *s, struct err *err)
{
    qsort(s->name, s->n, sizeof(*s->name), cmp_slice);
    for (size_t i = 1; i < s->n; i++)
        if (slice_eq(s->name[i], s->name[i - 1]))
            return refuse(s->name[i], "is there twice", err);
    for (size_t i = 0; i < s->n; i++) {
        struct slice value;
        const struct facet *facet = split(s->name[i], &value);

        if (facet && slice_is(value, SEGMENT_OTHER) && kind_of(s, facet)->other != SIZE_MAX)
            kind_of(s, facet)->other = i;
    }
    return ST_OK;
}

static enum status parse(struct segments *s, const char *list, const struct baseline *base,
                         struct err *err)
{
    const size_t length = strlen(list);
    size_t names = 1;
    const char *at;

    for (size_t i = 0; i < length; i++)
        names += list[i] == ',';
    s->text = malloc(length + 1 + names * OTHER_MAX);
    s->name = calloc(SEGMENTS_MAX, sizeof(*s->name));
    if (!s->text || !s->name)
        return err_set(err, ST_FATAL, "out of memory");
    memcpy(s->text, list, length + 1);
    at = s->text;
    for (size_t i = 0; i < names; i++) {
        size_t n = strcspn(at, ",");
        enum status st = add_name(s, slice_trim((struct slice){ at, n }), base,
                                  s->text + length + 1 + i * OTHER_MAX, err);

        if (st != ST_OK)
            return st;
        at += n + 1;
    }
    return settle(s, err);
}

enum status segments_parse(struct segments *s, const char *list, const struct baseline *base,
                           struct err *err)
{
    enum status st;

    *s = (struct segments){ 0 };
    st = parse(s, list, base, err);
    if (st != ST_OK)
        segments_release(s);
    return st;
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

/* Position of <field>:<value>, or s->n. */
static size_t look_up(const struct segments *s, const struct facet *facet, struct slice value)
{
    char name[SEGMENT_NAME_MAX];
    const char *prefix = facet_name(facet);
    const size_t n = strlen(prefix) + 1;

    if (value.n > sizeof(name) - n)
        return s->n;
    memcpy(name, prefix, n - 1);
    name[n - 1] = ':';
    memcpy(name + n, value.p, value.n);
    return segments_find(s, (struct slice){ name, n + value.n });
}

size_t segments_of(const struct segments *s, const struct score *score, size_t *hit)
{
    const size_t all = segments_find(s, slice_str("all"));
    size_t n = 0;

    if (all < s->n)
        hit_add(hit, &n, all);
    for (size_t k = 0; k < s->kinds; k++) {
        const struct segment_kind *kind = &s->kind[k];
        const size_t values = facet_count(kind->facet, score);

        for (size_t i = 0; i < values; i++) {
            size_t at = look_up(s, kind->facet, facet_value(kind->facet, score, i));

            at = at < s->n ? at : kind->other;
            if (at < s->n)
                hit_add(hit, &n, at);
        }
    }
    return n;
}
