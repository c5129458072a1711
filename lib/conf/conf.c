/* SPDX-License-Identifier: MIT */
#include "conf/conf.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CONF_PROPS_MAX = 64 };

static const struct conf_prop *find(const struct conf_spec *spec, const char *name)
{
    for (const struct conf_prop *p = spec->props; p->name; p++) {
        if (strcmp(p->name, name) == 0)
            return p;
    }
    return NULL;
}

static enum status bad_value(const struct conf_prop *p, const char *value, struct err *err)
{
    return err_set(err, ST_FATAL, "%s: \"%.60s\" is not in %g..%g", p->name, value, p->min, p->max);
}

static enum status set_int(const struct conf_prop *p, void *field, const char *value,
                           struct err *err)
{
    char *end;

    errno = 0;
    long long n = strtoll(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || (double)n < p->min || (double)n > p->max)
        return bad_value(p, value, err);
    *(int64_t *)field = n;
    return ST_OK;
}

static enum status set_double(const struct conf_prop *p, void *field, const char *value,
                              struct err *err)
{
    char *end;
    double d = strtod(value, &end);

    if (end == value || *end != '\0' || !(d >= p->min && d <= p->max))
        return bad_value(p, value, err);
    *(double *)field = d;
    return ST_OK;
}

static enum status set_bool(const struct conf_prop *p, void *field, const char *value,
                            struct err *err)
{
    bool on = strcmp(value, "true") == 0;

    if (!on && strcmp(value, "false") != 0)
        return err_set(err, ST_FATAL, "%s: \"%.60s\" is neither true nor false", p->name, value);
    *(bool *)field = on;
    return ST_OK;
}

static enum status set_str(const struct conf_prop *p, void *field, const char *value,
                           struct err *err)
{
    char *copy = strdup(value);

    if (!copy)
        return err_set(err, ST_FATAL, "%s: out of memory", p->name);
    free(*(char **)field);
    *(char **)field = copy;
    return ST_OK;
}

enum status conf_set(const struct conf_spec *spec, void *conf, const char *name, const char *value,
                     struct err *err)
{
    size_t plen = spec->pass_prefix ? strlen(spec->pass_prefix) : 0;
    const struct conf_prop *p = find(spec, name);

    if (!p && plen > 0 && strncmp(name, spec->pass_prefix, plen) == 0)
        return spec->pass(conf, name + plen, value, err);
    if (!p)
        return err_set(err, ST_FATAL, "no property is called %.60s", name);

    void *field = (char *)conf + p->offset;
    switch (p->type) {
    case CONF_STR:
    case CONF_SECRET:
        return set_str(p, field, value, err);
    case CONF_INT:
    case CONF_MS:
        return set_int(p, field, value, err);
    case CONF_BOOL:
        return set_bool(p, field, value, err);
    case CONF_DOUBLE:
        return set_double(p, field, value, err);
    }
    return err_set(err, ST_FATAL, "%s: unknown type in the table", p->name);
}

enum status conf_defaults(const struct conf_spec *spec, void *conf, struct err *err)
{
    for (const struct conf_prop *p = spec->props; p->name; p++) {
        enum status st = p->dflt ? conf_set(spec, conf, p->name, p->dflt, err) : ST_OK;

        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

/* Cuts white space off both ends, in place. */
static char *trim(char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        n--;
    s[n] = '\0';
    return s;
}

static enum status read_line(const struct conf_spec *spec, void *conf, char *line, bool *seen,
                             struct err *err)
{
    char *name = trim(line);

    if (*name == '\0' || *name == '#')
        return ST_OK;
    char *eq = strchr(name, '=');
    if (!eq)
        return err_set(err, ST_FATAL, "want name = value");
    *eq = '\0';
    char *value = trim(eq + 1);
    name = trim(name);

    const struct conf_prop *p = find(spec, name);
    if (p) {
        size_t i = (size_t)(p - spec->props);

        if (i < CONF_PROPS_MAX && seen[i])
            return err_set(err, ST_FATAL, "%s is given twice", name);
        if (i < CONF_PROPS_MAX)
            seen[i] = true;
    }
    return conf_set(spec, conf, name, value, err);
}

enum status conf_read(const struct conf_spec *spec, void *conf, FILE *f, const char *filename,
                      struct err *err)
{
    bool seen[CONF_PROPS_MAX] = { false };
    char *line = NULL;
    size_t cap = 0;
    enum status st = ST_OK;

    for (int lineno = 1; st == ST_OK && getline(&line, &cap, f) >= 0; lineno++) {
        st = read_line(spec, conf, line, seen, err);
        if (st != ST_OK)
            err_prefix(err, "%s:%d", filename, lineno);
    }
    if (st == ST_OK && ferror(f))
        st = err_set(err, ST_FATAL, "%s: %s", filename, strerror(errno));
    free(line);
    return st;
}

void conf_release(const struct conf_spec *spec, void *conf)
{
    for (const struct conf_prop *p = spec->props; p->name; p++) {
        if (p->type == CONF_STR || p->type == CONF_SECRET) {
            char **field = (char **)(void *)((char *)conf + p->offset);

            free(*field);
            *field = NULL;
        }
    }
}
