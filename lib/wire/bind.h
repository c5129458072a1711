/* SPDX-License-Identifier: MIT */
/* bind.h -- a decoded avro-c value to our struct: by name, with our defaults.
 *
 * A writer's schema is bound to a table once:
 *
 *     the writer has           we have               then
 *     a field                  one of that name      it is read
 *     a field                  nothing               it is skipped
 *     nothing                  a default             the default
 *     nothing                  no default            incompatible
 *     int / int, long, float   long / double         promoted
 *     a union                  optional or plain     branch by branch, by the value
 *     a symbol                 no such symbol        the default of our enum
 *     another type             -                     incompatible
 *
 * (Avro 1.11.1, "Schema Resolution"; avro-c's own resolver refuses the third row.) */
#ifndef WIRE_BIND_H
#define WIRE_BIND_H

#include <avro/value.h>

#include "base/arena.h"
#include "base/err.h"
#include "wire/defaults.h"
#include "wire/table.h"
#include "wire/walk.h"

struct bind;

/* Binds the record from to t, in a. ST_REJECT: incompatible; ST_FATAL: memory. */
MUST_USE enum status bind_new(const struct defaults *d, const struct walk_node *from,
                              const struct wire_table *t, struct arena *a, struct bind **out,
                              struct err *err);

/* Copies value into rec; strings and arrays go into a. ST_REJECT: the value
 * itself is incompatible (a branch or a symbol that we lack); ST_FATAL: memory. */
MUST_USE enum status bind_read(const struct bind *b, const avro_value_t *value, void *rec,
                               struct arena *a, struct err *err);

#endif
