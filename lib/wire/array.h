/* SPDX-License-Identifier: MIT */
/* array.h -- what the codecs know of struct members beyond the table. */
#ifndef WIRE_ARRAY_H
#define WIRE_ARRAY_H

#include <stddef.h>

#include "wire/table.h"

/* Every array member of a record is a pointer and a count, in this order. */
struct wire_array {
    char *v;
    size_t n;
};

/* The field that each item of an array field is: same sub, offset 0. */
struct wire_field wire_item(const struct wire_field *f);

/* Bytes of a member of this type in a struct. */
size_t wire_size(const struct wire_field *f);

/* Position of name in names (NULL at the end), or -1. */
int wire_name(const char *const *names, const char *name);

/* The field of that name, or NULL. */
const struct wire_field *wire_field(const struct wire_table *t, const char *name);

#endif
