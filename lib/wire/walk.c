/* SPDX-License-Identifier: MIT */
#include "wire/walk.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/utf8.h"
#include "wire/wire.h"

enum { EMPTY_MAX = 1024, MEMORY_RATIO = 64, MEMORY_MIN = 64 * 1024 };

/* Bytes of an instance in avro-c 1.11.1, rounded up. */
enum { MEMORY_SCALAR = 8, MEMORY_STRING = 48, MEMORY_ARRAY = 64, MEMORY_MAP = 128 };

/* ---- schema -> nodes ---- */

struct compiler {
    struct arena *a;
    size_t nodes;
    size_t fixed; /* bytes of all fixed types */
    int depth;
    struct err *err;
};

static enum status no_memory(struct err *err)
{
    return err_set(err, ST_FATAL, "out of memory for a schema");
}

static enum status compile(struct compiler *c, avro_schema_t schema, struct walk_node **out);

static enum status new_kids(struct compiler *c, struct walk_node *node, size_t n)
{
    node->kids = arena_array(c->a, n, sizeof(struct walk_node *));
    return node->kids ? ST_OK : no_memory(c->err);
}

static enum status new_names(struct compiler *c, struct walk_node *node, size_t n)
{
    node->n = n;
    node->names = arena_array(c->a, n, sizeof(node->names[0]));
    return node->names ? ST_OK : no_memory(c->err);
}

static enum status compile_record(struct compiler *c, avro_schema_t schema, struct walk_node *node)
{
    size_t n = avro_schema_record_size(schema);
    enum status st = new_names(c, node, n);

    if (st == ST_OK)
        st = new_kids(c, node, n);
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        node->names[i] = avro_schema_record_field_name(schema, (int)i);
        st = compile(c, avro_schema_record_field_get_by_index(schema, (int)i), &node->kids[i]);
        if (st != ST_OK)
            break;
        node->min += node->kids[i]->min;
        node->memory += node->kids[i]->memory;
    }
    return st;
}

static enum status compile_union(struct compiler *c, avro_schema_t schema, struct walk_node *node)
{
    size_t least = SIZE_MAX;
    size_t most = 0;
    enum status st;

    node->n = avro_schema_union_size(schema);
    if (node->n == 0)
        return err_set(c->err, ST_REJECT, "schema has an empty union");
    st = new_kids(c, node, node->n);
    for (size_t i = 0; st == ST_OK && i < node->n; i++) {
        st = compile(c, avro_schema_union_branch(schema, (int)i), &node->kids[i]);
        if (st != ST_OK)
            return st;
        least = node->kids[i]->min < least ? node->kids[i]->min : least;
        most = node->kids[i]->memory > most ? node->kids[i]->memory : most;
    }
    node->min = 1 + least;
    node->memory = MEMORY_SCALAR + most;
    return st;
}

static enum status compile_enum(struct compiler *c, avro_schema_t schema, struct walk_node *node)
{
    enum status st = new_names(c, node, (size_t)avro_schema_enum_number_of_symbols(schema));

    node->min = 1;
    for (size_t i = 0; st == ST_OK && i < node->n; i++)
        node->names[i] = avro_schema_enum_get(schema, (int)i);
    return st;
}

static enum status compile_items(struct compiler *c, avro_schema_t items, struct walk_node *node)
{
    enum status st = new_kids(c, node, 1);

    node->min = 1;
    node->memory = node->type == AVRO_MAP ? MEMORY_MAP : MEMORY_ARRAY;
    return st == ST_OK ? compile(c, items, &node->kids[0]) : st;
}

static enum status compile_fixed(struct compiler *c, avro_schema_t schema, struct walk_node *node)
{
    int64_t size = avro_schema_fixed_size(schema);

    if (size < 0 || (uint64_t)size > WALK_FIXED_MAX - c->fixed)
        return err_set(c->err, ST_REJECT, "schema has a fixed of %lld bytes", (long long)size);
    c->fixed += (size_t)size;
    node->n = (size_t)size;
    node->min = node->n;
    node->memory += node->n;
    return ST_OK;
}

