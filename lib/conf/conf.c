/* SPDX-License-Identifier: MIT */
#include "conf/conf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "conf/inner.h"
#include "conf/value.h"

enum { CONF_MEMORY_MAX = 16 << 20, CONF_MSG_MAX = 512 };

void conf_fail(struct conf *c, const char *where, const char *fmt, ...)
{
    static const char oom[] = "out of memory";
    char msg[CONF_MSG_MAX];
    int n = where ? snprintf(msg, sizeof(msg), "%s: ", where) : 0;
    va_list ap;

    if (c->n_errors == CONF_ERRORS_MAX)
        return;
    if (n < 0 || (size_t)n >= sizeof(msg))
        n = 0;
    va_start(ap, fmt);
    vsnprintf(msg + n, sizeof(msg) - (size_t)n, fmt, ap);
    va_end(ap);
    const char *copy = arena_copy(c->arena, slice_str(msg)).p;
    c->errors[c->n_errors++] = copy ? copy : oom;
}

const char *conf_keep(struct conf *c, struct slice s)
{
    const char *copy = arena_copy(c->arena, s).p;

    if (copy)
        return copy;
    conf_fail(c, NULL, "out of memory");
    return "";
}

bool conf_has_suffix(struct slice s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.n > n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

bool conf_is_secret_name(const char *name)
{
    return strstr(name, "password") || strstr(name, "secret") || strstr(name, "key.pem") ||
           strstr(name, "oauthbearer.config");
}

bool conf_is_passed(const struct conf *c, struct slice name)
{
    size_t n = strlen(c->pass_prefix);

    return n > 0 && name.n > n && memcmp(name.p, c->pass_prefix, n) == 0;
}

static struct conf_entry *find(struct conf *c, struct slice name)
{
    for (size_t i = 0; i < c->n; i++) {
        if (slice_is(name, c->entry[i].prop->name))
            return &c->entry[i];
    }
    return NULL;
}

/* One of a family makes its member. */
static struct conf_entry *find_or_make(struct conf *c, struct slice name)
{
    struct conf_entry *e = find(c, name);

    return e || !conf_make_member(c, name) ? e : find(c, name);
}

bool conf_knows(const struct conf *c, struct slice name)
{
    for (size_t i = 0; i < c->n; i++) {
        if (slice_is(name, c->entry[i].prop->name))
            return true;
    }
    return conf_is_passed(c, name) || conf_is_of_family(c, name);
}

static void unknown(struct conf *c, const struct conf_source *src, struct slice name)
{
    char of_family[NEAR_MAX] = "";
    size_t least = conf_nearest_of_family(c, name, of_family, sizeof(of_family));
    const char *best = least < SIZE_MAX ? of_family : NULL;

    for (size_t i = 0; i < c->n; i++) {
        size_t d = near_distance(name, slice_str(c->entry[i].prop->name));

        if (d < least) {
            least = d;
            best = c->entry[i].prop->name;
        }
    }
    if (best && near_enough(name, slice_str(best), least))
        conf_fail(c, src->where, "no property is called \"%.*s\"; did you mean %s?",
                  SLICE_ARG(name), best);
    else
        conf_fail(c, src->where, "no property is called \"%.*s\"", SLICE_ARG(name));
}

/* A secret stands in the environment or in a file of its own; never in the
 * configuration file or among the arguments, which others can read. */
static bool refuse_open_secret(struct conf *c, const struct conf_source *src, const char *name)
{
    if (src->origin == CONF_ENV)
        return false;
    conf_fail(c, src->where, "%s is a secret: give %s%s or set it in the environment", name, name,
              CONF_FILE_SUFFIX);
    return true;
}

void conf_set_entry(struct conf *c, const struct conf_source *src, struct conf_entry *e,
                    struct slice value)
{
    struct err err = { 0 };

    if (e->origin > src->origin)
        return; /* [drift] below [backtest]: what is ours has the last word */
    if (e->origin == src->origin && e->origin != CONF_DEFAULT) {
        conf_fail(c, src->where, "%s is given twice, first at %s", e->prop->name, e->where);
        return;
    }
    if (e->prop->type == CONF_SECRET && refuse_open_secret(c, src, e->prop->name))
        return;
    const char *text = conf_keep(c, value);
    if (conf_value_set(e->prop, e->at, text, &err) != ST_OK)
        conf_fail(c, src->where, "%s", err.msg);
    e->value = text;
    e->origin = src->origin;
    e->where = src->where;
}

static void set_passed(struct conf *c, const struct conf_source *src, struct slice name,
                       struct slice value)
{
    size_t i = 0;

    while (i < c->n_passed && !slice_is(name, c->passed[i].name))
        i++;
    if (i < c->n_passed && c->passed[i].origin == src->origin) {
        conf_fail(c, src->where, "%.*s is given twice, first at %s", SLICE_ARG(name),
                  c->passed[i].where);
        return;
    }
    if (i == CONF_PASS_MAX) {
        conf_fail(c, src->where, "more than %d properties under %s", CONF_PASS_MAX, c->pass_prefix);
        return;
    }
    const char *copy = conf_keep(c, name);
    if (conf_is_secret_name(copy) && refuse_open_secret(c, src, copy))
        return;
    c->passed[i] = (struct conf_passed){ copy, conf_keep(c, value), src->where, src->origin };
    if (i == c->n_passed)
        c->n_passed++;
}

void conf_set_secret_file(struct conf *c, const struct conf_source *src, struct slice name,
                          struct slice path)
{
    if (c->n_secrets == CONF_SECRETS_MAX) {
        conf_fail(c, src->where, "more than %d secret files", CONF_SECRETS_MAX);
        return;
    }
    for (size_t i = 0; i < c->n_secrets; i++) {
        if (slice_is(name, c->secret[i].name) && c->secret[i].origin == src->origin) {
            conf_fail(c, src->where, "%.*s%s is given twice, first at %s", SLICE_ARG(name),
                      CONF_FILE_SUFFIX, c->secret[i].where);
            return;
        }
    }
    c->secret[c->n_secrets++] =
        (struct conf_secret_src){ conf_keep(c, name), conf_keep(c, path), src->where, src->origin };
}

void conf_set(struct conf *c, const struct conf_source *src, struct slice name, struct slice value)
{
    struct conf_entry *e = find_or_make(c, name);
    struct slice base = name;

    if (e) {
        conf_set_entry(c, src, e, value);
        return;
    }
    if (conf_has_suffix(name, CONF_FILE_SUFFIX)) {
        base.n -= strlen(CONF_FILE_SUFFIX);
        e = find_or_make(c, base);
        if ((e && e->prop->type == CONF_SECRET) || conf_is_passed(c, base)) {
            conf_set_secret_file(c, src, base, value);
            return;
        }
    }
    if (conf_is_passed(c, name))
        set_passed(c, src, name, value);
    else
        unknown(c, src, name);
}

bool conf_split(struct conf *c, const struct conf_source *src, struct slice line,
                struct slice *name, struct slice *value)
{
    if (memchr(line.p, '\0', line.n)) {
        conf_fail(c, src->where, "a NUL byte");
        return false;
    }
    const char *eq = memchr(line.p, '=', line.n);
    if (!eq) {
        conf_fail(c, src->where, "want name = value");
        return false;
    }
    size_t n = (size_t)(eq - line.p);
    *name = slice_trim((struct slice){ line.p, n });
    *value = slice_trim((struct slice){ eq + 1, line.n - n - 1 });
    return true;
}

void conf_set_line(struct conf *c, const struct conf_source *src, struct slice line)
{
    struct slice name;
    struct slice value;

    line = slice_trim(line);
    if (line.n > 0 && line.p[0] != '#' && conf_split(c, src, line, &name, &value))
        conf_set(c, src, name, value);
}

void conf_option(struct conf *c, const char *arg)
{
    struct conf_source src = { CONF_OPTION, "-X" };

    conf_set_line(c, &src, slice_str(arg));
}

const char *conf_secret_file(const struct conf *c, size_t i)
{
    return i < c->n_secrets ? c->secret[i].path : NULL;
}

void conf_secret(struct conf *c, size_t i, struct slice bytes, const char *why)
{
    const struct conf_secret_src *s = &c->secret[i];
    struct conf_entry *e = find(c, slice_str(s->name));
    struct conf_source src = { s->origin, s->where };

    if (why) {
        conf_fail(c, s->where, "%s%s: %s", s->name, CONF_FILE_SUFFIX, why);
        return;
    }
    if (bytes.n > 0 && bytes.p[bytes.n - 1] == '\n')
        bytes.n--;
    if (bytes.n == 0 || memchr(bytes.p, '\0', bytes.n)) {
        conf_fail(c, s->where, "%s%s: the file is empty or holds a NUL byte", s->name,
                  CONF_FILE_SUFFIX);
        return;
    }
    if (e && e->origin > s->origin)
        return; /* the environment has the last word */
    const char *value = conf_keep(c, bytes);
    if (e) {
        *(const char **)e->at = value;
        e->value = value;
        e->origin = src.origin;
        e->where = src.where;
        return;
    }
    size_t k = 0;
    while (k < c->n_passed && strcmp(c->passed[k].name, s->name) != 0)
        k++;
    if (k == CONF_PASS_MAX || (k < c->n_passed && c->passed[k].origin > s->origin))
        return;
    c->passed[k] = (struct conf_passed){ s->name, value, src.where, src.origin };
    if (k == c->n_passed)
        c->n_passed++;
}

/* Where a property was given what it has; NULL: nowhere. */
static const char *place_of(struct conf *c, const char *name)
{
    const struct conf_entry *e = find(c, slice_str(name));

    if (e)
        return e->origin == CONF_DEFAULT ? NULL : e->where;
    for (size_t i = 0; i < c->n_passed; i++) {
        if (strcmp(c->passed[i].name, name) == 0)
            return c->passed[i].where;
    }
    return NULL;
}

void conf_refuse(struct conf *c, const char *name, const struct err *err)
{
    static const char kind[] = "config: ";
    const size_t n = strlen(kind);
    const char *msg = strncmp(err->msg, kind, n) == 0 ? err->msg + n : err->msg;

    conf_fail(c, name ? place_of(c, name) : NULL, "%s", msg);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct conf_passed *)a)->name, ((const struct conf_passed *)b)->name);
}

