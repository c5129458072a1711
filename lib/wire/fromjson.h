/* SPDX-License-Identifier: MIT */
/* fromjson.h -- a JSON object to a struct, by its table. */
#ifndef WIRE_FROMJSON_H
#define WIRE_FROMJSON_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "wire/defaults.h"
#include "wire/table.h"

struct from_json {
    const struct defaults *defaults;
    struct arena *a; /* for strings and arrays */
    struct err *err;
};

/* Sets all of dst (t->size bytes). ST_REJECT: a field of another type, or one
 * that is missing and has no default; ST_FATAL: memory. */
MUST_USE enum status from_json_record(const struct from_json *in, const struct wire_table *t,
                                      const json_t *json, void *dst);

/* Sets the member at dst that f describes. */
MUST_USE enum status from_json_field(const struct from_json *in, const struct wire_field *f,
                                     const json_t *json, void *dst);

#endif