static enum status compile_type(struct compiler *c, avro_schema_t schema, struct walk_node *node)
{
    switch (node->type) {
    case AVRO_NULL:
        return ST_OK;
    case AVRO_BOOLEAN:
    case AVRO_INT32:
    case AVRO_INT64:
        node->min = 1;
        return ST_OK;
    case AVRO_STRING:
    case AVRO_BYTES:
        node->min = 1;
        node->memory = MEMORY_STRING;
        return ST_OK;
    case AVRO_FLOAT:
        node->min = 4;
        return ST_OK;
    case AVRO_DOUBLE:
        node->min = 8;
        return ST_OK;
    case AVRO_FIXED:
        return compile_fixed(c, schema, node);
    case AVRO_ENUM:
        return compile_enum(c, schema, node);
    case AVRO_ARRAY:
        return compile_items(c, avro_schema_array_items(schema), node);
    case AVRO_MAP:
        return compile_items(c, avro_schema_map_values(schema), node);
    case AVRO_UNION:
        return compile_union(c, schema, node);
    case AVRO_RECORD:
        return compile_record(c, schema, node);
    default:
        return err_set(c->err, ST_REJECT, "schema has a type that is not known");
    }
}

static enum status compile(struct compiler *c, avro_schema_t schema, struct walk_node **out)
{
    if (++c->depth > WIRE_DEPTH_MAX)
        return err_set(c->err, ST_REJECT, "schema is deeper than %d or recursive", WIRE_DEPTH_MAX);
    if (++c->nodes > WALK_NODES_MAX)
        return err_set(c->err, ST_REJECT, "schema has over %d types", WALK_NODES_MAX);
    if (is_avro_link(schema))
        schema = avro_schema_link_target(schema);
    struct walk_node *node = arena_zalloc(c->a, sizeof(*node));
    if (!node)
        return no_memory(c->err);
    node->type = avro_typeof(schema);
    node->memory = MEMORY_SCALAR;
    enum status st = compile_type(c, schema, node);
    c->depth--;
    *out = node;
    return st;
}

enum status walk_compile(avro_schema_t schema, struct arena *a, struct walk_node **out,
                         struct err *err)
{
    struct compiler c = { .a = a, .err = err };

    return compile(&c, schema, out);
}

/* ---- nodes against bytes ---- */

struct cursor {
    const uint8_t *p;
    const uint8_t *end;
    size_t empty;  /* values of zero bytes that may still come */
    size_t memory; /* that items may still take                */
    struct err *err;
};

static size_t left(const struct cursor *c)
{
    return (size_t)(c->end - c->p);
}

static enum status bad(struct cursor *c, const char *what)
{
    return err_set(c->err, ST_REJECT, "avro: %s, %zu bytes before the end", what, left(c));
}

static enum status check(struct cursor *c, const struct walk_node *node);

/* A zigzag varint: 7 bits a byte, low bits first; the 10th byte holds one bit. */
static enum status get_long(struct cursor *c, int64_t *v)
{
    uint64_t u = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (c->p == c->end)
            return bad(c, "number is cut off");
        uint8_t b = *c->p++;
        if (shift == 63 && b > 1)
            return bad(c, "number has over 64 bits");
        u |= (uint64_t)(b & 0x7F) << shift;
        if (b < 0x80) {
            *v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
            return ST_OK;
        }
    }
    return bad(c, "number has over 64 bits");
}

/* A number in 0..limit-1. */
static enum status get_index(struct cursor *c, size_t limit, size_t *i)
{
    int64_t v = 0;
    enum status st = get_long(c, &v);

    if (st != ST_OK)
        return st;
    if (v < 0 || (uint64_t)v >= limit)
        return bad(c, "index of a union or an enum is out of range");
    *i = (size_t)v;
    return ST_OK;
}

static enum status skip(struct cursor *c, size_t n)
{
    if (n > left(c))
        return bad(c, "value is cut off");
    c->p += n;
    return ST_OK;
}

static enum status check_int(struct cursor *c)
{
    int64_t v = 0;
    enum status st = get_long(c, &v);

    if (st == ST_OK && (v < INT32_MIN || v > INT32_MAX))
        return bad(c, "int has over 32 bits");
    return st;
}

static enum status check_bytes(struct cursor *c, bool text)
{
    int64_t n = 0;
    enum status st = get_long(c, &n);

    if (st != ST_OK)
        return st;
    if (n < 0 || (uint64_t)n > left(c))
        return bad(c, "length of a string is past the end");
    struct slice s = { (const char *)c->p, (size_t)n };
    if (text && !utf8_valid(s))
        return bad(c, "string is not UTF-8");
    c->p += n;
    return ST_OK;
}

static enum status check_boolean(struct cursor *c)
{
    if (c->p == c->end || *c->p > 1)
        return bad(c, "boolean is neither 0 nor 1");
    c->p++;
    return ST_OK;
}