enum status conf_finish(struct conf *c, struct err *err)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct conf_prop *p = c->entry[i].prop;

        if (!p->dflt && (!c->entry[i].value || !c->entry[i].value[0]))
            conf_fail(c, NULL, "%s is required: %s", p->name, p->doc);
    }
    if (c->n_passed > 0)
        qsort(c->passed, c->n_passed, sizeof(c->passed[0]), by_name);
    if (c->n_errors > 0)
        return err_set(err, ST_FATAL, "config: %s", c->errors[0]);
    return ST_OK;
}

const char *conf_error(const struct conf *c, size_t i)
{
    return i < c->n_errors ? c->errors[i] : NULL;
}

bool conf_pass(const struct conf *c, size_t i, const char **name, const char **value)
{
    if (i >= c->n_passed)
        return false;
    *name = c->passed[i].name + strlen(c->pass_prefix);
    *value = c->passed[i].value;
    return true;
}

void conf_add_entry(struct conf *c, const struct conf_section *s, const struct conf_prop *p,
                    void *into)
{
    struct conf_entry *e = &c->entry[c->n++];
    struct err err = { 0 };

    *e = (struct conf_entry){
        .section = s, .prop = p, .at = (char *)into + p->at, .value = p->dflt, .where = "default"
    };
    if (p->dflt && conf_value_set(p, e->at, p->dflt, &err) != ST_OK)
        conf_fail(c, "default", "%s", err.msg);
}

/* How many properties a section may come to. */
static size_t room_for(const struct conf_section *s)
{
    const struct conf_family *f = s->into;
    size_t n = 0;

    while (s->props[n].name)
        n++;
    return conf_is_family(s) ? n * f->max : n;
}

struct conf *conf_new(const struct conf_section *sections, const char *pass_prefix)
{
    struct conf *c = calloc(1, sizeof(*c));
    size_t n = 0;

    if (!c)
        return NULL;
    c->arena = arena_new(CONF_MEMORY_MAX);
    c->sections = sections;
    c->pass_prefix = pass_prefix ? pass_prefix : "";
    for (const struct conf_section *s = sections; s->title; s++)
        n += room_for(s);
    c->entry = calloc(n + 1, sizeof(*c->entry));
    if (!c->arena || !c->entry) {
        conf_free(c);
        return NULL;
    }
    for (const struct conf_section *s = sections; s->title; s++) {
        for (const struct conf_prop *p = s->props; !conf_is_family(s) && p->name; p++)
            conf_add_entry(c, s, p, s->into);
    }
    return c;
}

void conf_free(struct conf *c)
{
    if (!c)
        return;
    free(c->entry);
    arena_free(c->arena);
    free(c);
}
