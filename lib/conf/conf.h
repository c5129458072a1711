/* SPDX-License-Identifier: MIT */
/* conf.h -- typed configuration from one table of properties.
 *
 * A program declares its properties once, as a table. That table parses the
 * file, the environment and -X, checks ranges, and prints --help and
 * docs/CONFIGURATION.md, so the five cannot disagree.
 *
 *     { "score.window.ms", CONF_MS, offsetof(struct score_conf, window_ms),
 *       "60000", 1000, 86400000, "Length of the scoring window." }
 *
 * Later wins: default, then file, then environment, then -X.
 * The environment name of score.window.ms is ABSA_SCORE_WINDOW_MS.
 * Names under a pass-through prefix ("kafka.") are handed on untouched.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum conf_type {
    CONF_STR,    /* char *, owned by the struct, freed by conf_release()      */
    CONF_SECRET, /* as CONF_STR, but printed as "***"                         */
    CONF_INT,    /* int64_t within min..max                                   */
    CONF_MS,     /* int64_t milliseconds within min..max                      */
    CONF_BOOL,   /* bool: true | false, nothing else                          */
    CONF_DOUBLE, /* double within min..max                                    */
};

struct conf_prop {
    const char *name;
    enum conf_type type;
    size_t offset;    /* of the field in the program's struct                 */
    const char *dflt; /* as a person would write it; NULL means required      */
    double min, max;  /* for numbers, both inclusive                          */
    const char *doc;  /* one sentence                                         */
};

struct conf_spec {
    const struct conf_prop *props; /* ends with name == NULL                  */
    const char *env_prefix;        /* "ABSA_"                                   */
    const char *pass_prefix;       /* "kafka."; NULL for none                 */
    /* Called for each pass-through property, prefix cut off. */
    enum status (*pass)(void *user, const char *name, const char *value, struct err *err);
};

/* Fills *conf (zeroed by the caller) with all defaults. */
MUST_USE enum status conf_defaults(const struct conf_spec *spec, void *conf, struct err *err);

/* Reads name = value lines; # starts a comment line. ST_FATAL with
 * "file:line: ..." on an unknown name, a name given twice, a bad value or a
 * line that is not name = value. Lines may be of any length. */
MUST_USE enum status conf_read(const struct conf_spec *spec, void *conf, FILE *f,
                               const char *filename, struct err *err);

/* Sets one property from text: the environment, -X and tests use this. */
MUST_USE enum status conf_set(const struct conf_spec *spec, void *conf, const char *name,
                              const char *value, struct err *err);

/* Frees the strings. Safe on a zeroed struct and after a failed conf_read(). */
void conf_release(const struct conf_spec *spec, void *conf);

#endif