/* The head of a block: how many items, and where it ends (NULL: not said). A
 * negative count is followed by the block's length in bytes. */
static enum status get_block(struct cursor *c, size_t *count, const uint8_t **end)
{
    int64_t n = 0;
    int64_t size = 0;
    enum status st = get_long(c, &n);

    *end = NULL;
    if (st != ST_OK)
        return st;
    if (n >= 0) {
        *count = (size_t)n;
        return ST_OK;
    }
    if (n == INT64_MIN)
        return bad(c, "block count is out of range");
    *count = (size_t)-n;
    st = get_long(c, &size);
    if (st != ST_OK)
        return st;
    if (size < 0 || (uint64_t)size > left(c))
        return bad(c, "block is longer than the record");
    *end = c->p + size;
    return ST_OK;
}

/* Whether there is room for count items: in the record, and in memory. */
static enum status check_count(struct cursor *c, const struct walk_node *node, size_t count)
{
    bool map = node->type == AVRO_MAP;
    size_t min = node->kids[0]->min + (map ? 1 : 0);
    size_t memory = node->kids[0]->memory + (map ? MEMORY_STRING : 0);

    if (count > (min > 0 ? left(c) / min : c->empty))
        return bad(c, "block has more items than the record has room for");
    if (count > c->memory / memory)
        return bad(c, "items would take too much memory");
    c->memory -= count * memory;
    return ST_OK;
}

/* Items of an array, or pairs of a map. */
static enum status check_items(struct cursor *c, const struct walk_node *node, size_t count)
{
    enum status st = check_count(c, node, count);

    for (size_t i = 0; st == ST_OK && i < count; i++) {
        if (node->type == AVRO_MAP)
            st = check_bytes(c, true);
        if (st == ST_OK)
            st = check(c, node->kids[0]);
    }
    return st;
}

/* All of an array or a map, block by block. */
static enum status check_blocks(struct cursor *c, const struct walk_node *node)
{
    const uint8_t *end;
    size_t count = 0;

    for (;;) {
        enum status st = get_block(c, &count, &end);

        if (st != ST_OK || count == 0)
            return st;
        st = check_items(c, node, count);
        if (st != ST_OK)
            return st;
        if (end && end != c->p)
            return bad(c, "block has another length than it says");
    }
}

static enum status check_record(struct cursor *c, const struct walk_node *node)
{
    for (size_t i = 0; i < node->n; i++) {
        enum status st = check(c, node->kids[i]);

        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum status check_type(struct cursor *c, const struct walk_node *node)
{
    size_t i = 0;
    enum status st;

    switch (node->type) {
    case AVRO_BOOLEAN:
        return check_boolean(c);
    case AVRO_INT32:
        return check_int(c);
    case AVRO_INT64:
        return get_long(c, &(int64_t){ 0 });
    case AVRO_STRING:
    case AVRO_BYTES:
        return check_bytes(c, node->type == AVRO_STRING);
    case AVRO_ENUM:
        return get_index(c, node->n, &i);
    case AVRO_ARRAY:
    case AVRO_MAP:
        return check_blocks(c, node);
    case AVRO_UNION:
        st = get_index(c, node->n, &i);
        return st == ST_OK ? check(c, node->kids[i]) : st;
    case AVRO_RECORD:
        return check_record(c, node);
    default: /* null, float, double, fixed: as many bytes as the least */
        return skip(c, node->min);
    }
}

static enum status check(struct cursor *c, const struct walk_node *node)
{
    const uint8_t *start = c->p;
    enum status st = check_type(c, node);

    if (st != ST_OK || c->p != start)
        return st;
    if (c->empty == 0)
        return bad(c, "too many values of zero bytes");
    c->empty--;
    return ST_OK;
}

enum status walk_check(const struct walk_node *root, struct slice body, struct err *err)
{
    const uint8_t *p = (const uint8_t *)body.p;
    size_t memory = body.n < WALK_MEMORY_MAX / MEMORY_RATIO - MEMORY_MIN
                        ? body.n * MEMORY_RATIO + MEMORY_MIN
                        : WALK_MEMORY_MAX;
    struct cursor c = { p, p + body.n, body.n + EMPTY_MAX, memory, err };
    enum status st = check(&c, root);

    if (st == ST_OK && c.p != c.end)
        return bad(&c, "bytes behind the record");
    return st;
}
