/* SPDX-License-Identifier: MIT */
/* walk.h -- is this body what its schema says? Asked before avro-c sees it.
 *
 * A schema is compiled once into a tree of nodes (named types expanded), which
 * both the walker and the binding to our structs go over. walk_check() then
 * reads a body to its last byte and allocates nothing:
 *
 *     what                        bound
 *     length of string, bytes     what remains of the body
 *     count of a block            what remains / least bytes of an item
 *     values of zero bytes        length of the body + 1,024, in all
 *     memory of items in avro-c   64 x length of the body + 64 kB, and 128 MB
 *     varint                      10 bytes, int within 32 bits
 *     depth                       of the tree: WIRE_DEPTH_MAX, at compile time
 *     union, enum, boolean        in range
 *     string                      UTF-8
 *     end                         nothing behind it
 *
 * So time and memory of what follows are O(length of the body). */
#ifndef WIRE_WALK_H
#define WIRE_WALK_H

#include <avro/basics.h>
#include <avro/schema.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum { WALK_NODES_MAX = 4096, WALK_FIXED_MAX = 1 << 16, WALK_MEMORY_MAX = 128 << 20 };

struct walk_node {
    avro_type_t type;
    size_t min;              /* least bytes of a value                            */
    size_t memory;           /* of avro-c's instance, about: unions are inline    */
    size_t n;                /* fields, branches, symbols; of a fixed: its bytes  */
    struct walk_node **kids; /* of fields and branches: n; of array and map: 1    */
    const char **names;      /* of fields and symbols, borrowed from the schema   */
};

/* Compiles schema into nodes that live in a. ST_REJECT: too deep (recursive, for
 * one), too many nodes, an empty union, or fixed types out of 0..64 kB
 * in all; ST_FATAL:
 * memory. */
MUST_USE enum status walk_compile(avro_schema_t schema, struct arena *a, struct walk_node **out,
                                  struct err *err);

/* Checks body against the tree. ST_REJECT: it does not fit. O(bytes). */
MUST_USE enum status walk_check(const struct walk_node *root, struct slice body, struct err *err);

#endif
