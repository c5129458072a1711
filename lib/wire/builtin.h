/* SPDX-License-Identifier: MIT */
/* builtin.h -- schemas/ids and its schemas, compiled in (cmake/embed_schemas.cmake). */
#ifndef WIRE_BUILTIN_H
#define WIRE_BUILTIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct wire_builtin {
    int32_t id;
    const char *record;
    struct slice text;
};

/* In the order of schemas/ids: the last row of a record is the one we write,
 * older ones are still read. */
extern const struct wire_builtin wire_builtins[];
extern const size_t wire_builtins_n;

#endif
