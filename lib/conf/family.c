/* SPDX-License-Identifier: MIT */
/* family.c -- properties with a name inside: notify.receiver.*.url. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "conf/inner.h"

bool conf_is_family(const struct conf_section *s)
{
    return s->props->name && strchr(s->props->name, '*');
}

/* The name that stands for the star of pattern, when the rest before it fits. */
static struct slice name_inside(const char *pattern, struct slice name)
{
    static const struct slice none = { NULL, 0 };
    size_t head = (size_t)(strchr(pattern, '*') - pattern);
    size_t n = 0;

    if (name.n <= head || memcmp(name.p, pattern, head) != 0)
        return none;
    for (; head + n < name.n && name.p[head + n] != '.'; n++) {
        char ch = name.p[head + n];

        if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9') && ch != '-')
            return none;
    }
    return n > 0 && n <= CONF_MEMBER_MAX ? (struct slice){ name.p + head, n } : none;
}

/* The name that p has for the member that name speaks of; false: it speaks of none. */
static bool member_name(const struct conf_prop *p, struct slice name, char *out, size_t cap)
{
    struct slice inside = name_inside(p->name, name);
    const char *star = strchr(p->name, '*');

    if (inside.n == 0)
        return false;
    int n = snprintf(out, cap, "%.*s%.*s%s", (int)(star - p->name), p->name, (int)inside.n,
                     inside.p, star + 1);
    return n > 0 && (size_t)n < cap;
}

static const struct conf_section *family_of(const struct conf *c, struct slice name)
{
    char would[NEAR_MAX];

    for (const struct conf_section *s = c->sections; s->title; s++) {
        for (const struct conf_prop *p = s->props; conf_is_family(s) && p->name; p++) {
            if (member_name(p, name, would, sizeof(would)) && slice_is(name, would))
                return s;
        }
    }
    return NULL;
}

bool conf_is_of_family(const struct conf *c, struct slice name)
{
    return family_of(c, name) != NULL;
}

size_t conf_nearest_of_family(const struct conf *c, struct slice name, char *best, size_t cap)
{
    char would[NEAR_MAX];
    size_t least = SIZE_MAX;

    for (const struct conf_section *s = c->sections; s->title; s++) {
        for (const struct conf_prop *p = s->props; conf_is_family(s) && p->name; p++) {
            size_t d = member_name(p, name, would, sizeof(would))
                           ? near_distance(name, slice_str(would))
                           : SIZE_MAX;

            if (d < least) {
                least = d;
                (void)snprintf(best, cap, "%s", would);
            }
        }
    }
    return least;
}

static bool add_property(struct conf *c, const struct conf_section *s, const struct conf_prop *p,
                         struct slice name, void *into)
{
    struct conf_prop *own = arena_alloc(c->arena, sizeof(*own));
    char would[NEAR_MAX];

    if (!own || !member_name(p, name, would, sizeof(would)))
        return false;
    *own = *p;
    own->name = conf_keep(c, slice_str(would));
    conf_add_entry(c, s, own, into);
    return true;
}

bool conf_make_member(struct conf *c, struct slice name)
{
    const struct conf_section *s = family_of(c, name);
    struct conf_family *f = s ? s->into : NULL;
    bool ok = true;

    if (!s)
        return false;
    if (f->n == f->max) {
        conf_fail(c, NULL, "%.*s: there may be %zu of these", SLICE_ARG(name), f->max);
        return false;
    }
    char *into = (char *)f->v + f->n++ * f->size;
    for (const struct conf_prop *p = s->props; ok && p->name; p++)
        ok = add_property(c, s, p, name, into);
    if (!ok)
        conf_fail(c, NULL, "out of memory");
    *(const char **)(void *)(into + f->name_at) = conf_keep(c, name_inside(s->props->name, name));
    return ok;
}
