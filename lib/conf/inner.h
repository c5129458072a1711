/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of lib/conf share. */
#ifndef CONF_INNER_H
#define CONF_INNER_H

#include "base/arena.h"
#include "conf/conf.h"

/* A property and what it was given. */
struct conf_entry {
    const struct conf_prop *prop;
    void *at;          /* the field                                  */
    const char *value; /* as written; NULL: required and not given   */
    const char *where; /* "absa.conf:3", "ABSA_PANE_MS", "-X"        */
    enum conf_origin origin;
};

/* A property under the pass-through prefix. */
struct conf_passed {
    const char *name; /* with the prefix */
    const char *value;
    const char *where;
    enum conf_origin origin;
};

/* A file that holds the value of a property. */
struct conf_secret_src {
    const char *name; /* of the property: x.password */
    const char *path;
    const char *where;
    enum conf_origin origin;
};

struct conf {
    struct arena *arena;
    const struct conf_section *sections;
    const char *pass_prefix; /* never NULL; "" for none */
    struct conf_entry *entry;
    size_t n;
    struct conf_passed passed[CONF_PASS_MAX];
    size_t n_passed;
    struct conf_secret_src secret[CONF_SECRETS_MAX];
    size_t n_secrets;
    const char *errors[CONF_ERRORS_MAX];
    size_t n_errors;
};

/* Whether the value of a pass-through property must not be shown. */
bool conf_is_secret_name(const char *name);

#endif
