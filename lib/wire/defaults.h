/* SPDX-License-Identifier: MIT */
/* defaults.h -- what our schemas say of a field that is not there.
 *
 * Each table has an image: a struct with the schema's defaults filled in, which
 * a reader copies before it sets what there is. Made once from the built-in
 * schemas; on the way every table is checked against its schema. */
#ifndef WIRE_DEFAULTS_H
#define WIRE_DEFAULTS_H

#include <stdbool.h>

#include "base/err.h"
#include "wire/table.h"

struct defaults;

struct wire_image {
    const struct wire_table *table;
    void *bytes; /* table->size of them */
    bool *has;   /* a default, field by field */
};

/* Reads the built-in schemas. ST_FATAL: memory, or a schema and its table
 * disagree (names, order, symbols). */
MUST_USE enum status defaults_new(struct defaults **out, struct err *err);

/* NULL is fine. */
void defaults_free(struct defaults *d);

/* The image of a table of wire_tables or below it; never NULL. */
const struct wire_image *defaults_of(const struct defaults *d, const struct wire_table *t);

/* Default symbol of the enum whose symbols are names, or -1. */
int defaults_symbol(const struct defaults *d, const char *const *names);

#endif
