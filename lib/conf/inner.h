/* SPDX-License-Identifier: MIT */
/* inner.h -- what the files of lib/conf share. */
#ifndef CONF_INNER_H
#define CONF_INNER_H

#include "base/arena.h"
#include "conf/conf.h"

/* A property and what it was given. */
struct conf_entry {
    const struct conf_section *section;
    const struct conf_prop *prop; /* of a member: a copy with its own name */
    void *at;                     /* the field                                  */
    const char *value;            /* as written; NULL: required and not given   */
    const char *where;            /* "absa.conf:3", "ABSA_PANE_MS", "-X"        */
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
    const struct conf_scope *scope;
    struct conf_entry *entry;
    size_t n;
    struct conf_passed passed[CONF_PASS_MAX];
    size_t n_passed;
    struct conf_secret_src secret[CONF_SECRETS_MAX];
    size_t n_secrets;
    const char *errors[CONF_ERRORS_MAX];
    size_t n_errors;
};

/* Where a value came from, as errors and conf_print() name it. */
struct conf_source {
    enum conf_origin origin;
    const char *where;
};

#define CONF_FILE_SUFFIX "_file" /* x.password_file holds x.password */

/* Adds an error "where: ..."; where may be NULL. */
void conf_fail(struct conf *c, const char *where, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* A copy that lives as long as c; "" and an error when memory is out. */
const char *conf_keep(struct conf *c, struct slice s);

/* Whether s ends with suffix and has something before it. */
bool conf_has_suffix(struct slice s, const char *suffix);

/* Whether name stands under the pass-through prefix. */
bool conf_is_passed(const struct conf *c, struct slice name);

/* family.c: whether s is a family. */
bool conf_is_family(const struct conf_section *s);

/* family.c: makes the member that name belongs to, if it is one of a family's
 * properties. False: it is not, or there is an error already. */
bool conf_make_member(struct conf *c, struct slice name);

/* family.c: whether name is one of a family's properties, of a member or of one to come. */
bool conf_is_of_family(const struct conf *c, struct slice name);

/* family.c: for "did you mean": the name of a family's property that is nearest to
 * name, for the member that name speaks of, and how near; SIZE_MAX when it speaks of none. */
size_t conf_nearest_of_family(const struct conf *c, struct slice name, char *best, size_t cap);

/* Adds a property of a section, with its default, to be written at the struct into. */
void conf_add_entry(struct conf *c, const struct conf_section *s, const struct conf_prop *p,
                    void *into);

/* Sets what name names: a property, a secret's file or a pass-through one. */
void conf_set(struct conf *c, const struct conf_source *src, struct slice name, struct slice value);

/* Sets a known property. */
void conf_set_entry(struct conf *c, const struct conf_source *src, struct conf_entry *e,
                    struct slice value);

/* Sets what a line of the form name = value says; empty lines and comments are none. */
void conf_set_line(struct conf *c, const struct conf_source *src, struct slice line);

/* Splits a trimmed line; false, with the error said: it is no name = value. */
bool conf_split(struct conf *c, const struct conf_source *src, struct slice line,
                struct slice *name, struct slice *value);

/* Remembers that the value of name is to be read from path. */
void conf_set_secret_file(struct conf *c, const struct conf_source *src, struct slice name,
                          struct slice path);

/* Whether the value of a pass-through property must not be shown. */
bool conf_is_secret_name(const char *name);

#endif
