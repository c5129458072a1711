/* SPDX-License-Identifier: MIT */
/* conf.h -- typed configuration from tables of properties.
 *
 * A module declares its properties once, as a table beside its struct; a program
 * lists the tables it wants as sections. The tables parse the file, the
 * environment and -X, check ranges, and print --help, the effective
 * configuration, a sample, a JSON schema and docs/CONFIGURATION.md, so these
 * cannot disagree.
 *
 *     static const struct conf_prop ingest_props[] = {
 *         { .name = "watermark.skew.ms", .type = CONF_MS,
 *           .at = offsetof(struct ingest_conf, skew_ms), .dflt = "10s", .max = 3600000,
 *           .doc = "How far the arrivals of one source may be out of order." },
 *         { .name = NULL },
 *     };
 *
 * Later wins, and the order is default, file, environment, -X: call
 * conf_read(), conf_environment() and conf_option() in that order.
 * watermark.skew.ms is ABSA_WATERMARK_SKEW_MS in the environment. Names under the pass-through
 * prefix ("kafka.") are collected and handed on untouched.
 *
 * A section whose names hold a star is a family: notify.receiver.*.url. Its struct
 * is a conf_family; the first property that names a member (notify.receiver.mail.url)
 * makes it, with the defaults of all its properties. The environment finds members
 * that the file made.
 *
 * A secret comes from the environment or from a file: x.password_file = PATH
 * gives x.password, for CONF_SECRET and for pass-through names. A secret in the
 * configuration file or in -X is refused, and none is ever printed.
 *
 * Errors are gathered, not thrown: reading goes on, so that a person sees every
 * mistake at once, each with file:line. Pure: the caller does the I/O. */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum conf_type {
    CONF_STR,    /* const char *, owned by the conf                              */
    CONF_SECRET, /* as CONF_STR, printed as "***"                                */
    CONF_INT,    /* int64_t within min..max                                      */
    CONF_MS,     /* int64_t milliseconds within min..max: 500, 500ms, 10s, 5m, 1h, 7d */
    CONF_SIZE,   /* int64_t bytes within min..max: 4096, 64k, 16M, 1G (powers of 1024) */
    CONF_BOOL,   /* bool: true | false, nothing else                             */
    CONF_DOUBLE, /* double within min..max                                       */
    CONF_CHOICE, /* int: the index in choices                                    */
};

/* What it takes for a property to change in a program that runs. */
enum conf_reload {
    CONF_RESTART, /* a restart                                             */
    CONF_LIVE,    /* SIGHUP is enough                                      */
    CONF_RUN,     /* it is part of what windows say: never under way       */
};

struct conf_prop {
    const char *name; /* NULL ends a table                                      */
    enum conf_type type;
    size_t at;           /* offset of the field in the section's struct         */
    const char *dflt;    /* as a person would write it; NULL means required; ""
                            for a string that may be left out                   */
    double min, max;     /* of numbers, both inclusive; of a text max alone: bytes;
                            0: any number                                      */
    const char *choices; /* CONF_CHOICE: "pane|judge"                           */
    const char *doc;     /* one sentence                                        */
    enum conf_reload reload;
};

/* A table and the struct that it fills. */
struct conf_section {
    const char *title; /* "Kafka"; heads the section in print; NULL ends a list */
    const struct conf_prop *props;
    void *into;
};

/* One file for several programs:
 *
 *     kafka.bootstrap.servers = localhost:9092     to every program that knows it
 *     raw.partitions = 3
 *     [drift]
 *     drift.baseline = tweets.json                 to absa drift alone
 *
 * Before the first heading stand kafka.* and the names in shared, nothing else, so
 * that a slip is seen; a program that does not know a shared name passes over it. A
 * line under the program's own heading wins over one before. A file without a heading
 * belongs to whoever reads it. Lists end with NULL. */
struct conf_scope {
    const char *program;         /* "drift": the heading that is ours            */
    const char *const *programs; /* what a heading may say                       */
    const char *const *shared;
    const char *const *also; /* headings that are read too, as far as we know the
                                names under them; NULL: none                     */
};

