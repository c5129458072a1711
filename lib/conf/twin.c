/* SPDX-License-Identifier: MIT */
#include "conf/twin.h"

#include <stdlib.h>
#include <string.h>

#include "conf/inner.h"

enum { TWIN_MEMORY_MAX = 1 << 20 };

struct conf_twin {
    const struct conf_section *program;
    struct conf_section *sections; /* the same, into memory of our own */
    struct arena *arena;           /* that memory                      */
    struct conf *conf;
};

static size_t field_size(enum conf_type type)
{
    switch (type) {
    case CONF_STR:
    case CONF_SECRET:
        return sizeof(const char *);
    case CONF_INT:
    case CONF_MS:
    case CONF_SIZE:
        return sizeof(int64_t);
    case CONF_BOOL:
        return sizeof(bool);
    case CONF_DOUBLE:
        return sizeof(double);
    case CONF_CHOICE:
        return sizeof(int);
    }
    return 0;
}

/* Up to the end of the last field that a section fills. */
static size_t extent(const struct conf_section *s)
{
    size_t n = 0;

    for (const struct conf_prop *p = s->props; p->name; p++) {
        if (p->at + field_size(p->type) > n)
            n = p->at + field_size(p->type);
    }
    return n;
}

static void *make_memory(struct conf_twin *t, const struct conf_section *s)
{
    if (!conf_is_family(s))
        return arena_zalloc(t->arena, extent(s));
    const struct conf_family *of = s->into;
    struct conf_family *f = arena_zalloc(t->arena, sizeof(*f));

    if (!f)
        return NULL;
    *f = *of;
    f->n = 0;
    f->v = arena_array(t->arena, f->max, f->size);
    return f->v ? f : NULL;
}

static bool make_sections(struct conf_twin *t)
{
    size_t n = 0;

    while (t->program[n].title)
        n++;
    t->sections = arena_array(t->arena, n + 1, sizeof(*t->sections));
    for (size_t i = 0; t->sections && i < n; i++) {
        t->sections[i] = t->program[i];
        t->sections[i].into = make_memory(t, &t->program[i]);
        if (!t->sections[i].into)
            return false;
    }
    return t->sections != NULL;
}

struct conf_twin *conf_twin_new(const struct conf_section *sections, const char *pass_prefix)
{
    struct conf_twin *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->program = sections;
    t->arena = arena_new(TWIN_MEMORY_MAX);
    if (t->arena && make_sections(t))
        t->conf = conf_new(t->sections, pass_prefix);
    if (!t->conf) {
        conf_twin_free(t);
        return NULL;
    }
    return t;
}

void conf_twin_free(struct conf_twin *t)
{
    if (!t)
        return;
    conf_free(t->conf);
    arena_free(t->arena);
    free(t);
}

struct conf *conf_twin_conf(struct conf_twin *t)
{
    return t->conf;
}

static void swap(void *a, void *b, size_t n)
{
    unsigned char *x = a;
    unsigned char *y = b;

    for (size_t i = 0; i < n; i++) {
        unsigned char byte = x[i];

        x[i] = y[i];
        y[i] = byte;
    }
}

void conf_twin_exchange(struct conf_twin *t)
{
    for (size_t i = 0; t->program[i].title; i++) {
        const struct conf_section *s = &t->program[i];
        char *theirs = s->into;
        char *ours = t->sections[i].into;

        if (conf_is_family(s)) {
            struct conf_family *a = s->into;
            struct conf_family *b = t->sections[i].into;

            swap(a->v, b->v, a->max * a->size);
            swap(&a->n, &b->n, sizeof(a->n));
            continue;
        }
        for (const struct conf_prop *p = s->props; p->name; p++)
            swap(theirs + p->at, ours + p->at, field_size(p->type));
    }
}

/* What a person may see of a value; a property that is not given has none. */
static const char *shown(const char *value, bool secret)
{
    return value && value[0] && secret ? "***" : value;
}

static const struct conf_entry *entry_of(const struct conf *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->entry[i].prop->name, name) == 0)
            return &c->entry[i];
    }
    return NULL;
}

static const struct conf_passed *passed_of(const struct conf *c, const char *name)
{
    for (size_t i = 0; i < c->n_passed; i++) {
        if (strcmp(c->passed[i].name, name) == 0)
            return &c->passed[i];
    }
    return NULL;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

struct comparison {
    void (*each)(void *ctx, const struct conf_change *change);
    void *ctx;
};

static void compare_entry(const struct comparison *c, const struct conf_prop *p, const char *before,
                          const char *after)
{
    const bool secret = p->type == CONF_SECRET;
    const struct conf_change change = { p->name, shown(before, secret), shown(after, secret),
                                        p->reload };

    if (!same(before, after))
        c->each(c->ctx, &change);
}

static void compare_passed(const struct comparison *c, const char *name, const char *before,
                           const char *after)
{
    const bool secret = conf_is_secret_name(name);
    const struct conf_change change = { name, shown(before, secret), shown(after, secret),
                                        CONF_RESTART };

    if (!same(before, after))
        c->each(c->ctx, &change);
}

void conf_compare(const struct conf *now, const struct conf *next,
                  void (*each)(void *ctx, const struct conf_change *change), void *ctx)
{
    const struct comparison c = { each, ctx };

    for (size_t i = 0; i < next->n; i++) {
        const struct conf_entry *was = entry_of(now, next->entry[i].prop->name);

        compare_entry(&c, next->entry[i].prop, was ? was->value : NULL, next->entry[i].value);
    }
    for (size_t i = 0; i < now->n; i++) {
        if (!entry_of(next, now->entry[i].prop->name))
            compare_entry(&c, now->entry[i].prop, now->entry[i].value, NULL);
    }
    for (size_t i = 0; i < next->n_passed; i++) {
        const struct conf_passed *was = passed_of(now, next->passed[i].name);

        compare_passed(&c, next->passed[i].name, was ? was->value : NULL, next->passed[i].value);
    }
    for (size_t i = 0; i < now->n_passed; i++) {
        if (!passed_of(next, now->passed[i].name))
            compare_passed(&c, now->passed[i].name, now->passed[i].value, NULL);
    }
}
