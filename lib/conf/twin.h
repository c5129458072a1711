/* SPDX-License-Identifier: MIT */
/* twin.h -- a second reading of a configuration, beside the one in force.
 *
 * A twin has the same properties as the program, but fills memory of its own, so
 * that a program can read everything anew, look at what would change and at what
 * is wrong, and only then take it over, or not:
 *
 *     twin = conf_twin_new(sections, "kafka.");
 *     ...read file, environment and options into conf_twin_conf(twin)...
 *     conf_compare(now, conf_twin_conf(twin), each, ctx);
 *     conf_twin_exchange(twin);            the program's structs hold the new values
 *     conf_twin_exchange(twin);            and the old ones again
 *
 * Values are strings of the conf that read them: a twin that was taken over lives
 * as long as the program's structs, and so does the conf before it. */
#ifndef CONF_TWIN_H
#define CONF_TWIN_H

#include "conf/conf.h"

struct conf_twin;

/* sections: those of the program, borrowed. NULL: out of memory. */
struct conf_twin *conf_twin_new(const struct conf_section *sections, const char *pass_prefix);

/* Frees the conf too. NULL is fine. */
void conf_twin_free(struct conf_twin *t);

/* What to read into; owned by the twin. */
struct conf *conf_twin_conf(struct conf_twin *t);

/* Swaps all values of the program's structs with those of the twin. */
void conf_twin_exchange(struct conf_twin *t);

/* A property that two configurations do not agree on. */
struct conf_change {
    const char *name;
    const char *before; /* NULL: there was none. Secrets read "***" */
    const char *after;  /* NULL: there is none any more             */
    enum conf_reload reload;
};

/* Calls each() for every difference, pass-through properties included (CONF_RESTART). */
void conf_compare(const struct conf *now, const struct conf *next,
                  void (*each)(void *ctx, const struct conf_change *change), void *ctx);

#endif
