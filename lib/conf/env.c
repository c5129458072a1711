/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/near.h"
#include "conf/conf.h"
#include "conf/inner.h"

static const char env_prefix[] = "ABSA_";

/* pane.ms -> PANE_MS */
static void env_name(const char *name, char *out, size_t cap)
{
    size_t i = 0;

    for (; name[i] && i + 1 < cap; i++) {
        char ch = name[i];

        if (ch >= 'a' && ch <= 'z')
            out[i] = (char)(ch - 'a' + 'A');
        else if (ch == '.' || ch == '-')
            out[i] = '_';
        else
            out[i] = ch;
    }
    out[i] = '\0';
}

/* The property that a variable names, and how near the nearest is. */
static struct conf_entry *find_env(struct conf *c, struct slice var, struct conf_entry **near)
{
    size_t least = SIZE_MAX;

    *near = NULL;
    for (size_t i = 0; i < c->n; i++) {
        char name[NEAR_MAX];

        env_name(c->entry[i].prop->name, name, sizeof(name));
        size_t d = near_distance(var, slice_str(name));
        if (d == 0)
            return &c->entry[i];
        if (d < least && near_enough(var, slice_str(name), d)) {
            least = d;
            *near = &c->entry[i];
        }
    }
    return NULL;
}

/* KAFKA_SSL_CA_LOCATION -> kafka.ssl.ca.location; a last _FILE -> _file */
static struct slice passed_name(struct conf *c, struct slice var)
{
    char *name = arena_alloc(c->arena, var.n);
    size_t tail = conf_has_suffix(var, "_FILE") ? var.n - strlen(CONF_FILE_SUFFIX) : var.n;

    if (!name)
        return (struct slice){ NULL, 0 };
    for (size_t i = 0; i < var.n; i++) {
        char ch = var.p[i];

        if (ch >= 'A' && ch <= 'Z')
            name[i] = (char)(ch - 'A' + 'a');
        else if (ch == '_' && i != tail)
            name[i] = '.';
        else
            name[i] = ch;
    }
    return (struct slice){ name, var.n };
}

static void read_variable(struct conf *c, const struct conf_source *src, struct slice var,
                          struct slice value)
{
    struct conf_entry *near = NULL;
    struct conf_entry *e = find_env(c, var, &near);
    struct slice base = var;

    if (e) {
        conf_set_entry(c, src, e, value);
        return;
    }
    struct slice name = passed_name(c, var);
    if (conf_is_passed(c, name)) {
        conf_set(c, src, name, value);
        return;
    }
    if (conf_has_suffix(var, "_FILE")) {
        struct conf_entry *unused = NULL;

        base.n -= strlen(CONF_FILE_SUFFIX);
        e = find_env(c, base, &unused);
        if (e && e->prop->type == CONF_SECRET) {
            conf_set_secret_file(c, src, slice_str(e->prop->name), value);
            return;
        }
    }
    if (near)
        conf_fail(c, src->where, "is no property; did you mean %s?", near->prop->name);
}

void conf_environment(struct conf *c, char *const *env)
{
    size_t n = strlen(env_prefix);

    for (; *env; env++) {
        const char *eq = strchr(*env, '=');

        if (!eq || strncmp(*env, env_prefix, n) != 0)
            continue;
        struct slice whole = { *env, (size_t)(eq - *env) };
        struct slice var = { whole.p + n, whole.n - n };
        struct conf_source src = { CONF_ENV, conf_keep(c, whole) };

        read_variable(c, &src, var, slice_str(eq + 1));
    }
}