/* The members of a family; v and max are the program's, n begins at 0. A member's
 * name is of a-z, 0-9 and -, at most CONF_MEMBER_MAX, and is owned by the conf. */
struct conf_family {
    void *v;     /* array of the struct that the properties fill */
    size_t size; /* of one                                       */
    size_t max;
    size_t n;
    size_t name_at; /* offset of the const char * that is the member's name */
};

/* Where a value came from; a later one wins. */
enum conf_origin {
    CONF_DEFAULT,
    CONF_SHARED,  /* from the file, before its first heading   */
    CONF_RELATED, /* from the file, under one of scope->also   */
    CONF_FILE,
    CONF_ENV,
    CONF_OPTION,
};

enum {
    CONF_TEXT_MAX = 1 << 20, /* bytes of a configuration file */
    CONF_ERRORS_MAX = 100,   /* more are counted, not kept    */
    CONF_PASS_MAX = 256,
    CONF_SECRETS_MAX = 32,
    CONF_MEMBER_MAX = 31,
};

struct conf;

/* Makes an empty configuration and fills the structs with the defaults. The
 * sections (a list that ends with title == NULL) and what they point to must
 * outlive it. pass_prefix: "kafka.", or NULL for none. NULL: out of memory. */
struct conf *conf_new(const struct conf_section *sections, const char *pass_prefix);

/* Frees it, and the strings in the structs with it. NULL is fine. */
void conf_free(struct conf *c);

/* Who reads, for files with headings; without it a heading is an error. scope is
 * borrowed for the life of c. */
void conf_scope(struct conf *c, const struct conf_scope *scope);

/* Whether a property is called so, or is passed through. */
bool conf_knows(const struct conf *c, struct slice name);

/* Reads name = value lines; # starts a comment line. filename is for messages. */
void conf_read(struct conf *c, struct slice text, const char *filename);

/* Reads the variables ABSA_* of env, a list of "NAME=value" that ends with NULL.
 * A name that no property has is ignored (the environment is shared by all
 * programs) unless it looks like a slip: then it is an error. */
void conf_environment(struct conf *c, char *const *env);

/* Sets one property from "name=value", the argument of -X. */
void conf_option(struct conf *c, const char *arg);

/* The i-th *_file whose bytes the caller is to read and hand to
 * conf_secret(c, i, ...); NULL when there are no more. Ask before conf_finish(). */
const char *conf_secret_file(const struct conf *c, size_t i);

/* The bytes of the i-th secret file; one newline at their end is cut off.
 * why != NULL: the file could not be read, which becomes an error. */
void conf_secret(struct conf *c, size_t i, struct slice bytes, const char *why);

/* Adds an error about what the property called name (pass-through names with their prefix;
 * NULL: about no single one) was given: err's message, "config: " cut off, behind its
 * place. For what no table can check; ask conf_finish() again afterwards. */
void conf_refuse(struct conf *c, const char *name, const struct err *err);

/* Checks what only the whole can show. ST_FATAL "config: ..." with the first
 * error when there are any; all of them are in conf_error(). */
MUST_USE enum status conf_finish(struct conf *c, struct err *err);

/* The i-th error, "absa.conf:3: ..."; NULL when there are no more. */
const char *conf_error(const struct conf *c, size_t i);

/* The i-th pass-through property, prefix cut off, sorted by name; false when
 * there are no more. Borrowed from c. */
bool conf_pass(const struct conf *c, size_t i, const char **name, const char **value);

/* Prints the effective configuration, each value with its origin behind it as a
 * comment, so that the output is itself a configuration. */
void conf_print(const struct conf *c, struct buf *out);

/* Prints a sample: every property commented out, with its document and default. */
void conf_print_sample(const struct conf_section *sections, struct buf *out);

/* Prints a JSON schema (draft 2020-12) of an object of properties, for editors. */
void conf_print_schema(const struct conf_section *sections, const char *pass_prefix,
                       struct buf *out);

/* Prints one table of docs/CONFIGURATION.md for each section. */
void conf_print_doc(const struct conf_section *sections, struct buf *out);

/* Prints the properties as --help shows them. */
void conf_print_help(const struct conf_section *sections, struct buf *out);

#endif
